"""A survey's result: collecting ends, it is counted and goes up its chain; read to the end it never changes."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.agenda.models import Task
from app.agenda.queries import due_about
from app.agenda.rules import OF_SURVEYS, TaskKind, TaskState
from app.approvals.queries import review_of
from app.approvals.rules import Move, Paper
from app.core import waits
from app.core.clock import local_date
from app.core.db import db
from app.core.errors import NotAllowed, Outdated, Refused
from app.core.ids import new_id
from app.core.journal import Feed, history
from app.estates.models import Estate
from app.people.rules import Role
from app.surveys.actions import Returned, decline, hand_out, is_collecting
from app.surveys.asking_again import ask_again
from app.surveys.calling_off import withdraw_survey
from app.surveys.desk import AtDesk, take_back
from app.surveys.figures import figures_of, from_text
from app.surveys.handing_up import hand_up, move_result
from app.surveys.measure_rules import CALL, CLASSIFY
from app.surveys.meeting import Called, call_meeting
from app.surveys.models import Survey, SurveySheet
from app.surveys.queries import sheets_of
from app.surveys.receipts import Given
from app.surveys.rules import Filled, Level, Receipt, SheetState, SurveyState
from app.surveys.tasks import still_due
from tests.at_once import at_the_same_moment
from tests.builders import NOW, TODAY, fetch
from tests.surveys.asked import Asked

GOOD, BAD = Level.SATISFIED, Level.DISSATISFIED
OVER = NOW + timedelta(days=40)
"""After the days of collecting."""


def handed_up(asked: Asked, summary: str = "维修最慢", **wanted: object) -> bool:
    return hand_up(asked.survey, asked.estate, summary, **({"event_id": new_id(), "by": asked.by, "at": OVER} | wanted))


def moved(asked: Asked, move: Move, role: Role, note: str = "") -> bool:
    seen = len(review_of(asked.survey.id).acts)
    more = {"after": seen, "roles": frozenset({role}), "event_id": new_id(), "by": asked.by, "at": OVER}
    return move_result(asked.survey, move, note=note, **more)


def due(asked: Asked) -> int:
    db.session.flush()
    found = sa.select(sa.func.count()).where(Task.estate_id == asked.estate.id, Task.state == TaskState.DUE)
    return db.session.scalar(found)


@pytest.mark.clause("R31", "R32", "V50")
def test_collecting_ends_and_manager_property_manager_and_executive_read_it(asked: Asked) -> None:
    asked.answer(0, GOOD, BAD, GOOD)

    assert handed_up(asked)

    survey = asked.survey
    assert (survey.state, survey.summary, survey.counted_at) == (SurveyState.UNDER_REVIEW, "维修最慢", OVER)
    assert from_text(survey.figures).items.strict.part == 2
    assert due(asked) == 0, "nothing is to be handed out or collected any more"
    with pytest.raises(NotAllowed):
        moved(asked, Move.HAND_ON, Role.EXECUTIVE)
    for role in (Role.MANAGER, Role.PROPERTY_MANAGER, Role.EXECUTIVE):
        assert survey.read_at is None
        assert moved(asked, Move.HAND_ON, role)
    assert (survey.state, survey.read_at) == (SurveyState.READ, OVER)
    assert {wait.what for wait in waits.on(survey.id)} - {CLASSIFY} == {CALL}, "the meeting on it is to be called"
    db.session.commit()
    kinds = {line.kind for line in history(survey.id)}
    assert {"survey:handed_up", "survey:read", "survey_report:submit", "survey_report:assess"} <= kinds


def test_a_sheet_that_comes_back_while_the_survey_is_counted_is_counted_or_kept_out(
    app: Flask, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never taken over beside figures that do not know of it."""
    asked.answer(0, GOOD)
    db.session.commit()
    survey_id, sheet_id, by = asked.survey.id, asked.sheets[1].id, asked.by
    counted, came = threading.Event(), threading.Event()

    def counts(*wanted: object) -> object:
        figures = figures_of(*wanted)
        counted.set()
        came.wait(0.3)  # all that is needed where nobody makes it wait
        return figures

    def comes_back() -> None:
        counted.wait()
        returned = Returned(Filled.ON_PAPER, False, "", "owner", False, GOOD)
        take_back(fetch(SurveySheet, sheet_id), returned, AtDesk(new_id(), by, OVER))
        db.session.commit()
        came.set()

    def is_handed_up() -> None:
        survey = fetch(Survey, survey_id)
        estate = db.session.get_one(Estate, survey.estate_id)
        hand_up(survey, estate, "维修最慢", event_id=new_id(), by=by, at=OVER)

    monkeypatch.setattr("app.surveys.handing_up.figures_of", counts)
    at_the_same_moment(app, comes_back, is_handed_up)

    survey, sheets = fetch(Survey, survey_id), sheets_of(survey_id)
    back = sum(sheet.state is SheetState.COLLECTED for sheet in sheets)
    assert from_text(survey.figures).returns.collected == back


