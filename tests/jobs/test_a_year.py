"""A simulated year: steps are done in time or late, somebody leaves, and for a week no worker runs.

The test moves the clock. What the journal tells at the end, and what was sent of it, is compared with what the policy
says of every wait there was, reckoned here by itself: nothing missed, nothing doubled, nothing told early.
"""

import uuid
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.agenda.actions import settle
from app.agenda.queries import due_about
from app.agenda.rules import CALLBACKS
from app.core.clock import local_date
from app.core.db import db
from app.core.errors import Outdated
from app.core.ids import new_id
from app.core.journal import By, JournalLine
from app.core.waits import Wait
from app.issues.actions import accept
from app.issues.complaining import Matter, grade_anew, open_complaint, respond, review, the_complaint
from app.issues.complaint_rules import Grade, Nature
from app.issues.complaints import RESPOND, REVIEW, last_day_to_rectify
from app.issues.deferring import ask_to_defer, tell_owner
from app.issues.explaining import owner_was_explained
from app.issues.models import Complaint, Deferral, Issue
from app.issues.moving import ACCEPT, AGREE, CALL_BACK, DECIDE, EXPLAIN, RECTIFY, ROUTE, TELL, VERIFY
from app.issues.owners_word import OwnersWord
from app.issues.report_rules import READ, READ_BY_COMPANY, RESULT, TAKE_UP
from app.issues.reported import issues_about, the_result
from app.issues.reporting import read_result, report_result, report_up, take_up
from app.issues.rules import Answer, HowAnswered, HowTold, Move, State, Urgency
from app.jobs.worker import run_due
from app.notices import sending
from app.notices.allowing import set_office
from app.notices.channels import set_channel
from app.notices.models import Notice, NoticeChannel
from app.notices.rules import SERVICES, Event
from app.notices.rules import State as Sent
from app.people.models import Staff
from app.people.rules import Liable, Role
from app.repairs import actions as orders
from app.repairs import moving as order_waits
from app.repairs.models import WorkOrder
from app.repairs.rules import Kind as OrderKind
from app.repairs.rules import Move as OrderMove
from tests.builders import NOBODY, NOW, a_staff
from tests.issues.conftest import Ground
from tests.notices.conftest import AT_ONCE
from tests.repairs.conftest import Yard

pytestmark = pytest.mark.long

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFF = range(100, 107)
"""The days on which no worker runs."""
LEAVES = 200
"""The day on which the officer leaves, for whom callbacks wait."""
LAST = 364
TOLD_AFTER = {"manager": DAY, "executive": 3 * DAY}
LIMITS = {
    ROUTE: 4 * HOUR,
    ACCEPT: 24 * HOUR,
    DECIDE: 24 * HOUR,
    AGREE: 4 * HOUR,
    CALL_BACK: 3 * DAY,
    VERIFY: 3 * DAY,
    TELL: 3 * DAY,
    EXPLAIN: 7 * DAY,
    TAKE_UP: 4 * HOUR,
    RESULT: 4 * HOUR,
    READ: 3 * DAY,
    READ_BY_COMPANY: 3 * DAY,
    RESPOND: 4 * HOUR,
    REVIEW: 3 * DAY,
    order_waits.DISPATCH: 4 * HOUR,
    order_waits.FINISH: 7 * DAY,
    order_waits.REWORK: 7 * DAY,
}
"""What the policy gives a step (section 5); a day that was agreed, and the callback on an order, end with that day."""
OF_A_COMPLAINT = {Grade.ORDINARY: 7 * DAY, Grade.IMPORTANT: 3 * DAY, Grade.MAJOR: DAY}
"""In what time a complaint's work is over, whatever else it waits for."""

Step = tuple[uuid.UUID, datetime]
"""A wait, and until when: with another limit it is another step."""
Telling = tuple[uuid.UUID, str, str, datetime]
"""About what, what is to be done, to which level, when."""


