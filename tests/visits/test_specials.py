"""A special visit: ordered at any time, changed at any time, settled by the visit at its door, never twice."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.agenda.actions import settle
from app.agenda.models import Task
from app.agenda.rules import TaskKind, TaskState
from app.core import journal
from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate, Unit
from app.people.models import Staff
from app.people.rules import Role
from app.visits.models import SpecialVisit
from app.visits.ordered import Counted, counted, homes_of, specials_of, the_special
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
from tests.at_once import at_the_same_moment
from tests.builders import NOW, TODAY, a_staff, a_unit, an_estate

FRIDAY = TODAY + timedelta(days=4)
LATER = TODAY + timedelta(days=9)


@dataclass(frozen=True)
class Ground:
    """An estate with an executive, two officers and four homes on two floors."""

    estate: Estate
    executive: Staff
    officers: list[Staff]
    homes: list[Unit]

    @property
    def by(self) -> By:
        return By(staff_id=self.executive.id)

    def wanted(self, **change: object) -> Order:
        facts = {
            "title": "暖气打压前逐户确认",
            "ask": "阀门是否全部打开，家中是否有人",
            "method": Method.DOOR,
            "due_on": FRIDAY,
            "unit_ids": [home.id for home in self.homes],
            "officer_ids": [officer.id for officer in self.officers],
        }
        return Order(**(facts | change))

    def order(self, event_id: uuid.UUID | None = None, **change: object) -> SpecialVisit:
        special = order_special(self.wanted(**change), self.estate, event_id=event_id or new_id(), by=self.by, at=NOW)
        db.session.commit()
        return special

    def change(self, special: SpecialVisit, reason: str = "打压改期", **more: object) -> Change:
        facts = {"after": len(journal.history(special.id)), "event_id": new_id()} | more
        return Change(reason, **({"by": self.by, "at": NOW} | facts))


@pytest.fixture
def ground(context: Flask) -> Ground:
    estate = an_estate()
    made = Ground(
        estate,
        a_staff(estate, Role.EXECUTIVE, name="方振华"),
        [a_staff(estate, Role.OFFICER, name=name) for name in ("张华", "李敏")],
        [a_unit(estate, number, floor=int(number[:2])) for number in ("0401", "0402", "0301", "0302")],
    )
    db.session.commit()
    return made


def tasks_of(special: SpecialVisit) -> list[Task]:
    return [home.task for home in homes_of(special)]


def state_of(special: SpecialVisit) -> list[tuple[str, date, TaskState]]:
    return [(task.assignee.name, task.due_on, task.state) for task in tasks_of(special)]


def kinds(subject_id: uuid.UUID) -> list[str]:
    return [line.kind for line in journal.history(subject_id)]


# --- ordering ---


@pytest.mark.clause("P53")
def test_it_is_due_at_every_home_at_once_shared_out_floor_by_floor(ground: Ground) -> None:
    special = ground.order()

    tasks = tasks_of(special)
    assert [task.unit.number for task in tasks] == ["0401", "0402", "0301", "0302"]
    shares = [task.assignee_id for task in tasks]
    assert shares[0] == shares[1] != shares[2] == shares[3]
    assert {(task.kind, task.state, task.due_on) for task in tasks} == {(TaskKind.SPECIAL_VISIT, TaskState.DUE, FRIDAY)}
    assert kinds(special.id) == ["special:ordered"]
    assert {tuple(kinds(task.id)) for task in tasks} == {("task:made",)}


def test_the_same_order_sent_twice_is_ordered_once(ground: Ground) -> None:
    event = new_id()

    first, again = ground.order(event), ground.order(event)

    assert first.id == again.id == event
    assert len(tasks_of(first)) == 4


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": " "}, "special:no_title"),
        ({"title": "长" * 61}, "special:title_too_long"),
        ({"due_on": TODAY - timedelta(days=1)}, "special:day_past"),
        ({"due_on": TODAY.replace(year=2062)}, "special:day_far"),
        ({"unit_ids": []}, "plan:no_line"),
        ({"unit_ids": [new_id()]}, "plan:no_line"),
        ({"officer_ids": []}, "plan:no_officer"),
        ({"officer_ids": [new_id()]}, "plan:no_officer"),
    ],
)
def test_an_order_that_cannot_be_carried_out_changes_nothing(
    ground: Ground, change: dict[str, object], code: str
) -> None:
    with pytest.raises(Refused, match=code):
        ground.order(**change)
    db.session.rollback()

    assert specials_of(ground.estate.id) == ([], 0)
    assert db.session.scalars(sa.select(Task)).all() == []


def test_a_home_of_another_estate_is_not_ordered_along(ground: Ground) -> None:
    elsewhere = a_unit(an_estate())
    db.session.flush()

    with pytest.raises(Refused, match="unit:unknown"):
        ground.order(unit_ids=[ground.homes[0].id, elsewhere.id])
    db.session.rollback()

    special = ground.order()
    with pytest.raises(Refused, match="special:unknown"):
        the_special(elsewhere.estate_id, special.id)


# --- changing ---


@pytest.mark.clause("P53")
def test_homes_change_hands_and_days_and_the_history_says_why(ground: Ground) -> None:
    special = ground.order()
    ids = [task.id for task in tasks_of(special)]
    to = ground.officers[0]

    given = give_homes(special, ids, to.id, ground.change(special, "张华负责此楼"))
    db.session.commit()
    moved = put_off_homes(special, ids[:1], LATER, ground.change(special, "业主周末才回"))
    db.session.commit()

    assert (given, moved) == (2, 1)
    assert state_of(special) == [
        ("张华", LATER, TaskState.DUE),
        *[("张华", FRIDAY, TaskState.DUE)] * 3,
    ]
    assert kinds(special.id) == ["special:ordered", "special:given", "special:put_off"]
    last = journal.history(special.id)[-1]
    assert last.data == {"reason": "业主周末才回", "homes": 1, "due_on": LATER.isoformat()}
    assert special.due_on == FRIDAY
    adjusted = journal.history(ids[0])[-1]
    assert (adjusted.kind, adjusted.data["was_due_on"], adjusted.data["reason"]) == (
        "task:adjusted",
        FRIDAY.isoformat(),
        "业主周末才回",
    )


def test_where_all_homes_get_another_day_the_whole_has_it(ground: Ground) -> None:
    special = ground.order()

    put_off_homes(special, [task.id for task in tasks_of(special)], LATER, ground.change(special))
    db.session.commit()

    assert special.due_on == LATER


def test_single_homes_are_withdrawn_and_then_the_rest(ground: Ground) -> None:
    special = ground.order()
    first = tasks_of(special)[0].id

    one = withdraw_homes(special, [first], ground.change(special, "已电话确认"))
    db.session.commit()
    assert (one, special.withdrawn_at) == (1, None)
    rest = withdraw_special(special, ground.change(special, "打压取消"))
    db.session.commit()

    assert rest == 3
    assert special.withdrawn_at == NOW
    assert {task.state for task in tasks_of(special)} == {TaskState.CANCELLED}
    assert counted(ground.estate, [special.id], TODAY) == {special.id: Counted(0, 0, 4, 0)}
    with pytest.raises(Outdated, match="special:withdrawn"):
        put_off_homes(special, [first], LATER, ground.change(special))


@pytest.mark.parametrize("put_off", [False, True], ids=["at once", "put off before"])
def test_what_is_withdrawn_when_its_day_was_over_was_not_met_and_stays_counted(ground: Ground, put_off: bool) -> None:
    special = ground.order()
    met, in_time, late, other = [task.id for task in tasks_of(special)]
    settle(db.session.get_one(Task, met), new_id(), by=ground.by, at=NOW)
    withdraw_homes(special, [in_time], ground.change(special))
    db.session.commit()
    over = NOW + timedelta(days=5)
    if put_off:
        put_off_homes(special, [late], LATER, ground.change(special, at=over))
        db.session.commit()
    withdraw_homes(special, [late], ground.change(special, at=over))
    db.session.commit()

    assert counted(ground.estate, [special.id], TODAY) == {special.id: Counted(3, 1, 1, 0, 1)}
    assert db.session.get_one(Task, other).state is TaskState.DUE


def test_what_is_done_never_changes(ground: Ground) -> None:
    special = ground.order()
    tasks = tasks_of(special)
    settle(tasks[0], new_id(), by=ground.by, at=NOW)
    db.session.commit()
    ids = [task.id for task in tasks]

    put_off_homes(special, ids, LATER, ground.change(special))
    db.session.commit()
    give_homes(special, ids, ground.officers[0].id, ground.change(special))
    db.session.commit()
    withdraw_special(special, ground.change(special))
    db.session.commit()

    done = tasks_of(special)[0]
    assert (done.state, done.due_on) == (TaskState.DONE, FRIDAY)
    assert counted(ground.estate, [special.id], TODAY)[special.id] == Counted(1, 1, 3, 0)
    assert kinds(done.id) == ["task:made", "task:done"]


@pytest.mark.parametrize(
    ("reason", "due_on", "code"),
    [
        (" ", LATER, "special:no_reason"),
        ("改期", TODAY - timedelta(days=1), "special:day_past"),
        ("改期", TODAY + timedelta(days=367), "special:day_far"),
    ],
)
def test_a_change_without_a_reason_or_into_the_past_is_refused(
    ground: Ground, reason: str, due_on: date, code: str
) -> None:
    special = ground.order()

    with pytest.raises(Refused, match=code):
        put_off_homes(special, [tasks_of(special)[0].id], due_on, ground.change(special, reason))


def test_a_change_needs_homes_that_would_change_and_an_officer_of_the_estate(ground: Ground) -> None:
    special = ground.order()
    first = tasks_of(special)[0]

    with pytest.raises(Refused, match="plan:no_line"):
        withdraw_homes(special, [], ground.change(special))
    with pytest.raises(Outdated, match="special:nothing_due"):
        put_off_homes(special, [first.id], FRIDAY, ground.change(special))
    with pytest.raises(Refused, match="plan:officer_unknown"):
        give_homes(special, [first.id], ground.executive.id, ground.change(special))
    with pytest.raises(Outdated, match="special:nothing_due"):
        withdraw_homes(special, [new_id()], ground.change(special))


def test_a_change_sent_twice_happens_once(ground: Ground) -> None:
    special = ground.order()
    ids = [tasks_of(special)[0].id]
    change = ground.change(special)

    first = put_off_homes(special, ids, LATER, change)
    db.session.commit()
    again = put_off_homes(special, ids, LATER, change)
    db.session.commit()

    assert (first, again) == (1, 1)
    assert kinds(special.id) == ["special:ordered", "special:put_off"]


def test_of_two_who_change_it_at_once_one_is_told(ground: Ground, app: Flask) -> None:
    special = ground.order()
    special_id, ids, by = special.id, [task.id for task in tasks_of(special)], ground.by
    db.session.commit()

    def withdraw() -> None:
        mine = db.session.get_one(SpecialVisit, special_id)
        withdraw_homes(mine, ids[:2], Change("已确认", 1, new_id(), by, NOW))

    told = at_the_same_moment(app, withdraw, withdraw)

    assert told == ["done", "special:changed"]
    assert len(kinds(special_id)) == 2
