"""What a statement quotes must have been so: of this category, department, unit, issue and round, whenever it was."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.agenda.queries import due_at
from app.core import journal
from app.core.changes import newest
from app.core.clock import now
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import COMPANY_STREAM, RESTORED
from app.estates.models import Estate, Unit
from app.estates.settings import set_limits, set_organisation, set_words
from app.issues.actions import accept, report_rectified
from app.issues.answering import take_owners_answer
from app.issues.categories import change_category
from app.issues.departments import change_department
from app.issues.models import Category, Issue
from app.issues.owners_word import OwnersWord
from app.issues.queries import categories_by_code
from app.issues.rules import Answer, HowAnswered, State
from app.people import actions
from app.people.models import Department, Staff
from app.repairs.actions import Done, Reported, dispatch, finish, report_order
from app.repairs.models import WorkOrder
from app.repairs.rules import Kind
from app.sync.deciding import replay
from app.visits.models import Visit
from tests.builders import NOBODY, a_department, a_unit, fetch
from tests.visits.kept import count, pushed, the_only, worded_anew
from tests.world import World

Json = dict[str, Any]
MORE = {"by": NOBODY, "at": now()}


def another_category(app: Flask, world: World) -> None:
    """A second one that goes to a second department."""
    with app.app_context():
        estate = db.session.get_one(Estate, world.estate_id)
        other, security = categories_by_code(estate.id)["other"], a_department(estate, "保卫部")
        rename(other, "停车", "Parking", security)
        db.session.commit()


def rename(category: Category, zh: str, en: str, department: Department | None) -> None:
    seen = newest(category.estate_id)
    change_category(category, zh, en, category.icon, department, seen=seen, **MORE)


def a_visit(world: World, **wanted: Any) -> Json:
    return world.tablet.a_visit(world.estate_id, world.unit_id, **wanted)


def put(part: str, **words: object) -> Callable[[Json], None]:
    """Other words in the first of the summary's issues or callbacks, or in what it has once."""

    def change(statement: Json) -> None:
        (statement[part][0] if isinstance(statement[part], list) else statement[part]).update(words)

    return change


def told_of(world: World, visit: Json, change: Callable[[Json], object]) -> tuple[str, str]:
    """Status and code of a visit whose summary was worded otherwise before everybody signed it."""
    receipt = pushed(world, worded_anew(world, visit, change))
    return receipt["status"], receipt.get("code", "")


MISQUOTED = ("review", "visit:misquoted")


# --- what is raised ---


@pytest.mark.parametrize(
    ("shown", "parts"),
    [
        ({"category": "停车"}, ["category 1"]),
        ({"department": "保卫部"}, ["department 1"]),
        ({"category": "停车", "department": "保卫部"}, ["category 1", "department 1"]),
        ({"category": ""}, ["category 1"]),
        ({"category": "没有人用过的名称"}, ["category 1"]),
        ({"category": "Waterproofing"}, ["category 1"]),
    ],
)
def test_an_issue_shown_under_another_category_or_department_is_kept_and_a_person_looks_at_it(
    app: Flask, world: World, shown: Json, parts: str
) -> None:
    another_category(app, world)
    visit = a_visit(world, issues=[world.tablet.an_issue(category="leak")])

    receipt = pushed(world, worded_anew(world, visit, put("issues", **shown)))

    assert (receipt["status"], receipt["code"]) == MISQUOTED
    with app.app_context():
        visit = the_only(Visit)
        assert visit.review == "visit:misquoted"
        assert journal.history(visit.id)[-1].data["misquoted"] == parts
        assert count(Issue) == 1


def test_what_was_answered_on_the_spot_names_no_department_and_else_stays_open(app: Flask, world: World) -> None:
    answered = world.tablet.an_issue(answered=True, answer="当场修好", promised_on=None)

    assert told_of(world, a_visit(world, issues=[answered]), put("issues", department="工程维修部")) == MISQUOTED

    with app.app_context():
        assert the_only(Issue).state is not State.CLOSED


