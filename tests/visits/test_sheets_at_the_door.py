"""A survey's sheets at the door: handed out against a receipt, put off, declined, and what is only kept."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from app.agenda.models import Task
from app.agenda.rules import TaskKind, TaskState
from app.core import ahead
from app.core.blobs import Photo
from app.core.clock import isoformat, now
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import history
from app.documents.archive.of_papers import Printed
from app.documents.archive.of_surveys import tell_sheet
from app.documents.sheets_of.survey_receipts import receipt_sheet, receipts_sheet
from app.estates.models import Estate
from app.signatures.messages import StatementText
from app.signatures.queries import statement_of
from app.surveys.actions import Returned, is_collecting
from app.surveys.counting import returns_of
from app.surveys.desk import AtDesk, give_out, take_back
from app.surveys.figures import facts_of
from app.surveys.models import Survey, SurveySheet
from app.surveys.receipts import Given
from app.surveys.rules import Filled, Level, Receipt, SheetState
from app.visits.agreement import what_differs
from app.visits.late_receipts import taken_late
from app.visits.messages import SurveyGiven, VisitHeld
from app.visits.models import Visit
from tests.builders import NOBODY, a_home, fetch
from tests.visits.at_the_door import NOT_SIGNED
from tests.visits.kept import pushed
from tests.visits.survey_out import COLLECT_AT, HANDED_OUT, ON_PAPER, ON_SCREEN, Asked, Json


@pytest.mark.clause("R24")
@pytest.mark.clause("R26")
@pytest.mark.clause("R27")
@pytest.mark.clause("R28")
def test_the_owners_signature_under_the_visit_is_the_receipt_and_it_is_collected_on_the_agreed_day(
    asked: Asked,
) -> None:
    receipt = asked.says(HANDED_OUT)

    sheet, [first, second] = asked.sheet(), asked.tasks()
    assert receipt["status"] == "applied"
    assert (sheet.state, sheet.receipt, sheet.receipt_name) == (SheetState.HANDED_OUT, Receipt.SIGNED, "陈建国")
    assert sheet.agreed_at == datetime(2026, 11, 25, 17, 30, tzinfo=UTC)
    assert (first.kind, first.state) == (TaskKind.SURVEY_HAND_OUT, TaskState.DONE)
    assert (second.kind, second.state, second.assignee_id) == (
        TaskKind.SURVEY_COLLECT,
        TaskState.DUE,
        asked.world.officer_id,
    )
    assert second.due_on == date(2026, 11, 26), "by the estate's calendar"
    with asked.app.app_context():
        kinds = [line.kind for line in history(sheet.id)]
    assert kinds == ["sheet:handed_out", "sheet:purpose_told", "sheet:key_items_told"]


@pytest.mark.parametrize(
    ("wanted", "receipt"),
    [(NOT_SIGNED, Receipt.UNSIGNED), ({"interviewee": {"name": "李芳", "relation": "spouse"}}, Receipt.SIGNED)],
    ids=["not signed", "by the spouse"],
)
def test_how_the_sheet_was_confirmed_is_kept(asked: Asked, wanted: Json, receipt: Receipt) -> None:
    asked.says(HANDED_OUT, **wanted)

    assert asked.sheet().receipt is receipt


def test_what_is_not_filled_in_yet_is_collected_on_another_day(asked: Asked) -> None:
    asked.says(HANDED_OUT)

    receipt = asked.says({"act": "put_off", "collect_at": "2026-12-01T02:00:00.000Z"})

    assert receipt["status"] == "applied"
    due = [task for task in asked.tasks() if task.state is TaskState.DUE]
    assert [(task.kind, task.due_on) for task in due] == [(TaskKind.SURVEY_COLLECT, date(2026, 12, 1))]


def test_whoever_does_not_take_part_says_so(asked: Asked) -> None:
    asked.says({"act": "declined", "reason": "没有时间"})

    sheet = asked.sheet()
    assert (sheet.state, sheet.declined_reason) == (SheetState.DECLINED, "没有时间")
    assert {task.state for task in asked.tasks()} == {TaskState.DONE}


def test_met_but_not_spoken_of_it_stays_due(asked: Asked) -> None:
    due = [str(task.id) for task in asked.tasks()]

    pushed(asked.world, asked.world.tablet.a_visit(asked.world.estate_id, asked.world.unit_id, task_ids=due))

    assert {task.state for task in asked.tasks()} == {TaskState.DUE}


def _withdrawn(asked: Asked) -> None:
    asked.withdraw()


def _back_already(asked: Asked) -> None:
    asked.says(ON_PAPER)


def _of_another_home(asked: Asked) -> None:
    with asked.app.app_context():
        home = a_home(db.session.get_one(Estate, asked.world.estate_id))
        db.session.flush()
        fetch(SurveySheet, asked.sheet_id).unit_id = home.id
        db.session.commit()


@pytest.mark.parametrize("meanwhile", [_withdrawn, _back_already, _of_another_home])
def test_what_cannot_move_its_sheet_any_more_is_kept_for_a_person(
    asked: Asked, meanwhile: Callable[[Asked], None]
) -> None:
    visit = asked.visit(asked.told(**ON_SCREEN, **asked.answers()))
    meanwhile(asked)
    before = asked.sheet()

    receipt = pushed(asked.world, visit)

    after = asked.sheet()
    assert (receipt["status"], receipt["code"]) == ("review", "visit:sheet_kept")
    assert (after.state, after.levels, after.overall) == (before.state, before.levels, before.overall)
    with asked.app.app_context():
        shown = StatementText.model_validate_json(statement_of(uuid.UUID(visit["entity_id"])).text)
        assert shown.surveys[0].opinions[0].text == "来得太慢"
        assert what_differs(fetch(Visit, visit["entity_id"]), shown) == []


@pytest.mark.clause("R24")
def test_a_receipt_that_comes_after_the_answers_says_who_took_the_sheet_and_counts_nothing(asked: Asked) -> None:
    visit = asked.visit(asked.told(**HANDED_OUT))
    with asked.app.app_context():
        returned = Returned(Filled.ON_PAPER, True, "陈建国", "owner", False, Level.BASIC)
        take_back(fetch(SurveySheet, asked.sheet_id), returned, AtDesk(new_id(), NOBODY, now()))
        db.session.commit()
        before = returns_of(facts_of(fetch(Estate, asked.world.estate_id), fetch(Survey, asked.survey_id)))

    receipt = pushed(asked.world, visit)

    assert (receipt["status"], receipt["code"]) == ("review", "visit:sheet_kept"), "a person still looks at both"
    with asked.app.app_context():
        sheet = fetch(SurveySheet, asked.sheet_id)
        [taken] = taken_late([sheet]).values()
        assert (sheet.state, sheet.handed_out_at) == (SheetState.COLLECTED, None)
        assert (taken.how, taken.name, taken.relation) == (Receipt.SIGNED, "陈建国", "owner")
        assert taken.at == taken.visit.ended_at
        assert returns_of(facts_of(fetch(Estate, asked.world.estate_id), fetch(Survey, asked.survey_id))) == before

        paper = receipt_sheet(sheet, ("zh",), printed_at=now())
        assert (paper.receipt.at_once, paper.receipt.how, paper.receipt.signer) == (False, "signed", "陈建国")
        assert (paper.receipt.taken_at, paper.receipt.returned_at) == (taken.at, sheet.collected_at)
        assert [one.signer for one in paper.signatures] == ["陈建国"]
        [line] = receipts_sheet(sheet.survey, [sheet], ("zh",), printed_at=now()).receipts
        assert line == paper.receipt
        told = tell_sheet(sheet, fetch(Estate, asked.world.estate_id), Printed(("zh",), now()))
        assert {one.key: one.value for one in told.facts}["handed_out_at"] == isoformat(taken.at)


@pytest.mark.clause("R24")
def test_handed_out_twice_before_either_was_known_both_receipts_are_told(asked: Asked) -> None:
    """By a desk and by a tablet without a network: the sheet tells of what was known first."""
    visit = asked.visit(asked.told(**HANDED_OUT))
    with asked.app.app_context():
        estate, desk = fetch(Estate, asked.world.estate_id), AtDesk(new_id(), NOBODY, now())
        given = Given(Receipt.ON_PAPER, "王秀兰", "spouse", desk.at + timedelta(days=1))
        give_out(fetch(SurveySheet, asked.sheet_id), given, asked.world.officer_id, estate, desk)
        db.session.commit()

    receipt = pushed(asked.world, visit)

    assert (receipt["status"], receipt["code"]) == ("review", "visit:sheet_kept"), "a person still looks at both"
    with asked.app.app_context():
        sheet = fetch(SurveySheet, asked.sheet_id)
        door, desk = receipts_sheet(sheet.survey, [sheet], ("zh",), printed_at=now()).receipts
        paper = receipt_sheet(sheet, ("zh",), printed_at=now())
    assert (desk.signer, desk.is_beside, desk.nth, desk.times) == ("王秀兰", False, 2, 2)
    assert (door.signer, door.how, door.is_beside, door.nth) == ("陈建国", "signed", True, 1)
    assert door.visit
    assert (paper.receipt, paper.beside, paper.signatures) == (desk, (door,), ())


def test_what_was_brought_once_it_was_answered_is_no_receipt_for_it(asked: Asked) -> None:
    asked.says(ON_PAPER)

    asked.says(HANDED_OUT, ended_at="2026-11-23T09:00:00.000Z")

    with asked.app.app_context():
        assert taken_late([fetch(SurveySheet, asked.sheet_id)]) == {}


def test_a_photo_of_the_paper_is_expected_as_any_other(asked: Asked) -> None:
    named, _frozen = asked.world.tablet.a_photo(b"not a picture yet")

    receipt = asked.says(ON_PAPER | {"photos": [named]})

    assert receipt["missing"] == [named["sealed"]]
    with asked.app.app_context():
        [photo] = db.session.scalars(sa.select(Photo))
        assert (photo.subject_type, str(photo.subject_id)) == ("survey_sheet", asked.sheet_id)


@pytest.mark.parametrize(
    "told",
    [
        {"act": "handed_out"},
        {"act": "put_off"},
        {"act": "collected"},
        {"act": "declined", "collect_at": COLLECT_AT},
        {"act": "handed_out", "collect_at": COLLECT_AT, "filled": "on_paper"},
        {"act": "handed_out", "collect_at": COLLECT_AT, "overall": "satisfied"},
        {"act": "collected", "filled": "on_screen", "signed": True, "signed_name": "陈建国"},
        {"act": "collected", "filled": "on_paper", "signed": True},
        {"act": "collected", "filled": "on_paper", "reason": "没有时间"},
        {"act": "collected", "filled": "on_paper", "signed_relation": "owner"},
    ],
)
def test_what_does_not_hold_together_is_not_read(told: Json) -> None:
    with pytest.raises(ValidationError):
        SurveyGiven.model_validate({"sheet_id": str(new_id()), "survey_id": str(new_id())} | told)


def test_a_task_that_a_draft_does_not_name_is_locked_before_its_survey_is(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With all others of its group in id order: whoever counts the survey locks them before it, too."""
    [task] = asked.tasks()
    locked: list[bool] = []

    def takes_sheets(sheet: SurveySheet) -> bool:
        locked.append(ahead.loaded(Task, [task.id]) is not None)
        return is_collecting(sheet)

    monkeypatch.setattr("app.visits.surveyed.is_collecting", takes_sheets)

    asked.says(HANDED_OUT, task_ids=[])

    assert locked == [True]
    assert asked.tasks()[0].state is TaskState.DONE


@pytest.mark.parametrize(
    ("method", "told"),
    [
        ("phone", [{"act": "handed_out", "collect_at": COLLECT_AT}]),
        ("phone", [ON_SCREEN]),
        ("door", [{"act": "collected", "filled": "by_phone"}]),
        ("door", [ON_SCREEN, ON_PAPER]),
    ],
    ids=["handed out by phone", "a screen by phone", "by phone at the door", "twice"],
)
def test_what_does_not_fit_the_visit_is_not_read(asked: Asked, method: str, told: list[Json]) -> None:
    body = asked.visit(asked.told(**ON_SCREEN))["body"]

    with pytest.raises(ValidationError):
        VisitHeld.model_validate(body | {"method": method, "surveys": [asked.told(**one) for one in told]})
