"""A visit settles what was due at its unit, and each answer its own issue or work order. The caller commits.

Answers whose task is gone are kept all the same; where one moves nothing, a person looks at the visit.
"""

import uuid
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime

from app.agenda.actions import note_late_visit, settle
from app.agenda.models import Task
from app.agenda.queries import due_about, due_held, tasks_by_id
from app.agenda.rules import CALLBACKS, TaskKind, TaskState
from app.core import blobs
from app.core.db import db
from app.core.ids import derived_id
from app.issues.answering import take_owners_answer, why_it_stays
from app.issues.deferring import told_of_a_date
from app.issues.ending import owner_objected
from app.issues.models import Issue
from app.issues.owners_word import OwnersWord, Stays
from app.issues.progress import TAKEN_AFTER
from app.issues.queries import issues_by_id
from app.issues.rules import Answer, HowAnswered, HowTold
from app.repairs.answering import take_owners_answer as take_order_answer
from app.repairs.answering import why_it_stays as why_order_stays
from app.repairs.models import WorkOrder
from app.repairs.moving import CALLBACK_KINDS
from app.repairs.queries import orders_by_id
from app.signatures.messages import StatementText
from app.visits.arrival import Arrival
from app.visits.messages import AnswerGiven, VisitHeld
from app.visits.models import Visit
from app.visits.pictured import name_photos, show_the_work
from app.visits.rules import DUE, Method, Relation, Review, categories_of

_WHY = {
    Stays.MOVED_ON: Review.MOVED_ON,
    Stays.LATE: Review.OBJECTED_LATE,
    Stays.HAS_LEFT: Review.HAS_LEFT,
    Stays.ANOTHERS: Review.TENANT,
    Stays.NOT_CLOSING: Review.NOT_SIGNED,
    Stays.ON_BEHALF: Review.ON_BEHALF,
    Stays.ABOUT_TAKER: Review.ABOUT_OFFICER,
}


def settle_tasks(visit: Visit, held: VisitHeld, shown: StatementText, how: HowAnswered, arrival: Arrival) -> None:
    """Let the visit settle what was due, each task by its kind; answers whose task is gone are kept all the same."""
    if held.answers:
        db.session.flush()  # they may be about what an operation before this one in its group has done
    tasks = tasks_by_id(held.task_ids)
    issues = issues_by_id(given.issue_id for given in held.answers if given.issue_id)
    orders = orders_by_id(given.order_id for given in held.answers if given.order_id)
    # A sheet is told of also where the tablet could not know its task yet: what it handed out it collects offline.
    kinds = [task.kind for task in tasks.values()] + [TaskKind.SURVEY_COLLECT for _given in held.surveys]
    visit.categories = sorted(category.value for category in categories_of(kinds))

    told = {one.issue_id: one.told for one in shown.callbacks if one.told is not None}
    heard: Counter[uuid.UUID] = Counter()
    for given in held.answers:
        word = _word(given, visit, how, told.get(given.about), arrival.happened_at(visit.ended_at))
        heard[given.about] += 1
        event_id = _event_of_answer(arrival, given, heard[given.about])
        if given.order_id is None:
            _keep_answer(given, word, visit, arrival, issues, event_id)
            _keep_photos_after(given, visit, arrival)
        else:
            _keep_order_answer(given, word, visit, arrival, orders, event_id)
    if heard.total() > len(heard):
        visit.review = visit.review or Review.MOVED_ON
    for task_id in held.task_ids:
        task = tasks.get(task_id)
        if task is None or task.unit_id != visit.unit_id:
            visit.review = visit.review or Review.MOVED_ON
            continue
        if task.assignee_id != arrival.author_id and not DUE[task.kind].by_anybody:
            visit.review = visit.review or Review.REASSIGNED
        SETTLE[task.kind](task, visit, arrival)


def _settle_planned(task: Task, visit: Visit, arrival: Arrival) -> None:
    """A visit that was moved to a later plan, while the tablet did not know, is settled where it stands now.

    One that was taken out of its plan stays out, and says who was there all the same.
    """
    if settle(task, visit.id, by=arrival.by, at=arrival.at) or task.state is TaskState.DONE:
        return
    db.session.flush()  # what an operation before this one in its group has done
    moved = due_held(visit.unit_id, task.kind)
    for due in moved:
        settle(due, visit.id, by=arrival.by, at=arrival.at)
    if not moved:
        note_late_visit(task, visit.id, by=arrival.by, at=arrival.at)


def _settle_special(task: Task, visit: Visit, arrival: Arrival) -> None:
    """One that was withdrawn, while the tablet did not know, stays withdrawn: a person looks at what was said."""
    if settle(task, visit.id, by=arrival.by, at=arrival.at) or task.state is TaskState.DONE:
        return
    note_late_visit(task, visit.id, by=arrival.by, at=arrival.at)
    visit.review = visit.review or Review.CALLED_OFF


def _leave_to_the_answer(_task: Task, _visit: Visit, _arrival: Arrival) -> None:
    """It is settled by the owner's answer, or to another date by being told; met but not asked: it stays due."""


def _leave_to_the_sheet(_task: Task, _visit: Visit, _arrival: Arrival) -> None:
    """It is settled with its sheet: handed out, come back or declined. Met but not asked: it stays due."""