def test_a_tablet_that_was_offline_shows_names_from_before_they_were_changed(app: Flask, world: World) -> None:
    leak, other = world.tablet.an_issue(category="leak"), world.tablet.an_issue(category="other")
    visit = a_visit(world, issues=[leak, other])
    with app.app_context():
        estate = db.session.get_one(Estate, world.estate_id)
        engineering = db.session.get_one(Department, world.department_id)
        rename(categories_by_code(estate.id)["leak"], "渗漏水", "Leaks", a_department(estate, "客服部"))
        rename(categories_by_code(estate.id)["leak"], "漏水", "Leaking", a_department(estate, "保洁部"))
        liable, seen = engineering.liable, newest(estate.id)
        change_department(engineering, estate, "维修部", "Repairs", liable, True, seen=seen, **MORE)
        wanted = {"name_zh": "新锦绣花园", "company_zh": "新物业", "phone": "0571-1111 2222"}
        set_organisation(estate, wanted, seen=newest(estate.id), **MORE)
        set_limits(estate, {"objection_days": 10}, seen=newest(estate.id), **MORE)
        set_words(estate, {"consent.zh": "已阅。{phone}"}, seen=newest(estate.id), **MORE)
        db.session.commit()

    assert pushed(world, visit)["status"] == "applied"


# --- the estate, the unit, the officer, the words above the signature ---


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("estate", {"name": "别的小区"}),
        ("estate", {"company": "别的物业"}),
        ("estate", {"phone": "0571-0000 0000"}),
        ("officer", {"name": "王强"}),
        ("consent", {"text": "我同意一切。"}),
    ],
)
def test_names_and_words_that_nobody_ever_set_are_looked_at(world: World, part: str, words: Json) -> None:
    assert told_of(world, a_visit(world), put(part, **words)) == MISQUOTED


def test_an_officer_who_was_renamed_is_shown_as_before_by_a_tablet_that_was_offline(app: Flask, world: World) -> None:
    visits = [a_visit(world) for _shown in ("before", "since")]
    with app.app_context():
        actions.rename(db.session.get_one(Staff, world.officer_id), "李敏慧", **MORE)
        db.session.commit()

    assert pushed(world, visits[0])["status"] == "applied"
    assert told_of(world, visits[1], put("officer", name="李敏慧"))[0] == "applied"


def test_the_label_of_another_home_is_looked_at(app: Flask, world: World) -> None:
    with app.app_context():
        next_door = a_unit(db.session.get_one(Estate, world.estate_id))
        label = next_door.label("zh")
        db.session.commit()

    assert told_of(world, a_visit(world), put("unit", label=label)) == MISQUOTED


@pytest.mark.parametrize(
    ("zone", "receipt"), [("Asia/Shanghai", ("applied", "")), ("Asia/Urumqi", MISQUOTED), ("Asia/Tokyo", MISQUOTED)]
)
def test_a_visit_near_midnight_is_kept_though_the_estate_has_another_zone_when_it_comes(
    app: Flask, world: World, zone: str, receipt: tuple[str, str]
) -> None:
    """The owner read the day by the zone that the tablet was told: the screen said "saved"."""
    at = {"Asia/Urumqi": "2026-11-22T17:30:00.000Z"}.get(zone, "2026-11-23T15:30:00.000Z")
    raised = world.tablet.an_issue(answered=True, answer="当场修好", promised_on=None)
    visit = a_visit(world, issues=[raised], started_at=at, ended_at=at)
    with app.app_context():
        db.session.get_one(Estate, world.estate_id).time_zone = zone
        db.session.commit()

    came = pushed(world, visit)

    assert (came["status"], came.get("code", "")) == receipt
    with app.app_context():
        held = the_only(Visit)
        assert journal.history(held.id)[-1].data.get("misquoted", []) == (["time 0"] if receipt == MISQUOTED else [])
        assert (the_only(Issue).state is State.CLOSED) == (receipt != MISQUOTED)


def test_the_present_version_of_the_consent_has_the_present_words(app: Flask, world: World) -> None:
    visit = a_visit(world)
    with app.app_context():
        estate = db.session.get_one(Estate, world.estate_id)
        set_words(estate, {"consent.zh": "已阅。"}, seen=newest(estate.id), **MORE)
        db.session.commit()

    def claimed_to_be_new(statement: Json) -> None:
        statement["consent"]["version"] = 2

    assert told_of(world, visit, claimed_to_be_new) == MISQUOTED


