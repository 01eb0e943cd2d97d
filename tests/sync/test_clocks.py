"""The same day with a right clock and with wrong ones: what the office decides is the same."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from app.agenda.models import Task
from app.core.db import db
from app.core.journal import JournalLine
from app.core.waits import Wait
from app.issues.models import Issue
from tests.sync.machine import world
from tests.sync.machine.messages import gone_through
from tests.sync.machine.office import Office
from tests.sync.machine.road import Road
from tests.sync.machine.tablet import SyncTablet
from tests.sync.machine.world import START, Talked, World, a_world

Outcome = dict[str, object]


def test_a_wrong_clock_changes_nothing_that_the_office_decides(app: Flask, tmp_path: Path) -> None:
    of = a_world(app, tmp_path)

    right, behind, ahead = (a_day(of, timedelta(hours=hours)) for hours in (0, -100_000, 100_000))

    assert right["issues"] == {("closed", 1): 2, ("routed", 2): 1}
    assert behind == right
    assert ahead == right


def a_day(of: World, wrong: timedelta) -> Outcome:
    """A visit with three matters, the department's work on two, and the callback: one good, one not."""
    of.backups.bring_back(START)
    office, road = Office(of.app, of.serves), Road(of.app)
    tablet = SyncTablet("tablet", [of.carriers[0][0].anew()], lambda: datetime.now(UTC) + wrong)
    go_round(tablet, road)
    hold(tablet, 0, Talked(matters=(True, False), photos=1))
    hold(tablet, 1, Talked(matters=(False,)))
    go_round(tablet, road)
    for _matter in range(2):
        office.take_issue_on(0, 3)
    go_round(tablet, road)
    hold(tablet, 0, Talked(satisfied=True))
    hold(tablet, 1, Talked(satisfied=False))
    go_round(tablet, road)
    return outcome(of, tablet)


def hold(tablet: SyncTablet, home: int, talked: Talked) -> None:
    person = tablet.people[0]
    operation, photos = world.visit(tablet, person, home, talked)
    tablet.save(person, operation, photos)


def go_round(tablet: SyncTablet, road: Road) -> None:
    assert gone_through(tablet.round(), road.carry) == []


def outcome(of: World, tablet: SyncTablet) -> Outcome:
    with of.app.app_context():
        return {
            "receipts": Counter((row.receipt["status"], row.receipt["number"]) for row in tablet.rows.values()),
            "issues": Counter((issue.state.value, issue.round) for issue in db.session.scalars(sa.select(Issue))),
            "tasks": Counter((task.kind, task.state) for task in db.session.scalars(sa.select(Task))),
            "lines": Counter(line.kind for line in db.session.scalars(sa.select(JournalLine))),
            "waits": Counter((wait.what, wait.due_at - wait.since) for wait in db.session.scalars(sa.select(Wait))),
            "documents": Counter(name[0] for docs in tablet.docs.values() for name in docs),
        }
