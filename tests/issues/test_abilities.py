"""What can be done to an issue beside its usual way: other dates, explanations, objections, disputes, ends, a sale."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from flask import Flask

from app.agenda.queries import due_about
from app.agenda.rules import TaskKind
from app.core import journal, waits
from app.core.db import db
from app.core.errors import NotAllowed, Outdated, Refused
from app.core.ids import new_id
from app.core.journal import By
from app.estates.actions import move_in
from app.estates.file_rules import Part
from app.estates.models import Ownership, Person
from app.estates.rules import PersonKind
from app.estates.settings import set_limits
from app.issues.actions import raise_issue
from app.issues.answering import may_object_until, take_owners_answer
from app.issues.complaint_rules import closing_answers
from app.issues.deferring import agree_to_defer, ask_to_defer, asked_for, keep_the_date, tell_owner, untold
from app.issues.disputing import decide_liability, dispute
from app.issues.ending import close_unsatisfied, object_to
from app.issues.explaining import cannot_be_solved, owner_was_explained
from app.issues.models import Issue, OwnerAnswer
from app.issues.owners_word import OwnersWord
from app.issues.queries import OPEN
from app.issues.rules import (
    CLOSING_ANSWERS,
    STRICT_ANSWERS,
    Answer,
    Cannot,
    Ending,
    HowAnswered,
    HowTold,
    Move,
    State,
    Urgency,
)
from app.issues.who_answers import SaidBy, StandsAs
from app.people.rules import Liable, Role
from tests.builders import NOBODY, NOW, TODAY, a_department, an_owner
from tests.issues.conftest import Ground, by_phone, kinds, replayed

LATER = TODAY + timedelta(days=20)


def more(ground: Ground, at: object = NOW) -> dict[str, object]:
    return {"event_id": new_id(), "by": By(staff_id=ground.officer.id), "at": at}


# --- another date ---


@pytest.mark.clause("R39")
def test_another_date_counts_once_it_is_agreed_and_the_first_one_stays_to_be_seen(ground: Ground) -> None:
    issue = ground.an_issue(State.ACCEPTED)
    first = issue.due_on

    ask_to_defer(issue, LATER, "防水材料未到", **more(ground))
    asked = (issue.state, issue.due_on, [wait.what for wait in waits.on(issue.id)])
    agree_to_defer(issue, "业主本周出差", **more(ground))
    db.session.commit()

    assert asked == (State.DEFERRED, first, ["issue:agree_deferral"])
    assert (issue.state, issue.due_on, issue.first_due_on) == (State.ACCEPTED, LATER, first)
    assert [wait.due_at.date() for wait in waits.on(issue.id)] == [LATER]
    assert replayed(issue) == (State.ACCEPTED, 1)


@pytest.mark.clause("R39")
def test_the_telling_of_a_new_date_waits_for_whoever_took_the_issue_in_and_is_kept(ground: Ground) -> None:
    issue = ground.an_issue(State.DEFERRED)
    agree_to_defer(issue, "", **more(ground))
    deferral = untold(issue)
    assert deferral is not None
    waiting = [(wait.what, wait.staff_id) for wait in waits.on(deferral.id)]

    told = tell_owner(deferral, HowTold.PHONE, told_at=NOW, by=By(staff_id=ground.officer.id), at=NOW)
    again = tell_owner(deferral, HowTold.DOOR, told_at=NOW, by=By(), at=NOW)
    db.session.commit()

    assert waiting == [("deferral:tell", ground.officer.id)]
    assert (told, again) == (True, False)
    assert (deferral.told_how, deferral.told_by_id, deferral.told_at) == (HowTold.PHONE, ground.officer.id, NOW)
    assert (untold(issue), waits.on(deferral.id)) == (None, [])
    assert kinds(issue)[-1] == "issue:deferral_told"


def test_a_date_that_is_not_agreed_stays_as_it_was_and_may_be_late(ground: Ground) -> None:
    issue = ground.an_issue(State.DEFERRED)
    first = issue.due_on

    ground.take(issue, Move.KEEP_DATE, at=NOW + timedelta(days=30))

    assert (issue.state, issue.due_on, issue.first_due_on) == (State.ACCEPTED, first, first)
    assert waits.on(issue.id)[0].due_at < NOW + timedelta(days=30)


def test_what_is_rectified_before_its_owner_was_told_needs_no_telling_any_more(ground: Ground) -> None:
    issue = ground.an_issue(State.DEFERRED)
    agree_to_defer(issue, "", **more(ground))
    deferral = untold(issue)
    assert deferral is not None

    ground.take(issue, Move.RECTIFY)

    assert waits.on(deferral.id) == []
    assert deferral.told_at is None


@pytest.mark.parametrize("day", [TODAY - timedelta(days=1), TODAY + timedelta(days=5)])
def test_a_new_date_is_later_than_the_present_one(ground: Ground, day: date) -> None:
    issue = ground.an_issue(State.ACCEPTED)

    with pytest.raises(Refused) as refusal:
        ask_to_defer(issue, day, "材料未到", **more(ground))

    assert refusal.value.code == "issue:date_not_later"
    assert (issue.state, asked_for(issue)) == (State.ACCEPTED, None)


# --- what cannot be solved ---


@pytest.mark.clause("R36")
def test_what_cannot_be_solved_is_explained_and_carried_over_only_with_the_owners_agreement(ground: Ground) -> None:
    issue = ground.an_issue(State.ACCEPTED)

    cannot_be_solved(issue, Cannot.FOR_NOW, "须等全楼外墙大修", ground.officer, **more(ground))
    [wait] = waits.on(issue.id)
    owner_was_explained(issue, by_phone(Answer.AGREED, "可以等"), **more(ground))
    db.session.commit()

    assert (wait.what, wait.staff_id, wait.due_at) == ("issue:explain", ground.officer.id, NOW + timedelta(days=7))
    assert (issue.state, issue.cannot) == (State.CARRIED_OVER, Cannot.FOR_NOW)
    assert [(said.answer, said.how, said.visit_id) for said in issue.answers] == [
        (Answer.AGREED, HowAnswered.PHONE, None)
    ]
    assert issue.state not in OPEN
    assert waits.on(issue.id) == []


@pytest.mark.clause("R36")
def test_an_owner_who_disagrees_with_the_explanation_has_it_reported_up_again(ground: Ground) -> None:
    issue = ground.an_issue(State.EXPLAINED)

    owner_was_explained(issue, by_phone(Answer.DISAGREED, "已经等了两年"), **more(ground))

    assert (issue.state, issue.round) == (State.REPORTED, 1)
    assert [wait.what for wait in waits.on(issue.id)] == ["issue:route"]


@pytest.mark.parametrize(("agreed_after", "state"), [(-1, State.EXPLAINED), (+1, State.CARRIED_OVER)])
def test_agreement_given_before_the_owner_disagreed_carries_nothing_over_though_the_words_are_the_same_again(
    ground: Ground, agreed_after: int, state: State
) -> None:
    issue = ground.an_issue(State.EXPLAINED)
    db.session.commit()
    words = str(journal.history(issue.id)[-1].data["reason"])
    owner_was_explained(issue, by_phone(Answer.DISAGREED, "已经等了两年"), **more(ground))
    cannot_be_solved(issue, Cannot.FOR_NOW, words, None, **more(ground))
    db.session.commit()

    word = OwnersWord(Answer.AGREED, HowAnswered.SIGNED, NOW + timedelta(hours=agreed_after), explanation=words)
    take_owners_answer(issue, word, round_=issue.round, **more(ground))

    assert issue.state is state


@pytest.mark.parametrize(
    ("answer", "how", "words", "witness", "code"),
    [
        (Answer.AGREED, HowAnswered.WITNESSED, "", " ", "answer:witness_missing"),
        (Answer.AGREED, HowAnswered.WITNESSED, "", "陈建国 ", "answer:no_witness"),
        (Answer.AGREED, HowAnswered.WITNESSED, " ", "王刚", "answer:refusal_missing"),
        (Answer.DISAGREED, HowAnswered.PHONE, " ", "", "answer:words_missing"),
        (Answer.AGREED, HowAnswered.SIGNED, "", "", "answer:how"),
    ],
)
def test_an_answer_taken_down_in_the_office_says_how_and_before_whom(
    answer: Answer, how: HowAnswered, words: str, witness: str, code: str
) -> None:
    owner = SaidBy("陈建国", StandsAs.OWNER)

    with pytest.raises(Refused) as refusal:
        OwnersWord.taken_down(answer, how, words, said_at=NOW, said_by=owner, witness=witness)

    assert refusal.value.code == code


def test_an_agreement_only_told_at_the_door_is_kept_and_carries_nothing_over(ground: Ground) -> None:
    issue = ground.an_issue(State.EXPLAINED)

    moved = ground.owner_says(issue, Answer.AGREED, HowAnswered.TOLD)

    assert not moved
    assert issue.state is State.EXPLAINED


def test_a_complaint_is_not_closed_by_phone_nor_by_somebody_else() -> None:
    assert closing_answers(complaint=False) == CLOSING_ANSWERS
    assert closing_answers(complaint=True) == STRICT_ANSWERS
    assert {HowAnswered.PHONE, HowAnswered.COUNTER, HowAnswered.PROXY} == CLOSING_ANSWERS - STRICT_ANSWERS


# --- objection ---


@pytest.mark.clause("R13")
def test_the_owner_objects_within_the_days_and_the_next_round_begins_with_the_department(ground: Ground) -> None:
    issue = ground.an_issue(State.CLOSED)

    object_to(issue, by_phone(Answer.OBJECTED, "又滴水了"), **more(ground, NOW + timedelta(days=7)))
    db.session.commit()

    assert (issue.state, issue.round, issue.closed_at) == (State.ROUTED, 2, None)
    assert issue.department_id == ground.department.id
    assert kinds(issue)[-2:] == ["issue:owner_objected", "issue:routed"]
    assert replayed(issue) == (State.ROUTED, 2)


def test_after_the_days_of_objection_the_owner_is_told_to_raise_it_anew(ground: Ground) -> None:
    issue = ground.an_issue(State.CLOSED)

    with pytest.raises(Refused) as refusal:
        object_to(issue, by_phone(Answer.OBJECTED, "又滴水了"), **more(ground, NOW + timedelta(days=7, seconds=1)))

    assert refusal.value.code == "issue:objection_late"
    assert (issue.state, issue.round) == (State.CLOSED, 1)


def test_whoever_was_told_of_seven_days_has_them_though_the_estate_gives_fewer_by_now(ground: Ground) -> None:
    issue = ground.an_issue(State.RECTIFIED)
    ground.take(issue, Move.OWNER_SATISFIED)
    set_limits(ground.estate, {"objection_days": 3}, seen=0, by=NOBODY, at=NOW + timedelta(hours=1))
    later = ground.an_issue(State.RECTIFIED)
    ground.take(later, Move.OWNER_SATISFIED, at=NOW + timedelta(hours=2))

    object_to(issue, by_phone(Answer.OBJECTED, "又滴水了"), **more(ground, NOW + timedelta(days=7)))

    assert (issue.state, issue.round) == (State.ROUTED, 2)
    assert may_object_until(later) == NOW + timedelta(days=3, hours=2)


# --- closed without satisfaction ---


@pytest.mark.parametrize(("tries", "closes"), [(2, False), (3, True)])
def test_nobody_is_unreachable_before_the_set_number_of_tries(ground: Ground, tries: int, closes: bool) -> None:
    issue = ground.an_issue(State.RECTIFIED)

    if closes:
        close_unsatisfied(
            issue, Ending.UNREACHABLE, "三次无人接听", tries=tries, heard=len(issue.answers), **more(ground)
        )
    else:
        with pytest.raises(Refused):
            close_unsatisfied(
                issue, Ending.UNREACHABLE, "无人接听", tries=tries, heard=len(issue.answers), **more(ground)
            )

    assert issue.state is (State.CLOSED_UNSATISFIED if closes else State.RECTIFIED)
    assert len(due_about(issue.id, TaskKind.ISSUE_CALLBACK)) == (not closes)


def test_nothing_is_closed_over_an_answer_that_the_executive_has_not_read(ground: Ground) -> None:
    issue = ground.an_issue(State.RECTIFIED)
    read = len(issue.answers)
    ground.take(issue, Move.OWNER_DISSATISFIED)

    with pytest.raises(Outdated) as refusal:
        close_unsatisfied(issue, Ending.WITHDRAWN, "业主来电撤回", tries=0, heard=read, **more(ground))

    assert (refusal.value.code, issue.state) == ("issue:answered_meanwhile", State.ROUTED)


def test_what_was_closed_without_satisfaction_is_opened_again_by_the_owner(ground: Ground) -> None:
    issue = ground.an_issue(State.CLOSED_UNSATISFIED)

    object_to(issue, by_phone(Answer.OBJECTED, "我没有撤回"), **more(ground))

    assert (issue.state, issue.ending, issue.round) == (State.ROUTED, None, 2)


# --- a dispute ---


def test_inside_one_company_the_manager_decides_and_the_clock_has_run_on(ground: Ground) -> None:
    issue = ground.an_issue(State.ROUTED)
    [before] = [(wait.since, wait.due_at) for wait in waits.on(issue.id)]

    dispute(issue, ground.other, "外墙不归我部", **more(ground, NOW + timedelta(hours=5)))
    [deciding] = [(wait.role, wait.due_at) for wait in waits.on(issue.id)]
    later = more(ground, NOW + timedelta(hours=9))
    decide_liability(issue, ground.other, "按分工表", roles=frozenset({Role.MANAGER}), **later)

    assert deciding == (Role.MANAGER.value, before[1])
    assert (issue.state, issue.department_id) == (State.ROUTED, ground.other.id)
    assert [(wait.since, wait.due_at) for wait in waits.on(issue.id)] == [before]


def test_between_two_companies_the_executive_decides(ground: Ground) -> None:
    developer = a_department(ground.estate, "地产工程部", Liable.DEVELOPER)
    issue = ground.an_issue(State.ROUTED)
    dispute(issue, developer, "保修期内", **more(ground))

    with pytest.raises(NotAllowed) as refusal:
        decide_liability(issue, developer, "按保修书", roles=frozenset({Role.MANAGER}), **more(ground))
    held_by = waits.on(issue.id)[0].role
    decide_liability(issue, developer, "按保修书", roles=frozenset({Role.EXECUTIVE}), **more(ground))

    assert refusal.value.code == "issue:executive_decides"
    assert held_by == Role.EXECUTIVE.value
    assert (issue.state, issue.department_id) == (State.ROUTED, developer.id)


# --- a sale in the middle ---


def the_owner(ground: Ground) -> Person:
    return db.session.query(Ownership).filter_by(unit_id=ground.unit.id, until=None).one().person


def sell(ground: Ground, on: date) -> tuple[Person, Person]:
    """The unit has another owner from that day on: who sold it, and who bought it."""
    held = db.session.query(Ownership).filter_by(unit_id=ground.unit.id, until=None).one()
    held.until = on
    buyer = an_owner(ground.unit, "赵敏", since=on)
    db.session.commit()
    return held.person, buyer


def test_whoever_has_sold_the_unit_neither_closes_its_matter_nor_opens_its_next_round(ground: Ground) -> None:
    issue = ground.an_issue(State.RECTIFIED)
    seller, buyer = sell(ground, TODAY)

    moved = [
        ground.owner_says(issue, answer, HowAnswered.PHONE, person_id=seller.id)
        for answer in (Answer.SATISFIED, Answer.DISSATISFIED)
    ]
    state = issue.state
    by_the_buyer = ground.owner_says(issue, Answer.SATISFIED, HowAnswered.PHONE, person_id=buyer.id)

    assert (moved, state) == ([False, False], State.RECTIFIED)
    assert by_the_buyer
    assert issue.state is State.CLOSED
    assert len(issue.answers) == 3


def test_a_tenant_calls_good_what_they_raised_and_no_matter_of_an_owners(ground: Ground) -> None:
    """Policy, section 2: a tenant answers for matters of their own use; that it is not right anybody may say."""
    since = date(2025, 3, 1)
    tenant = move_in(ground.unit, "林月", PersonKind.PERSON, phone="", since=since, by=NOBODY, at=NOW, tenant=True)
    owners, own = raised_by(ground, the_owner(ground).id), raised_by(ground, tenant.id)
    for issue in (owners, own):
        for move in (Move.ROUTE, Move.ACCEPT, Move.RECTIFY):
            ground.take(issue, move)
    said = {"how": HowAnswered.SIGNED, "person_id": tenant.id}

    good = [ground.owner_says(issue, Answer.SATISFIED, **said) for issue in (owners, own)]
    not_right = ground.owner_says(owners, Answer.DISSATISFIED, **said)

    assert good == [False, True]
    assert (not_right, owners.state, owners.round) == (True, State.ROUTED, 2)
    assert own.state is State.CLOSED


def test_what_arrives_after_the_sale_is_for_a_person_to_judge_whatever_day_a_tablet_says(
    ground: Ground,
) -> None:
    issue = ground.an_issue(State.RECTIFIED)
    seller, _buyer = sell(ground, TODAY + timedelta(days=1))

    moved = ground.owner_says(
        issue, Answer.SATISFIED, HowAnswered.PHONE, person_id=seller.id, at=NOW + timedelta(days=3)
    )

    assert not moved
    assert issue.state is State.RECTIFIED
    assert issue.answers[-1].answer is Answer.SATISFIED


def test_an_objection_of_whoever_has_sold_the_unit_is_kept_and_leaves_its_end_as_it_was(ground: Ground) -> None:
    issue = ground.an_issue(State.CLOSED_UNSATISFIED)
    seller, _buyer = sell(ground, TODAY)
    speaker = SaidBy(seller.name, StandsAs.OWNER, seller.id)

    word = OwnersWord.taken_down(Answer.OBJECTED, HowAnswered.PHONE, "我没有撤回", said_at=NOW, said_by=speaker)
    objected = object_to(issue, word, **more(ground))

    assert not objected
    assert (issue.state, issue.ending, issue.round) == (State.CLOSED_UNSATISFIED, Ending.WITHDRAWN, 1)
    assert issue.answers[-1].answer is Answer.OBJECTED


def test_a_matter_of_the_person_ends_when_they_have_left_and_not_before(ground: Ground) -> None:
    issue = raised_by(ground, the_owner(ground).id)
    ground.take(issue, Move.ROUTE)

    with pytest.raises(Refused) as refusal:
        close_unsatisfied(issue, Ending.MOVED, "业主已卖房", tries=0, heard=len(issue.answers), **more(ground))
    sell(ground, TODAY)
    close_unsatisfied(issue, Ending.MOVED, "业主已卖房", tries=0, heard=len(issue.answers), **more(ground))

    assert refusal.value.code == "issue:still_there"
    assert (issue.state, issue.ending) == (State.CLOSED_UNSATISFIED, Ending.MOVED)


def test_a_matter_of_the_home_is_not_ended_because_somebody_has_moved(ground: Ground) -> None:
    """Policy, section 2: a leak stays with the unit, and goes on with the new owner."""
    issue = raised_by(ground, the_owner(ground).id)
    ground.take(issue, Move.ROUTE)
    sell(ground, TODAY)
    issue.category.warranty_part = Part.WATERPROOFING

    with pytest.raises(Refused) as refusal:
        close_unsatisfied(issue, Ending.MOVED, "业主已卖房", tries=0, heard=len(issue.answers), **more(ground))

    assert (refusal.value.code, issue.state) == ("issue:of_the_unit", State.ROUTED)


def raised_by(ground: Ground, person_id: uuid.UUID) -> Issue:
    issue = raise_issue(
        new_id(),
        ground.unit,
        "保安态度不好",
        ground.category,
        Urgency.ORDINARY,
        visit_id=new_id(),
        raised_by="陈建国",
        raised_by_id=person_id,
        raised_at=NOW,
        promised_on=None,
        officer_id=ground.officer.id,
        by=By(),
        at=NOW,
    )
    db.session.commit()
    return issue


# --- two at once, and late answers ---


def test_of_two_who_decide_about_a_new_date_at_the_same_moment_one_is_told_what_changed(
    app: Flask, ground: Ground
) -> None:
    issue_id = ground.an_issue(State.DEFERRED).id
    db.session.rollback()
    together = threading.Barrier(2)

    def decide(agrees: bool) -> str:
        with app.app_context():
            together.wait()
            issue = db.session.get_one(Issue, issue_id)
            try:
                act, words = (agree_to_defer, "") if agrees else (keep_the_date, "业主等不了")
                act(issue, words, event_id=new_id(), by=By(), at=NOW)
            except Outdated:
                return "moved on"
            db.session.commit()
            return "agreed" if agrees else "kept"

    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(decide, (True, False)))

    assert sorted(outcome == "moved on" for outcome in outcomes) == [False, True]
    told = [line.kind for line in journal.history(issue_id)]
    assert sum(kind in ("issue:deferred", "issue:deferral_refused") for kind in told) == 1


@pytest.mark.parametrize("state", [State.MERGED, State.DEFERRED, State.CLOSED_UNSATISFIED, State.CARRIED_OVER])
def test_what_a_returning_tablet_brings_about_an_issue_that_went_elsewhere_is_kept(
    ground: Ground, state: State
) -> None:
    issue = ground.an_issue(state)
    before = len(issue.answers)

    word = OwnersWord(Answer.SATISFIED, HowAnswered.SIGNED, NOW, visit_id=new_id())
    moved = take_owners_answer(issue, word, round_=1, **more(ground))
    db.session.commit()

    assert (moved, issue.state) == (False, state)
    assert db.session.query(OwnerAnswer).filter_by(issue_id=issue.id).count() == before + 1
    assert kinds(issue)[-1] == "issue:answer_kept"
