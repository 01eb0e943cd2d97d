"""Everything that changes an issue. The caller commits."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.core import ahead, journal, waits
from app.core.clock import local_date
from app.core.db import attach, db
from app.core.errors import NotAllowed, Outdated, Refused
from app.core.i18n import _
from app.core.ids import derived_id, new_id
from app.core.journal import By, Doc
from app.estates.file_rules import Part
from app.estates.models import Building, Estate, Unit
from app.issues.complaints import can_be_responsible, counts, not_by_whom_it_is_about
from app.issues.liability import Covered, covered, warranty_until
from app.issues.models import Category, Issue, OwnerAnswer
from app.issues.moving import (
    CALL_BACK,
    begin_callback,
    begin_wait,
    end_of,
    estate_of,
    let_wait,
    lock,
    row_for,
    take,
    today_of,
    write_down,
)
from app.issues.rules import (
    CONTENT,
    MOVE_OF_ANSWER,
    Answer,
    HowAnswered,
    Move,
    State,
    Urgency,
    step,
)
from app.issues.who_answers import SaidBy, has_left, is_anothers
from app.issues.work import go_along, goes_on, rectified_too
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
    attach(issue, category=category, **({"building": place.building} if place.building else {}))
    db.session.add(issue)
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


def send_on(issue: Issue, *, event_id: uuid.UUID, by: By, at: datetime) -> None:
    """Route an issue to the department of its category, or report it up where none is named (R09, R10)."""
    department_id = _department_for(issue)
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
    row = row_for(issue, move, event_id)
    if row is None:
        return False
    not_by_whom_it_is_about(issue, by)
    before = {"from": str(issue.department_id)} if move is Move.TRANSFER else {}
    issue.department_id = department_id
    attach(issue, department=department)
    take(row, issue, event_id=event_id, by=by, at=at, data={"department": str(department_id), **before})
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
        route(issue, department_id, event_id=derived_id(event_id, issue.id, "back to work"), by=by, at=at)


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
    row = row_for(issue, Move.CLASSIFY, event_id)
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
    row = row_for(issue, Move.ACCEPT, event_id)
    if row is None:
        return False
    not_by_whom_it_is_about(issue, by)
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
    row = row_for(issue, Move.RECTIFY, event_id)
    if row is None:
        return False
    not_by_whom_it_is_about(issue, by)
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


def take_owners_answer(
    issue: Issue,
    answer: Answer,
    how: HowAnswered,
    *,
    round_: int,
    reason: str,
    visit_id: uuid.UUID | None,
    answered_at: datetime,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
    answered_by: uuid.UUID | None = None,
    said_by: SaidBy | None = None,
    says_tenant: bool = False,
    witness: str = "",
    may_move: bool = True,
    new_date: date | None = None,
) -> bool:
    """Keep what the owner said about a round and let it move the issue (R13).

    Returns whether it moved. It does not when the issue has gone on to another round or state meanwhile, when
    "satisfied" was given in a way that does not close it (only told at the door; of a complaint, told by phone) or by
    a tenant about an owner's matter, or when whoever said it (`answered_by`) had sold the unit before: such an answer
    is kept and a person looks at it. Neither does what cannot move it by its kind: an objection after the days for it
    (`may_move`), or an answer to another date (`new_date`). `said_by`: who, where the visit does not say it.
    """
    if not issue.owned:
        raise NotAllowed("issue:no_owner", _("Nobody owns this issue: the supervisor verifies it."))
    if journal.happened(event_id):
        return False
    lock(issue)
    if said_by is not None:
        how, answered_by = said_by.as_given(how), said_by.person_id
    moves = may_move and new_date is None and counts(issue, answer, how, by) and issue.round == round_
    today = today_of(issue, at)  # by our clock, never by a tablet's
    if has_left(issue.unit_id, answered_by, today):
        moves = False
    if answer in CONTENT and is_anothers(
        issue.unit_id, issue.raised_by_id, answered_by, today, says_tenant=says_tenant
    ):
        moves = False
    row = step(issue.state, MOVE_OF_ANSWER[answer], owned=issue.owned) if moves else None
    said = OwnerAnswer(
        id=new_id(),
        estate_id=issue.estate_id,
        issue_id=issue.id,
        round=round_,
        answer=answer,
        how=how,
        reason=reason,
        visit_id=visit_id,
        said_by=said_by.name if said_by else "",
        said_by_id=said_by.person_id if said_by else None,
        witness=witness,
        answered_at=answered_at,
        moved=row is not None,
    )
    attach(said, issue=issue)
    db.session.add(said)
    data = {
        "answer": answer.value,
        "how": how.value,
        "reason": reason,
        "of_round": round_,
        **({"visit": str(visit_id)} if visit_id else {"said": str(said.id)}),
        **({"new_date": new_date.isoformat()} if new_date else {}),
    }
    if row is None:
        write_down(issue, "issue:answer_kept", by=by, at=at, data=data, event_id=event_id)
        return False
    take(row, issue, event_id=event_id, by=by, at=at, data=data)
    if answer not in CONTENT:
        goes_on(issue, event_id=event_id, by=by, at=at)
    return True


def callback_adjusted(issue: Issue, *, assignee_id: uuid.UUID, due_on: date, reason: str, by: By, at: datetime) -> None:
    """The callback that an issue waits for has another officer or day (P53): the issue waits for it there."""
    data = {"round": issue.round, "assignee": str(assignee_id), "due_on": due_on.isoformat(), "reason": reason}
    write_down(issue, "issue:callback_adjusted", by=by, at=at, data=data)
    holder = waits.Holder(staff_id=assignee_id)
    begin_wait(issue, CALL_BACK, holder, since=at, due_at=end_of(due_on, issue))


def _department_for(issue: Issue) -> uuid.UUID | None:
    """The department liable for it: within a part's warranty the developer's, else that of its category (R01, R21)."""
    estate, category = estate_of(issue), issue.category
    of_part = category if category.warranty_part is not None else _group_of(category)
    part = of_part.warranty_part if of_part is not None and issue.unit is not None else None
    until = warranty_until(part, issue.unit.handover_on, issue.unit.warranty) if part and issue.unit else None
    issue.warranty = covered(estate.profile, part, until, local_date(issue.raised_at, estate.time_zone))
    issue.warranty_part, issue.warranty_until = (part, until) if issue.warranty else (None, None)
    within = of_part.warranty_department_id if of_part is not None and issue.warranty is Covered.WITHIN else None
    return (_if_open(within) if within else None) or _department_of(category)


def _group_of(category: Category) -> Category | None:
    if category.parent_code is None:
        return None
    above = sa.select(Category).where(Category.estate_id == category.estate_id, Category.code == category.parent_code)
    return ahead.once(("group of", category.id), lambda: db.session.scalar(above))


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


def _number(issue: Issue, at: datetime) -> None:
    series = f"WT-{local_date(at, estate_of(issue).time_zone):%y%m}"

    def assign(number: int) -> None:
        issue.number = f"{series}-{number:04}"

    journal.take_number(issue.estate_id, series, assign)
