"""Whatever owners, departments and leaders do, in whatever order: what must hold of issues holds after each step.

Issues become complaints and ordinary ones again, are merged and taken out, put off, disputed, explained; the unit is
sold, its officer leaves, days pass and the jobs run. `WALKS` says how many walks are taken; `make test` takes few, a
night many.
"""

import enum
import os
import uuid
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from app.agenda.actions import settle
from app.agenda.models import Task
from app.agenda.queries import due_about
from app.agenda.rules import CALLBACKS, TaskState
from app.core import journal, waits
from app.core.clock import local_date
from app.core.db import db
from app.core.errors import NotFound, Refused
from app.core.ids import new_id
from app.core.journal import By
from app.core.waits import Wait
from app.estates.escalation import escalate, hand_over
from app.issues.actions import accept
from app.issues.ageing import LAST_ROUND, ages
from app.issues.complaining import (
    Matter,
    grade_anew,
    name_person,
    open_complaint,
    respond,
    review,
    the_complaint,
    turn_back,
)
from app.issues.complaint_rules import RUNNING, Grade, Nature, Standing, closing_answers
from app.issues.complaints import RESPOND, REVIEW, callback_kind, complaint_of, complaints_of_work, is_about
from app.issues.deferring import ask_to_defer
from app.issues.merging import merge
from app.issues.models import Deferral, Issue, OwnerAnswer
from app.issues.moving import ACCEPT, RECTIFY, ROUTE, TELL
from app.issues.queries import Wanted, count_issues
from app.issues.rules import ENDED, STEPS, WORKED_ON, Answer, HowAnswered, Move, State
from app.issues.work import together_with
from app.people.models import Staff, StaffRole
from app.people.rules import Role
from app.reports.carried_over import carried_over
from app.reports.counting import count
from app.reports.queries import Year, facts_of
from app.visits.taking_over import take_over_tasks
from tests.builders import NOW, a_home, a_staff, an_owner
from tests.issues.complained import standing_told
from tests.issues.conftest import Ground, replayed, so_many

WALKS = int(os.environ.get("WALKS", "25"))
ISSUES = 4
HOUR, DAYS = timedelta(hours=1), timedelta(days=2)
_AT_THE_DOOR = (State.RECORDED, State.ANSWERED)


class Also(enum.Enum):
    """What happens beside the moves of the table."""

    COMPLAIN = "complain"
    RESPOND = "respond"
    GRADE = "grade"
    NAME = "name"
    TURN_BACK = "turn_back"
    REVIEW = "review"
    SELL = "sell"
    LEAVE = "leave"
    SELLER_SATISFIED = "seller_satisfied"
    SELLER_DISSATISFIED = "seller_dissatisfied"
    JOBS = "jobs"


_LIKELY = (Move.ROUTE, Move.ACCEPT, Move.RECTIFY, Move.MERGE, Move.MERGE)
DEEDS = [
    *(move for move in Move if move not in (Move.RECTIFIED_TOO, Move.CANNOT_TOO, Move.WORKED_ON_AGAIN)),
    *_LIKELY,
    *_LIKELY,
    *Also,
    Also.COMPLAIN,
]
"""What can be tried; what carries issues through their rounds is tried more often."""

steps = st.tuples(
    st.integers(0, ISSUES - 1),
    st.one_of(st.integers(0, 99), st.integers(0, 99), st.sampled_from(DEEDS)),
    st.integers(0, ISSUES - 1),
    st.sampled_from([*HowAnswered, HowAnswered.SIGNED, HowAnswered.SIGNED, HowAnswered.WITNESSED]),
)
"""Whose turn, what is tried (a number: something that is open to it now), with which other issue, how it is said."""
starts = st.tuples(
    st.lists(st.sampled_from([State.RECORDED, State.ROUTED, State.ACCEPTED]), min_size=ISSUES, max_size=ISSUES),
    st.booleans(),
    st.booleans(),
)
"""Where the issues stand, whether they are one piece of work, whether the last of them is a complaint."""


@dataclass
class Walk:
    """Where a walk stands: the time, whose home it is, who has sold it."""

    ground: Ground
    supervisor: Staff
    at: datetime = NOW
    sellers: list[uuid.UUID] = field(default_factory=list)

    @property
    def today(self) -> date:
        return local_date(self.at, self.ground.estate.time_zone)

    @property
    def owner_id(self) -> uuid.UUID:
        return next(one.person_id for one in self.ground.unit.ownerships if one.until is None)

    def more(self) -> dict[str, Any]:
        return {"event_id": new_id(), "by": By(staff_id=self.supervisor.id), "at": self.at}