def _event_of_answer(arrival: Arrival, given: AnswerGiven, nth: int) -> uuid.UUID:
    """Each of several answers about one thing is an event: what an owner signed last is not lost behind the first."""
    return event_of(arrival, given.about, "owner" if nth == 1 else f"owner {nth}")


def _keep_answer(
    given: AnswerGiven,
    word: OwnersWord,
    visit: Visit,
    arrival: Arrival,
    issues: dict[uuid.UUID, Issue],
    event_id: uuid.UUID,
) -> None:
    issue = issues.get(given.about)
    if issue is None or issue.unit_id != visit.unit_id:
        visit.review = Review.MOVED_ON
        return
    by, at = arrival.by, arrival.at
    if word.new_date is not None:
        _knows_of_a_date(issue, word.new_date, given, visit, arrival)
    take_it = owner_objected if given.answer in (Answer.OBJECTED, Answer.DISSATISFIED) else take_owners_answer
    moved = take_it(issue, word, round_=given.round, event_id=event_id, by=by, at=at)
    if moved:
        for task in due_about(issue.id, *CALLBACKS):
            settle(task, visit.id, by=by, at=at)
    elif word.new_date is None:
        visit.review = _WHY[why_it_stays(issue, word, given.round, by=by, at=at) or Stays.MOVED_ON]


def _knows_of_a_date(issue: Issue, new_date: date, given: AnswerGiven, visit: Visit, arrival: Arrival) -> None:
    """The owner knows another date; what they say to it moves nothing, but a person looks at a "no"."""
    how = HowTold.PHONE if visit.method is Method.PHONE else HowTold.DOOR
    when = {"told_at": arrival.happened_at(visit.ended_at), "at": arrival.at}
    known = told_of_a_date(issue, new_date, given.round, how, visit_id=visit.id, by=arrival.by, **when)
    if not known:
        visit.review = visit.review or Review.MOVED_ON
    elif given.answer is Answer.DISAGREED:
        visit.review = visit.review or Review.DATE_DISLIKED


def _word(
    given: AnswerGiven, visit: Visit, how: HowAnswered, told: StatementText.ToldShown | None, at: datetime
) -> OwnersWord:
    """What was said, where, when and by whom."""
    return OwnersWord(
        given.answer,
        how,
        at,
        given.reason.strip() if given.answer is Answer.OBJECTED else given.reason,
        person_id=visit.interviewee_id,
        visit_id=visit.id,
        says_tenant=visit.interviewee_relation is Relation.TENANT,
        new_date=given.new_date,
        explanation=told.words if told is not None and told.what == "explained" else None,
    )


def _keep_photos_after(given: AnswerGiven, visit: Visit, arrival: Arrival) -> None:
    """Photos of how the work has become: of the issue from now on, or as soon as they come."""
    if not given.photos:
        return
    name_photos(given.photos, given.about, visit, arrival, TAKEN_AFTER)
    db.session.flush()
    for photo in blobs.photos_in(visit.id):
        if photo.subject_type == TAKEN_AFTER and photo.subject_id == given.about and photo.arrived_at is not None:
            show_the_work(photo, at=arrival.at)


def _keep_order_answer(
    given: AnswerGiven,
    word: OwnersWord,
    visit: Visit,
    arrival: Arrival,
    orders: dict[uuid.UUID, WorkOrder],
    event_id: uuid.UUID,
) -> None:
    """The same of a work order; the visit's rating is that of the repair, and after rework a signature is needed."""
    order = orders.get(given.about)
    if order is None or order.unit_id != visit.unit_id:
        visit.review = Review.MOVED_ON
        return
    by, at = arrival.by, arrival.at
    rating = visit.rating.value
    if not take_order_answer(order, word, round_=given.round, rating=rating, event_id=event_id, by=by, at=at):
        visit.review = _WHY[why_order_stays(order, word, given.round, at=at) or Stays.MOVED_ON]
        return
    for kind in CALLBACK_KINDS.values():
        for task in due_about(order.id, kind):
            settle(task, visit.id, by=by, at=at)


SETTLE: dict[TaskKind, Callable[[Task, Visit, Arrival], None]] = {
    TaskKind.PLANNED_VISIT: _settle_planned,
    TaskKind.SPECIAL_VISIT: _settle_special,
    TaskKind.ISSUE_CALLBACK: _leave_to_the_answer,
    TaskKind.COMPLAINT_CALLBACK: _leave_to_the_answer,
    TaskKind.ORDER_CALLBACK: _leave_to_the_answer,
    TaskKind.SERVICE_CALLBACK: _leave_to_the_answer,
    TaskKind.ISSUE_EXPLANATION: _leave_to_the_answer,
    TaskKind.NEW_DATE: _leave_to_the_answer,
    TaskKind.SURVEY_HAND_OUT: _leave_to_the_sheet,
    TaskKind.SURVEY_COLLECT: _leave_to_the_sheet,
}
"""From the kind of a task to the function that settles it."""


def event_of(arrival: Arrival, thing: uuid.UUID, what: object) -> uuid.UUID:
    """The same operation makes the same events, however often it comes."""
    return derived_id(arrival.op_id, thing, what)
