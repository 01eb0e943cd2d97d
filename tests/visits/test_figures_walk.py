"""What was due and held in time, counted once more by hand from what was decided about random callbacks."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from app.agenda.actions import adjust, cancel, make_task, settle
from app.agenda.models import Task
from app.agenda.rules import EVERY_CALLBACK, TaskKind
from app.core.db import db
from app.core.ids import new_id
from app.estates.models import Unit
from app.people.rules import Role
from app.visits.figures import Due, due_in
from tests.builders import NOBODY, NOW, TODAY, a_home, a_staff, an_estate

ZONE = "Asia/Shanghai"
KINDS = (TaskKind.ISSUE_CALLBACK, TaskKind.COMPLAINT_CALLBACK)


@dataclass
class Told:
    """One callback as a person would note it down: `days`, the one it is due on and when it got it."""

    task: Task
    days: list[tuple[int, int]] = field(default_factory=list)
    done: int | None = None
    off: int | None = None

    def missed(self) -> int | None:
        """The first day that was over while it was the callback's, before it got another or was called off."""
        ends = [since for _, since in self.days[1:]]
        ends.append(self.off if self.off is not None else self.done if self.done is not None else 10**6)
        return next((day for (day, _), end in zip(self.days, ends, strict=True) if day < end), None)


def counted_by_hand(all_told: list[Told], first: int, until: int, today: int) -> Due:
    found = []
    for one in all_told:
        missed, day = one.missed(), one.days[-1][0]
        if missed is None and one.off is not None:
            continue
        day = day if missed is None else missed
        if first <= day < until and (day < today or (day == today and one.done is not None)):
            found.append((one.done is not None, one.done is not None and missed is None))
    return Due(len(found), sum(held for held, _ in found), sum(in_time for _, in_time in found))


@pytest.mark.parametrize("seed", range(6))
def test_what_was_due_and_held_in_time_is_what_counting_by_hand_finds(context: Flask, seed: int) -> None:
    chance, estate = random.Random(seed), an_estate()
    home, officer = a_home(estate), a_staff(estate, Role.OFFICER)
    told: list[Told] = []
    for day in range(40):
        for one in [one for one in told if one.done is None and one.off is None]:
            _something_happens(one, day, chance, home)
        if chance.random() < 0.7:
            due = day + chance.randrange(4)
            task = make_task(
                home,
                chance.choice(KINDS),
                assignee_id=officer.id,
                due_on=_on(due),
                subject_id=new_id(),
                by=NOBODY,
                at=_at(day),
            )
            told.append(Told(task, [(due, day)]))
    db.session.commit()

    for first, until, today in [(0, 99, 39), (0, 20, 39), (20, 99, 39), (10, 25, 60), (30, 35, 60), (0, 99, 99)]:
        found = due_in(estate.id, EVERY_CALLBACK, (_on(first), _on(until)), _on(today), ZONE)
        assert found == counted_by_hand(told, first, until, today), (first, until, today)


def _something_happens(one: Told, day: int, chance: random.Random, home: Unit) -> None:
    """It is held, called off, put off, or begun anew as another kind; mostly nothing."""
    what, more = chance.random(), {"by": NOBODY, "at": _at(day)}
    if what < 0.15:
        settle(one.task, new_id(), **more)
        one.done = day
    elif what < 0.2:
        cancel(one.task, **more)
        one.off = day
    elif what < 0.3:
        later = day + chance.randrange(1, 8)
        if adjust(one.task, due_on=_on(later), reason="业主出差", **more):
            one.days.append((later, day))
    elif what < 0.4:
        due = min(one.days[-1][0], day + 3)
        cancel(one.task, **more)
        before = one.task
        one.task = make_task(
            home,
            chance.choice(KINDS),
            assignee_id=before.assignee_id,
            due_on=_on(due),
            subject_id=before.subject_id,
            **more,
        )
        one.days.append((due, day))


def _on(day: int) -> date:
    return TODAY + timedelta(days=day)


def _at(day: int) -> datetime:
    return NOW + timedelta(days=day)
