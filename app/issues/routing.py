"""To whom an issue goes: by its category, its warranty, or by hand (R09 to R11, R21). The caller commits."""

import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial

import sqlalchemy as sa

from app.core import ahead, journal
from app.core.clock import local_date
from app.core.db import attach, db
from app.core.errors import Outdated, Refused
from app.core.i18n import _
from app.core.ids import derived_id
from app.core.journal import By
from app.issues.actions import make_move
from app.issues.liability import Covered, covered, warranty_until
from app.issues.models import Category, Issue
from app.issues.moving import (
    estate_of,
    let_wait,
    row_for,
    row_for_act,
    take,
    write_down,
)
from app.issues.rules import (
    Move,
    State,
    Step,
    Urgency,
)
from app.issues.work import go_along, goes_on
from app.people.models import Department


def send_on(issue: Issue, *, event_id: uuid.UUID, by: By, at: datetime) -> None:
    """Route an issue to the department of its category, or report it up where none is named (R09, R10)."""
    department_id = _department_for(issue)
    if department_id is None:
        make_move(issue, Move.REPORT, event_id=event_id, by=by, at=at)
    else:
        _goes_to(issue, department_id, event_id=event_id, by=by, at=at)


def route(issue: Issue, department_id: uuid.UUID, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """Make a department responsible (R11)."""
    find = partial(row_for_act, by=by)
    return _make_responsible(find, issue, department_id, Move.ROUTE, {}, event_id=event_id, by=by, at=at)


def transfer(
    issue: Issue,
    department_id: uuid.UUID,
    reason: str,
    *,
    away_from: uuid.UUID,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
) -> bool:
    """Make another department responsible than the one it is with, with the reason; it settles its measure anew.

    Raises Outdated if it is with another than `away_from` by now.
    """
    if not journal.happened(event_id):
        db.session.refresh(issue, ["department_id"], with_for_update=True)
        if issue.department_id != away_from:
            raise Outdated("issue:with_another", _("Somebody else has transferred this issue already."))
    if department_id == away_from:
        raise Refused("issue:same_department", _("The issue is with this department already."))
    if not reason.strip():
        raise Refused("issue:reason_missing", _("Say why."))
    said = {"from": str(away_from), "reason": reason.strip()}
    find = partial(row_for_act, by=by)
    return _make_responsible(find, issue, department_id, Move.TRANSFER, said, event_id=event_id, by=by, at=at)


def _goes_to(issue: Issue, department_id: uuid.UUID, *, event_id: uuid.UUID, by: By, at: datetime) -> None:
    """As `route`, but it follows from what an owner said: whoever heard it, and whomever it is about."""
    _make_responsible(row_for, issue, department_id, Move.ROUTE, {}, event_id=event_id, by=by, at=at)


def _make_responsible(
    find: Callable[[Issue, Move, uuid.UUID], Step | None],
    issue: Issue,
    department_id: uuid.UUID,
    move: Move,
    said: dict[str, str],
    *,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
) -> bool:
    department = _department(department_id)
    if department is None or department.estate_id != issue.estate_id:
        raise Refused("issue:department_unknown", _("This department is not known in this estate."))
    if department.closed_on is not None:
        raise Refused("department:closed", _("This department is closed."))
    row = find(issue, move, event_id)
    if row is None:
        return False
    issue.department_id = department_id
    attach(issue, department=department)
    take(row, issue, event_id=event_id, by=by, at=at, data={"department": str(department_id), **said})
    if row.before in _NOBODY_WORKED:
        goes_on(issue, event_id=event_id, by=by, at=at)
    else:
        go_along(issue, by=by, at=at)
    return True


_NOBODY_WORKED = frozenset({State.EXPLAINED, State.CARRIED_OVER})


def back_to_work(issue: Issue, *, event_id: uuid.UUID, by: By, at: datetime) -> None:
    """From `reported` to the department that had it, or else its category's; without one somebody must choose.

    One that joined other work under way is with its department by that.
    """
    own = _if_open(issue.department_id) if issue.department_id else None
    department_id = own or _department_for(issue)
    if department_id is not None and issue.state is State.REPORTED:
        _goes_to(issue, department_id, event_id=derived_id(event_id, issue.id, "back to work"), by=by, at=at)


def classify(
    issue: Issue,
    category: Category,
    urgency: Urgency,
    *,
    note: str,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
) -> bool:
    """Put category and urgency right, with a reason, before a department has settled its measure (R43).

    A matter that was routed goes on to the new category's department, whose time begins now; where the department
    stays the same its time runs on. What the owner was promised stays promised.
    """
    if category.estate_id != issue.estate_id:
        raise Refused("issue:category_unknown", _("This category is not known in this estate."))
    if not note.strip():
        raise Refused("issue:reason_missing", _("Say why."))
    row = row_for_act(issue, Move.CLASSIFY, event_id, by)
    if row is None:
        return False
    if (category.id, urgency) == (issue.category_id, issue.urgency):
        raise Refused("issue:same_class", _("Nothing would change: choose another category or urgency."))
    issue.category_id, issue.urgency = category.id, urgency
    attach(issue, category=category)
    data = {"round": issue.round, "category": category.code, "urgency": urgency.value, "note": note.strip()}
    department_id = _department_for(issue) or issue.department_id
    is_routed_on = issue.state is State.ROUTED and department_id != issue.department_id
    if is_routed_on:
        issue.department_id = department_id
        data["department"] = str(department_id)
    write_down(issue, row.move.value, by=by, at=at, data=data, event_id=event_id)
    if is_routed_on:
        let_wait(issue, at=at)
        go_along(issue, by=by, at=at)
    return True


def note_liability(issue: Issue) -> None:
    """Keep what the warranty of its part said on the day it was raised, whoever it is routed to by hand (R01)."""
    _department_for(issue)


def _department_for(issue: Issue) -> uuid.UUID | None:
    """The department liable for it: within a part's warranty the developer's, else that of its category (R01, R21)."""
    estate, category = estate_of(issue), issue.category
    of_part = _of_part(category)
    part = of_part.warranty_part if of_part is not None and issue.unit is not None else None
    until = warranty_until(part, issue.unit.handover_on, issue.unit.warranty) if part and issue.unit else None
    issue.warranty = covered(estate.profile, part, until, local_date(issue.raised_at, estate.time_zone))
    issue.warranty_part, issue.warranty_until = (part, until) if issue.warranty else (None, None)
    within = of_part.warranty_department_id if of_part is not None and issue.warranty is Covered.WITHIN else None
    return (_if_open(within) if within else None) or _department_of(category)


def is_of_the_unit(issue: Issue) -> bool:
    """Whether it is about a part of the home, as a leak: it stays there, whoever holds it (policy, section 2)."""
    of_part = _of_part(issue.category)
    return of_part is not None and of_part.warranty_part is not None


def _of_part(category: Category) -> Category | None:
    """Whichever says of which part of a home it is: the category itself, or else its group."""
    return category if category.warranty_part is not None else _group_of(category)


def _group_of(category: Category) -> Category | None:
    if category.parent_code is None:
        return None
    return ahead.once(("group of", category.id), lambda: db.session.scalar(_group(category)))


def _group(category: Category) -> sa.Select[Category]:
    return sa.select(Category).where(Category.estate_id == category.estate_id, Category.code == category.parent_code)


def _department_of(category: Category) -> uuid.UUID | None:
    """The department that a category names, or else its group; one that is closed counts for none."""
    own = _if_open(category.department_id)
    if own is not None or category.parent_code is None:
        return own
    group = _group_of(category)
    return _if_open(group.department_id) if group is not None else None


def _if_open(department_id: uuid.UUID | None) -> uuid.UUID | None:
    department = _department(department_id) if department_id is not None else None
    return department.id if department is not None and department.closed_on is None else None


def _department(department_id: uuid.UUID) -> Department | None:
    return ahead.once(("department", department_id), lambda: db.session.get(Department, department_id))
