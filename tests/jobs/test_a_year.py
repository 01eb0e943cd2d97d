"""A simulated year: steps are done in time or late, somebody leaves, and for a week no worker runs.

The test moves the clock. What the journal tells at the end is compared with what the limits say of every wait there
was, reckoned here by itself: nothing missed, nothing doubled, nothing told early.
"""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.db import db
from app.core.errors import Outdated
from app.core.ids import new_id
from app.core.journal import By, JournalLine
from app.core.waits import Wait
from app.issues.actions import accept
from app.issues.models import Issue
from app.issues.moving import ACCEPT, CALL_BACK, RECTIFY, ROUTE
from app.issues.reported import issues_about
from app.issues.reporting import report_result, report_up, take_up
from app.issues.rules import Move, State, Urgency
from app.jobs.worker import run_due
from app.people.models import Staff
from app.people.rules import Role
from tests.builders import NOW, TODAY, a_staff
from tests.issues.conftest import Ground

DAY = timedelta(days=1)
OFF = range(100, 107)
"""The days on which no worker runs."""
LEAVES = 200
"""The day on which the officer leaves, for whom callbacks wait."""
TOLD_AFTER = {"manager": DAY, "executive": 3 * DAY}
NEXT = {ROUTE: Move.ROUTE, ACCEPT: Move.ACCEPT, RECTIFY: Move.RECTIFY, CALL_BACK: Move.OWNER_SATISFIED}

Step = tuple[uuid.UUID, str, datetime]
"""What waited, for what, until when."""


@dataclass
class Diary:
    """Every step that waited when it was looked at: who is to be told of it, and when it waited no more."""

    levels: dict[Step, tuple[str, ...]] = field(default_factory=dict)
    done: dict[Step, datetime] = field(default_factory=dict)

    def look(self, at: datetime) -> None:
        """Note what waits at this moment, and what does no more."""
        there = set()
        for wait in db.session.scalars(sa.select(Wait)):
            step = (wait.subject_id, wait.what, wait.due_at)
            there.add(step)
            self.levels.setdefault(step, _levels({wait.role, wait.also_role}))
        for step in self.levels.keys() - there:
            self.done.setdefault(step, at)

    def expected(self, runs: list[datetime]) -> Counter[tuple[uuid.UUID, str, str, datetime]]:
        """Subject, what, level and moment: the first run after the limit and the days, if the step still waits then."""
        told: Counter[tuple[uuid.UUID, str, str, datetime]] = Counter()
        for (subject, what, due_at), levels in self.levels.items():
            for level in levels:
                run = next((run for run in runs if run >= due_at + TOLD_AFTER[level]), None)
                if run is not None and run < self.done.get((subject, what, due_at), run + DAY):
                    told[subject, what, level, run] += 1
        return told


def _levels(roles: set[str | None]) -> tuple[str, ...]:
    if Role.EXECUTIVE.value in roles:
        return ()
    return ("executive",) if Role.MANAGER.value in roles else ("manager", "executive")


class Year:
    """The people who work there, by chance and with the delays that people have."""

    def __init__(self, ground: Ground, supervisor: Staff) -> None:
        self.ground, self.by, self.chance = ground, By(supervisor.id), Random(20261123)

    def go_on(self, at: datetime) -> None:
        """What they do within a day."""
        if self.chance.random() < 0.12:
            issue = self.ground._raised(Urgency.ORDINARY)
            self.ground.take(issue, self.chance.choice((Move.ROUTE, Move.REPORT)), at=at)
        for wait in list(db.session.scalars(sa.select(Wait).order_by(Wait.id))):
            if self.chance.random() < 0.2:
                self.do(wait, at)

    def do(self, wait: Wait, at: datetime) -> None:
        """What this step waits for; now and then an officer reports the issue up instead."""
        more = {"event_id": new_id(), "by": self.by, "at": at}
        issue = self.issue_of(wait)
        if wait.what == "report:take_up":
            take_up(issue, "已协调", **more)
        elif wait.what == "report:result":
            report_result(issue, "已整改", **more)
        elif wait.subject_type == "issue" and wait.what == RECTIFY and self.chance.random() < 0.3:
            self.report(issue, more)
        elif wait.what == ACCEPT:
            days = self.chance.randint(0, 7)
            accept(issue, "重做防水层", self.ground.manager, _day(at) + days * DAY, **more)
        elif wait.what == CALL_BACK and issue.round < 3 and issue.id.int % 3 == 0:
            self.ground.take(issue, Move.OWNER_DISSATISFIED, at=at)
        elif wait.what in NEXT:
            self.ground.take(issue, NEXT[wait.what], at=at)

    def issue_of(self, wait: Wait) -> Issue:
        about = issues_about([wait.subject_id])
        return db.session.get_one(Issue, about.get(wait.subject_id, wait.subject_id))

    def report(self, issue: Issue, more: dict) -> None:
        try:
            report_up(issue, **more)
        except Outdated:
            assert issue.state is State.ACCEPTED, "it was reported already, and nobody has taken it up"


def _day(at: datetime) -> date:
    return TODAY + (at - NOW) // DAY * DAY


@pytest.mark.clause("R10")
@pytest.mark.clause("R12")
def test_in_a_year_nothing_is_missed_nothing_doubled_and_nothing_told_early(app: Flask, ground: Ground) -> None:
    year, diary, runs = Year(ground, a_staff(ground.estate, Role.SUPERVISOR)), Diary(), []

    for day in range(365):
        at = NOW + day * DAY
        year.go_on(at)
        if day == LEAVES:
            db.session.get_one(Staff, ground.officer.id).left_at = at
        db.session.commit()
        diary.look(at)
        db.session.rollback()
        if day not in OFF:
            run_due(app, at)
            runs.append(at)

    lines = db.session.scalars(sa.select(JournalLine).where(JournalLine.kind == "wait:escalated"))
    told = Counter((line.subject_id, line.data["what"], line.data["level"], line.at) for line in lines)
    assert told == diary.expected(runs)
    assert max(told.values()) == 1
    assert {level for _subject, _what, level, _at in told} == set(TOLD_AFTER)
    assert len(told) > 100
    # What fell into the week off was told when it was over, each level of it.
    back = [told for told in told if told[-1] == NOW + OFF.stop * DAY]
    assert {level for _subject, _what, level, _at in back} == set(TOLD_AFTER)
    assert db.session.scalars(sa.select(Wait).where(Wait.staff_id == ground.officer.id)).all() == []
