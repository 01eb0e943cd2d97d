"""A household's sheet: handed out against a receipt, collected on the agreed day, or declined."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.agenda.models import Task
from app.agenda.rules import TaskKind, TaskState
from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.ids import new_id
from app.core.journal import By, history
from app.estates.models import Unit
from app.people.models import Staff
from app.people.rules import Role
from app.surveys.actions import Returned, collect, decline, hand_out, put_off
from app.surveys.asking_again import ask_again
from app.surveys.calling_off import withdraw_survey
from app.surveys.models import Survey, SurveySheet
from app.surveys.progress import counts_of
from app.surveys.queries import sheets_by_id
from app.surveys.receipts import Given, receipts_beside
from app.surveys.rules import Filled, Level, Receipt, SheetState, SurveyState
from tests.builders import NOW, TODAY, a_department, a_home, a_staff, a_survey, a_survey_out, an_estate

GIVEN = Given(Receipt.SIGNED, "陈建国", "owner", NOW + timedelta(days=3))


class Out:
    """A survey with one question that is out with two homes."""

    def __init__(self) -> None:
        estate = an_estate()
        self.supervisor = a_staff(estate, Role.SUPERVISOR)
        self.officer = a_staff(estate, Role.OFFICER)
        self.department = a_department(estate, "工程维修部")
        self.homes: list[Unit] = [a_home(estate), a_home(estate)]
        db.session.flush()
        self.survey: Survey = a_survey(estate, self.supervisor, (self.department, "维修及时"))
        self.sheets: list[SurveySheet] = a_survey_out(self.survey, self.homes, self.officer)

    @property
    def by(self) -> By:
        return By(staff_id=self.officer.id)

    def due(self, sheet: SurveySheet) -> list[tuple[TaskKind, TaskState]]:
        db.session.flush()
        found = sa.select(Task).where(Task.subject_id == sheet.id).order_by(Task.made_at, Task.id)
        return [(task.kind, task.state) for task in db.session.scalars(found)]

    def returned(self) -> Returned:
        question = str(self.survey.questions[0].id)
        opinion = {str(self.department.id): " 来得太慢 "}
        levels = {question: Level.BASIC}
        return Returned(Filled.ON_PAPER, True, "陈建国", "owner", False, Level.SATISFIED, levels, opinion)


@pytest.fixture
def out(app: Flask) -> Out:
    with app.app_context():
        yield Out()


def give(out: Out, sheet: SurveySheet, **more: object) -> bool:
    wanted = {"collector_id": out.officer.id, "collect_on": TODAY + timedelta(days=3), "event_id": new_id()}
    return hand_out(sheet, GIVEN, visit_id=new_id(), by=out.by, **({"at": NOW, "when": NOW} | wanted | more))


@pytest.mark.clause("R24", "R25", "R28")
def test_each_household_gets_a_sheet_and_what_is_taken_is_to_be_collected(out: Out) -> None:
    sheet, other = out.sheets
    assert [one.unit_id for one in out.sheets] == [home.id for home in out.homes]
    assert out.due(sheet) == out.due(other) == [(TaskKind.SURVEY_HAND_OUT, TaskState.DUE)]

    assert give(out, sheet)

    assert (sheet.state, sheet.receipt_name, sheet.agreed_at) == (SheetState.HANDED_OUT, "陈建国", GIVEN.agreed_at)
    assert out.due(sheet) == [
        (TaskKind.SURVEY_HAND_OUT, TaskState.DONE),
        (TaskKind.SURVEY_COLLECT, TaskState.DUE),
    ]
    db.session.commit()
    assert [line.kind for line in history(sheet.id)] == ["sheet:handed_out"]


def test_a_sheet_comes_back_once_and_stays_as_it_was_answered(out: Out) -> None:
    sheet = out.sheets[0]
    give(out, sheet)
    event = new_id()

    first = collect(sheet, out.returned(), visit_id=new_id(), event_id=event, by=out.by, at=NOW, when=NOW)
    again = collect(sheet, out.returned(), visit_id=new_id(), event_id=event, by=out.by, at=NOW, when=NOW)
    other = collect(sheet, out.returned(), visit_id=new_id(), event_id=new_id(), by=out.by, at=NOW, when=NOW)

    assert (first, again, other) == (True, False, False)
    assert sheet.levels == {str(out.survey.questions[0].id): "basic"}
    assert sheet.opinions == {str(out.department.id): "来得太慢"}
    assert out.due(sheet)[-1] == (TaskKind.SURVEY_COLLECT, TaskState.DONE)
    assert not decline(sheet, "不想填", event_id=new_id(), by=out.by, at=NOW, when=NOW)


def test_filled_in_at_once_it_needs_no_second_visit(out: Out) -> None:
    sheet = out.sheets[0]

    assert collect(sheet, out.returned(), visit_id=new_id(), event_id=new_id(), by=out.by, at=NOW, when=NOW)

    assert out.due(sheet) == [(TaskKind.SURVEY_HAND_OUT, TaskState.DONE)]


def test_put_off_it_is_collected_another_day(out: Out) -> None:
    sheet = out.sheets[0]
    give(out, sheet)
    later = NOW + timedelta(days=6)
    who = {"collector_id": out.officer.id, "collect_on": TODAY + timedelta(days=6)}

    assert put_off(sheet, later, **who, event_id=new_id(), by=out.by, at=NOW, when=NOW)

    assert sheet.agreed_at == later
    assert out.due(sheet)[1:] == [
        (TaskKind.SURVEY_COLLECT, TaskState.CANCELLED),
        (TaskKind.SURVEY_COLLECT, TaskState.DUE),
    ]


def test_a_day_agreed_before_another_and_heard_of_after_it_changes_nothing(out: Out) -> None:
    sheet = out.sheets[0]
    give(out, sheet, when=NOW - timedelta(hours=5))
    who = {"collector_id": out.officer.id, "collect_on": TODAY + timedelta(days=6), "by": out.by, "at": NOW}

    assert put_off(sheet, NOW + timedelta(days=6), **who, event_id=new_id(), when=NOW - timedelta(hours=1))
    db.session.commit()
    assert put_off(sheet, NOW + timedelta(days=2), **who, event_id=new_id(), when=NOW - timedelta(hours=2))

    assert sheet.agreed_at == NOW + timedelta(days=6)
    assert len(out.due(sheet)) == 3
    db.session.commit()
    assert [line.kind for line in history(sheet.id)] == ["sheet:handed_out", "sheet:put_off", "sheet:put_off"]


def test_a_sheet_that_was_read_with_its_survey_moves_as_any_other(out: Out) -> None:
    sheet_id = out.sheets[0].id
    db.session.commit()
    db.session.expunge(out.sheets[0])
    sheet = sheets_by_id([sheet_id])[sheet_id]

    assert give(out, sheet)

    assert sheet.state is SheetState.HANDED_OUT


def test_whoever_declined_may_think_better_of_it(out: Out) -> None:
    sheet = out.sheets[0]
    assert decline(sheet, "没空", visit_id=new_id(), event_id=new_id(), by=out.by, at=NOW, when=NOW)
    assert out.due(sheet) == [(TaskKind.SURVEY_HAND_OUT, TaskState.DONE)]

    assert give(out, sheet)

    assert sheet.state is SheetState.HANDED_OUT


LATER = NOW + timedelta(days=2)


@pytest.mark.clause("R24")
def test_what_a_tablet_tells_late_of_before_it_declined_is_its_receipt_and_sends_nobody_there_again(out: Out) -> None:
    sheet = out.sheets[0]
    decline(sheet, "来电说不参加", event_id=new_id(), by=out.by, at=LATER, when=LATER)

    known = give(out, sheet, at=LATER + timedelta(hours=1))

    assert known
    assert (sheet.state, sheet.declined_reason, sheet.receipt_name) == (SheetState.DECLINED, "来电说不参加", "陈建国")
    assert out.due(sheet) == [(TaskKind.SURVEY_HAND_OUT, TaskState.CANCELLED)]
    counts = counts_of([out.survey.id])[out.survey.id]
    assert (counts.issued, counts.declined, counts.left) == (1, 1, 1), "it had its sheet: response is of all that had"
    assert not give(out, sheet, at=LATER + timedelta(hours=2)), "known already"
    db.session.commit()
    assert [line.kind for line in history(sheet.id)] == ["sheet:declined", "sheet:taken_before"]


def test_what_a_tablet_tells_late_of_before_it_took_its_sheet_does_not_turn_it_away(out: Out) -> None:
    sheet = out.sheets[0]
    give(out, sheet, at=LATER, when=LATER)

    assert not decline(sheet, "没空", visit_id=new_id(), event_id=new_id(), by=out.by, at=LATER, when=NOW)

    assert sheet.state is SheetState.HANDED_OUT
    assert out.due(sheet)[-1] == (TaskKind.SURVEY_COLLECT, TaskState.DUE)


@pytest.mark.clause("R24")
def test_handed_out_anew_after_it_was_declined_both_receipts_are_kept(out: Out) -> None:
    sheet, tenant = out.sheets[0], Given(Receipt.WITNESSED, "小周", "tenant", LATER)
    give(out, sheet)
    visit_id = sheet.handed_out_visit_id
    decline(sheet, "没空", visit_id=new_id(), event_id=new_id(), by=out.by, at=NOW, when=NOW)
    more = {"collector_id": out.officer.id, "collect_on": TODAY, "by": out.by, "at": LATER, "when": LATER}

    hand_out(sheet, tenant, visit_id=new_id(), event_id=new_id(), **more)
    db.session.commit()

    [first] = receipts_beside(out.sheets)[sheet.id]
    assert (first.receipt, first.receipt_name, first.receipt_relation) == (Receipt.SIGNED, "陈建国", "owner")
    assert (first.handed_out_at, first.handed_out_by_id, first.handed_out_visit_id, first.agreed_at) == (
        NOW,
        out.officer.id,
        visit_id,
        GIVEN.agreed_at,
    )
    assert (sheet.receipt, sheet.receipt_name, sheet.handed_out_at) == (Receipt.WITNESSED, "小周", LATER)
    assert counts_of([out.survey.id])[out.survey.id].issued == 1, "a household counts once"
    assert receipts_beside([out.sheets[1]]) == {}


def test_one_that_declined_is_asked_once_more_as_it_wishes_and_counts_as_declined_until_it_takes_part(
    out: Out,
) -> None:
    sheet, wished = out.sheets[0], ("业主来电，愿意参加", out.officer.id, TODAY + timedelta(days=3))
    more = {"by": By(out.supervisor.id), "at": NOW + timedelta(days=1)}
    assert not ask_again(sheet, *wished, event_id=new_id(), **more), "it has not declined"
    decline(sheet, "没空", visit_id=new_id(), event_id=new_id(), by=out.by, at=NOW, when=NOW)
    event = new_id()

    first, twice = ask_again(sheet, *wished, event_id=event, **more), ask_again(sheet, *wished, event_id=event, **more)

    assert (first, twice, ask_again(sheet, *wished, event_id=new_id(), **more)) == (True, False, False)
    assert out.due(sheet) == [
        (TaskKind.SURVEY_HAND_OUT, TaskState.DONE),
        (TaskKind.SURVEY_HAND_OUT, TaskState.DUE),
    ]
    counts = counts_of([out.survey.id])[out.survey.id]
    assert (counts.declined, counts.left) == (1, 1)
    assert give(out, sheet, event_id=new_id())
    assert counts_of([out.survey.id])[out.survey.id].declined == 0


def test_asked_once_more_it_may_decline_again_but_not_by_what_it_said_before(out: Out) -> None:
    sheet = out.sheets[0]
    said = {"visit_id": new_id(), "by": out.by, "at": LATER}
    decline(sheet, "没空", event_id=new_id(), when=NOW, **said)
    assert not decline(sheet, "还是没空", event_id=new_id(), when=NOW, **said)
    ask_again(sheet, "愿意", out.officer.id, TODAY, event_id=new_id(), by=out.by, at=NOW + timedelta(days=1))

    before = decline(sheet, "早就说过", event_id=new_id(), when=NOW + timedelta(hours=1), **said)
    again = decline(sheet, "想了想还是不参加", event_id=new_id(), when=LATER, **said)

    assert (before, again) == (False, True)
    assert (sheet.state, sheet.declined_reason) == (SheetState.DECLINED, "想了想还是不参加")
    assert out.due(sheet) == [(TaskKind.SURVEY_HAND_OUT, TaskState.DONE)] * 2


def test_withdrawn_nothing_of_it_is_due_any_more(out: Out) -> None:
    give(out, out.sheets[0])
    by = By(staff_id=out.supervisor.id)
    with pytest.raises(Refused):
        withdraw_survey(out.survey, " ", event_id=new_id(), by=by, at=NOW)

    assert withdraw_survey(out.survey, "另行安排", event_id=new_id(), by=by, at=NOW)

    assert out.survey.state is SurveyState.WITHDRAWN
    assert [out.due(sheet)[-1][1] for sheet in out.sheets] == [TaskState.CANCELLED] * 2
    with pytest.raises(Outdated):
        withdraw_survey(out.survey, "再一次", event_id=new_id(), by=by, at=NOW)


def test_it_does_not_go_out_without_questions_or_homes_or_in_the_past(app: Flask, out: Out) -> None:
    estate = an_estate()
    supervisor: Staff = a_staff(estate, Role.SUPERVISOR)
    department = a_department(estate, "保洁部")
    home = a_home(estate)
    db.session.flush()
    dates = {"issue_from": TODAY - timedelta(days=9), "issue_until": TODAY - timedelta(days=1)}
    for survey, homes, code in (
        (a_survey(estate, supervisor), [home], "survey:no_questions"),
        (a_survey(estate, supervisor, (department, "清洁")), [], "survey:no_homes"),
        (a_survey(estate, supervisor, (department, "清洁"), **dates), [home], "survey:dates_past"),
    ):
        with pytest.raises(Refused) as refused:
            a_survey_out(survey, homes, out.officer)
        assert refused.value.code == code
        assert survey.state is SurveyState.DRAFT
