"""What is due about a survey's sheets: to be handed out, then collected, or called off. The caller commits."""

import uuid
from collections import Counter
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.agenda.actions import cancel, make_task, settle
from app.agenda.models import Task
from app.agenda.queries import due_about
from app.agenda.rules import OF_SURVEYS, TaskKind, TaskState
from app.core.clock import local_date
from app.core.db import db
from app.core.journal import By
from app.estates.models import Unit
from app.surveys.models import Survey, SurveySheet
from app.surveys.rules import SheetState

AT_A_DESK, AGREED_ANEW, CALLED_OFF = "survey:at_a_desk", "survey:agreed_anew", "survey:called_off"
"""Why nobody has to hand a sheet out, or to collect it, any more."""

_LEFT = {
    SheetState.TO_HAND_OUT: TaskKind.SURVEY_HAND_OUT,
    SheetState.HANDED_OUT: TaskKind.SURVEY_COLLECT,
    SheetState.DECLINED: TaskKind.SURVEY_HAND_OUT,
}
"""What is left to do with a sheet, by where it is; of one that was declined if somebody was to go there once more."""


def let_hand_out(sheet: SurveySheet, unit: Unit, officer_id: uuid.UUID, due_on: date, *, by: By, at: datetime) -> None:
    """Somebody is to hand it out by this day (R24)."""
    make_task(unit, TaskKind.SURVEY_HAND_OUT, assignee_id=officer_id, due_on=due_on, subject_id=sheet.id, by=by, at=at)


def let_collect(sheet: SurveySheet, day: date, collector_id: uuid.UUID, *, by: By, at: datetime) -> None:
    """Somebody comes for it on the day that was agreed (R28)."""
    make_task(
        sheet.unit, TaskKind.SURVEY_COLLECT, assignee_id=collector_id, due_on=day, subject_id=sheet.id, by=by, at=at
    )


def call_off_collecting(sheet: SurveySheet, *, by: By, at: datetime) -> None:
    """Another day is agreed for it."""
    for task in due_about(sheet.id, TaskKind.SURVEY_COLLECT):
        cancel(task, by=by, at=at, reason=AGREED_ANEW)


def hold_due(sheet: SurveySheet) -> None:
    """What is due about it is nobody else's to change until this transaction ends."""
    due = sa.select(Task.id).where(Task.subject_id == sheet.id, Task.kind.in_(OF_SURVEYS), Task.state == TaskState.DUE)
    db.session.execute(due.order_by(Task.id).with_for_update())


def settle_about(sheet: SurveySheet, visit_id: uuid.UUID | None, *, by: By, at: datetime) -> None:
    """What was due about it is done: by a visit, or nobody has to go any more as a desk took it."""
    for task in due_about(sheet.id, *OF_SURVEYS):
        if visit_id is None:
            cancel(task, by=by, at=at, reason=AT_A_DESK)
        else:
            settle(task, visit_id, by=by, at=at)


def left_with(survey: Survey) -> dict[str, int]:
    """Id of each officer who has something of it to do → from how many homes they have to collect a sheet."""
    due = still_due(survey)
    collecting = Counter(task.assignee_id for task in due if task.kind is TaskKind.SURVEY_COLLECT)
    return {str(task.assignee_id): collecting[task.assignee_id] for task in due}


def call_off_tasks(survey: Survey, *, by: By, at: datetime) -> None:
    """Nothing of it is to be handed out or collected any more."""
    for task in still_due(survey):
        cancel(task, by=by, at=at, reason=CALLED_OFF)


def make_anew(survey: Survey, zone: str, *, by: By, at: datetime) -> None:
    """What was called off of it is due again, with whoever had it, by its day, or at once where that passed meanwhile.

    What was late when it was called off is as late as it was.
    """
    today, called_off_on = local_date(at, zone), local_date(survey.counted_at or at, zone)
    had = (
        sa.select(SurveySheet, Task)
        .join(Task, Task.subject_id == SurveySheet.id)
        .where(SurveySheet.survey_id == survey.id, SurveySheet.state.in_(_LEFT), Task.kind.in_(OF_SURVEYS))
        .options(joinedload(Task.unit))
        .order_by(Task.made_at, Task.id)
    )
    last = {sheet.id: (sheet, task) for sheet, task in db.session.execute(had)}
    for sheet, task in last.values():
        if task.state is TaskState.DUE or _has_ended(sheet, task):
            continue
        was_late = task.due_on < called_off_on
        due_on = task.due_on if was_late else max(task.due_on, today)
        kind = _LEFT[sheet.state]
        make_task(task.unit, kind, assignee_id=task.assignee_id, due_on=due_on, subject_id=sheet.id, by=by, at=at)


def _has_ended(sheet: SurveySheet, last: Task) -> bool:
    """Whether nobody was to go there any more since its household declined."""
    declined_at = sheet.declined_at if sheet.state is SheetState.DECLINED else None
    return declined_at is not None and declined_at >= last.made_at


def due_of(survey: Survey, officer_id: uuid.UUID, building_id: uuid.UUID | None) -> list[Task]:
    """What of a survey is due with an officer, of all buildings or of one."""
    there = [] if building_id is None else [Task.unit_id.in_(sa.select(Unit.id).where(Unit.building_id == building_id))]
    return still_due(survey, Task.assignee_id == officer_id, *there)


def still_due(survey: Survey, *only: sa.ColumnElement[bool]) -> list[Task]:
    """What of a survey is still due, locked in id order until the transaction ends."""
    sheets = sa.select(SurveySheet.id).where(SurveySheet.survey_id == survey.id)
    due = sa.select(Task).where(
        Task.estate_id == survey.estate_id,
        Task.subject_id.in_(sheets),
        Task.kind.in_(OF_SURVEYS),
        Task.state == TaskState.DUE,
        *only,
    )
    locked = due.order_by(Task.id).with_for_update().execution_options(populate_existing=True)
    return list(db.session.scalars(locked))
