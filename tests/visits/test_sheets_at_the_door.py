"""A survey's sheets at the door: handed out against a receipt, answered, put off, declined, and what is only kept."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from pydantic import ValidationError

from app.agenda.models import Task
from app.agenda.rules import OF_SURVEYS, TaskKind, TaskState
from app.core import ahead
from app.core.blobs import Photo
from app.core.changes import newest
from app.core.clock import isoformat, now
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import history
from app.documents.archive.of_papers import Printed
from app.documents.archive.of_surveys import tell_sheet
from app.documents.sheets_of.survey_receipts import receipt_sheet, receipts_sheet
from app.estates.models import Estate, Ownership, Unit
from app.estates.rules import PersonKind
from app.issues.departments import change_department
from app.people.models import Department, Staff
from app.people.queries import departments
from app.signatures.messages import StatementText
from app.signatures.queries import statement_of
from app.surveys.actions import Returned, ask_again, is_collecting, withdraw_survey
from app.surveys.counting import returns_of
from app.surveys.desk import AtDesk, take_back
from app.surveys.figures import facts_of
from app.surveys.models import Survey, SurveySheet
from app.surveys.rules import Filled, Level, Receipt, SheetState
from app.visits.agreement import Difference, RecordPart, what_differs
from app.visits.late_receipts import taken_late
from app.visits.messages import SurveyGiven, VisitHeld
from app.visits.models import Visit
from tests.builders import NOBODY, a_home, a_survey, a_survey_out, fetch
from tests.visits.at_the_door import NOT_SIGNED
from tests.visits.kept import pushed, worded_anew
from tests.world import World

Json = dict[str, Any]
COLLECT_AT = "2026-11-25T17:30:00.000Z"
ON_PAPER = {"act": "collected", "filled": "on_paper"}
ON_SCREEN = {"act": "collected", "filled": "on_screen"}
HANDED_OUT = {"act": "handed_out", "purpose_told": True, "key_items_told": True, "collect_at": COLLECT_AT}


@dataclass
class Asked:
    """A survey with two questions about one department that is out at the world's home."""

    app: Flask
    world: World
    survey_id: str
    sheet_id: str
    questions: list[str]
    department_id: str

    def told(self, **wanted: Any) -> Json:
        """What is said of the sheet."""
        return {"sheet_id": self.sheet_id, "survey_id": self.survey_id} | wanted

    def visit(self, told: Json, **wanted: Any) -> Json:
        due = [str(task.id) for task in self.tasks() if task.state is TaskState.DUE]
        wanted = {"task_ids": due} | wanted
        return self.world.tablet.a_visit(self.world.estate_id, self.world.unit_id, surveys=[told], **wanted)

    def says(self, told: Json, **wanted: Any) -> Json:
        return pushed(self.world, self.visit(self.told(**told), **wanted))

    def tasks(self) -> list[Task]:
        with self.app.app_context():
            found = sa.select(Task).where(Task.kind.in_(OF_SURVEYS)).order_by(Task.made_at, Task.id)
            return list(db.session.scalars(found))

    def sheet(self) -> SurveySheet:
        with self.app.app_context():
            return fetch(SurveySheet, self.sheet_id)

    def withdraw(self) -> None:
        with self.app.app_context():
            survey = fetch(SurveySheet, self.sheet_id).survey
            withdraw_survey(survey, "日期冲突", event_id=new_id(), by=NOBODY, at=now())
            db.session.commit()

    def answers(self) -> Json:
        return {
            "levels": {self.questions[0]: "dissatisfied", self.questions[1]: "none"},
            "opinions": {self.department_id: "来得太慢"},
            "overall": "basic",
            "callback_welcome": True,
        }


