"""What can happen to a special visit: every row taken, everything else refused, its history telling its state."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask

from app.agenda.actions import settle
from app.agenda.models import Task
from app.agenda.rules import TaskState
from app.core import journal
from app.core.db import db
from app.core.errors import Outdated
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate
from app.people.models import Staff
from app.people.rules import Role
from app.visits.models import SpecialVisit
from app.visits.ordered import homes_of
from app.visits.rules import Method
from app.visits.specials import (
    Change,
    Order,
    give_homes,
    order_special,
    put_off_homes,
    withdraw_homes,
    withdraw_special,
)
from tests.builders import NOW, TODAY, a_staff, a_unit, an_estate


class State(enum.Enum):
    """How an order stands: something of it is due, all that was due is done, or the rest was withdrawn."""

    DUE = "due"
    DONE = "done"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Desk:
    """A special visit ordered at three homes for one officer, and whoever ordered it."""

    estate: Estate
    by: By
    colleague: Staff
    special: SpecialVisit

    @property
    def tasks(self) -> list[Task]:
        return [home.task for home in homes_of(self.special)]

    @property
    def ids(self) -> list[object]:
        return [task.id for task in self.tasks]

    @property
    def change(self) -> Change:
        seen = len(journal.history(self.special.id))
        return Change("打压改期", after=seen, event_id=new_id(), by=self.by, at=NOW)

    def meet(self, count: int) -> None:
        """Somebody was met at so many homes where it is due."""
        due = [task for task in self.tasks if task.state is TaskState.DUE]
        for task in due[:count]:
            settle(task, new_id(), by=self.by, at=NOW)

    def put_off(self) -> None:
        day = max(task.due_on for task in self.tasks) + timedelta(days=1)
        put_off_homes(self.special, self.ids, day, self.change)


ACTS: dict[str, Callable[[Desk], object]] = {
    "give": lambda desk: give_homes(desk.special, desk.ids, desk.colleague.id, desk.change),
    "put off": Desk.put_off,
    "withdraw a home": lambda desk: withdraw_homes(
        desk.special, [task.id for task in desk.tasks if task.state is TaskState.DUE][:1] or desk.ids, desk.change
    ),
    "withdraw it": lambda desk: withdraw_special(desk.special, desk.change),
    "meet one": lambda desk: desk.meet(1),
    "meet all": lambda desk: desk.meet(3),
}
CHANGES = ("give", "put off", "withdraw a home", "withdraw it")
TABLE = {
    (State.DUE, "give"): State.DUE,
    (State.DUE, "put off"): State.DUE,
    (State.DUE, "withdraw a home"): State.DUE,
    (State.DUE, "withdraw it"): State.WITHDRAWN,
}
WAYS: dict[str, tuple[State, list[str]]] = {
    "ordered": (State.DUE, []),
    "changed": (State.DUE, ["put off"]),
    "one met": (State.DUE, ["meet one"]),
    "all met": (State.DONE, ["meet all"]),
    "withdrawn": (State.WITHDRAWN, ["withdraw it"]),
    "one met, the rest withdrawn": (State.WITHDRAWN, ["meet one", "withdraw it"]),
    "withdrawn one by one": (State.WITHDRAWN, ["withdraw a home"] * 3),
}


@pytest.fixture
def desk(context: Flask) -> Desk:
    estate = an_estate()
    by, officer = By(a_staff(estate, Role.EXECUTIVE).id), a_staff(estate, Role.OFFICER, name="张华")
    homes = [a_unit(estate, number, floor=4) for number in ("0401", "0402", "0403")]
    db.session.flush()
    order = Order("暖气打压", "阀门", Method.DOOR, TODAY, [home.id for home in homes], [officer.id])
    special = order_special(order, estate, event_id=new_id(), by=by, at=NOW)
    colleague = a_staff(estate, Role.OFFICER, name="李敏")
    db.session.commit()
    return Desk(estate, by, colleague, special)


def told(desk: Desk) -> State:
    """Its own history and that of each of its homes, replayed."""
    ends = ("task:done", "task:cancelled")
    if any(not any(line.kind in ends for line in journal.history(task.id)) for task in desk.tasks):
        return State.DUE
    withdrawn = [line for line in journal.history(desk.special.id) if line.kind == "special:withdrawn"]
    return State.WITHDRAWN if withdrawn and withdrawn[-1].data["left"] == 0 else State.DONE


def stands(desk: Desk) -> State:
    """As it is kept."""
    if desk.special.withdrawn_at is not None:
        return State.WITHDRAWN
    return State.DUE if any(task.state is TaskState.DUE for task in desk.tasks) else State.DONE


def test_every_state_is_reached() -> None:
    assert {state for state, _way in WAYS.values()} == set(State)


@pytest.mark.clause("P53")
@pytest.mark.parametrize("act", CHANGES)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.any_database
def test_every_row_is_taken_and_everything_else_is_refused(desk: Desk, way: str, act: str) -> None:
    state, steps = WAYS[way]
    for step in steps:
        ACTS[step](desk)
    db.session.commit()
    assert stands(desk) is told(desk) is state
    lines, before = len(journal.history(desk.special.id)), [(task.state, task.due_on) for task in desk.tasks]

    if (state, act) in TABLE:
        ACTS[act](desk)
        db.session.commit()
        assert len(journal.history(desk.special.id)) == lines + 1
    else:
        with pytest.raises(Outdated):
            ACTS[act](desk)
        db.session.rollback()
        assert len(journal.history(desk.special.id)) == lines
        assert [(task.state, task.due_on) for task in desk.tasks] == before

    assert stands(desk) is told(desk) is TABLE.get((state, act), state)