def test_under_words_newer_than_any_here_a_visit_waits_and_is_entered_once_they_are_set(
    app: Flask, world: World
) -> None:
    """The server came back from a backup: what was set since is gone, what was signed is not."""
    newer = worded_anew(world, a_visit(world), put("consent", version=2, text="已阅。"))

    receipt = pushed(world, newer)

    assert (receipt["status"], receipt["code"]) == ("rejected", "statement:consent_unknown")
    with app.app_context():
        estate = db.session.get_one(Estate, world.estate_id)
        set_words(estate, {"consent.zh": "已阅。"}, seen=newest(estate.id), **MORE)
        db.session.commit()
    with app.app_context():
        replay(uuid.UUID(receipt["op_id"]), after=0, **MORE)
        db.session.commit()
        assert count(Visit) == 1


def test_a_witness_signs_under_words_that_say_who_did_not_sign_and_why(app: Flask, world: World) -> None:
    unsigned = {"reason": "refused", "note": "想再考虑一下"}
    answered = world.tablet.an_issue(answered=True, answer="当场修好", promised_on=None)
    visit = a_visit(world, issues=[answered], unsigned=unsigned, witnessed="见证")

    def says_nothing(statement: Json) -> None:
        statement["unsigned"]["words"] = "我在场。"

    assert told_of(world, visit, says_nothing) == MISQUOTED


# --- what is called back on ---


def an_issue(app: Flask, world: World, text: str = "主卫天花板渗水", rounds: tuple[str, ...] = ("重做防水层",)) -> str:
    """An issue that a department took these measures for, round after round, the owner dissatisfied in between."""
    raised = world.tablet.an_issue(text)
    pushed(world, a_visit(world, issues=[raised]))
    for round_, measure in enumerate(rounds, start=1):
        with app.app_context():
            issue = db.session.get_one(Issue, uuid.UUID(raised["id"]))
            if round_ > 1:
                word = OwnersWord(Answer.DISSATISFIED, HowAnswered.PHONE, now())
                take_owners_answer(issue, word, round_=issue.round, event_id=new_id(), **MORE)
            worker, due_on = db.session.get_one(Staff, issue.officer_id), now().date() + timedelta(days=2)
            accept(issue, measure, worker, due_on, method="两遍", event_id=new_id(), **MORE)
            report_rectified(issue, "已完成", event_id=new_id(), **MORE)
            db.session.commit()
    return str(raised["id"])


def an_answer(app: Flask, issue_id: str, **wanted: Any) -> Json:
    with app.app_context():
        round_ = fetch(Issue, issue_id).round
    return {
        "task_id": str(new_id()),
        "issue_id": issue_id,
        "round": round_,
        "answer": "satisfied",
        "reason": "",
    } | wanted


@pytest.mark.parametrize(
    "shown",
    [
        {"text": "访客占用车位"},
        {"text": "主卫天花板渗水！"},
        {"text": ""},
        {"number": "WT-2611-0099"},
        {"number": ""},
        {"measure": "换锁芯"},
        {"measure": "补涂一遍 · 两遍"},
        {"measure": ""},
        {"told": {"what": "explained", "words": "须等外墙大修", "cannot": "for_now"}},
    ],
)
def test_nobody_calls_good_what_they_were_not_shown(app: Flask, world: World, shown: Json) -> None:
    """Another issue's words or number, no words at all, what was never done, what was done in another round."""
    issue_id = an_issue(app, world, rounds=("补涂一遍", "重做防水层"))
    visit = a_visit(world, answers=[an_answer(app, issue_id)])

    assert told_of(world, visit, put("callbacks", **shown)) == MISQUOTED

    with app.app_context():
        assert fetch(Issue, issue_id).state is State.RECTIFIED


def test_nobody_calls_good_by_phone_what_was_not_read_to_them(app: Flask, world: World) -> None:
    issue_id = an_issue(app, world)
    visit = a_visit(world, method="phone", by_owner=False, answers=[an_answer(app, issue_id)])

    assert told_of(world, visit, put("callbacks", measure="换锁芯")) == MISQUOTED

    with app.app_context():
        assert fetch(Issue, issue_id).state is State.RECTIFIED


def test_an_answer_to_what_was_shown_counts_and_says_so(app: Flask, world: World) -> None:
    issue_id = an_issue(app, world, rounds=("补涂一遍", "重做防水层"))

    receipt = pushed(world, a_visit(world, answers=[an_answer(app, issue_id)]))

    with app.app_context():
        assert (receipt["status"], fetch(Issue, issue_id).state) == ("applied", State.CLOSED)