@pytest.fixture
def asked(app: Flask, world: World) -> Asked:
    with app.app_context():
        estate, officer = db.session.get_one(Estate, world.estate_id), db.session.get_one(Staff, world.officer_id)
        [department] = departments(world.estate_id)
        survey = a_survey(estate, officer, (department, "维修及时"), (department, "上门有礼"))
        [sheet] = a_survey_out(survey, [db.session.get_one(Unit, world.unit_id)], officer)
        ids = [str(one.id) for one in survey.questions]
        db.session.commit()
        return Asked(app, world, str(survey.id), str(sheet.id), ids, str(department.id))


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


@pytest.mark.clause("R29")
@pytest.mark.parametrize(
    ("told", "wanted", "signed", "proxy"),
    [
        (ON_SCREEN, {}, "陈建国", False),
        (ON_SCREEN, NOT_SIGNED, "", False),
        (ON_SCREEN, {"interviewee": {"name": "李芳", "relation": "spouse"}}, "李芳", True),
        (ON_SCREEN, {"interviewee": {"name": "小周", "relation": "tenant"}}, "小周", True),
        (ON_SCREEN, {"interviewee": {"name": "小周", "relation": "owner"}}, "小周", True),
        (ON_PAPER, {}, "", False),
        (ON_PAPER | {"signed": True, "signed_name": "陈建国"}, NOT_SIGNED, "陈建国", False),
        ({"act": "collected", "filled": "by_phone"}, {"method": "phone", "by_owner": False}, "", False),
    ],
    ids=[
        "on the screen",
        "not signed",
        "by the spouse",
        "by a tenant",
        "by no owner of the file",
        "paper without a name",
        "paper with a name",
        "by phone",
    ],
)
def test_a_sheet_that_came_back_says_whether_it_is_signed_and_who_answered(
    asked: Asked, told: Json, wanted: Json, signed: str, proxy: bool
) -> None:
    receipt = asked.says(told | asked.answers(), **wanted)

    sheet = asked.sheet()
    assert receipt["status"] == "applied"
    assert sheet.state is SheetState.COLLECTED
    assert (sheet.signed, sheet.signed_name, sheet.proxy) == (bool(signed), signed, proxy)
    assert sheet.levels == {asked.questions[0]: "dissatisfied", asked.questions[1]: "none"}
    assert (sheet.opinions, sheet.overall) == ({asked.department_id: "来得太慢"}, Level.BASIC)
    assert sheet.callback_welcome is True
    assert {task.state for task in asked.tasks()} == {TaskState.DONE}


SPOUSE, TENANT = {"name": "李芳", "relation": "spouse"}, {"name": "小周", "relation": "tenant"}
NO_OWNER = {"name": "小周", "relation": "owner"}


def named(name: str, relation: str) -> Json:
    return ON_PAPER | {"signed": True, "signed_name": name, "signed_relation": relation}


@pytest.mark.clause("R29")
@pytest.mark.parametrize(
    ("told", "by", "relation", "proxy"),
    [
        (named("陈建国", "owner"), {}, "owner", False),
        (named("陈建国", "owner"), SPOUSE, "owner", False),
        (named("陈建国", "owner"), TENANT, "owner", False),
        (named("陈建国 ", "owner"), SPOUSE, "owner", False),
        (named("Chen", "owner"), {}, "owner", False),
        (named("Chen", "owner"), SPOUSE, "owner", True),
        (named("陈建国", "owner"), NO_OWNER, "owner", False),
        (named("小周", "owner"), NO_OWNER, "owner", True),
        (named("李芳", "spouse"), {}, "spouse", True),
        (named("小周", "tenant"), SPOUSE, "tenant", True),
        (ON_PAPER | {"signed": True, "signed_name": "陈建国"}, SPOUSE, "spouse", True),
        (ON_PAPER, SPOUSE, "spouse", True),
    ],
    ids=[
        "the owner's, from their own hand",
        "the owner's, from the spouse's hand",
        "the owner's, from a tenant's hand",
        "the owner's, with a blank behind it",
        "written otherwise, from the owner's own hand",
        "a name that the owner file does not know, from another's hand",
        "the owner's, from somebody who is called one",
        "of somebody who is called an owner",
        "the spouse's, from the owner's hand",
        "a tenant's, from the spouse's hand",
        "whose it is was not said",
        "without a name",
    ],
)
def test_a_sheet_of_paper_is_answered_by_whoevers_name_it_bears_and_in_doubt_by_a_proxy(
    asked: Asked, told: Json, by: Json, relation: str, proxy: bool
) -> None:
    wanted = {"interviewee": by} if by else {}

    receipt = asked.says(told | asked.answers(), **wanted)

    sheet = asked.sheet()
    assert (receipt["status"], sheet.relation, sheet.proxy) == ("applied", relation, proxy)
    with asked.app.app_context():
        [visit] = db.session.scalars(sa.select(Visit))
        shown = StatementText.model_validate_json(statement_of(visit.id).text)
        assert shown.surveys[0].signed_relation == told.get("signed_relation", "")
        assert what_differs(visit, shown) == []