@dataclass
class Diary:
    """Every step that waited when it was looked at: who is to be told of it, and when it waited no more."""

    ground: Ground
    steps: dict[Step, tuple[uuid.UUID, str, tuple[str, ...]]] = field(default_factory=dict)
    began: dict[Step, datetime] = field(default_factory=dict)
    open: set[Step] = field(default_factory=set)
    done: dict[Step, datetime] = field(default_factory=dict)

    def look(self, at: datetime) -> None:
        """Note what waits at this moment, and what does no more."""
        there = set()
        for wait in db.session.scalars(sa.select(Wait)):
            step = (wait.id, wait.due_at)
            there.add(step)
            if step not in self.steps:
                assert wait.due_at == self.limit_of(wait), (wait.what, wait.since, wait.due_at)
                self.began[step] = at
                self.steps[step] = (wait.subject_id, wait.what, _levels({wait.role, wait.also_role}))
        self.done |= dict.fromkeys(self.open - there, at)
        self.open = there

    def limit_of(self, wait: Wait) -> datetime:
        """When the policy says that a step must be over."""
        if wait.what == order_waits.CALL_BACK:
            return end_of(local_date(wait.since, self.ground.estate.time_zone) + 2 * DAY)
        issue = db.session.get(Issue, wait.subject_id)
        due_on = issue.due_on if issue and wait.what == RECTIFY else None
        due_at = end_of(due_on) if due_on else wait.since + LIMITS[wait.what]
        if issue and issue.complaint_grade and wait.what in (ROUTE, ACCEPT, RECTIFY, DECIDE):
            due_at = min(due_at, issue.complaint.counted_from + OF_A_COMPLAINT[issue.complaint_grade])
        return due_at

    def expected(self, runs: list[datetime]) -> Counter[Telling]:
        """The first run after the limit and the days, if the step still waits then."""
        told: Counter[Telling] = Counter()
        for step, (subject, what, levels) in self.steps.items():
            for level in levels:
                first = bisect_left(runs, max(self.began[step], step[1] + TOLD_AFTER[level]))
                if first < len(runs) and (step not in self.done or runs[first] < self.done[step]):
                    told[subject, what, level, runs[first]] += 1
        return told


def end_of(day: date) -> datetime:
    """Midnight after a day where the estate stands, eight hours before it is that in UTC."""
    return datetime(day.year, day.month, day.day, 16, tzinfo=UTC)


def _levels(roles: set[str | None]) -> tuple[str, ...]:
    if Role.EXECUTIVE.value in roles:
        return ()
    return ("executive",) if Role.MANAGER.value in roles else ("manager", "executive")


