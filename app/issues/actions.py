"""Everything that changes an issue. The caller commits."""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.agenda.actions import make_task
from app.agenda.rules import TaskKind
from app.core import ahead, journal, waits
from app.core.clock import local_date
from app.core.db import attach, db
from app.core.errors import NotAllowed, Outdated, Refused
from app.core.i18n import _
from app.core.journal import By, Doc
from app.estates.models import Building, Estate, Unit
from app.estates.rules import Limits, limits
from app.issues.models import Category, Issue, OwnerAnswer
from app.issues.rules import (
    CLOSING_ANSWERS,
    ENDED,
    NEXT_ROUND,
    Answer,
    HowAnswered,
    Move,
    State,
    Step,
    Urgency,
    step,
)
from app.people.models import Department, Staff
from app.people.rules import Role

ROUTE, ACCEPT, RECTIFY, CALL_BACK = "issue:route", "issue:accept", "issue:rectify", "issue:call_back"
VERIFY = "issue:verify"
"""What an issue waits for."""


def open_category(
    estate_id: uuid.UUID,
    code: str,
    name_zh: str,
    name_en: str,
    *,
    by: By,
    at: datetime,
    department: Department | None = None,
    parent_code: str | None = None,
    icon: str = "message",
    position: int = 0,
) -> Category:
    """A kind of matter that owners raise, and the department it goes to."""
    category = Category(
        estate_id=estate_id,
        code=code,
        parent_code=parent_code,
        name_zh=name_zh,
        name_en=name_en,
        icon=icon,
        position=position,
        department=department,
    )
    db.session.add(category)
    db.session.flush()
    changes = (Doc("estate", estate_id),)
    subject = ("category", category.id)
    journal.write(estate_id, "category:opened", subject, by=by, at=at, data={"code": code}, changes=changes)
    return category


def raise_issue(
    issue_id: uuid.UUID,
    unit: Unit,
    text: str,
    category: Category,
    urgency: Urgency,
    *,
    visit_id: uuid.UUID,
    raised_by: str,
    raised_by_id: uuid.UUID | None,
    raised_at: datetime,
    promised_on: date | None,
    officer_id: uuid.UUID,
    by: By,
    at: datetime,
) -> Issue:
    """A new issue in the state `recorded`. Its number is taken when the transaction commits."""
    issue = Issue(
        id=issue_id,
        estate_id=unit.estate_id,
        unit_id=unit.id,
        visit_id=visit_id,
        text=text,
        category_id=category.id,
        urgency=urgency,
        state=State.RECORDED,
        round=1,
        raised_by=raised_by,
        raised_by_id=raised_by_id,
        raised_at=raised_at,
        answer="",
        promised_on=promised_on,
        officer_id=officer_id,
    )
    attach(issue, unit=unit, category=category)
    db.session.add(issue)
    _number(issue, at)
    _note(issue, "issue:recorded", by=by, at=at, data={"category": category.code, "urgency": urgency.value})
    return issue


@dataclass(frozen=True)
class Place:
    """Where something is that belongs to no unit: at a building, or anywhere in the estate, by its name."""

    building: Building | None = None
    entrance: str = ""
    floor: int | None = None
    name: str = ""


def notice_issue(
    issue_id: uuid.UUID,
    estate: Estate,
    place: Place,
    text: str,
    category: Category,
    urgency: Urgency,
    *,
    inspection_id: uuid.UUID,
    noticed_by: Staff,
    noticed_at: datetime,
    by: By,
    at: datetime,
) -> Issue:
    """A new issue that nobody owns, noticed on an inspection (R03), in the state `recorded`."""
    issue = Issue(
        id=issue_id,
        estate_id=estate.id,
        inspection_id=inspection_id,
        building_id=place.building.id if place.building else None,
        entrance=place.entrance,
        floor=place.floor,
        place=place.name,
        text=text,
        category_id=category.id,
        urgency=urgency,
        state=State.RECORDED,
        round=1,
        raised_by=noticed_by.name,
        raised_at=noticed_at,
        answer="",
        officer_id=noticed_by.id,
    )
    attach(issue, category=category, **({"building": place.building} if place.building else {}))
    db.session.add(issue)
    _number(issue, at)
    data = {"category": category.code, "urgency": urgency.value, "inspection": str(inspection_id)}
    _note(issue, "issue:recorded", by=by, at=at, data=data)
    return issue