@pytest.mark.parametrize(("name", "proxy"), [("启明科技有限公司", False), ("赵磊", True)], ids=["its own", "another"])
def test_for_a_company_only_its_own_name_stands_where_whoever_brings_the_sheet_does_not_own_it(
    asked: Asked, name: str, proxy: bool
) -> None:
    with asked.app.app_context():
        [held] = db.session.scalars(sa.select(Ownership).where(Ownership.unit_id == asked.world.unit_id))
        held.person.kind, held.person.name = PersonKind.COMPANY, "启明科技有限公司"
        db.session.commit()

    asked.says(named(name, "owner") | asked.answers(), interviewee=TENANT)

    assert asked.sheet().proxy is proxy


def test_a_name_in_another_hand_is_the_owners_only_as_long_as_they_own_it(asked: Asked) -> None:
    with asked.app.app_context():
        [held] = db.session.scalars(sa.select(Ownership).where(Ownership.unit_id == asked.world.unit_id))
        held.until = date(2026, 1, 1)
        db.session.commit()

    asked.says(named("陈建国", "owner") | asked.answers(), interviewee=SPOUSE)

    assert asked.sheet().proxy, "nobody knows them as the owner any more"


def test_what_is_not_filled_in_yet_is_collected_on_another_day(asked: Asked) -> None:
    asked.says(HANDED_OUT)

    receipt = asked.says({"act": "put_off", "collect_at": "2026-12-01T02:00:00.000Z"})

    assert receipt["status"] == "applied"
    due = [task for task in asked.tasks() if task.state is TaskState.DUE]
    assert [(task.kind, task.due_on) for task in due] == [(TaskKind.SURVEY_COLLECT, date(2026, 12, 1))]


def test_what_was_handed_out_offline_comes_back_before_its_tablet_knew_the_task(asked: Asked) -> None:
    tablet, wanted = asked.world.tablet, {"task_ids": []}
    told = (HANDED_OUT, {"act": "put_off", "collect_at": "2026-12-01T02:00:00.000Z"}, ON_SCREEN | asked.answers())
    visits = [asked.visit(asked.told(**told[0])), *(asked.visit(asked.told(**one), **wanted) for one in told[1:])]

    receipts = tablet.receipts(*(tablet.freeze(visit) for visit in visits))

    assert [receipt["status"] for receipt in receipts] == ["applied"] * 3
    assert asked.sheet().state is SheetState.COLLECTED
    assert TaskState.DUE not in {task.state for task in asked.tasks()}
    with asked.app.app_context():
        kinds = [fetch(Visit, visit["entity_id"]).categories for visit in visits]
        assert kinds == [["special"]] * 3, "as if its task had been known"


def test_whoever_does_not_take_part_says_so(asked: Asked) -> None:
    asked.says({"act": "declined", "reason": "没有时间"})

    sheet = asked.sheet()
    assert (sheet.state, sheet.declined_reason) == (SheetState.DECLINED, "没有时间")
    assert {task.state for task in asked.tasks()} == {TaskState.DONE}


