"""Days that somebody types in the office: of our times, or their field says so."""

from datetime import date

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Form

from app.office.day_fields import DayField, MomentField
from tests.office.a_survey_back import a_survey_back
from tests.office.conftest import Desk
from tests.office.orders_entered import enter
from tests.office.test_survey_meeting import READ, a_measure, call, settle


class Typed(Form):
    day = DayField()
    moment = MomentField(format="%Y-%m-%dT%H:%M")


@pytest.mark.parametrize("year", ["0001", "1899", "9000", "9999"])
def test_a_day_of_another_age_is_refused(app: Flask, year: str) -> None:
    with app.test_request_context():
        typed = Typed(MultiDict({"day": f"{year}-12-31", "moment": f"{year}-12-31T23:59"}))

        assert not typed.validate()
        assert set(typed.errors) == {"day", "moment"}


def test_a_day_of_ours_is_read(app: Flask) -> None:
    with app.test_request_context():
        typed = Typed(MultiDict({"day": "2026-12-31", "moment": "2026-12-31T23:59"}))

        assert typed.validate()
        assert typed.day.data == date(2026, 12, 31)


@pytest.mark.clause("R33")
def test_no_meeting_is_called_for_the_end_of_time(desk: Desk) -> None:
    refused = call(desk, a_survey_back(desk, *READ), **{"call-on": "9999-12-31"})

    assert refused.status_code == 422
    assert "超出允许范围。" in refused.text


@pytest.mark.clause("R34")
def test_a_measure_is_not_for_the_end_of_time(desk: Desk) -> None:
    assert settle(desk, a_measure(desk), due_on="9999-12-31").status_code == 422


def test_nothing_was_reported_before_there_were_clocks(desk: Desk) -> None:
    refused = enter(desk, desk.browser("supervisor"), reported_at="0001-01-01T00:00")

    assert refused.status_code == 422
    assert "超出允许范围。" in refused.text
