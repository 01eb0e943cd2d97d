"""A planned visit or a callback that is due, adjusted by itself: another officer or day, at any time (P53)."""

import uuid
from datetime import date

from app.agenda.actions import adjust
from app.agenda.models import Task
from app.agenda.rules import ABOUT_ISSUES, TaskKind, TaskState
from app.core import journal
from app.core.clock import local_date
from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.i18n import _
from app.estates.models import Estate
from app.issues.actions import callback_adjusted
from app.issues.complaints import is_about
from app.issues.deferring import new_date_adjusted
from app.issues.explaining import explanation_adjusted
from app.issues.models import Issue
from app.issues.rules import State
from app.people.queries import staff_who_may
from app.people.rules import Act
from app.repairs.actions import callback_adjusted as order_adjusted
from app.repairs.models import WorkOrder
from app.repairs.moving import CALLBACK_KINDS
from app.repairs.rules import State as OrderState
from app.visits.specials import Change, must_be_a_day_ahead


def adjust_due(task: Task, assignee_id: uuid.UUID, due_on: date, change: Change) -> bool:
    """Give what is due to somebody who carries a tablet, or another day. Returns False if this very event happened.

    It reaches the tablets at their next sync. Raises Refused, and Outdated when it is done, called off, or was
    adjusted by somebody else meanwhile.
    """
    if journal.happened(change.event_id):
        return False
    db.session.refresh(task, with_for_update=True)
    if len(journal.history(task.id)) != change.after or task.state is not TaskState.DUE:
        raise Outdated("task:changed", _("This has changed meanwhile: look at it again."))
    if task.kind is TaskKind.SPECIAL_VISIT:
        raise Refused("special:elsewhere", _("This belongs to a special visit: change it there."))
    if not change.reason.strip():
        raise Refused("special:no_reason", _("Say why, for those who read the history."))
    today = local_date(change.at, db.session.get_one(Estate, task.estate_id).time_zone)
    if due_on != task.due_on:
        must_be_a_day_ahead(due_on, today)
    if assignee_id not in {staff.id for staff in staff_who_may(Act.CARRY_TABLET, task.estate_id, today)}:
        raise Refused("task:nobody", _("This person carries no tablet in this estate."))
    issue = _issue_of(task)
    if issue is not None and is_about(issue, assignee_id):
        raise Refused("complaint:about_them", _("The complaint is about this person: choose somebody else."))
    reason = change.reason.strip()
    moved = adjust(
        task,
        assignee_id=assignee_id,
        due_on=due_on,
        reason=reason,
        by=change.by,
        at=change.at,
        event_id=change.event_id,
    )
    if not moved:
        raise Refused("task:as_it_is", _("Nothing would change: choose another officer or another day."))
    db.session.flush()
    _let_the_issue_know(task, reason, change)
    _let_the_order_know(task, reason, change)
    return True


def _issue_of(task: Task) -> Issue | None:
    return db.session.get(Issue, task.subject_id) if task.kind in ABOUT_ISSUES else None


def _let_the_order_know(task: Task, reason: str, change: Change) -> None:
    order = db.session.get(WorkOrder, task.subject_id) if task.kind in CALLBACK_KINDS.values() else None
    if order is None or order.state is not OrderState.FINISHED or order.round != task.round:
        return
    order_adjusted(order, assignee_id=task.assignee_id, due_on=task.due_on, reason=reason, by=change.by, at=change.at)


def _let_the_issue_know(task: Task, reason: str, change: Change) -> None:
    issue = _issue_of(task)
    if issue is None or issue.round != task.round:
        return
    let_know = {State.RECTIFIED: callback_adjusted, State.EXPLAINED: explanation_adjusted}.get(issue.state)
    if task.kind is TaskKind.NEW_DATE:
        let_know = new_date_adjusted
    if let_know is not None:
        let_know(issue, assignee_id=task.assignee_id, due_on=task.due_on, reason=reason, by=change.by, at=change.at)
