"""Another date for what cannot be rectified at once (R39): asked for, agreed with customer service, told to the owner.

The date given first stays to be seen beside the new one. The caller commits.
"""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from app.agenda.rules import TaskKind
from app.core import waits
from app.core.clock import days_later
from app.core.db import attach, by_id, db
from app.core.errors import NotFound, Outdated, Refused
from app.core.i18n import _
from app.core.ids import new_id
from app.core.journal import By
from app.issues.complaints import caller_back
from app.issues.models import Deferral, Issue
from app.issues.moving import TELL, end_of, estate_of, limits_of, row_for_act, take, today_of, write_down
from app.issues.rules import HowTold, Move, State
from app.issues.telling import TOLD_OTHERWISE, let_tell, need_not_tell, told_on_visit
from app.issues.work import followers_of, go_along


def ask_to_defer(issue: Issue, to_on: date, reason: str, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """The department asks for a later date. Until customer service has agreed its own date counts."""
    if not reason.strip():
        raise Refused("issue:reason_missing", _("Say why."))
    row = row_for_act(issue, Move.ASK_TO_DEFER, event_id, by)
    if row is None:
        return False
    assert issue.due_on is not None, "an accepted issue has a date"
    if to_on <= issue.due_on or to_on < today_of(issue, at):
        raise Refused("issue:date_not_later", _("The new date must be later than the present one, and not past."))
    asked = _deferral(issue, issue.due_on, to_on, reason.strip(), by, at)
    data = {"deferral": str(asked.id), "due_on": to_on.isoformat(), "reason": asked.reason}
    take(row, issue, event_id=event_id, by=by, at=at, data=data)
    return True


def agree_to_defer(issue: Issue, note: str, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """Customer service agrees: the new date counts, and each owner is to be told of it."""
    row = row_for_act(issue, Move.DEFER, event_id, by)
    if row is None:
        return False
    agreed = _decide(issue, agreed=True, by=by, at=at)
    issue.due_on = agreed.to_on
    data = {"deferral": str(agreed.id), "due_on": agreed.to_on.isoformat(), "note": note.strip()}
    take(row, issue, event_id=event_id, by=by, at=at, data=data)
    go_along(issue, by=by, at=at)
    _let_be_told(agreed, issue, by=by, at=at)
    for one in followers_of(issue):
        too = _deferral(one, agreed.from_on, agreed.to_on, agreed.reason, By(agreed.asked_by_id), agreed.asked_at)
        too.agreed, too.decided_by_id, too.decided_at = True, by.staff_id, at
        _let_be_told(too, one, by=by, at=at)
    return True


def keep_the_date(issue: Issue, reason: str, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """Customer service does not agree: the date stays as it was, and is told to the owner if they do not know it."""
    if not reason.strip():
        raise Refused("issue:reason_missing", _("Say why."))
    row = row_for_act(issue, Move.KEEP_DATE, event_id, by)
    if row is None:
        return False
    refused = _decide(issue, agreed=False, by=by, at=at)
    data = {"deferral": str(refused.id), "due_on": refused.from_on.isoformat(), "reason": reason.strip()}
    take(row, issue, event_id=event_id, by=by, at=at, data=data)
    before = untold(issue)
    if before is not None:
        _let_be_told(before, issue, by=by, at=at)
    return True


def tell_owner(
    deferral: Deferral,
    how: HowTold,
    *,
    told_at: datetime,
    by: By,
    at: datetime,
    visit_id: uuid.UUID | None = None,
) -> bool:
    """The owner knows the new date: who told it, when and how is kept. Returns False if it was told already.

    `visit_id`: the visit on which they were told; none in the office.
    """
    db.session.refresh(deferral, with_for_update=True)
    if deferral.told_at is not None:
        return False
    if not deferral.agreed:
        raise Outdated("deferral:not_agreed", _("This date has not been agreed."))
    deferral.told_how, deferral.told_by_id, deferral.told_at = how, by.staff_id, told_at
    if waits.on(deferral.id):  # a date before the one that counts now is nobody's task any more
        _end_task(deferral.issue, visit_id, by=by, at=at)
    waits.end(deferral.id)
    data = {"round": deferral.round, "deferral": str(deferral.id), "how_told": how.value}
    data["due_on"] = deferral.to_on.isoformat()
    write_down(deferral.issue, "issue:deferral_told", by=by, at=at, data=data)
    return True


def told_on_a_visit(
    issue_ids: Iterable[uuid.UUID],
    unit_id: uuid.UUID,
    how: HowTold,
    *,
    visit_id: uuid.UUID,
    told_at: datetime,
    by: By,
    at: datetime,
) -> None:
    """What an officer has ticked as told on a visit: new dates among it are told by that."""
    untold = (
        sa.select(Deferral)
        .join(Deferral.issue)
        .where(
            Issue.id.in_(list(issue_ids)),
            Issue.unit_id == unit_id,
            Deferral.agreed.is_(True),
            Deferral.told_at.is_(None),
        )
    )
    for deferral in db.session.scalars(untold.order_by(Deferral.id)).all():
        if deferral.decided_at is not None and deferral.decided_at <= told_at:
            tell_owner(deferral, how, told_at=told_at, by=by, at=at, visit_id=visit_id)


def told_of_a_date(
    issue: Issue,
    to_on: date,
    round_: int,
    how: HowTold,
    *,
    visit_id: uuid.UUID,
    told_at: datetime,
    by: By,
    at: datetime,
) -> bool:
    """The owner was told this new date and has answered to it. Returns whether it is one that was agreed."""
    agreed = sa.select(Deferral).where(
        Deferral.issue_id == issue.id,
        Deferral.round == round_,
        Deferral.to_on == to_on,
        Deferral.agreed.is_(True),
    )
    told = db.session.scalars(agreed.order_by(Deferral.decided_at.desc(), Deferral.id.desc())).first()
    if told is not None:
        tell_owner(told, how, told_at=told_at, by=by, at=at, visit_id=visit_id)
    return told is not None


def new_date_adjusted(issue: Issue, *, assignee_id: uuid.UUID, due_on: date, reason: str, by: By, at: datetime) -> None:
    """Somebody else tells the owner the new date, or by another day (P53): it waits for them."""
    deferral = untold(issue)
    if deferral is None:
        return
    data = {"round": issue.round, "assignee": str(assignee_id), "due_on": due_on.isoformat(), "reason": reason}
    write_down(issue, "issue:telling_adjusted", by=by, at=at, data=data)
    _let_wait(deferral, assignee_id, since=at, due_at=end_of(due_on, issue))


def the_deferral(issue: Issue, deferral_id: uuid.UUID) -> Deferral:
    """A deferral of this issue. Raises NotFound."""
    deferral = db.session.get(Deferral, deferral_id)
    if deferral is None or deferral.issue_id != issue.id:
        raise NotFound("deferral:unknown", _("This date is not known for this issue."))
    return deferral


def asked_for(issue: Issue) -> Deferral | None:
    """The new date that waits for customer service."""
    if issue.state is not State.DEFERRED:
        return None
    waiting = sa.select(Deferral).where(Deferral.issue_id == issue.id, Deferral.agreed.is_(None))
    return db.session.scalars(waiting.order_by(Deferral.asked_at.desc(), Deferral.id.desc())).first()


def untold(issue: Issue) -> Deferral | None:
    """The new date that counts, of the issue's own work or that which it was merged into, unknown to the owner yet."""
    if issue.state not in (State.ACCEPTED, State.MERGED) or issue.due_on == issue.first_due_on:
        return None
    of_round = (Deferral.issue_id == issue.id, Deferral.round == issue.round)
    agreed = sa.select(Deferral).where(*of_round, Deferral.agreed.is_(True))
    last = db.session.scalars(agreed.order_by(Deferral.decided_at.desc(), Deferral.id.desc())).first()
    return last if last is not None and last.told_at is None and last.to_on == issue.due_on else None


def deferrals_by_id(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Deferral]:
    """These deferrals by id."""
    return by_id(Deferral, ids)


def _deferral(issue: Issue, from_on: date, to_on: date, reason: str, by: By, at: datetime) -> Deferral:
    deferral = Deferral(
        id=new_id(),
        estate_id=issue.estate_id,
        issue_id=issue.id,
        round=issue.round,
        from_on=from_on,
        to_on=to_on,
        reason=reason,
        asked_by_id=by.staff_id,
        asked_at=at,
    )
    attach(deferral, issue=issue)
    db.session.add(deferral)
    return deferral


def _decide(issue: Issue, *, agreed: bool, by: By, at: datetime) -> Deferral:
    asked = sa.select(Deferral).where(Deferral.issue_id == issue.id, Deferral.agreed.is_(None))
    deferral = db.session.scalars(asked.order_by(Deferral.asked_at.desc(), Deferral.id.desc())).first()
    assert deferral is not None, "a deferred issue was asked to be"
    deferral.agreed, deferral.decided_by_id, deferral.decided_at = agreed, by.staff_id, at
    return deferral


def _let_be_told(deferral: Deferral, issue: Issue, *, by: By, at: datetime) -> None:
    """What nobody owns needs no telling; else it is for whoever calls back on it, within the days of a callback."""
    if not issue.owned:
        return
    days, today = limits_of(issue).callback_days, today_of(issue, at)
    teller_id = caller_back(issue, today)
    _let_wait(deferral, teller_id, since=at, due_at=days_later(at, days, estate_of(issue).time_zone))
    let_tell(issue, TaskKind.NEW_DATE, teller_id, due_on=today + timedelta(days=days), by=by, at=at)


def _let_wait(deferral: Deferral, staff_id: uuid.UUID, *, since: datetime, due_at: datetime) -> None:
    holder, subject = waits.Holder(staff_id=staff_id), ("deferral", deferral.id)
    waits.begin(deferral.estate_id, subject, TELL, holder, since=since, due_at=due_at)


def _end_task(issue: Issue, visit_id: uuid.UUID | None, *, by: By, at: datetime) -> None:
    if visit_id is not None:
        told_on_visit(issue, TaskKind.NEW_DATE, visit_id, by=by, at=at)
    else:
        need_not_tell(issue, TaskKind.NEW_DATE, by=by, at=at, reason=TOLD_OTHERWISE)
