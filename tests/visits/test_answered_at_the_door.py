"""What an owner answers at the door that no callback asks for: to an explanation, another date, the end of an issue.

And the photos that are taken while a callback is answered. Whatever moved on meanwhile: it is kept.
"""

import io
import runpy
import uuid
from datetime import date, datetime, timedelta
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from app.config import ROOT
from app.core import journal, waits
from app.core.clock import isoformat, now
from app.core.db import db
from app.core.ids import new_id
from app.documents.queries import sign_off_sheet
from app.estates.actions import move_in
from app.estates.models import Ownership, Unit
from app.estates.rules import PersonKind
from app.issues.actions import accept, report_rectified
from app.issues.answering import take_owners_answer
from app.issues.complaining import Matter, open_complaint
from app.issues.complaint_rules import Grade, Nature
from app.issues.deferring import agree_to_defer, ask_to_defer
from app.issues.ending import close_unsatisfied, object_to
from app.issues.explaining import cannot_be_solved, owner_was_explained
from app.issues.models import Deferral, Issue, OwnerAnswer
from app.issues.owners_word import OwnersWord
from app.issues.progress import Stage, work_photos
from app.issues.rules import Answer, Cannot, Ending, HowAnswered, State
from app.office.moments import When
from app.office.visit_pages.record_said import said_in
from app.people.models import Staff
from app.sync.contents import contents_of
from app.sync.models import Operation
from app.visits.messages import AnswerGiven
from app.visits.models import Visit
from tests.builders import NOBODY, NOW, fetch
from tests.visits.kept import count, pushed, the_only, worded_anew
from tests.world import World

Json = dict[str, Any]
NEW_DATE = now().date() + timedelta(days=30)
NOT_SIGNED = {"unsigned": {"reason": "refused", "note": "赶时间"}}
OWNER_SAYS = "下雨又渗水"
ENDED = {"what": "closed", "words": ""}
EXPLAINED = {"what": "explained", "words": "须等外墙大修", "cannot": "for_now"}


def an_issue(app: Flask, world: World, *acts: str, at: datetime | None = None, raised_by: Json | None = None) -> str:
    """An issue of the unit that went this way: what the owner (or who else) raised, and what was done about it."""
    raised = world.tablet.an_issue()
    met = {"interviewee": raised_by} if raised_by else {}
    pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, issues=[raised], **met))
    for act in acts:
        does(app, raised["id"], act, at or now())
    return str(raised["id"])


def does(app: Flask, issue_id: str, act: str, at: datetime) -> None:
    with app.app_context():
        issue = db.session.get_one(Issue, uuid.UUID(issue_id))
        _ACTS[act](issue, {"event_id": new_id(), "by": NOBODY, "at": at})
        db.session.commit()


def _accepted(issue: Issue, more: Json) -> None:
    accept(
        issue, "重做防水层", db.session.get_one(Staff, issue.officer_id), more["at"].date() + timedelta(days=2), **more
    )


def _closed(issue: Issue, more: Json) -> None:
    word = OwnersWord(Answer.SATISFIED, HowAnswered.PHONE, more["at"])
    take_owners_answer(issue, word, round_=issue.round, **more)


def _by_phone(answer: Answer, words: str, more: Json) -> OwnersWord:
    return OwnersWord.taken_down(answer, HowAnswered.PHONE, words, said_at=more["at"])


def _put_off(issue: Issue, more: Json) -> None:
    ask_to_defer(issue, NEW_DATE, "防水材料未到", **more)
    agree_to_defer(issue, "", **more | {"event_id": new_id()})


_ACTS: dict[str, Any] = {
    "accepted": _accepted,
    "rectified": lambda issue, more: report_rectified(issue, "已重做防水层", **more),
    "closed": _closed,
    "put off": _put_off,
    "cannot": lambda issue, more: cannot_be_solved(issue, Cannot.FOR_NOW, "须等外墙大修", None, **more),
    "cannot, worded anew": lambda issue, more: cannot_be_solved(issue, Cannot.FOR_NOW, "须等屋面大修", None, **more),
    "disagreed": lambda issue, more: owner_was_explained(issue, _by_phone(Answer.DISAGREED, "太久", more), **more),
    "carried over": lambda issue, more: owner_was_explained(issue, _by_phone(Answer.AGREED, "可以等", more), **more),
    "closed unsatisfied": lambda issue, more: close_unsatisfied(issue, Ending.WITHDRAWN, "说不用了", tries=0, **more),
    "objected": lambda issue, more: object_to(issue, _by_phone(Answer.OBJECTED, "又滴水", more), **more),
}
CLOSED = ("accepted", "rectified", "closed")