def test_who_wishes_to_be_asked_once_more_is_with_the_words_that_the_office_has_heard(asked: Asked) -> None:
    asked.says({"act": "declined", "reason": "没有时间"})
    before, page = asked.world.tablet.pull_all()
    with asked.app.app_context():
        sheet = fetch(SurveySheet, asked.sheet_id)
        wished = "来电说愿意参加", asked.world.officer_id, date(2026, 11, 26)
        ask_again(sheet, *wished, event_id=new_id(), by=NOBODY, at=now())
        db.session.commit()

    changed, _page = asked.world.tablet.pull_all(page["cursor"])
    receipt = asked.says(HANDED_OUT)

    anew, _page = asked.world.tablet.pull_all()
    asks = [[doc.get("ask") for doc in tasks(told)] for told in (before, changed)]
    assert asks == [[None], ["来电说愿意参加"]]
    assert [doc["kind"] for doc in tasks(anew) if doc["state"] == "due"] == ["survey_collect"]
    assert (receipt["status"], asked.sheet().state) == ("applied", SheetState.HANDED_OUT)


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


def test_what_was_brought_once_it_was_answered_is_no_receipt_for_it(asked: Asked) -> None:
    asked.says(ON_PAPER)

    asked.says(HANDED_OUT, ended_at="2026-11-23T09:00:00.000Z")

    with asked.app.app_context():
        assert taken_late([fetch(SurveySheet, asked.sheet_id)]) == {}


@pytest.mark.parametrize(
    "change",
    [
        lambda shown: shown.update(title="另一份调查"),
        lambda shown: shown.update(number="2026-1-9999"),
        lambda shown: shown.update(purpose="随便问问"),
        lambda shown: shown.update(key_items=shown["key_items"][1:]),
        lambda shown: shown["questions"][0].update(text="维修免费"),
        lambda shown: shown["questions"].reverse(),
        lambda shown: shown["questions"][1].update(department="保卫部"),
        lambda shown: shown["opinions"][0].update(department="保卫部"),
    ],
    ids=["title", "number", "purpose", "key items", "question", "order", "department", "opinion"],
)
def test_a_summary_that_asks_what_the_office_never_asked_answers_nothing(
    asked: Asked, change: Callable[[Json], object]
) -> None:
    told = asked.told(**ON_SCREEN, **asked.answers(), purpose_told=True, key_items_told=True)
    visit = worded_anew(asked.world, asked.visit(told), lambda text: change(text["surveys"][0]))

    receipt = pushed(asked.world, visit)

    assert (receipt["status"], receipt["code"]) == ("review", "visit:misquoted")
    assert asked.sheet().state is SheetState.TO_HAND_OUT


def test_whoever_signed_before_a_department_was_renamed_keeps_the_name_that_they_read(asked: Asked) -> None:
    visit = asked.visit(asked.told(**ON_SCREEN, **asked.answers()))
    with asked.app.app_context():
        estate = db.session.get_one(Estate, asked.world.estate_id)
        about, seen = fetch(Department, asked.department_id), newest(asked.world.estate_id)
        change_department(
            about, estate, "维修中心", "Repair centre", about.liable, True, seen=seen, by=NOBODY, at=now()
        )
        db.session.commit()

    receipt = pushed(asked.world, visit)

    assert (receipt["status"], asked.sheet().state) == ("applied", SheetState.COLLECTED)
    with asked.app.app_context():
        shown = StatementText.model_validate_json(statement_of(uuid.UUID(visit["entity_id"])).text)
        assert {one.department for one in shown.surveys[0].questions} == {"工程维修部"}
        assert what_differs(fetch(Visit, visit["entity_id"]), shown) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.pop("surveys"),
        lambda text: text["surveys"][0].update(overall="very_satisfied"),
        lambda text: text["surveys"][0]["questions"][0].update(level="satisfied"),
        lambda text: text["surveys"][0]["opinions"][0].update(text="很快"),
        lambda text: text["surveys"][0].update(callback_welcome="no"),
        lambda text: text["surveys"][0].update(act="declined"),
        lambda text: text["surveys"][0].update(signed_relation="owner"),
    ],
    ids=["not shown", "overall", "level", "opinion", "callback", "act", "whose name"],
)
def test_what_is_stored_is_what_its_owner_signed(asked: Asked, change: Callable[[Json], object]) -> None:
    visit = worded_anew(asked.world, asked.visit(asked.told(**ON_SCREEN, **asked.answers())), change)

    receipt = pushed(asked.world, visit)

    assert (receipt["status"], receipt["code"]) == ("rejected", "statement:differs")
    assert "调查" in receipt["reason"]
    assert asked.sheet().state is SheetState.TO_HAND_OUT


