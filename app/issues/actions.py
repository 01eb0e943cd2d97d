"""Everything that changes an issue. The caller commits."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.core import journal, waits
from app.core.clock import local_date
from app.core.db import attach, db
from app.core.errors import NotAllowed, Refused
from app.core.i18n import _
from app.core.journal import By, Doc
from app.estates.file_rules import Part
from app.estates.models import Building, Estate, Unit
from app.issues.complaints import can_be_responsible
from app.issues.models import Category, Issue
from app.issues.moving import (
    CALL_BACK,
    begin_callback,
    begin_wait,
    end_of,
    estate_of,
    row_for,
    row_for_act,
    take,
    write_down,
)
from app.issues.rules import (
    Move,
    State,
    Urgency,
)
from app.issues.work import go_along, rectified_too
from app.people.models import Department, Staff


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
    warranty: tuple[Part, Department] | None = None,
) -> Category:
    """A kind of matter that owners raise, and the department it goes to.

    `warranty`: the part whose warranty decides who is liable, and where it goes within that.
    """
    category = Category(
        estate_id=estate_id,
        code=code,
        parent_code=parent_code,
        name_zh=name_zh,
        name_en=name_en,
        icon=icon,
        position=position,
        department=department,
        warranty_part=warranty[0] if warranty else None,
        warranty_department=warranty[1] if warranty else None,
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
    visit_id: uuid.UUID | None,
    raised_by: str,
    raised_by_id: uuid.UUID | None,
    raised_by_tenant: bool = False,
    raised_at: datetime,
    promised_on: date | None,
    officer_id: uuid.UUID,
    by: By,
    at: datetime,
) -> Issue:
    """A new issue in the state `recorded`. Its number is taken when the transaction commits.

    `visit_id`: none where the owner wrote it on the sheet of a survey.
    """
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
        raised_by_tenant=raised_by_tenant,
        raised_at=raised_at,
        answer="",
        promised_on=promised_on,
        officer_id=officer_id,
    )
    db.session.add(issue)
    attach(issue, unit=unit, category=category)
    _number(issue, at)
    write_down(issue, "issue:recorded", by=by, at=at, data={"category": category.code, "urgency": urgency.value})
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
    db.session.add(issue)
    attach(issue, category=category, **({"building": place.building} if place.building else {}))
    _number(issue, at)
    data = {"category": category.code, "urgency": urgency.value, "inspection": str(inspection_id)}
    write_down(issue, "issue:recorded", by=by, at=at, data=data)
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
    no such row, as after somebody else was faster; NotAllowed for an owner's answer, which `take_owners_answer` keeps,
    and for what happens only with the work that an issue was merged into.
    """
    row = row_for(issue, move, event_id)
    if row is None:
        return False
    if row.by_owner:
        raise NotAllowed("issue:only_the_owner", _("Only the owner's own answer can do this."))
    if row.together:
        raise NotAllowed("issue:only_together", _("This happens only with the work that the issue was merged into."))
    take(row, issue, event_id=event_id, by=by, at=at, data=data or {})
    return True


def answer_on_the_spot(issue: Issue, answer: str, *, event_id: uuid.UUID, by: By, at: datetime) -> None:
    """The officer answered at the door (R07). Only the owner's own answer closes it."""
    issue.answer = answer
    make_move(issue, Move.ANSWER, event_id=event_id, by=by, at=at, data={"answer": answer})


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
    today = local_date(at, estate_of(issue).time_zone)
    if not measure.strip():
        raise Refused("issue:measure_missing", _("Say what will be done."))
    if due_on < today:
        raise Refused("issue:date_past", _("The date lies in the past."))
    row = row_for_act(issue, Move.ACCEPT, event_id, by)
    if row is None:
        return False
    can_be_responsible(issue, responsible, due_on, today)
    issue.measure, issue.method, issue.responsible, issue.due_on = measure.strip(), method.strip(), responsible, due_on
    issue.first_due_on = due_on
    data = {"measure": issue.measure, "responsible": str(responsible.id), "due_on": due_on.isoformat()}
    if issue.method:
        data["method"] = issue.method
    take(row, issue, event_id=event_id, by=by, at=at, data=data)
    go_along(issue, by=by, at=at)
    return True


def report_rectified(issue: Issue, note: str, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """The department says that it is done (R40): the officer calls back on the owner, who alone can close it.

    What nobody owns the supervisor goes to see.
    """
    if not note.strip():
        raise Refused("issue:note_missing", _("Say what was done."))
    row = row_for_act(issue, Move.RECTIFY, event_id, by)
    if row is None:
        return False
    issue.rectified_at, issue.rectified_note = at, note.strip()
    take(row, issue, event_id=event_id, by=by, at=at, data={"note": issue.rectified_note})
    begin_callback(issue, by=by, at=at)
    rectified_too(issue, event_id=event_id, by=by, at=at)
    return True


def verify(issue: Issue, note: str, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """The supervisor has seen that what nobody owns is put right: it ends, counted apart from what owners close."""
    return make_move(issue, Move.VERIFY, event_id=event_id, by=by, at=at, data={"note": note.strip()})


def send_back(issue: Issue, reason: str, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """The supervisor has seen that it is not put right: the department's next round."""
    if not reason.strip():
        raise Refused("issue:reason_missing", _("Say what is still not right."))
    return make_move(issue, Move.SEND_BACK, event_id=event_id, by=by, at=at, data={"reason": reason.strip()})


def callback_adjusted(issue: Issue, *, assignee_id: uuid.UUID, due_on: date, reason: str, by: By, at: datetime) -> None:
    """The callback that an issue waits for has another officer or day (P53): the issue waits for it there."""
    data = {"round": issue.round, "assignee": str(assignee_id), "due_on": due_on.isoformat(), "reason": reason}
    write_down(issue, "issue:callback_adjusted", by=by, at=at, data=data)
    holder = waits.Holder(staff_id=assignee_id)
    begin_wait(issue, CALL_BACK, holder, since=at, due_at=end_of(due_on, issue))


def _number(issue: Issue, at: datetime) -> None:
    series = f"WT-{local_date(at, estate_of(issue).time_zone):%y%m}"

    def assign(number: int) -> None:
        issue.number = f"{series}-{number:04}"

    journal.take_number(issue.estate_id, series, assign)