class Year:
    """The people who work there, by chance and with the delays that people have."""

    def __init__(self, ground: Ground) -> None:
        self.ground, self.chance = ground, Random(20261123)
        ground.other.liable = Liable.DEVELOPER
        self.supervisor = a_staff(ground.estate, Role.SUPERVISOR, name="王芳")
        self.above = {
            Role.MANAGER: a_staff(ground.estate, Role.MANAGER, name="赵刚"),
            Role.EXECUTIVE: a_staff(ground.estate, Role.EXECUTIVE, name="方振华"),
            Role.PROPERTY_MANAGER: a_staff(ground.estate, Role.PROPERTY_MANAGER, name="何平"),
        }
        self.yard = Yard(
            estate=ground.estate,
            unit=ground.unit,
            engineering=ground.department,
            developer=ground.other,
            desk=a_staff(ground.estate, Role.FRONT_DESK, name="林前台"),
            worker=ground.manager,
        )

    def more(self, at: datetime) -> dict[str, Any]:
        return {"event_id": new_id(), "by": By(self.supervisor.id), "at": at}

    def happens(self, often: float) -> bool:
        return self.chance.random() < often

    def a_worker_runs(self) -> bool:
        """On one day of three, so that what is due is found after one day or after several."""
        return self.happens(0.33)

    def go_on(self, at: datetime) -> None:
        """What they do within a day."""
        self.something_is_raised(at)
        waiting = db.session.scalars(sa.select(Wait).order_by(Wait.since, Wait.due_at, Wait.what, Wait.id)).all()
        for wait in [one for one in waiting if self.happens(SLOW.get(one.what, 0.2))]:
            if wait.what in DONE and sa.inspect(wait).persistent:
                DONE[wait.what](self, wait.subject_id, at)
                db.session.flush()

    def something_is_raised(self, at: datetime) -> None:
        if self.happens(0.1):
            issue = self.ground._raised(Urgency.ORDINARY)
            self.ground.take(issue, self.chance.choice((Move.ROUTE, Move.REPORT)), at=at)
            if self.happens(0.3):
                open_complaint(issue, Matter(Nature.DELAY, self.chance.choice(list(Grade)), None), **self.more(at))
        if self.happens(0.06):
            self.ground.take(self.ground._noticed(Urgency.ORDINARY), Move.ROUTE, at=at)
        if self.happens(0.05):
            told = orders.Reported(OrderKind.FREE, "厨房水槽漏水", at, "陈建国")
            orders.report_order(self.ground.unit, told, by=By(self.yard.desk.id), at=at)

    def take(self, issue: Issue, move: Move, at: datetime) -> None:
        assert self.ground.take(issue, move, at=at)

    # --- what each step waits for ---

    def routes(self, issue_id: uuid.UUID, at: datetime) -> None:
        self.take(db.session.get_one(Issue, issue_id), Move.ROUTE, at)

    def accepts(self, issue_id: uuid.UUID, at: datetime) -> None:
        issue, today = db.session.get_one(Issue, issue_id), local_date(at, self.ground.estate.time_zone)
        if self.happens(0.2):
            self.take(issue, Move.DISPUTE, at)
        elif issue.owned and self.happens(0.2):
            self.take(issue, Move.CANNOT, at)
        else:
            days = self.chance.randint(0, (last_day_to_rectify(issue, today) - today).days)
            accept(issue, "重做防水层", self.ground.manager, today + days * DAY, **self.more(at))

    def decides(self, issue_id: uuid.UUID, at: datetime) -> None:
        self.take(db.session.get_one(Issue, issue_id), Move.DECIDE_LIABILITY, at)

    def rectifies(self, issue_id: uuid.UUID, at: datetime) -> None:
        """Or asks for another date; now and then an officer reports the issue up instead."""
        issue = db.session.get_one(Issue, issue_id)
        if self.happens(0.35):
            later = max(issue.due_on or date.min, local_date(at, self.ground.estate.time_zone)) + 10 * DAY
            ask_to_defer(issue, later, "防水材料未到", **self.more(at))
        elif self.happens(0.3):
            try:
                report_up(issue, **self.more(at))
            except Outdated:
                assert issue.state is State.ACCEPTED, "it was reported already, and nobody has taken it up"
        else:
            self.take(issue, Move.RECTIFY, at)

    def agrees(self, issue_id: uuid.UUID, at: datetime) -> None:
        move = Move.DEFER if self.happens(0.8) else Move.KEEP_DATE
        self.take(db.session.get_one(Issue, issue_id), move, at)

    def tells(self, deferral_id: uuid.UUID, at: datetime) -> None:
        tell_owner(db.session.get_one(Deferral, deferral_id), HowTold.PHONE, told_at=at, by=NOBODY, at=at)

    def explains(self, issue_id: uuid.UUID, at: datetime) -> None:
        issue, answer = db.session.get_one(Issue, issue_id), self.chance.choice((Answer.AGREED, Answer.DISAGREED))
        word = OwnersWord.taken_down(answer, HowAnswered.WITNESSED, "知道了", said_at=at, witness="王芳")
        owner_was_explained(issue, word, **self.more(at))

    def calls_back(self, issue_id: uuid.UUID, at: datetime) -> None:
        issue = db.session.get_one(Issue, issue_id)
        content = issue.round > 2 or not self.happens(0.4)
        self.take(issue, Move.OWNER_SATISFIED if content else Move.OWNER_DISSATISFIED, at)
        for task in due_about(issue_id, *CALLBACKS):
            settle(task, new_id(), by=NOBODY, at=at)

    def looks_at_it(self, issue_id: uuid.UUID, at: datetime) -> None:
        self.take(db.session.get_one(Issue, issue_id), Move.VERIFY if self.happens(0.6) else Move.SEND_BACK, at)

    def takes_up(self, report_id: uuid.UUID, at: datetime) -> None:
        take_up(self.reported(report_id), "已协调", **self.more(at))

    def tells_the_result(self, report_id: uuid.UUID, at: datetime) -> None:
        report_result(self.reported(report_id), "已整改", **self.more(at))

    def reported(self, report_id: uuid.UUID) -> Issue:
        return db.session.get_one(Issue, issues_about([report_id])[report_id])

    def reads(self, result_id: uuid.UUID, at: datetime, role: Role = Role.EXECUTIVE) -> None:
        result = the_result(self.ground.estate.id, result_id)
        assert read_result(result, frozenset({role}), by=By(self.above[role].id), at=at)

    def reads_for_the_company(self, result_id: uuid.UUID, at: datetime) -> None:
        self.reads(result_id, at, Role.PROPERTY_MANAGER)

    def responds(self, complaint_id: uuid.UUID, at: datetime) -> None:
        complaint = db.session.get_one(Complaint, complaint_id)
        respond(complaint, "已致歉", **self.more(at))
        if complaint.issue.state is not State.DISPUTED and self.happens(0.4):
            grade = self.chance.choice([one for one in Grade if one is not complaint.grade])
            grade_anew(complaint, grade, "现场核实", seen=complaint.grade, **self.more(at))

    def reviews(self, complaint_id: uuid.UUID, at: datetime) -> None:
        complaint = db.session.get_one(Complaint, complaint_id)
        assert the_complaint(complaint.issue) is complaint
        review(complaint, "同意归档", **self.more(at))

    def dispatches(self, order_id: uuid.UUID, at: datetime) -> None:
        self.yard.take(db.session.get_one(WorkOrder, order_id), OrderMove.DISPATCH, at=at)

    def finishes(self, order_id: uuid.UUID, at: datetime) -> None:
        self.yard.take(db.session.get_one(WorkOrder, order_id), OrderMove.FINISH, at=at)

    def calls_about_an_order(self, order_id: uuid.UUID, at: datetime) -> None:
        order = db.session.get_one(WorkOrder, order_id)
        content = order.round > 2 or not self.happens(0.4)
        self.yard.take(order, OrderMove.OWNER_SATISFIED if content else OrderMove.OWNER_DISSATISFIED, at=at)
        for task in due_about(order_id, *order_waits.CALLBACK_KINDS.values()):
            settle(task, new_id(), by=NOBODY, at=at)