def test_who_hands_up_and_who_moves_a_sheet_never_wait_for_each_other_in_a_ring(
    app: Flask, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked.answer(0, GOOD)
    db.session.commit()
    survey_id, sheet_id, by = asked.survey.id, asked.sheets[1].id, asked.by
    held, took = threading.Event(), threading.Event()

    def holds_what_is_due(survey: Survey) -> object:
        due = still_due(survey)
        held.set()
        took.wait(0.3)  # all that is needed where the other one waits for what is due
        return due

    def takes_sheets(sheet: SurveySheet) -> bool:
        takes = is_collecting(sheet)
        took.set()
        return takes

    def comes_back() -> None:
        held.wait()
        returned = Returned(Filled.ON_PAPER, False, "", "owner", False, GOOD)
        take_back(fetch(SurveySheet, sheet_id), returned, AtDesk(new_id(), by, OVER))

    def is_handed_up() -> None:
        survey = fetch(Survey, survey_id)
        estate = db.session.get_one(Estate, survey.estate_id)
        hand_up(survey, estate, "维修最慢", event_id=new_id(), by=by, at=OVER)

    monkeypatch.setattr("app.surveys.moving.still_due", holds_what_is_due)
    monkeypatch.setattr("app.surveys.desk.is_collecting", takes_sheets)

    assert at_the_same_moment(app, comes_back, is_handed_up) == ["done", "survey:not_out"]


def test_read_to_the_end_it_never_changes(asked: Asked) -> None:
    asked.answer(0, GOOD)
    handed_up(asked)
    for role in (Role.MANAGER, Role.PROPERTY_MANAGER, Role.EXECUTIVE):
        moved(asked, Move.HAND_ON, role)

    with pytest.raises(Outdated):
        handed_up(asked)
    db.session.flush()
    with pytest.raises(sa.exc.DBAPIError), db.session.begin_nested():
        db.session.execute(sa.text("UPDATE survey SET summary = 'x'"))


@pytest.mark.parametrize("move", [Move.SEND_BACK, Move.TAKE_BACK])
def test_one_that_comes_back_is_counted_anew_with_what_came_in_since(asked: Asked, move: Move) -> None:
    asked.answer(0, GOOD)
    handed_up(asked)
    assert moved(asked, move, Role.MANAGER, note="请补充")
    assert asked.survey.state is SurveyState.BACK
    asked.answer(1, BAD)

    assert handed_up(asked, "再次")

    assert from_text(asked.survey.figures).returns.collected == 2
    assert (asked.survey.state, asked.survey.summary) == (SurveyState.UNDER_REVIEW, "再次")


def test_once_it_came_back_what_is_left_is_due_again_with_whoever_had_it(asked: Asked) -> None:
    asked.answer(0, GOOD)
    agreed = Given(Receipt.SIGNED, "陈建国", "owner", NOW)
    more = {"collector_id": asked.officer.id, "collect_on": TODAY, "event_id": new_id(), "by": asked.by}
    hand_out(asked.sheets[1], agreed, at=NOW, when=NOW, **more)
    for n in (2, 3):
        decline(asked.sheets[n], "不参加", event_id=new_id(), by=asked.by, at=NOW, when=NOW)
    once_more = asked.officer.id, TODAY
    ask_again(asked.sheets[3], "愿意", *once_more, event_id=new_id(), by=asked.by, at=NOW + timedelta(days=1))
    handed_up(asked, ended_early="国庆前开会", at=NOW + timedelta(days=2))

    moved(asked, Move.SEND_BACK, Role.MANAGER, "漏了一户")

    db.session.flush()
    left = {sheet.id: due_about(sheet.id, *OF_SURVEYS) for sheet in asked.sheets}
    assert [[task.kind for task in left[sheet.id]] for sheet in asked.sheets] == [
        [],
        [TaskKind.SURVEY_COLLECT],
        [],
        *[[TaskKind.SURVEY_HAND_OUT]] * 3,
    ]
    days = {task.kind: (task.assignee_id, task.due_on) for tasks in left.values() for task in tasks}
    at_once = local_date(OVER, asked.estate.time_zone)
    assert days[TaskKind.SURVEY_HAND_OUT] == (asked.officer.id, at_once), "its day passed while nobody asked for it"
    assert days[TaskKind.SURVEY_COLLECT] == (asked.officer.id, TODAY), "what was late stays as late"
    handed_up(asked, "再次")
    assert due(asked) == 0


@pytest.mark.parametrize("move", [Move.SEND_BACK, Move.TAKE_BACK])
def test_one_that_came_back_is_called_off_with_a_reason_and_what_was_handed_up_stays(asked: Asked, move: Move) -> None:
    asked.answer(0, GOOD, words="来得太慢")
    handed_up(asked)
    before = asked.survey.figures
    moved(asked, move, Role.MANAGER, "题目问错了")
    more = {"by": asked.by, "at": OVER}
    with pytest.raises(Refused, match="survey:no_reason"):
        withdraw_survey(asked.survey, " ", event_id=new_id(), **more)

    assert withdraw_survey(asked.survey, "题目问错了，重做", event_id=new_id(), **more)

    assert (asked.survey.state, asked.survey.figures, asked.survey.summary) == (
        SurveyState.WITHDRAWN,
        before,
        "维修最慢",
    )
    assert due(asked) == 0
    assert {wait.what for wait in waits.on(asked.survey.id)} == {CLASSIFY}, "what owners wrote is not lost with it"
    with pytest.raises(Outdated):
        handed_up(asked)


def test_one_on_which_a_meeting_is_called_is_not_called_off_when_it_comes_back(asked: Asked) -> None:
    asked.answer(0, GOOD)
    handed_up(asked)
    called = Called(OVER + timedelta(days=1), "会议室", "", [asked.repairs])
    call_meeting(asked.survey, called, event_id=new_id(), by=asked.by, at=OVER)
    moved(asked, Move.SEND_BACK, Role.MANAGER, "漏了一户")

    with pytest.raises(Refused, match="survey:met_on"):
        withdraw_survey(asked.survey, "重做", event_id=new_id(), by=asked.by, at=OVER)

    assert asked.survey.state is SurveyState.BACK


def test_a_sheet_that_comes_in_late_is_kept_and_changes_no_figures(asked: Asked) -> None:
    asked.answer(0, GOOD)
    handed_up(asked)
    before = asked.survey.figures

    asked.answer(1, BAD)

    assert asked.sheets[1].state is SheetState.COLLECTED
    assert asked.survey.figures == before


def test_a_desk_takes_a_sheet_late_only_where_the_result_came_back_to_be_counted_anew(asked: Asked) -> None:
    asked.answer(0, GOOD)
    handed_up(asked)
    late = Returned(Filled.ON_PAPER, False, "", "owner", False, BAD)

    with pytest.raises(Outdated):
        take_back(asked.sheets[1], late, AtDesk(new_id(), asked.by, OVER))

    moved(asked, Move.SEND_BACK, Role.MANAGER, "漏了一户")
    take_back(asked.sheets[1], late, AtDesk(new_id(), asked.by, OVER))
    assert handed_up(asked, "再次")
    assert from_text(asked.survey.figures).returns.collected == 2


def test_tablets_can_ask_what_a_survey_asks_as_long_as_it_takes_sheets(asked: Asked) -> None:
    asked.answer(0, GOOD)

    def is_gone() -> bool | None:
        db.session.commit()
        return db.session.scalar(sa.select(Feed.gone).where(Feed.type == "survey", Feed.id == asked.survey.id))

    out = is_gone()
    handed_up(asked)
    up = is_gone()
    moved(asked, Move.SEND_BACK, Role.MANAGER, "漏了一户")

    assert (out, up, is_gone()) == (False, True, False)


def test_without_a_sheet_or_a_summary_nothing_is_handed_up(asked: Asked) -> None:
    with pytest.raises(Refused, match="survey:nothing_collected"):
        handed_up(asked)
    asked.answer(0, GOOD)
    with pytest.raises(Refused, match="survey:no_summary"):
        handed_up(asked, "  ")

    assert asked.survey.state is SurveyState.OUT
    assert due(asked) == 5


def test_while_sheets_may_come_back_it_ends_with_a_reason_alone_which_is_kept(asked: Asked) -> None:
    asked.answer(0, GOOD)
    with pytest.raises(Refused, match="survey:still_out"):
        handed_up(asked, at=NOW)

    assert handed_up(asked, ended_early=" 国庆前开会 ", at=NOW)

    assert from_text(asked.survey.figures).ended_early == "国庆前开会"
    moved(asked, Move.TAKE_BACK, Role.SUPERVISOR)
    handed_up(asked, at=NOW)
    assert from_text(asked.survey.figures).ended_early == "国庆前开会", "it ended then, and for that reason"


def test_once_every_sheet_is_in_it_may_end_before_its_last_day(asked: Asked) -> None:
    for n in range(6):
        asked.answer(n, GOOD)

    assert handed_up(asked, at=NOW)


def test_while_a_household_waits_to_be_asked_once_more_it_ends_with_a_reason_alone(asked: Asked) -> None:
    for n in range(5):
        asked.answer(n, GOOD)
    decline(asked.sheets[5], "没空", event_id=new_id(), by=asked.by, at=NOW, when=NOW)
    once_more = asked.officer.id, TODAY
    ask_again(asked.sheets[5], "愿意", *once_more, event_id=new_id(), by=asked.by, at=NOW + timedelta(minutes=1))

    with pytest.raises(Refused, match="survey:still_out"):
        handed_up(asked, at=NOW + timedelta(minutes=2))

    assert handed_up(asked, at=OVER)
    returns = from_text(asked.survey.figures).returns
    assert (returns.declined, returns.left) == (1, 0), "and counts as one that declined"


def test_handed_up_twice_by_one_form_it_happens_once(asked: Asked) -> None:
    asked.answer(0, GOOD)
    event = new_id()

    assert (handed_up(asked, event_id=event), handed_up(asked, event_id=event)) == (True, False)
    assert len(review_of(asked.survey.id).acts) == 1
    with pytest.raises(Outdated):
        handed_up(asked)
    assert [wait.subject_type for wait in waits.on(asked.survey.id)] == [Paper.SURVEY.value]