def owner_says(world: World, issue_id: str, answer: str, reason: str = "", **wanted: Any) -> Json:
    """The receipt of a visit at which the owner said this."""
    given = {"issue_id": issue_id, "round": wanted.pop("round", 1), "answer": answer, "reason": reason}
    given |= {name: wanted.pop(name) for name in ("new_date", "task_id", "photos") if name in wanted}
    if answer in ("agreed", "disagreed") and "new_date" not in given:
        wanted.setdefault("had_been_told", {issue_id: EXPLAINED})
    return pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, answers=[given], **wanted))


def standing(app: Flask, issue_id: str) -> tuple[State, int]:
    with app.app_context():
        issue = fetch(Issue, issue_id)
        return issue.state, issue.round


def said(app: Flask, issue_id: str) -> list[tuple[str, str, str, bool]]:
    """What the owner said on visits: which answer, how it was given, in what words, whether it moved the issue."""
    with app.app_context():
        found = sa.select(OwnerAnswer).where(
            OwnerAnswer.issue_id == uuid.UUID(issue_id), OwnerAnswer.visit_id.is_not(None)
        )
        return [(one.answer.value, one.how.value, one.reason, one.moved) for one in db.session.scalars(found)]


# --- the end of an issue ---


@pytest.mark.clause("R40")
@pytest.mark.parametrize(
    "acts", [CLOSED, ("closed unsatisfied",), ("cannot", "carried over")], ids=["closed", "unsatisfied", "carried over"]
)
def test_an_owner_who_objects_at_the_door_opens_what_has_ended_and_it_goes_back_to_its_department(
    app: Flask, world: World, acts: tuple[str, ...]
) -> None:
    issue_id = an_issue(app, world, *acts)

    receipt = owner_says(world, issue_id, "objected", OWNER_SAYS)

    assert receipt["status"] == "applied"
    assert standing(app, issue_id) == (State.ROUTED, 2)
    assert said(app, issue_id)[-1] == ("objected", "signed", OWNER_SAYS, True)
    with app.app_context():
        issue = fetch(Issue, issue_id)
        assert (issue.ending, issue.closed_at, issue.department_id) == (None, None, world.department_id)


def test_what_was_said_within_the_days_counts_however_late_the_tablet_comes(app: Flask, world: World) -> None:
    issue_id = an_issue(app, world, *CLOSED, at=now() - timedelta(days=20))
    third_day = isoformat(now() - timedelta(days=17))

    receipt = owner_says(world, issue_id, "objected", OWNER_SAYS, started_at=third_day, ended_at=third_day)

    assert receipt["status"] == "applied"
    assert standing(app, issue_id) == (State.ROUTED, 2)


@pytest.mark.parametrize("days_ago", [3, 25], ids=["after the days", "by a clock that is before the end itself"])
def test_an_objection_after_the_days_is_kept_for_the_supervisor(app: Flask, world: World, days_ago: int) -> None:
    issue_id = an_issue(app, world, *CLOSED, at=now() - timedelta(days=20))

    receipt = owner_says(world, issue_id, "objected", OWNER_SAYS, ended_at=isoformat(now() - timedelta(days=days_ago)))

    assert (receipt["status"], receipt["code"]) == ("review", "visit:objected_late")
    assert standing(app, issue_id) == (State.CLOSED, 1)
    assert said(app, issue_id)[-1] == ("objected", "signed", OWNER_SAYS, False)


def test_an_objection_to_what_the_office_has_opened_meanwhile_is_kept_beside_it(app: Flask, world: World) -> None:
    issue_id = an_issue(app, world, *CLOSED, "objected")

    receipt = owner_says(world, issue_id, "objected", OWNER_SAYS)

    assert (receipt["status"], receipt["code"]) == ("review", "visit:answer_kept")
    assert standing(app, issue_id) == (State.ROUTED, 2)
    assert said(app, issue_id)[-1] == ("objected", "signed", OWNER_SAYS, False)


# --- an explanation ---


