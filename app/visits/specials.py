"""Everything that changes a special visit (专项走访): ordered, given over, put off, withdrawn. The caller commits."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.agenda.actions import adjust, cancel, make_task
from app.agenda.models import Task
from app.agenda.rules import TaskKind, TaskState
from app.core import journal
from app.core.clock import local_date
from app.core.db import db, take_turn
from app.core.errors import Outdated, Refused
from app.core.i18n import _
from app.core.journal import By, JournalLine
from app.estates.models import Estate, Unit
from app.estates.queries import units_with_people
from app.people.queries import staff_in
from app.people.rules import Role
from app.visits.models import SpecialVisit
from app.visits.ordered import as_planned
from app.visits.planning import share_out
from app.visits.rules import Method

LONGEST_TITLE = 60
"""Characters: it stands in one line of a tablet's list."""
_FURTHEST = timedelta(days=366)


@dataclass(frozen=True)
class Order:
    """What somebody orders. `required_by_id`: the leader at whose wish a supervisor orders it (R41)."""

    title: str
    ask: str
    method: Method
    due_on: date
    unit_ids: Sequence[uuid.UUID]
    officer_ids: Sequence[uuid.UUID]
    required_by_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Change:
    """What comes with every change: why, how much of the history its author has seen, who and when.

    `event_id`: sent twice it happens once.
    """

    reason: str
    after: int
    event_id: uuid.UUID
    by: By
    at: datetime


def order_special(
    order: Order, estate: Estate, *, event_id: uuid.UUID, by: By, at: datetime, special_id: uuid.UUID | None = None
) -> SpecialVisit:
    """A special visit at each of these units, on tablets at their next sync: no chain stands before it (P53).

    Several officers share the homes as a plan does. The same event orders it once; `special_id` is the form's, whatever
    was written in it. Raises Refused, and Outdated where it was ordered with other words.
    """
    special_id = special_id or event_id
    take_turn(f"special {special_id}")
    known = db.session.get(SpecialVisit, special_id)
    if known is not None:
        if not journal.happened(event_id):
            raise _ordered_otherwise(known)
        return known
    officers = _officers(order, estate, at)
    units = {unit.id: unit for unit in units_with_people(order.unit_ids) if unit.estate_id == estate.id}
    _must_be_whole(order, units, local_date(at, estate.time_zone))
    assert by.staff_id is not None, "it is ordered by a person"
    special = SpecialVisit(
        id=special_id,
        estate_id=estate.id,
        title=order.title.strip(),
        ask=order.ask.strip(),
        method=order.method,
        due_on=order.due_on,
        required_by_id=order.required_by_id,
        ordered_by_id=by.staff_id,
        ordered_at=at,
    )
    db.session.add(special)
    for home, officer_id in share_out([as_planned(unit) for unit in units.values()], officers):
        make_task(
            units[home.unit_id],
            TaskKind.SPECIAL_VISIT,
            assignee_id=officer_id,
            due_on=order.due_on,
            subject_id=special.id,
            by=by,
            at=at,
        )
    db.session.flush()
    data = {"homes": len(units), "due_on": order.due_on.isoformat()}
    subject = ("special_visit", special.id)
    journal.write(estate.id, "special:ordered", subject, by=by, at=at, data=data, event_id=event_id)
    return special


def give_homes(special: SpecialVisit, task_ids: Iterable[uuid.UUID], officer_id: uuid.UUID, change: Change) -> int:
    """Give homes that are still due to another officer; returns how many changed hands. Raises Refused, Outdated."""
    before = _begin(special, change)
    if before is not None:
        return before
    if officer_id not in _officers_of(special.estate_id, change.at):
        raise Refused("plan:officer_unknown", _("This person is not a visit officer of this estate."))
    given = _adjusted(special, task_ids, change, assignee_id=officer_id)
    _note(special, "special:given", change, homes=given, assignee=str(officer_id))
    return given


def put_off_homes(special: SpecialVisit, task_ids: Iterable[uuid.UUID], due_on: date, change: Change) -> int:
    """Another day for homes that are still due; returns for how many. Of the whole, if none keeps its day."""
    before = _begin(special, change)
    if before is not None:
        return before
    must_be_a_day_ahead(due_on, _today(special.estate_id, change.at))
    moved = _adjusted(special, task_ids, change, due_on=due_on)
    if all(task.due_on == due_on for task in _still_due(special)):
        special.due_on = due_on
    _note(special, "special:put_off", change, homes=moved, due_on=due_on.isoformat())
    return moved


def withdraw_homes(special: SpecialVisit, task_ids: Iterable[uuid.UUID], change: Change) -> int:
    """Call off what is still due at these homes; returns how many. What was done stays done."""
    before = _begin(special, change)
    if before is not None:
        return before
    tasks = _still_due(special, _chosen(task_ids))
    return _call_off(special, tasks, change)


def withdraw_special(special: SpecialVisit, change: Change) -> int:
    """Call off all that is still due; returns how many homes."""
    before = _begin(special, change)
    return _call_off(special, _still_due(special), change) if before is None else before


