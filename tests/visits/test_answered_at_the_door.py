"""What an owner answers at the door that no callback asks for: to an explanation, another date, the end of an issue.

And the photos that are taken while a callback is answered. Whatever moved on meanwhile: it is kept.
"""

import io
import uuid
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from app.agenda.queries import due_about
from app.agenda.rules import CALLBACKS
from app.core import journal, waits
from app.core.clock import isoformat, now
from app.core.db import db
from app.core.ids import new_id
from app.documents.queries import sign_off_sheet
from app.issues.explaining import cannot_be_solved
from app.issues.models import Deferral, Issue
from app.issues.progress import Stage, work_photos
from app.issues.rules import Cannot, State
from app.office.moments import When
from app.office.visit_pages.record_said import said_in
from app.sync.contents import contents_of
from app.sync.models import Operation
from app.visits.messages import AnswerGiven
from app.visits.models import Visit
from tests.builders import NOBODY, NOW, fetch
from tests.visits.at_the_door import (
    CLOSED,
    ENDED,
    EXPLAINED,
    NEW_DATE,
    NOT_SIGNED,
    OWNER_SAYS,
    Json,
    an_issue,
    owner_says,
    said,
    standing,
)
from tests.visits.kept import count, pushed, the_only, worded_anew
from tests.world import World

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


@pytest.mark.parametrize(
    ("acts", "answer", "state"),
    [
        (("accepted", "rectified", "complained about its officer", "closed, signed"), "objected", State.ROUTED),
        (("accepted", "rectified", "complained about its officer"), "dissatisfied", State.ROUTED),
        (("complained about its officer", "cannot"), "disagreed", State.REPORTED),
    ],
    ids=["objects to its end", "dissatisfied", "does not agree"],
)
def test_what_an_owner_says_to_whom_the_complaint_is_about_counts_all_the_same(
    app: Flask, world: World, acts: tuple[str, ...], answer: str, state: State
) -> None:
    """A visit is never refused because of who stood at the door: whom it is about only closes nothing."""
    issue_id = an_issue(app, world, *acts)
    with app.app_context():
        callbacks = [str(task.id) for task in due_about(uuid.UUID(issue_id), *CALLBACKS)]
    asked = {"task_id": callbacks[0]} if answer == "dissatisfied" else {}

    receipt = owner_says(world, issue_id, answer, OWNER_SAYS, **asked)

    assert receipt["status"] == "applied", receipt
    assert standing(app, issue_id)[0] is state


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


@pytest.mark.parametrize(
    ("met", "how"),
    [
        ({"name": "陈建国", "relation": "owner"}, "signed"),
        ({"name": "王强", "relation": "owner"}, "proxy"),
        ({"name": "王强", "relation": "tenant"}, "signed"),  # the file knows of no tenant: the officer's word stands
        ({"name": "李芳", "relation": "spouse"}, "proxy"),
    ],
)
def test_whoever_is_called_owner_where_the_file_knows_another_answers_on_their_behalf(
    app: Flask, world: World, met: Json, how: str
) -> None:
    issue_id = an_issue(app, world, "cannot", raised_by={"name": "王强", "relation": "tenant"})

    assert owner_says(world, issue_id, "agreed", interviewee=met)["status"] == "applied"

    assert said(app, issue_id)[-1] == ("agreed", how, "", True)


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