@pytest.mark.clause("R36")
@pytest.mark.parametrize(
    ("answer", "wanted", "outcome", "state"),
    [
        ("agreed", {}, ("applied", None), State.CARRIED_OVER),
        ("disagreed", {}, ("applied", None), State.REPORTED),
        ("agreed", NOT_SIGNED, ("review", "visit:answer_not_signed"), State.EXPLAINED),
        # That it may not wait anybody may say, and needs no signature.
        ("disagreed", NOT_SIGNED, ("applied", None), State.REPORTED),
    ],
)
def test_an_explanation_is_agreed_with_or_not_where_it_is_given(
    app: Flask, world: World, answer: str, wanted: Json, outcome: tuple[str, str | None], state: State
) -> None:
    issue_id = an_issue(app, world, "cannot")

    receipt = owner_says(world, issue_id, answer, "已经等了两年", **wanted)

    assert (receipt["status"], receipt.get("code")) == outcome
    assert standing(app, issue_id) == (state, 1)
    assert said(app, issue_id)[-1][0] == answer


def test_an_answer_to_an_explanation_that_was_taken_back_meanwhile_is_kept(app: Flask, world: World) -> None:
    issue_id = an_issue(app, world, "cannot", "carried over")

    receipt = owner_says(world, issue_id, "disagreed", "不同意")

    assert (receipt["status"], receipt["code"]) == ("review", "visit:answer_kept")
    assert standing(app, issue_id) == (State.CARRIED_OVER, 1)


@pytest.mark.parametrize(("shown", "state"), [("须等外墙大修", State.EXPLAINED), ("须等屋面大修", State.CARRIED_OVER)])
def test_what_an_owner_answers_to_is_what_was_shown_and_no_explanation_that_was_worded_anew(
    app: Flask, world: World, shown: str, state: State
) -> None:
    issue_id = an_issue(app, world, "cannot", "disagreed", "cannot, worded anew")
    told, later = {issue_id: EXPLAINED | {"words": shown}}, isoformat(now())

    receipt = owner_says(world, issue_id, "agreed", had_been_told=told, started_at=later, ended_at=later)

    assert receipt.get("code") == (None if state is State.CARRIED_OVER else "visit:answer_kept")
    assert standing(app, issue_id) == (state, 1)
    assert said(app, issue_id) == [("agreed", "signed", "", state is State.CARRIED_OVER)]


@pytest.mark.parametrize(
    ("acts", "answer", "told"),
    [
        (("cannot",), "agreed", None),
        ((*CLOSED, "objected", "cannot"), "agreed", "closed"),
        (("cannot", "carried over", "objected", "accepted", "rectified"), "satisfied", "explained"),
    ],
    ids=["agreed to nothing", "agreed to an earlier end", "satisfied with an explanation"],
)
def test_nobody_is_content_with_what_their_summary_did_not_tell_them(
    app: Flask, world: World, acts: tuple[str, ...], answer: str, told: str | None
) -> None:
    issue_id = an_issue(app, world, *acts)
    with app.app_context():
        issue, today = fetch(Issue, issue_id), When("Asia/Shanghai", now()).today.isoformat()
        stood, round_, measure = (issue.state, issue.round), issue.round, issue.measure
    given = {"issue_id": issue_id, "round": round_, "answer": answer, "reason": ""}
    given |= {"task_id": str(new_id())} if answer == "satisfied" else {}
    visit = world.tablet.a_visit(world.estate_id, world.unit_id, answers=[given])

    def tell_otherwise(statement: Json) -> None:
        [shown] = statement["callbacks"]
        shown.pop("told", None)
        shown["measure"] = "" if told == "explained" else measure
        shown |= {"told": {"closed": ENDED | {"on": today}, "explained": EXPLAINED}[told]} if told else {}

    receipt = pushed(world, worded_anew(world, visit, tell_otherwise))

    assert (receipt["status"], receipt["code"]) == ("review", "visit:misquoted")
    assert standing(app, issue_id) == stood


# --- another date ---


@pytest.mark.clause("R39")
@pytest.mark.parametrize(
    ("answer", "code"), [("agreed", None), ("disagreed", "visit:date_disliked")], ids=["agreed", "disagreed"]
)
def test_a_new_date_is_told_by_the_answer_to_it_and_a_person_looks_at_a_no(
    app: Flask, world: World, answer: str, code: str | None
) -> None:
    issue_id = an_issue(app, world, "accepted", "put off")

    receipt = owner_says(world, issue_id, answer, "太晚了", new_date=NEW_DATE.isoformat())

    assert receipt.get("code") == code
    assert standing(app, issue_id) == (State.ACCEPTED, 1)
    assert said(app, issue_id) == [(answer, "signed", "太晚了", False)]
    with app.app_context():
        deferral = the_only(Deferral)
        assert (deferral.told_how.value, waits.on(deferral.id)) == ("door", [])
        kept = [line for line in journal.history(uuid.UUID(issue_id)) if line.kind == "issue:answer_kept"]
        assert [line.data["new_date"] for line in kept] == [NEW_DATE.isoformat()]
        visit = db.session.get_one(Visit, uuid.UUID(kept[0].data["visit"]))
        [printed] = sign_off_sheet(visit, ("zh",), printed_at=NOW, checked_at=str).callbacks
        assert (printed.told, printed.to_on, printed.answer) == ("new_date", NEW_DATE, answer)