DONE: dict[str, Callable[[Year, uuid.UUID, datetime], None]] = {
    ROUTE: Year.routes,
    ACCEPT: Year.accepts,
    DECIDE: Year.decides,
    RECTIFY: Year.rectifies,
    AGREE: Year.agrees,
    TELL: Year.tells,
    EXPLAIN: Year.explains,
    CALL_BACK: Year.calls_back,
    VERIFY: Year.looks_at_it,
    TAKE_UP: Year.takes_up,
    RESULT: Year.tells_the_result,
    READ: Year.reads,
    READ_BY_COMPANY: Year.reads_for_the_company,
    RESPOND: Year.responds,
    REVIEW: Year.reviews,
    order_waits.DISPATCH: Year.dispatches,
    order_waits.FINISH: Year.finishes,
    order_waits.REWORK: Year.finishes,
    order_waits.CALL_BACK: Year.calls_about_an_order,
}
"""How each step comes to its end."""
SLOW = {
    order_waits.FINISH: 0.1,
    order_waits.REWORK: 0.08,
    TELL: 0.1,
    VERIFY: 0.1,
    READ_BY_COMPANY: 0.15,
    REVIEW: 0.15,
    EXPLAIN: 0.1,
}
"""How often on a day that happens which takes people longer than other things."""


def let_be_told(year: Year, monkeypatch: pytest.MonkeyPatch) -> None:
    """Manager and executive are sent notices, by a road on which every tenth message fails."""
    hook, estate = "127.0.0.1:9", year.ground.estate
    set_office(estate, [service.code for service in SERVICES], hook, {}, "", seen=10**6, by=NOBODY, at=NOW)
    for role in (Role.MANAGER, Role.EXECUTIVE):
        set_channel(estate, year.above[role], AT_ONCE, f"json://{hook}/{role.value}", seen=0, by=NOBODY, at=NOW)
    monkeypatch.setattr(sending, "carry", lambda *_message: "unreachable" if year.happens(0.1) else "")
    monkeypatch.setattr(sending, "KEPT_FOR", 2 * 365 * DAY)


@pytest.mark.clause("R10", "R11", "R12")
@pytest.mark.clause("R20", "R38", "R39")
@pytest.mark.clause("V46")
def test_in_a_year_nothing_is_missed_nothing_doubled_and_nothing_told_early(
    app: Flask, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    year, diary, runs = Year(ground), Diary(ground), []
    let_be_told(year, monkeypatch)

    for day in range(LAST + 1):
        at = NOW + day * DAY
        year.go_on(at)
        if day == LEAVES:
            db.session.get_one(Staff, ground.officer.id).left_at = at
        db.session.commit()
        diary.look(at)
        db.session.rollback()
        if day == OFF.stop or day == LAST or (day not in OFF and year.a_worker_runs()):
            run_due(app, at)
            runs.append(at)

    lines = db.session.scalars(sa.select(JournalLine).where(JournalLine.kind == "wait:escalated")).all()
    told = Counter((line.subject_id, line.data["what"], line.data["level"], line.at) for line in lines)
    assert told == diary.expected(runs)
    assert max(told.values()) == 1
    assert {level for _subject, _what, level, _at in told} == set(TOLD_AFTER)
    # Every kind of step was there, and late, but for what is the executive's own.
    assert {what for _subject, what, _levels in diary.steps.values()} >= set(DONE)
    assert {what for _subject, what, _level, _at in told} >= set(DONE) - {DECIDE, READ}
    # What fell into the week off was told when it was over, each level of it.
    back = [telling for telling in told if telling[-1] == NOW + OFF.stop * DAY]
    assert {level for _subject, _what, level, _at in back} == set(TOLD_AFTER)
    assert db.session.scalars(sa.select(Wait).where(Wait.staff_id == ground.officer.id)).all() == []
    # Each telling went out, once, to whoever stands at its level.
    sent = sa.select(Notice.seq, NoticeChannel.staff_id).join(NoticeChannel, NoticeChannel.id == Notice.channel_id)
    sent = sent.where(Notice.event == Event.OVERDUE, Notice.state == Sent.SENT)
    at_level = {"manager": year.above[Role.MANAGER].id, "executive": year.above[Role.EXECUTIVE].id}
    due_by_the_last_run = [(line.seq, at_level[line.data["level"]]) for line in lines if line.at < runs[-1]]
    assert Counter(due_by_the_last_run) <= Counter(map(tuple, db.session.execute(sent)))
    assert db.session.scalars(sa.select(Notice).where(Notice.state == Sent.GIVEN_UP)).all() == []