@so_many(WALKS)
@given(start=starts, walked=st.lists(steps, min_size=8, max_size=30))
def test_what_must_hold_of_issues_holds_after_every_step(
    ground: Ground,
    start: tuple[list[State], bool, bool],
    walked: list[tuple[int, int | Move | Also, int, HowAnswered]],
) -> None:
    walk = a_walk(ground)
    issues = begun(walk, *start)

    for which, choice, other, how in walked:
        walk.at += HOUR
        could = open_to(issues[which], walk)
        deed = could[choice % len(could)] if isinstance(choice, int) else choice
        before = {issue.id: issue.state for issue in issues}
        try:
            with db.session.begin_nested():
                tried(walk, issues[which], deed, issues[other], how)
        except (Refused, NotFound):
            assert {issue.id: issue.state for issue in issues} == before
        db.session.flush()
        felt = [one for one in issues if one in (issues[which], issues[other]) or one.work_id or deed is Also.JOBS]
        for issue in felt:
            closes_only_by_its_owner(issue, before[issue.id])
        everything_holds(felt)
        assert {one.id: one.state for one in issues if one not in felt}.items() <= before.items()

    db.session.commit()
    everything_holds(issues)
    ages_are_those_of_what_is_open(walk, issues)
    the_year_counts_each_once(walk, issues)
    for issue in issues:
        assert replayed(issue) == (issue.state, issue.round)
        assert issue.complaint is None or standing_told(issue.complaint) is issue.complaint.standing
        answers_are_all_kept(issue)
    the_next_walk_is_alone()


def begun(walk: Walk, states: list[State], one_work: bool, complains: bool) -> list[Issue]:
    """The issues of a walk; merged into the first of them that is worked on, if they are one piece of work."""
    issues = [walk.ground.an_issue(state) for state in states]
    if complains:
        also(walk, issues[-1], Also.COMPLAIN, HowAnswered.SIGNED)
    leader = next((one for one in issues if one.state in WORKED_ON), None)
    for one in issues if one_work and leader else ():
        if one is not leader and one.state in WORKED_ON:
            merge(one, leader, "同一处外墙", **walk.more())
    db.session.commit()
    return issues


def open_to(issue: Issue, walk: Walk) -> list[Move | Also]:
    """What can be done to it as it stands, by whomever; and what those say who have sold the unit."""
    moves: list[Move | Also] = [row.move for row in STEPS if row.before is issue.state and not row.together]
    asked = any(row.by_owner for row in STEPS if row.before is issue.state)
    former = (Also.SELLER_SATISFIED, Also.SELLER_DISSATISFIED) if asked and walk.sellers else ()
    of_a_complaint = (Also.RESPOND, Also.GRADE, Also.REVIEW) if issue.complaint_grade else ()
    return [*moves, *former, *of_a_complaint, Also.SELL if asked and not walk.sellers else Also.JOBS]


def everything_holds(issues: list[Issue]) -> None:
    """What must be so of these issues, whatever came before."""
    for issue in issues:
        is_a_complaint_as_long_as_its_matter_is_open(issue)
    one_leads_at_most(issues)
    waits_as_it_must(issues)


def a_walk(ground: Ground) -> Walk:
    """A home and an officer of its own, so that neither a sale nor a leave is felt by the next walk."""
    officer, unit = a_staff(ground.estate, Role.OFFICER), a_home(ground.estate)
    supervisor = a_staff(ground.estate, Role.SUPERVISOR)
    return Walk(replace(ground, unit=unit, officer=officer), supervisor)


def the_next_walk_is_alone() -> None:
    """Leave the jobs of the next walk only what is its own, and nobody of this one to give it to."""
    db.session.execute(sa.delete(Wait))
    db.session.execute(sa.update(Task).values(state=TaskState.DONE))
    db.session.execute(sa.delete(StaffRole).where(StaffRole.role.in_([Role.OFFICER, Role.SUPERVISOR])))
    db.session.commit()


def tried(walk: Walk, issue: Issue, deed: Move | Also, other: Issue, how: HowAnswered) -> None:
    """One step, as it would come: a desk's act, an owner's answer however it was given, a job."""
    more = walk.more()
    if isinstance(deed, Also):
        also(walk, issue, deed, how)
    elif deed is Move.MERGE:
        merge(issue, other, "同一处外墙", **more)
    elif deed is Move.OWNER_SATISFIED:
        answers(walk, issue, Answer.SATISFIED, how, walk.owner_id)
    elif deed is Move.OWNER_DISSATISFIED:
        answers(walk, issue, Answer.DISSATISFIED, how, walk.owner_id)
    elif deed is Move.ACCEPT:
        days = 0 if complaints_of_work(issue) else 5
        accept(issue, "重做防水层", walk.ground.manager, walk.today + timedelta(days=days), **more)
    elif deed is Move.ASK_TO_DEFER:
        ask_to_defer(issue, max(issue.due_on or walk.today, walk.today) + timedelta(days=30), "材料未到", **more)
    else:
        walk.ground.take(issue, deed, at=walk.at)