def test_an_answer_to_a_date_that_nobody_agreed_on_waits_for_a_person(app: Flask, world: World) -> None:
    issue_id = an_issue(app, world, "accepted", "put off")

    receipt = owner_says(world, issue_id, "agreed", new_date=date(2027, 1, 8).isoformat())

    assert (receipt["status"], receipt["code"]) == ("review", "visit:misquoted")
    assert standing(app, issue_id) == (State.ACCEPTED, 1)
    assert said(app, issue_id) == [("agreed", "told", "", False)], "kept, and counts for nothing"


# --- the tasks of these ---


def of_the_officer(app: Flask, issue_id: str) -> None:
    """The issue is to be explained, by the officer who took it in."""
    with app.app_context():
        issue = fetch(Issue, issue_id)
        cannot_be_solved(issue, Cannot.FOR_NOW, "须等外墙大修", issue.officer, event_id=new_id(), by=NOBODY, at=now())
        db.session.commit()


def a_task_about(world: World, issue_id: str) -> tuple[str, Json]:
    """As the tablet holds it."""
    changes, _page = world.tablet.pull_all()
    docs = {id_: change["doc"] for (kind, id_), change in changes.items() if kind == "task"}
    [found] = [(id_, doc) for id_, doc in docs.items() if doc.get("issue_id") == issue_id]
    return found


@pytest.mark.parametrize("names_it", [True, False], ids=["a tablet that knows the task", "one that does not"])
@pytest.mark.parametrize("kind", ["issue_explanation", "new_date"])
def test_the_answer_settles_the_task_whether_or_not_the_tablet_knows_it(
    app: Flask, world: World, kind: str, names_it: bool
) -> None:
    told = kind == "new_date"
    issue_id = an_issue(app, world, *(("accepted", "put off") if told else ()))
    if not told:
        of_the_officer(app, issue_id)
    task_id, doc = a_task_about(world, issue_id)
    text = world.tablet.an_issue()["text"]
    assert (doc["kind"], doc["title"], doc["state"]) == (kind, text, "due")
    assert set(doc["called"]) == {"zh", "en"}

    about = {"new_date": NEW_DATE.isoformat()} if told else {}
    named = {"task_ids": [task_id]} if names_it else {}
    receipt = owner_says(world, issue_id, "agreed", **about, **named)

    assert receipt["status"] == "applied"
    assert a_task_about(world, issue_id)[1]["state"] == "done"


def test_a_date_that_was_told_and_not_answered_to_settles_its_task_too(app: Flask, world: World) -> None:
    issue_id = an_issue(app, world, "accepted", "put off")
    task_id, _doc = a_task_about(world, issue_id)

    told = {"told": {"lines": [], "issues": [issue_id]}, "ended_at": isoformat(now())}
    visit = world.tablet.a_visit(world.estate_id, world.unit_id, task_ids=[task_id], **told)

    pushed(world, visit | {"v": 5})

    assert a_task_about(world, issue_id)[1]["state"] == "done"


def test_met_but_not_told_it_stays_due(app: Flask, world: World) -> None:
    issue_id = an_issue(app, world)
    of_the_officer(app, issue_id)
    task_id, _doc = a_task_about(world, issue_id)

    pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, task_ids=[task_id]))

    assert a_task_about(world, issue_id)[1]["state"] == "due"


# --- whose complaint it is ---


@pytest.mark.clause("V46")
def test_nobody_takes_down_that_an_owner_is_content_with_a_complaint_about_themselves(app: Flask, world: World) -> None:
    issue_id = an_issue(app, world, "accepted", "rectified")
    with app.app_context():
        issue = fetch(Issue, issue_id)
        matter = Matter(Nature.ATTITUDE, Grade.ORDINARY, issue.officer_id)
        open_complaint(issue, matter, event_id=new_id(), by=NOBODY, at=now())
        db.session.commit()

    receipt = owner_says(world, issue_id, "satisfied", task_id=str(new_id()))

    assert (receipt["status"], receipt["code"]) == ("review", "visit:about_officer")
    assert standing(app, issue_id) == (State.RECTIFIED, 1)
    assert said(app, issue_id) == [("satisfied", "signed", "", False)]