def make_move(
    issue: Issue,
    move: Move,
    *,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
    data: dict[str, Any] | None = None,
) -> bool:
    """Take the row for `move` and write state and journal line together.

    Returns whether anything happened: the same event twice happens once. Raises Outdated if the issue's state has
    no such row, as after somebody else was faster; NotAllowed for an owner's answer, which `take_owners_answer` keeps.
    """
    row = _row_for(issue, move, event_id)
    if row is None:
        return False
    if row.by_owner:
        raise NotAllowed("issue:only_the_owner", _("Only the owner's own answer can do this."))
    _take(row, issue, event_id=event_id, by=by, at=at, data=data or {})
    return True


def answer_on_the_spot(issue: Issue, answer: str, *, event_id: uuid.UUID, by: By, at: datetime) -> None:
    """The officer answered at the door (R07). Only the owner's own answer closes it."""
    issue.answer = answer
    make_move(issue, Move.ANSWER, event_id=event_id, by=by, at=at, data={"answer": answer})


def send_on(issue: Issue, *, event_id: uuid.UUID, by: By, at: datetime) -> None:
    """Route an issue to the department of its category, or report it up where none is named (R09, R10)."""
    department_id = _department_of(issue.category)
    if department_id is None:
        make_move(issue, Move.REPORT, event_id=event_id, by=by, at=at)
    else:
        route(issue, department_id, event_id=event_id, by=by, at=at)