def also(walk: Walk, issue: Issue, deed: Also, how: HowAnswered) -> None:
    """What is done with a complaint, with the home, with the officer; or what the clock does."""
    more, ground = walk.more(), walk.ground
    match deed:
        case Also.COMPLAIN:
            about = ground.officer.id if how is HowAnswered.PHONE else None
            open_complaint(issue, Matter(Nature.DELAY, list(Grade)[issue.round % 3], about), **more)
        case Also.RESPOND:
            respond(the_complaint(issue), "已致歉", **more)
        case Also.GRADE:
            complaint = the_complaint(issue)
            graded = list(Grade)[(list(Grade).index(complaint.grade) + 1) % 3]
            grade_anew(complaint, graded, "现场核实", seen=complaint.grade, **more)
        case Also.NAME:
            complaint = the_complaint(issue)
            name_person(complaint, None if complaint.about_id else ground.officer.id, **more)
        case Also.TURN_BACK:
            turn_back(the_complaint(issue), "业主确认是咨询", **more)
        case Also.REVIEW:
            review(the_complaint(issue), "同意归档", **more)
        case Also.SELL:
            walk.sellers.append(walk.owner_id)
            next(one for one in ground.unit.ownerships if one.until is None).until = walk.today
            an_owner(ground.unit, "新业主", since=walk.today)
            db.session.flush()
            db.session.expire(ground.unit, ["ownerships"])
        case Also.LEAVE:
            ground.officer.left_at = walk.at
        case Also.SELLER_SATISFIED | Also.SELLER_DISSATISFIED if walk.sellers:
            said = Answer.SATISFIED if deed is Also.SELLER_SATISFIED else Answer.DISSATISFIED
            assert not answers(walk, issue, said, how, walk.sellers[0]), "who has sold moves nothing"
        case Also.JOBS:
            the_jobs_run(walk)
        case _:
            pass


def answers(walk: Walk, issue: Issue, answer: Answer, how: HowAnswered, who: uuid.UUID) -> bool:
    """An owner's answer on a visit of the officer's; what it moves is settled with it."""
    visit_id = new_id()
    given = {"person_id": who, "by": By(staff_id=walk.ground.officer.id), "at": walk.at}
    about = is_about(issue, walk.ground.officer.id)
    moved = walk.ground.owner_says(issue, answer, how, **given)
    assert not (moved and about and answer is Answer.SATISFIED), "whom it is about has taken the answer"
    if moved:
        for task in due_about(issue.id, *CALLBACKS):
            settle(task, visit_id, by=By(), at=walk.at)
    return moved


def the_jobs_run(walk: Walk) -> None:
    """After days; what was done is not done again, and nobody who left holds anything."""
    walk.at += DAYS
    for job in (hand_over, take_over_tasks, escalate):
        job(walk.at)
        db.session.flush()
        assert job(walk.at) == 0, f"{job.__name__} did something twice"
    if walk.ground.officer.left_at is not None:
        assert not db.session.scalars(sa.select(Wait).where(Wait.staff_id == walk.ground.officer.id)).all()
        due = sa.select(Task).where(Task.assignee_id == walk.ground.officer.id, Task.state == TaskState.DUE)
        assert not db.session.scalars(due).all()


def closes_only_by_its_owner(issue: Issue, before: State) -> None:
    """Closed is what its owner called good in this round, in the way it takes; carried over what they agreed to."""
    if issue.state is before or issue.state not in (State.CLOSED, State.CARRIED_OVER):
        return
    last = [one for one in _answers(issue) if one.moved][-1]
    assert last.answer is (Answer.SATISFIED if issue.state is State.CLOSED else Answer.AGREED), "nobody said so"
    assert last.round == issue.round
    assert last.how in closing_answers(complaint=issue.complaint_grade is not None)
    assert before not in ENDED


def is_a_complaint_as_long_as_its_matter_is_open(issue: Issue) -> None:
    """What runs, runs until its owner has had the last word; what ended waits for its review, what rests for nobody."""
    complaint = issue.complaint
    if complaint is None:
        assert issue.complaint_grade is None
    elif complaint_of(issue) is None:
        assert complaint.standing is Standing.TURNED_BACK
    else:
        assert complaint.grade is issue.complaint_grade
        over = {Standing.TO_REVIEW, Standing.REVIEWED}
        assert complaint.standing in (over if issue.state in ENDED else RUNNING), (issue.state, complaint.standing)
        if issue.state is State.RECTIFIED and issue.rectified_at and complaint.received_at < issue.rectified_at:
            assert complaint.standing is Standing.HANDLED
            assert complaint.handling
        owed = RESPOND if complaint.standing in RUNNING and complaint.responded_at is None else None
        waiting = REVIEW if complaint.standing is Standing.TO_REVIEW else owed
        assert [wait.what for wait in waits.on(complaint.id)] == ([waiting] if waiting else [])
        assert complaint.standing is not Standing.RESPONDED or complaint.responded_at is not None


