"""How far a survey is: counts by building and officer, what is valid, what is owed and over."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.ids import new_id
from app.core.journal import By
from app.people.rules import Role
from app.surveys.actions import Returned, collect, decline, hand_out
from app.surveys.counting import Counts, Returns, returns_of
from app.surveys.figures import facts_of
from app.surveys.issuing import give_rest
from app.surveys.models import SurveySheet
from app.surveys.progress import (
    by_building,
    by_officer,
    counts_of,
    is_overdue,
    not_handed_up,
    survey_owed,
)
from app.surveys.receipts import Given
from app.surveys.rules import Filled, Level, Receipt, SheetState, SurveyState
from app.visits.survey_homes import Change, households_of, send_to_new, without_sheet
from tests.builders import NOW, TODAY, a_department, a_staff, a_survey, a_survey_out, a_unit, an_estate, an_owner


class Out:
    """A survey that is out with four homes in two buildings."""

    def __init__(self) -> None:
        self.estate = an_estate()
        self.supervisor = a_staff(self.estate, Role.SUPERVISOR)
        self.officer = a_staff(self.estate, Role.OFFICER, name="李敏")
        self.colleague = a_staff(self.estate, Role.OFFICER, name="张华")
        department = a_department(self.estate)
        homes = [a_unit(self.estate, f"{n}01", building=building, floor=n) for building in "12" for n in (1, 2)]
        for home in homes:
            an_owner(home)
        db.session.flush()
        self.survey = a_survey(self.estate, self.supervisor, (department, "维修及时"))
        self.sheets: list[SurveySheet] = a_survey_out(self.survey, homes, self.officer)
        self.question = str(self.survey.questions[0].id)

    def more(self) -> dict[str, Any]:
        return {"event_id": new_id(), "by": By(self.officer.id), "at": NOW}

    def hand_out(self, sheet: SurveySheet) -> None:
        given = Given(Receipt.SIGNED, "陈建国", "owner", NOW + timedelta(days=2))
        day = TODAY + timedelta(days=2)
        hand_out(sheet, given, collector_id=self.officer.id, collect_on=day, when=NOW, **self.more())

    def collect(self, sheet: SurveySheet, level: Level | None = Level.BASIC, **said: Any) -> None:
        levels = {self.question: level} if level else {}
        usual = {"signed": True, "signed_name": "陈", "relation": "owner", "proxy": False, "overall": Level.BASIC}
        collect(sheet, Returned(Filled.ON_PAPER, levels=levels, **(usual | said)), when=NOW, **self.more())


@pytest.fixture
def out(app: Flask) -> Out:
    with app.app_context():
        yield Out()


def test_what_was_taken_counts_as_handed_out_also_where_it_never_comes_back(out: Out) -> None:
    first, second, third, _fourth = out.sheets
    out.hand_out(first)
    out.collect(first)
    out.collect(second, signed=False, signed_name="")
    out.hand_out(third)
    decline(third, "不想填", when=NOW, **out.more())
    db.session.flush()

    counted = counts_of([out.survey.id])[out.survey.id]

    assert counted == Counts(households=4, issued=3, collected=2, declined=1, signed=1)
    assert (counted.distribution.percent, counted.response.percent) == ("75.0 %", "66.6 %")
    assert counted.left == 1


def test_each_building_and_each_officer_with_what_is_left_and_late(out: Out) -> None:
    out.hand_out(out.sheets[0])
    out.collect(out.sheets[1])
    db.session.flush()
    later = out.survey.issue_until + timedelta(days=1)

    buildings, officers = by_building(out.survey, later), by_officer(out.survey, later)

    assert [(one.words, one.line.households, one.line.left, one.line.late) for one in buildings] == [
        ("1", 2, 1, 1),
        ("2", 2, 2, 2),
    ]
    [line] = officers
    assert (line.name, line.to_hand_out, line.to_collect, line.late, line.collected) == ("李敏", 2, 1, 3, 1)
    assert line.next_on == TODAY + timedelta(days=2)
    assert [(name, number) for _id, name, number in line.buildings] == [("1", 1), ("2", 2)]


A_SHEET = st.fixed_dictionaries(
    {
        "state": st.sampled_from(SheetState),
        "handed_out_at": st.sampled_from([None, NOW]),
        "filled": st.sampled_from([None, *Filled]),
        "signed": st.booleans(),
        "proxy": st.booleans(),
        "overall": st.sampled_from([None, *Level]),
    }
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=st.lists(A_SHEET, min_size=4, max_size=4))
def test_what_the_database_counts_is_what_is_counted_sheet_by_sheet(out: Out, written: list[dict[str, Any]]) -> None:
    for sheet, facts in zip(out.sheets, written, strict=True):
        for name, value in facts.items():
            setattr(sheet, name, value)
    db.session.flush()

    by_sheet = facts_of(out.estate, out.survey)
    counted = {one.building_id: one.line for one in by_building(out.survey, TODAY)}

    def agree(counts: Counts, returns: Returns) -> bool:
        wanted = {name: getattr(returns, name) for name in asdict(Counts())}
        return wanted.items() <= asdict(counts).items() and counts.left == returns.not_handed_out + returns.not_returned

    assert agree(counts_of([out.survey.id])[out.survey.id], returns_of(by_sheet))
    assert counted.keys() == by_sheet.by_building.keys()
    assert all(agree(line, returns_of(by_sheet, id_)) for id_, line in counted.items())


def test_a_survey_is_owed_late_in_a_year_in_which_none_went_out(out: Out) -> None:
    july = TODAY.replace(month=7, day=1)
    assert survey_owed(out.estate.id, july) is None
    assert survey_owed(out.estate.id, july.replace(year=july.year + 1)) == july.year + 1
    assert survey_owed(out.estate.id, july.replace(year=july.year + 1, month=6)) is None

    out.survey.state = SurveyState.WITHDRAWN
    db.session.flush()
    assert survey_owed(out.estate.id, july) == july.year


def test_one_whose_time_is_over_is_told_until_it_is_handed_up(out: Out) -> None:
    last, after = out.survey.collect_until, out.survey.collect_until + timedelta(days=1)
    assert not_handed_up(out.estate.id, last) == []
    assert not_handed_up(out.estate.id, after) == [out.survey]
    assert is_overdue(out.survey, after)

    out.survey.state = SurveyState.UNDER_REVIEW
    db.session.flush()
    assert not_handed_up(out.estate.id, after) == []


@pytest.mark.clause("V51")
def test_what_is_left_in_a_building_goes_to_another_once(out: Out) -> None:
    building = out.sheets[0].unit.building_id
    event = out.more()

    given = give_rest(out.survey, out.officer.id, out.colleague.id, "休假", building_id=building, **event)
    again = give_rest(out.survey, out.officer.id, out.colleague.id, "休假", building_id=building, **event)

    assert (given, again) == (2, None)
    assert {line.name: line.left for line in by_officer(out.survey, TODAY)} == {"李敏": 2, "张华": 2}
    with pytest.raises(Refused):
        give_rest(out.survey, out.officer.id, out.colleague.id, " ", **out.more())
    with pytest.raises(Outdated):
        give_rest(out.survey, out.supervisor.id, out.colleague.id, "休假", **out.more())


@pytest.mark.clause("R25")
def test_newcomers_are_all_households_without_a_sheet_and_get_one_by_today_at_least(out: Out) -> None:
    newcomer, empty = a_unit(out.estate, "301", building="2", floor=3), a_unit(out.estate, "401", building="2", floor=4)
    an_owner(newcomer)
    db.session.commit()
    assert newcomer in households_of(out.estate, TODAY)
    assert without_sheet(out.survey, out.estate, TODAY) == [newcomer]
    assert empty not in households_of(out.estate, TODAY)
    out.survey.issue_until = TODAY - timedelta(days=3)

    change = Change(1, new_id(), By(out.supervisor.id), NOW)
    assert send_to_new(out.survey, out.estate, [out.colleague.id], change)

    db.session.flush()
    assert out.survey.households == 5
    assert [line.next_on for line in by_officer(out.survey, TODAY) if line.name == "张华"] == [TODAY]
    assert without_sheet(out.survey, out.estate, TODAY) == []