def test_a_round_that_is_over_keeps_the_measure_that_was_shown_in_it(app: Flask, world: World) -> None:
    issue_id = an_issue(app, world)
    visit = a_visit(world, answers=[an_answer(app, issue_id)])
    with app.app_context():
        issue = db.session.get_one(Issue, uuid.UUID(issue_id))
        word = OwnersWord(Answer.DISSATISFIED, HowAnswered.PHONE, now())
        take_owners_answer(issue, word, round_=1, event_id=new_id(), **MORE)
        worker = db.session.get_one(Staff, issue.officer_id)
        accept(issue, "换水管", worker, now().date() + timedelta(days=2), event_id=new_id(), **MORE)
        db.session.commit()

    receipt = pushed(world, visit)

    assert (receipt["status"], receipt["code"]) == ("review", "visit:answer_kept")


def an_order(world: World, app: Flask) -> str:
    with app.app_context():
        told = Reported(Kind.CHARGEABLE, "水槽漏水", now() - timedelta(days=1), "陈建国", place="厨房")
        order = report_order(db.session.get_one(Unit, world.unit_id), told, **MORE)
        department = db.session.get_one(Department, world.department_id)
        hour_ago = now() - timedelta(hours=1)
        dispatch(order, department, worker="王师傅", dispatched_at=hour_ago, event_id=new_id(), **MORE)
        finish(order, Done("更换软管", now() - timedelta(minutes=5)), event_id=new_id(), **MORE)
        db.session.commit()
        return str(order.id)


def order_answered(app: Flask, world: World, order_id: str) -> Json:
    """A visit at which the owner was content with the order, its task among those that it settles."""
    with app.app_context():
        [task] = [one for one in due_at(world.unit_id) if str(one.subject_id) == order_id]
        given = {"task_id": str(task.id), "order_id": order_id, "round": 1, "answer": "satisfied", "reason": ""}
    return a_visit(world, answers=[given], task_ids=[given["task_id"]])


@pytest.mark.parametrize(
    "shown",
    [
        {"text": "水槽漏水"},
        {"number": "WX-2611-0099"},
        {"measure": "更换角阀 · 王师傅"},
        {"measure": "更换软管 · 周师傅"},
        {"measure": "更换软管"},
        {"done_on": "2026-01-01"},
        {"done_on": ""},
    ],
)
def test_nobody_calls_a_repair_good_that_was_not_done_so(app: Flask, world: World, shown: Json) -> None:
    order_id = an_order(world, app)

    assert told_of(world, order_answered(app, world, order_id), put("callbacks", **shown)) == MISQUOTED

    with app.app_context():
        assert fetch(WorkOrder, order_id).state.value == "finished"


@pytest.mark.parametrize("as_earlier_apps", [False, True], ids=["the day apart", "the day behind the rest"])
def test_what_was_repaired_by_whom_and_when_is_what_the_order_says(
    app: Flask, world: World, as_earlier_apps: bool
) -> None:
    order_id = an_order(world, app)
    visit = order_answered(app, world, order_id)

    def the_day_behind_the_rest(statement: Json) -> None:
        shown = statement["callbacks"][0]
        shown["measure"] += f" · {shown.pop('done_on')}"

    receipt = pushed(world, worded_anew(world, visit, the_day_behind_the_rest) if as_earlier_apps else visit)

    with app.app_context():
        assert (receipt["status"], fetch(WorkOrder, order_id).state.value) == ("applied", "closed")


# --- after a restore ---


@pytest.mark.parametrize(
    ("shown", "outcome"),
    [
        ({"category": "备份之后才改的名称"}, ("applied", "")),
        ({"department": "备份之后才改的部门"}, ("applied", "")),
        ({"category": "停车"}, MISQUOTED),
        ({"department": "保卫部"}, MISQUOTED),
    ],
)
def test_a_name_that_went_with_a_backups_loss_is_believed_and_another_things_name_is_not(
    app: Flask, world: World, shown: Json, outcome: tuple[str, str]
) -> None:
    another_category(app, world)
    with app.app_context():
        journal.write(COMPANY_STREAM, RESTORED, ("server", new_id()), **MORE)
        db.session.commit()
    visit = a_visit(world, issues=[world.tablet.an_issue(category="leak")])

    assert told_of(world, visit, put("issues", **shown)) == outcome