@pytest.mark.parametrize(
    "change",
    [{"levels": {}}, {"overall": Level.VERY_SATISFIED}, {"relation": "tenant"}, {"callback_welcome": False}],
    ids=str,
)
def test_a_kept_answer_that_was_changed_afterwards_is_found(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, change: Json
) -> None:
    visit = asked.visit(asked.told(**ON_SCREEN, **asked.answers()))
    pushed(asked.world, visit)
    with asked.app.app_context():
        held, shown = fetch(Visit, visit["entity_id"]), statement_of(uuid.UUID(visit["entity_id"]))
        signed = StatementText.model_validate_json(shown.text)
        assert what_differs(held, signed) == []

        kept = fetch(SurveySheet, asked.sheet_id)
        db.session.expunge(kept)  # the database itself lets nobody write this
        [(name, value)] = change.items()
        setattr(kept, name, value)
        monkeypatch.setattr("app.visits.agreement.sheets_by_id", lambda _ids: {kept.id: kept})

        assert what_differs(held, signed) == [Difference(RecordPart.SURVEY, 1)]


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


def test_what_is_out_reaches_the_tablets_and_leaves_them_when_it_is_over(asked: Asked) -> None:
    changes, page = asked.world.tablet.pull_all()

    survey = changes["survey", asked.survey_id]["doc"]
    task = next(
        change["doc"] for (type_, _), change in changes.items() if type_ == "task" and "sheet_id" in change["doc"]
    )
    assert [one["text"]["zh"] for one in survey["departments"][0]["questions"]] == ["维修及时", "上门有礼"]
    assert survey["key_items"]["en"] == ["Are repairs in time", "Are the stairs clean"]
    assert (task["sheet_id"], task["survey_id"]) == (asked.sheet_id, asked.survey_id)
    assert (task["called"]["en"], task["sheet_number"]) == ("Survey to hand out", asked.sheet().number)

    asked.withdraw()

    later, page = asked.world.tablet.pull_all(page["cursor"])
    assert later["survey", asked.survey_id]["gone"]
    assert ("survey", asked.survey_id) not in asked.world.tablet.pull_all()[0]


def test_a_task_to_collect_says_when_that_was_agreed_and_what_was_due_before_stays_as_it_was(asked: Asked) -> None:
    asked.says(HANDED_OUT)
    first, page = asked.world.tablet.pull_all()
    asked.says({"act": "put_off", "collect_at": "2026-12-01T02:00:00.000Z"})

    changed, _page = asked.world.tablet.pull_all(page["cursor"])

    anew, _page = asked.world.tablet.pull_all()
    assert agreed(first) == [COLLECT_AT]
    assert agreed(changed) == ["2026-12-01T02:00:00.000Z"]
    assert (first | changed).items() >= {name: anew[name] for name in anew if name[0] == "task"}.items()


def agreed(changes: dict[tuple[str, str], Json]) -> list[str]:
    return [doc["agreed_at"] for doc in tasks(changes) if "agreed_at" in doc]


def tasks(changes: dict[tuple[str, str], Json]) -> list[Json]:
    """What is due about sheets, or was."""
    return [
        change["doc"] for (type_, _id), change in changes.items() if type_ == "task" and "sheet_id" in change["doc"]
    ]