# --- a tenant ---

TENANT = {"name": "王芳", "relation": "tenant"}
RAISED_BY = [
    ({"name": "陈建国", "relation": "owner"}, False),
    ({"name": "林静", "relation": "spouse"}, False),
    ({"name": "周明", "relation": "other"}, False),
    (TENANT, True),
]


@pytest.mark.parametrize("known", [True, False], ids=["in the file", "in no file"])
@pytest.mark.parametrize(("acts", "answer"), [(("accepted", "rectified"), "satisfied"), (("cannot",), "agreed")])
def test_no_tenant_is_content_in_an_owners_stead(
    app: Flask, world: World, known: bool, acts: tuple[str, ...], answer: str
) -> None:
    issue_id = an_issue(app, world, *acts)
    with app.app_context():
        fetch(Issue, issue_id).raised_by_id = the_only(Ownership).person_id
        tenant = a_tenant(db.session.get_one(Unit, world.unit_id)) if known else {}
        db.session.commit()
    before = standing(app, issue_id)
    met = TENANT | tenant

    task = {"task_id": str(new_id())} if answer == "satisfied" else {}
    receipt = owner_says(world, issue_id, answer, interviewee=met, **task)

    assert (receipt["status"], receipt["code"]) == ("review", "visit:tenant_answered")
    assert standing(app, issue_id) == before


def a_tenant(unit: Unit) -> Json:
    since = date(2025, 3, 1)
    tenant = move_in(unit, "王芳", PersonKind.PERSON, phone="", since=since, by=NOBODY, at=NOW, tenant=True)
    return {"person_id": str(tenant.id)}


@pytest.mark.parametrize(("raised_by", "closes"), RAISED_BY, ids=["owner", "spouse", "other", "tenant"])
def test_a_tenant_calls_good_only_what_a_tenant_raised_though_neither_stands_in_the_owner_file(
    app: Flask, world: World, raised_by: Json, closes: bool
) -> None:
    issue_id = an_issue(app, world, "accepted", "rectified", raised_by=raised_by)
    told = told_to_the_tablet(world, issue_id)

    receipt = owner_says(world, issue_id, "satisfied", task_id=str(new_id()), interviewee=TENANT)

    assert told.get("by_owner", False) is not closes
    expected = ("applied", State.CLOSED) if closes else ("review", State.RECTIFIED)
    assert (receipt["status"], standing(app, issue_id)[0]) == expected


@pytest.mark.parametrize("closes", [True, False], ids=["who rents", "who owned it"])
def test_whoever_stands_in_the_owner_file_raised_it_as_what_they_are_there(
    app: Flask, world: World, closes: bool
) -> None:
    issue_id = an_issue(app, world, "accepted", "rectified", raised_by=TENANT | {"relation": "other"})
    with app.app_context():
        unit = db.session.get_one(Unit, world.unit_id)
        tenant = uuid.UUID(a_tenant(unit)["person_id"])
        issue = fetch(Issue, issue_id)
        issue.raised_by_id = tenant if closes else the_only(Ownership).person_id
        issue.raised_by_tenant = not closes
        db.session.commit()

    owner_says(world, issue_id, "satisfied", task_id=str(new_id()), interviewee=TENANT)

    assert standing(app, issue_id)[0] is (State.CLOSED if closes else State.RECTIFIED)


def test_what_a_visit_with_a_tenant_raised_is_theirs_since_before_it_was_kept_with_the_issue(
    app: Flask, world: World
) -> None:
    [file] = (ROOT / "migrations/versions").glob("*_issues_that_a_tenant_raised.py")
    of = {who["relation"]: an_issue(app, world, raised_by=who) for who, _closes in RAISED_BY}
    with app.app_context():
        flask_migrate.downgrade(revision=runpy.run_path(str(file))["down_revision"])
        flask_migrate.upgrade()

        assert [who for who, issue_id in of.items() if fetch(Issue, issue_id).raised_by_tenant] == ["tenant"]


def test_a_tablet_knows_beforehand_whose_matter_it_is_and_for_how_long_it_cannot_be_solved(
    app: Flask, world: World
) -> None:
    """So that it can say so before anything is asked."""
    owners, tenants = an_issue(app, world, "cannot"), an_issue(app, world, raised_by=TENANT)

    docs = [told_to_the_tablet(world, issue_id) for issue_id in (owners, tenants)]

    assert [(doc.get("by_owner"), doc.get("cannot")) for doc in docs] == [(True, "for_now"), (None, None)]


