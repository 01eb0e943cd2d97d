"""Records beside the visits as an archive tells them: tries that met nobody, and what was noticed on inspections."""

import uuid
from collections.abc import Iterable

from app.agenda.models import Task
from app.agenda.rules import TaskKind
from app.core import blobs
from app.core.db import by_id
from app.documents.archive.matter import Fact, Facts, Matter, Shown, joined, number_of, same
from app.documents.archive.of_issues import arrived, on_their_way
from app.documents.history import state_of
from app.documents.sheets import Bilingual
from app.documents.words import both as _
from app.estates.models import Estate
from app.issues.models import Issue
from app.visits.models import Attempt, Inspection
from app.visits.rules import DUE, Category, Method, Outcome
from app.visits.words import headline


def tell_attempt(attempt: Attempt, estate: Estate) -> Matter:
    """A try that met nobody. Of a number that was dialled only the last four digits are told. Only reads."""
    facts, outcome = Facts(estate.time_zone), outcome_words(attempt.outcome)
    return Matter(
        type="attempt",
        id=str(attempt.id),
        number=attempt.receipt_number or attempt.number,
        at=attempt.tried_at,
        where=Bilingual(attempt.unit.label("zh"), attempt.unit.label("en")),
        about=same(headline(attempt.note)),
        who=attempt.officer.name,
        state=outcome,
        facts=tuple(_facts_of_try(attempt, facts, outcome)),
    )


def _facts_of_try(attempt: Attempt, facts: Facts, outcome: Bilingual) -> Iterable[Fact]:
    yield from facts.said("unit", _("Unit"), attempt.unit.short)
    yield from facts.when("tried_at", _("Tried on"), attempt.tried_at)
    yield from facts.when("received_at", _("Received in the office on"), attempt.received_at)
    yield from facts.said("officer", _("Officer"), attempt.officer.name)
    yield from facts.said("method", _("Method"), method_words(attempt.method), attempt.method.value)
    yield from facts.said("outcome", _("Result"), outcome, attempt.outcome.value)
    yield from facts.said("due", _("What was due"), _what_was_due(attempt))
    dialled = f"**** {attempt.called_ending}" if attempt.called_ending else ""
    yield from facts.said("called", _("Number dialled"), dialled)
    yield from facts.said("note", _("Note"), attempt.note)
    if attempt.left_note:
        yield from facts.said("left_note", _("A note was left at the door"), _("yes"), "true")
    yield from facts.when("again_at", _("To be tried again"), attempt.again_at)
    yield from facts.said("tablet_number", _("Number on the tablet"), attempt.number)


def _what_was_due(attempt: Attempt) -> Bilingual:
    tasks = by_id(Task, [uuid.UUID(task_id) for task_id in attempt.task_ids])
    kinds = sorted({task.kind for task in tasks.values()}, key=lambda kind: kind.value)
    return joined(_task_words(kind) for kind in kinds)


def tell_inspection(inspection: Inspection, issue: Issue | None, estate: Estate) -> Matter:
    """What was noticed without an owner (R03); what became of it stands with its issue. Only reads."""
    facts, number = Facts(estate.time_zone), number_of(inspection.receipt_number or inspection.number, inspection.id)
    photos = blobs.photos_in(inspection.id)
    where = Bilingual(inspection.where("zh"), inspection.where("en"))
    return Matter(
        type="inspection",
        id=str(inspection.id),
        number=number,
        at=inspection.noticed_at,
        where=where,
        about=same(headline(issue.text) if issue else ""),
        who=inspection.officer.name,
        state=state_of(issue) if issue else same(""),
        facts=(
            *facts.said("place", _("Place"), where),
            *facts.when("noticed_at", _("Noticed on"), inspection.noticed_at),
            *facts.when("received_at", _("Received in the office on"), inspection.received_at),
            *facts.said("officer", _("Officer"), inspection.officer.name),
            *facts.said("text", _("What was noticed"), issue.text if issue else ""),
            *facts.said("issue", _("Issue"), issue.number if issue else ""),
            *facts.said("tablet_number", _("Number on the tablet"), inspection.number),
        ),
        photos=tuple(Shown(photo.sha256, "raised", 1, "", "") for photo in photos),
        here=arrived(photos),
        absent=on_their_way(number, photos),
    )


# --- words ---


def method_words(method: Method) -> Bilingual:
    """How somebody was to be met."""
    return {
        Method.DOOR: _("At the door"),
        Method.PHONE: _("By phone"),
        Method.INSPECTION: _("Routine inspection"),
    }[method]


def outcome_words(outcome: Outcome) -> Bilingual:
    """Why nobody was met."""
    return {
        Outcome.NOBODY_HOME: _("Nobody home"),
        Outcome.REFUSED: _("Did not want a visit"),
        Outcome.NO_ANSWER: _("No answer"),
        Outcome.CHILD_ONLY: _("Only a child at home"),
        Outcome.UNALLOCATED: _("Number not allocated"),
        Outcome.SUSPENDED: _("Number suspended"),
        Outcome.WRONG_NUMBER: _("Wrong number"),
        Outcome.RESCHEDULED: _("Another time agreed"),
    }[outcome]


def _task_words(kind: TaskKind) -> Bilingual:
    tellings = {
        TaskKind.ISSUE_EXPLANATION: _("Explanation to the owner"),
        TaskKind.NEW_DATE: _("New date to tell"),
    }
    categories = {
        Category.SCHEDULED: _("Scheduled visit"),
        Category.SPECIAL: _("Special visit"),
        Category.COMPLAINT_CALLBACK: _("Complaint callback"),
        Category.SERVICE_CALLBACK: _("Chargeable-service callback"),
        Category.WORK_ORDER_CALLBACK: _("Work-order callback"),
        Category.ISSUE_CALLBACK: _("Issue callback"),
    }
    return tellings.get(kind) or categories[DUE[kind].category]