def route(issue: Issue, department_id: uuid.UUID, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """Make a department responsible (R11)."""
    return _make_responsible(issue, department_id, Move.ROUTE, event_id=event_id, by=by, at=at)


def transfer(
    issue: Issue,
    department_id: uuid.UUID,
    *,
    away_from: uuid.UUID,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
) -> bool:
    """Make another department responsible than the one it is with, which settles its measure anew.

    Raises Outdated if it is with another than `away_from` by now.
    """
    if not journal.happened(event_id):
        db.session.refresh(issue, ["department_id"], with_for_update=True)
        if issue.department_id != away_from:
            raise Outdated("issue:with_another", _("Somebody else has transferred this issue already."))
    if department_id == away_from:
        raise Refused("issue:same_department", _("The issue is with this department already."))
    return _make_responsible(issue, department_id, Move.TRANSFER, event_id=event_id, by=by, at=at)


def _make_responsible(
    issue: Issue, department_id: uuid.UUID, move: Move, *, event_id: uuid.UUID, by: By, at: datetime
) -> bool:
    department = _department(department_id)
    if department is None or department.estate_id != issue.estate_id:
        raise Refused("issue:department_unknown", _("This department is not known in this estate."))
    if department.closed_on is not None:
        raise Refused("department:closed", _("This department is closed."))
    row = _row_for(issue, move, event_id)
    if row is None:
        return False
    before = {"from": str(issue.department_id)} if move is Move.TRANSFER else {}
    issue.department_id = department_id
    attach(issue, department=department)
    _take(row, issue, event_id=event_id, by=by, at=at, data={"department": str(department_id), **before})
    return True


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
    row = _row_for(issue, Move.CLASSIFY, event_id)
    if row is None:
        return False
    if (category.id, urgency) == (issue.category_id, issue.urgency):
        raise Refused("issue:same_class", _("Nothing would change: choose another category or urgency."))
    issue.category_id, issue.urgency = category.id, urgency
    attach(issue, category=category)
    data = {"round": issue.round, "category": category.code, "urgency": urgency.value, "note": note.strip()}
    department_id = _department_of(category) or issue.department_id
    goes_on = issue.state is State.ROUTED and department_id != issue.department_id
    if goes_on:
        issue.department_id = department_id
        data["department"] = str(department_id)
    _note(issue, row.move.value, by=by, at=at, data=data, event_id=event_id)
    if goes_on:
        _let_wait(issue, at=at)
    return True


def accept(
    issue: Issue,
    measure: str,
    responsible: Staff,
    due_on: date,
    *,
    method: str = "",
    event_id: uuid.UUID,
    by: By,
    at: datetime,
) -> bool:
    """The department settles measure, method, responsible person and date (R38)."""
    today = local_date(at, _estate(issue).time_zone)
    if not measure.strip():
        raise Refused("issue:measure_missing", _("Say what will be done."))
    if due_on < today:
        raise Refused("issue:date_past", _("The date lies in the past."))
    row = _row_for(issue, Move.ACCEPT, event_id)
    if row is None:
        return False
    issue.measure, issue.method, issue.responsible, issue.due_on = measure.strip(), method.strip(), responsible, due_on
    data = {"measure": issue.measure, "responsible": str(responsible.id), "due_on": due_on.isoformat()}
    if issue.method:
        data["method"] = issue.method
    _take(row, issue, event_id=event_id, by=by, at=at, data=data)
    return True


def report_rectified(issue: Issue, note: str, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """The department says that it is done (R40): the officer calls back on the owner, who alone can close it.

    What nobody owns the supervisor goes to see.
    """
    if not note.strip():
        raise Refused("issue:note_missing", _("Say what was done."))
    row = _row_for(issue, Move.RECTIFY, event_id)
    if row is None:
        return False
    issue.rectified_at, issue.rectified_note = at, note.strip()
    _take(row, issue, event_id=event_id, by=by, at=at, data={"note": issue.rectified_note})
    if issue.unit is None:
        return True
    make_task(
        issue.unit,
        TaskKind.ISSUE_CALLBACK,
        assignee_id=issue.officer_id,
        due_on=local_date(at, _estate(issue).time_zone) + timedelta(days=_limits(issue).callback_days),
        subject_id=issue.id,
        round_=issue.round,
        by=by,
        at=at,
    )
    return True


def verify(issue: Issue, note: str, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """The supervisor has seen that what nobody owns is put right: it ends, counted apart from what owners close."""
    return make_move(issue, Move.VERIFY, event_id=event_id, by=by, at=at, data={"note": note.strip()})


def send_back(issue: Issue, reason: str, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """The supervisor has seen that it is not put right: the department's next round."""
    if not reason.strip():
        raise Refused("issue:reason_missing", _("Say what is still not right."))
    return make_move(issue, Move.SEND_BACK, event_id=event_id, by=by, at=at, data={"reason": reason.strip()})


def take_owners_answer(
    issue: Issue,
    answer: Answer,
    how: HowAnswered,
    *,
    round_: int,
    reason: str,
    visit_id: uuid.UUID,
    answered_at: datetime,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
) -> bool:
    """Keep what the owner said about a round and let it move the issue (R13).

    Returns whether it moved. It does not when the issue has gone on to another round or state meanwhile, or when
    "satisfied" was only told at the door: such an answer is kept and a person looks at it.
    """
    if not issue.owned:
        raise NotAllowed("issue:no_owner", _("Nobody owns this issue: the supervisor verifies it."))
    if journal.happened(event_id):
        return False
    _lock(issue)
    move = Move.OWNER_SATISFIED if answer is Answer.SATISFIED else Move.OWNER_DISSATISFIED
    counts = answer is Answer.DISSATISFIED or how in CLOSING_ANSWERS
    row = step(issue.state, move, owned=issue.owned) if counts and issue.round == round_ else None
    said = OwnerAnswer(
        estate_id=issue.estate_id,
        issue_id=issue.id,
        round=round_,
        answer=answer,
        how=how,
        reason=reason,
        visit_id=visit_id,
        answered_at=answered_at,
        moved=row is not None,
    )
    attach(said, issue=issue)
    db.session.add(said)
    data = {
        "answer": answer.value,
        "how": how.value,
        "visit": str(visit_id),
        "reason": reason,
        "of_round": round_,
    }
    if row is None:
        _note(issue, "issue:answer_kept", by=by, at=at, data=data, event_id=event_id)
        return False
    _take(row, issue, event_id=event_id, by=by, at=at, data=data)
    return True


def callback_adjusted(issue: Issue, *, assignee_id: uuid.UUID, due_on: date, reason: str, by: By, at: datetime) -> None:
    """The callback that an issue waits for has another officer or day (P53): the issue waits for it there."""
    data = {"round": issue.round, "assignee": str(assignee_id), "due_on": due_on.isoformat(), "reason": reason}
    _note(issue, "issue:callback_adjusted", by=by, at=at, data=data)
    holder = waits.Holder(staff_id=assignee_id)
    waits.begin(issue.estate_id, ("issue", issue.id), CALL_BACK, holder, since=at, due_at=_end_of(due_on, issue))


_AT_ITS_VISIT = frozenset({State.RECORDED, State.ANSWERED})
"""States that nothing waits in: an issue that leaves the visit where it was raised stands in the database first."""


def _row_for(issue: Issue, move: Move, event_id: uuid.UUID) -> Step | None:
    """The row for a move; nothing if this very event happened already. Raises Outdated if there is no such row."""
    if journal.happened(event_id):
        return None
    _lock(issue)
    row = step(issue.state, move, owned=issue.owned)
    if row is None:
        raise Outdated(
            "issue:not_open_to_this",
            _("This issue has moved on since: look at it again."),
            state=issue.state.value,
        )
    return row


def _take(row: Step, issue: Issue, *, event_id: uuid.UUID, by: By, at: datetime, data: dict[str, Any]) -> None:
    """Write state and journal line together, and what the issue waits for now."""
    issue.state = row.after
    if row.move in NEXT_ROUND:
        issue.round += 1
    if row.after in ENDED:
        issue.closed_at = at
    _note(issue, row.move.value, by=by, at=at, data={"round": issue.round, **data}, event_id=event_id)
    _let_wait(issue, at=at)


def _lock(issue: Issue) -> None:
    """Read state and round as they are now; whoever moves the same issue at this moment waits until we are done."""
    if issue.state not in _AT_ITS_VISIT and not sa.inspect(issue).persistent:
        db.session.flush()
    if sa.inspect(issue).persistent:
        db.session.refresh(issue, ["state", "round"], with_for_update=True)


def _department_of(category: Category) -> uuid.UUID | None:
    """The department that a category names, or else its group; one that is closed counts for none."""
    own = _if_open(category.department_id)
    if own is not None or category.parent_code is None:
        return own
    above = sa.select(Category.department_id).where(
        Category.estate_id == category.estate_id, Category.code == category.parent_code
    )
    return _if_open(ahead.once(("department of", category.id), lambda: db.session.scalar(above)))


def _if_open(department_id: uuid.UUID | None) -> uuid.UUID | None:
    department = _department(department_id) if department_id is not None else None
    return department.id if department is not None and department.closed_on is None else None


def _department(department_id: uuid.UUID) -> Department | None:
    return ahead.once(("department", department_id), lambda: db.session.get(Department, department_id))


def _let_wait(issue: Issue, *, at: datetime) -> None:
    """Say what the issue waits for in its new state."""
    is_new = not sa.inspect(issue).persistent
    if not is_new:
        waits.end(issue.id)
    begin = partial(waits.begin, issue.estate_id, ("issue", issue.id), is_new=is_new, since=at)
    limit = _limits(issue)
    if issue.state is State.REPORTED:
        holder = waits.Holder(role=Role.SUPERVISOR.value)
        due = at + timedelta(hours=limit.notify_hours)
        begin(ROUTE, holder, due_at=due)
    elif issue.state is State.ROUTED:
        holder = waits.Holder(role=Role.DEPARTMENT_MANAGER.value, department_id=issue.department_id)
        due = at + timedelta(hours=limit.measure_hours)
        begin(ACCEPT, holder, due_at=due)
    elif issue.state is State.ACCEPTED:
        holder = waits.Holder(role=Role.DEPARTMENT_MANAGER.value, department_id=issue.department_id)
        begin(RECTIFY, holder, due_at=_end_of(issue.due_on, issue))
    elif issue.state is State.RECTIFIED:
        due = at + timedelta(days=limit.callback_days)
        if issue.owned:
            begin(CALL_BACK, waits.Holder(staff_id=issue.officer_id), due_at=due)
        else:
            begin(VERIFY, waits.Holder(role=Role.SUPERVISOR.value), due_at=due)


def _end_of(day: date | None, issue: Issue) -> datetime:
    """The last moment of a day where the estate stands."""
    assert day is not None, "an accepted issue has a date"
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(_estate(issue).time_zone))
    return midnight.astimezone(UTC)


def _note(
    issue: Issue,
    kind: str,
    *,
    by: By,
    at: datetime,
    data: dict[str, Any],
    event_id: uuid.UUID | None = None,
) -> None:
    unit_id = issue.unit_id or (issue.unit.id if issue.unit else None)
    # Tablets hold what belongs to a unit: what nobody owns is none of their documents.
    changes = (Doc("issue", issue.id), Doc("unit", unit_id)) if unit_id else ()
    subject = ("issue", issue.id)
    journal.write(issue.estate_id, kind, subject, by=by, at=at, data=data, changes=changes, event_id=event_id)


def _number(issue: Issue, at: datetime) -> None:
    series = f"WT-{local_date(at, _estate(issue).time_zone):%y%m}"

    def assign(number: int) -> None:
        issue.number = f"{series}-{number:04}"

    journal.take_number(issue.estate_id, series, assign)


def _estate(issue: Issue) -> Estate:
    return db.session.get_one(Estate, issue.estate_id)


def _limits(issue: Issue) -> Limits:
    return limits(_estate(issue).settings)
