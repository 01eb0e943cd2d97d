"""Time limits as they are set: their bounds, what a tablet promises by them, two at once."""

import re

import pytest
from flask import Flask

from app.estates.rules import BOUNDS, LimitUnit, limits
from tests.office.conftest import Desk
from tests.office.saved import save, the_estate, told


def test_every_limit_stands_there_with_its_policy_and_its_bounds(desk: Desk) -> None:
    page = desk.browser("manager").get("/settings/limits").text

    chosen = {name for name, bound in BOUNDS.items() if bound.unit is LimitUnit.YES_NO}
    assert sorted(re.findall(r'name="(\w+)"[^>]*type="number"', page)) == sorted(BOUNDS.keys() - chosen)
    assert all(f'name="{name}"' in page for name in chosen)
    assert page.count("制度规定") >= 5


def test_a_changed_limit_changes_what_a_tablet_promises(app: Flask, desk: Desk) -> None:
    answer = save(desk.browser("supervisor"), "/settings/limits", measure_hours="72")

    assert answer.status_code == 302
    with app.app_context():
        assert limits(the_estate(desk).settings).measure_hours == 72
    [estate] = [change["doc"] for change in desk.tablet.pull()["changes"] if change["type"] == "estate"]
    assert estate["answer_days"]["ordinary"] == 3


def test_whether_sheets_without_a_name_count_is_chosen_and_written_down(app: Flask, desk: Desk) -> None:
    supervisor = desk.browser("supervisor")
    assert save(supervisor, "/settings/limits", unsigned_sheets="0").status_code == 302

    with app.app_context():
        assert limits(the_estate(desk).settings).unsigned_sheets == 0
    assert told(app, desk) == [("limit.unsigned_sheets", 1, 0)]
    history = re.sub(r"\s+", " ", supervisor.get("/settings/history").text)
    assert "未署名的调查表计入有效" in history
    assert save(supervisor, "/settings/limits", unsigned_sheets="2").status_code == 422


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"measure_hours": "0"}, "超出允许范围"),
        ({"measure_hours": "soon"}, "请填写整数"),
        ({"measure_hours": ""}, "请填写整数"),
        ({"rectify_days_urgent": "9"}, "不能长于“整改，一般”"),
    ],
)
def test_a_limit_that_makes_no_sense_is_told_beside_its_field(
    app: Flask, desk: Desk, typed: dict[str, str], words: str
) -> None:
    answer = save(desk.browser("supervisor"), "/settings/limits", **typed, callback_days="5")

    assert answer.status_code == 422
    assert words in answer.text
    assert re.search(r'name="callback_days"[^>]*value="5"', answer.text)
    assert told(app, desk) == []


def test_of_two_at_once_the_second_is_told_and_can_still_have_their_way(app: Flask, desk: Desk) -> None:
    one, two = desk.browser("admin"), desk.browser("supervisor")
    first_page, second_page = one.get("/settings/limits").text, two.get("/settings/limits").text

    assert save(one, "/settings/limits", first_page, measure_hours="48", report_hours="6").status_code == 302
    crossed = save(two, "/settings/limits", second_page, measure_hours="36", callback_days="2")

    assert crossed.status_code == 409
    assert "24 小时 → 48 小时" in re.sub(r"\s+", " ", crossed.text)
    assert "管理员" in crossed.text
    assert re.search(r'name="measure_hours"[^>]*value="36"', crossed.text)
    assert len(told(app, desk)) == 2
    assert save(two, "/settings/limits", crossed.text).status_code == 302
    with app.app_context():
        limit = limits(the_estate(desk).settings)
        assert (limit.measure_hours, limit.callback_days) == (36, 2)


def test_a_form_that_was_refused_for_itself_does_not_count_as_having_shown_what_others_set(desk: Desk) -> None:
    one, two = desk.browser("admin"), desk.browser("supervisor")
    mine = two.get("/settings/limits").text
    assert save(one, "/settings/limits", measure_hours="48").status_code == 302

    refused = save(two, "/settings/limits", mine, measure_hours="36", callback_days="99")
    crossed = save(two, "/settings/limits", refused.text, callback_days="2")

    assert (refused.status_code, crossed.status_code) == (422, 409)
    assert "24 小时 → 48 小时" in re.sub(r"\s+", " ", crossed.text)