def told_to_the_tablet(world: World, issue_id: str) -> Json:
    changes, _page = world.tablet.pull_all()
    return dict(changes["issue", issue_id]["doc"])


def test_the_photos_of_an_answer_that_could_not_be_entered_are_kept_with_it(app: Flask, world: World) -> None:
    issue_id = an_issue(app, world, "accepted", "rectified")
    photo, content = world.tablet.a_photo(a_jpeg(3))
    given = {"task_id": str(new_id()), "issue_id": issue_id, "round": 1, "answer": "satisfied", "reason": ""}
    unknown = world.tablet.an_issue(category="unheard of")
    visit = world.tablet.a_visit(
        world.estate_id, world.unit_id, answers=[given | {"photos": [photo]}], issues=[unknown]
    )

    receipt = pushed(world, visit)
    world.tablet.upload(photo["sealed"], content)

    assert (receipt["status"], receipt["code"]) == ("rejected", "issue:category_unknown")
    with app.app_context():
        operation = db.session.get_one(Operation, uuid.UUID(receipt["op_id"]))
        said_there = said_in(contents_of(operation), world.estate_id, When("Asia/Shanghai", now()))
        assert said_there is not None
        [answer] = said_there.answers
        assert (answer.answer, answer.photos) == ("satisfied", [(photo["sealed"], True)])


# --- photos of how the work has become ---


def test_photos_taken_at_a_callback_stand_with_the_work_of_the_round_they_were_taken_in(
    app: Flask, world: World
) -> None:
    issue_id = an_issue(app, world, "accepted", "rectified")
    (early, early_bytes), (late, late_bytes) = (world.tablet.a_photo(a_jpeg(n)) for n in (1, 2))
    world.tablet.upload(early["sealed"], early_bytes)

    receipt = owner_says(world, issue_id, "satisfied", task_id=str(new_id()), photos=[early, late])

    assert (standing(app, issue_id), receipt["missing"]) == ((State.CLOSED, 1), [late["sealed"]])
    assert after(app, issue_id) == [(1, early["sha256"])]
    world.tablet.upload(late["sealed"], late_bytes)
    assert after(app, issue_id) == [(1, early["sha256"]), (1, late["sha256"])]
    changes, _page = world.tablet.pull_all()
    assert changes["issue", issue_id]["doc"]["photos_after"] == 2
    with app.app_context():
        assert all(visit.complete for visit in db.session.scalars(sa.select(Visit)))


def after(app: Flask, issue_id: str) -> list[tuple[int, str]]:
    with app.app_context():
        photos = work_photos(uuid.UUID(issue_id))
        assert {photo.stage for photo in photos} == {Stage.AFTER}
        return [(photo.round, photo.sha256) for photo in photos]


def a_jpeg(n: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (20, 10), (n, 90, 90)).save(file, "JPEG")
    return file.getvalue()


# --- its form ---


@pytest.mark.parametrize(
    "wrong",
    [
        {"answer": "satisfied"},
        {"answer": "agreed", "task_id": str(uuid.UUID(int=1))},
        {"answer": "objected", "new_date": "2026-12-05"},
        {
            "answer": "objected",
            "photos": [{"sha256": "a" * 64, "sealed": "b" * 64, "width": 1, "height": 1, "bytes": 1}],
        },
    ],
    ids=["a callback without a task", "a task for an agreement", "an objection to a date", "photos of an objection"],
)
def test_an_answer_that_does_not_hold_together_is_no_answer(wrong: Json) -> None:
    with pytest.raises(ValueError, match=r"callback|date|photos"):
        AnswerGiven.model_validate({"issue_id": str(new_id()), "round": 1, "reason": ""} | wrong)


def test_what_differs_from_the_date_that_the_owner_read_is_refused(app: Flask, world: World) -> None:
    issue_id = an_issue(app, world, "accepted", "put off")
    given = {"issue_id": issue_id, "round": 1, "answer": "agreed", "reason": "", "new_date": NEW_DATE.isoformat()}
    visit = world.tablet.a_visit(world.estate_id, world.unit_id, answers=[given])
    visit["body"]["answers"][0]["new_date"] = "2027-03-01"

    receipt = pushed(world, visit)

    assert (receipt["status"], receipt["code"]) == ("rejected", "statement:differs")
    with app.app_context():
        assert count(Visit) == 1