def one_leads_at_most(issues: list[Issue]) -> None:
    """Of one piece of work one issue at most is worked on; what was merged waits for exactly one."""
    for issue in issues:
        worked_on = [one for one in [issue, *together_with(issue)] if one.state in WORKED_ON]
        if issue.work_id is not None:
            assert len(worked_on) <= 1, "two are worked on"
        if issue.state is State.MERGED:
            assert len(worked_on) == 1, "it waits for nothing"


def waits_as_it_must(issues: list[Issue]) -> None:
    """Whoever owes something has it in the inbox, by its limit; where an owner is to be called back on, that is due."""
    for issue in issues:
        waiting = {State.RECTIFIED, State.EXPLAINED, *WORKED_ON}
        waits_now = waits.on(issue.id)
        assert len(waits_now) == (issue.state in waiting), issue.state
        for wait in waits_now:
            if wait.what in (ROUTE, ACCEPT, RECTIFY):
                limits = [complaint.deadline_at for complaint in complaints_of_work(issue)]
                assert wait.due_at <= min(limits, default=wait.due_at), "a complaint's limit is passed over"
        due = due_about(issue.id, *CALLBACKS)
        called = [(callback_kind(issue), issue.round)] if issue.state is State.RECTIFIED else []
        assert [(task.kind, task.round) for task in due] == called, issue.state
        assert not any(is_about(issue, task.assignee_id) for task in due), "whom it is about would call back"
        assert (issue.closed_at is not None) == (issue.state in ENDED)
        tells_only_the_date_that_counts(issue)


def tells_only_the_date_that_counts(issue: Issue) -> None:
    """Of the dates that were agreed an owner is told at most one: the one that counts."""
    untold = sa.select(Deferral).join(Wait, Wait.subject_id == Deferral.id)
    waiting = db.session.scalars(untold.where(Deferral.issue_id == issue.id, Wait.what == TELL)).all()
    assert len(waiting) <= 1
    for one in waiting:
        assert one.to_on == issue.due_on
        assert issue.state in (State.ACCEPTED, State.MERGED)


def ages_are_those_of_what_is_open(walk: Walk, issues: list[Issue]) -> None:
    """Counted by holder and round: all that is open, what is late, since when; and each count's list holds as many."""
    estate_id = walk.ground.estate.id
    told, at_work = ages(estate_id, walk.at), [one for one in issues if one.state not in (*ENDED, *_AT_THE_DOOR)]
    assert sum(one.late for one in told) == sum(wait.due_at < walk.at for one in at_work for wait in waits.on(one.id))
    for nth in (1, 2, LAST_ROUND):
        open_ = [one for one in at_work if min(one.round, LAST_ROUND) == nth]
        of_round = [one for one in told if one.round == nth]
        assert sum(one.open for one in of_round) == len(open_)
        assert min((one.oldest for one in of_round), default=None) == min(
            (one.raised_at for one in open_), default=None
        )
    for one in told:
        assert count_issues(estate_id, Wanted(held=one.held, round=one.round)) == one.open


def the_year_counts_each_once(walk: Walk, issues: list[Issue]) -> None:
    """Under what has become of it; the carry-over list has what is carried over, for now or at all."""
    year = Year(NOW.year, walk.ground.estate.time_zone, walk.at + HOUR)
    counted = count(facts_of(walk.ground.estate, year), {}).issues
    estates = db.session.query(Issue).filter_by(estate_id=walk.ground.estate.id)
    states = [one.state for one in estates]
    assert counted.raised == len(states)
    assert counted.closed == states.count(State.CLOSED)
    assert counted.for_now + counted.at_all == states.count(State.CARRIED_OVER)
    assert counted.ended == states.count(State.VERIFIED) + states.count(State.CLOSED_UNSATISFIED)
    assert counted.rounds == sum(one.round for one in estates if one.state is State.CLOSED)
    listed = {one.issue.id: one.cannot for one in carried_over(walk.ground.estate.id, year)}
    assert {one.id: listed.get(one.id) for one in issues} == {
        one.id: one.cannot if one.state is State.CARRIED_OVER else None for one in issues
    }


def answers_are_all_kept(issue: Issue) -> None:
    """Each answer that the journal tells of stands among the answers, whether it moved the issue or not."""
    told = [line for line in journal.history(issue.id) if line.data.get("answer") in {one.value for one in Answer}]
    assert len(told) == len(_answers(issue))


def _answers(issue: Issue) -> list[OwnerAnswer]:
    found = db.session.query(OwnerAnswer).filter_by(issue_id=issue.id)
    return list(found.order_by(OwnerAnswer.id))