def must_be_a_day_ahead(due_on: date, today: date) -> None:
    """Raises Refused for a day that is over, and for one so far off that its year was mistyped: nobody would go."""
    if due_on < today:
        raise Refused("special:day_past", _("This day lies in the past."))
    if due_on - today > _FURTHEST:
        raise Refused("special:day_far", _("This day is more than a year away: look at its year."))


def _call_off(special: SpecialVisit, tasks: list[Task], change: Change) -> int:
    called_off = sum(cancel(task, by=change.by, at=change.at, reason=change.reason.strip()) for task in tasks)
    if not called_off:
        raise _nothing_to_change()
    db.session.flush()
    left = _still_due(special)
    if not left:
        special.withdrawn_at = change.at
    _note(special, "special:withdrawn", change, homes=called_off, left=len(left))
    return called_off


def _adjusted(special: SpecialVisit, task_ids: Iterable[uuid.UUID], change: Change, **wanted: Any) -> int:
    tasks = _still_due(special, _chosen(task_ids))
    reason, by, at = change.reason.strip(), change.by, change.at
    count = sum(adjust(task, reason=reason, by=by, at=at, **wanted) for task in tasks)
    if not count:
        raise _nothing_to_change()
    db.session.flush()
    return count


def _begin(special: SpecialVisit, change: Change) -> int | None:
    """Whoever changes the same order at this moment waits until we are done.

    How many homes this very event has changed, if it happened before: that is what it came to, however often it comes.
    """
    if journal.happened(change.event_id):
        was = sa.select(JournalLine.data).where(JournalLine.event_id == change.event_id)
        return int((db.session.scalar(was) or {}).get("homes", 0))
    db.session.refresh(special, with_for_update=True)
    if len(journal.history(special.id)) != change.after:
        raise Outdated("special:changed", _("Somebody changed this special visit meanwhile: look at it again."))
    if special.withdrawn_at is not None:
        raise Outdated("special:withdrawn", _("This special visit was withdrawn."))
    if not change.reason.strip():
        raise Refused("special:no_reason", _("Say why, for those who read the history."))
    return None


def _still_due(special: SpecialVisit, among: set[uuid.UUID] | None = None) -> list[Task]:
    """What is due of it as it stands now, locked in id order until the transaction ends."""
    due = sa.select(Task).where(
        Task.subject_id == special.id, Task.kind == TaskKind.SPECIAL_VISIT, Task.state == TaskState.DUE
    )
    if among is not None:
        due = due.where(Task.id.in_(among))
    locked = due.order_by(Task.id).with_for_update().execution_options(populate_existing=True)
    return list(db.session.scalars(locked))


def _chosen(task_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    chosen = set(task_ids)
    if not chosen:
        raise Refused("plan:no_line", _("Choose homes first."))
    return chosen


def _must_be_whole(order: Order, units: dict[uuid.UUID, Unit], today: date) -> None:
    if not order.title.strip():
        raise Refused("special:no_title", _("Say what the special visit is about."))
    if len(order.title.strip()) > LONGEST_TITLE:
        raise Refused("special:title_too_long", _("The title is too long for a tablet's list."))
    must_be_a_day_ahead(order.due_on, today)
    if not units:
        raise Refused("plan:no_line", _("Choose homes first."))
    if set(order.unit_ids) - set(units):
        raise Refused("unit:unknown", _("This unit is not known in this estate."))


def _officers(order: Order, estate: Estate, at: datetime) -> list[uuid.UUID]:
    """Those wanted, in the order of their names: the homes are shared out the same way whoever asks."""
    known = _officers_of(estate.id, at)
    if not order.officer_ids or set(order.officer_ids) - set(known):
        raise Refused("plan:no_officer", _("Choose a visit officer."))
    return [officer for officer in known if officer in set(order.officer_ids)]


def _officers_of(estate_id: uuid.UUID, at: datetime) -> list[uuid.UUID]:
    return [staff.id for staff in staff_in(estate_id, [Role.OFFICER], _today(estate_id, at))]


def _ordered_otherwise(known: SpecialVisit) -> Outdated:
    words = _(
        "This form was sent before and is ordered: %(title)s. What stands here now differs and is not: send it once "
        "more if it is another special visit.",
        title=known.title,
    )
    return Outdated("special:ordered_otherwise", words)


def _today(estate_id: uuid.UUID, at: datetime) -> date:
    return local_date(at, db.session.get_one(Estate, estate_id).time_zone)


def _nothing_to_change() -> Outdated:
    return Outdated("special:nothing_due", _("None of these homes is due any more, or it is as you want it already."))


def _note(special: SpecialVisit, kind: str, change: Change, **data: Any) -> None:
    journal.write(
        special.estate_id,
        kind,
        ("special_visit", special.id),
        by=change.by,
        at=change.at,
        data={"reason": change.reason.strip(), **data},
        event_id=change.event_id,
    )
