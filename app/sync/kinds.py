"""Every kind of operation there is: its body, whether it belongs to the estate it names, what it does.

To add the next: write its body beside its feature, its action there, and one row here. To change one: a row under its
next version in place of the old one, and how an old body becomes a new one in `upcasters`.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from app.agenda.models import Task
from app.agenda.queries import ids_due_about
from app.agenda.rules import OF_SURVEYS
from app.core import ahead
from app.core.db import attach
from app.core.errors import Refused
from app.core.i18n import _, lazy_
from app.estates.models import Building, Estate, FileCorrection, Person, Unit
from app.sync.messages import OperationText
from app.sync.rules import NOT_HERE, REVOKED
from app.sync.upcasters import newest, upcast
from app.visits import adding, correcting
from app.visits.actions import hold_visit, record_attempt
from app.visits.arrival import Arrival, Record
from app.visits.briefing import read_briefing
from app.visits.inspections import record_inspection
from app.visits.messages import (
    AttemptRecorded,
    BriefingRead,
    InspectionRecorded,
    OwnerCorrected,
    VisitAppended,
    VisitHeld,
)
from app.visits.models import Attempt, BriefingReading, Inspection, Visit
from app.visits.pictured import missing
from app.visits.rules import Review
from app.visits.who_was_met import foresee_holders


@dataclass
class Effect:
    """What an operation did: the record whose receipt number is told, what it still misses, why a person must look.

    Without a record it did nothing yet: it waits. A reading of the briefing has no number to be told.
    """

    numbered: Record | BriefingReading | None
    missing: list[str] = field(default_factory=list)
    review: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of operation in its newest version. `must_belong` raises Refused if the body is about another estate."""

    body: type[BaseModel]
    must_belong: Callable[[Any, uuid.UUID], None]
    put_into_effect: Callable[[uuid.UUID, Any, Arrival], Effect]


def kind_of(kind: str, v: int) -> Kind | None:
    """What an operation is, once brought to its newest version; nothing if this server does not know it."""
    return KINDS.get((kind, newest(kind, v)))


def read_body(kind: Kind, text: OperationText) -> BaseModel:
    """The body of an operation in the newest version, about a thing in its estate. Raises Refused."""
    try:
        body = ahead.once(("body", text.op_id), lambda: _newest(kind, text))
    except (ValidationError, LookupError, TypeError, ValueError) as error:
        detail = error.errors(include_input=False, include_url=False) if isinstance(error, ValidationError) else error
        words = _("This record has a part that the office cannot read.")
        raise Refused("operation:body_unreadable", words, detail=str(detail)) from error
    kind.must_belong(body, text.estate_id)
    return body


def _newest(kind: Kind, text: OperationText) -> BaseModel:
    _v, newest = upcast(text.kind, text.v, text.body)
    return kind.body.model_validate(newest)


def foresee(texts: list[OperationText]) -> None:
    """Load in bulk what these operations, of known kinds, are about. Raises ValueError for a body that has no form."""
    bodies = [(text.entity_id, _foreseen(text)) for text in texts]
    ahead.load(Estate, (text.estate_id for text in texts))
    visits = [body for _id, body in bodies if isinstance(body, VisitHeld)]
    ahead.load(Visit, (id_ for id_, body in bodies if isinstance(body, VisitHeld)))
    ahead.load(Attempt, (id_ for id_, body in bodies if isinstance(body, AttemptRecorded)))
    ahead.load(Inspection, (id_ for id_, body in bodies if isinstance(body, InspectionRecorded)))
    ahead.load(FileCorrection, (id_ for id_, body in bodies if isinstance(body, OwnerCorrected)))
    at_a_unit = VisitHeld | AttemptRecorded | OwnerCorrected
    unit_ids = {body.unit_id for _id, body in bodies if isinstance(body, at_a_unit)}
    ahead.load(Unit, unit_ids)
    units = [unit for id_ in unit_ids if (unit := ahead.get(Unit, id_))]
    ahead.load(Building, (unit.building_id for unit in units))
    for unit in units:
        attach(unit, building=ahead.get_one(Building, unit.building_id))
    attempts = [body for _id, body in bodies if isinstance(body, AttemptRecorded)]
    met = {held.interviewee.person_id for held in visits}
    called = {tried.number_called.person_id for tried in attempts if tried.number_called}
    corrected = {body.person_id for _id, body in bodies if isinstance(body, OwnerCorrected)}
    ahead.load(Person, (id_ for id_ in met | called | corrected if id_))
    foresee_holders((held.interviewee.relation, held.unit_id) for held in visits if held.has_answers)
    named = {task_id for held in visits for task_id in held.task_ids}
    sheets = [told.sheet_id for held in visits for told in held.surveys]
    # A sheet is settled whether its task is named or not: it is locked with the others, before any survey is.
    ahead.load(Task, named.union(ids_due_about(sheets, OF_SURVEYS) if sheets else ()), lock=True)


def _foreseen(text: OperationText) -> BaseModel:
    kind = kind_of(text.kind, text.v)
    assert kind is not None, "of a known kind"
    return ahead.once(("body", text.op_id), lambda: _newest(kind, text))


def _hold_visit(entity_id: uuid.UUID, body: VisitHeld, arrival: Arrival) -> Effect:
    visit = hold_visit(entity_id, body, arrival)
    return Effect(visit, [] if visit.complete else missing(visit.id), visit.review)


def _record_attempt(entity_id: uuid.UUID, body: AttemptRecorded, arrival: Arrival) -> Effect:
    return Effect(record_attempt(entity_id, body, arrival))


def _append_to_visit(entity_id: uuid.UUID, body: VisitAppended, arrival: Arrival) -> Effect:
    added = adding.append_to_visit(entity_id, body, arrival)
    return Effect(added, review="" if added else NOT_HERE)


def _correct_owner_file(entity_id: uuid.UUID, body: OwnerCorrected, arrival: Arrival) -> Effect:
    return Effect(correcting.note_correction(entity_id, body, arrival))


def _read_briefing(entity_id: uuid.UUID, body: BriefingRead, arrival: Arrival) -> Effect:
    return Effect(read_briefing(entity_id, body, arrival))


def _record_inspection(entity_id: uuid.UUID, body: InspectionRecorded, arrival: Arrival) -> Effect:
    inspection = record_inspection(entity_id, body, arrival)
    return Effect(inspection, missing(inspection.id) if body.photos else [])


def _unit_is_here(body: VisitHeld | AttemptRecorded, estate_id: uuid.UUID) -> None:
    unit = ahead.get(Unit, body.unit_id)
    if unit is None or unit.estate_id != estate_id:
        raise Refused("unit:unknown", _("This unit is not known in this estate."))


def _visit_is_not_elsewhere(body: VisitAppended, estate_id: uuid.UUID) -> None:
    visit = adding.visit_here(body.visit_id)
    if visit is not None and visit.estate_id != estate_id:
        raise Refused("visit:unknown", _("This visit is not known in this estate."))


def _is_of_this_estate(body: BriefingRead, estate_id: uuid.UUID) -> None:
    if body.estate_id != estate_id:
        raise Refused("briefing:elsewhere", _("This briefing belongs to another estate."))


def _is_of_its_estate(body: InspectionRecorded, estate_id: uuid.UUID) -> None:
    if body.estate_id != estate_id:
        raise Refused("inspection:other_estate", _("This inspection was made in another estate than its record names."))


KINDS: dict[tuple[str, int], Kind] = {
    ("visit.hold", 9): Kind(VisitHeld, _unit_is_here, _hold_visit),
    ("attempt.record", 2): Kind(AttemptRecorded, _unit_is_here, _record_attempt),
    ("visit.append", 2): Kind(VisitAppended, _visit_is_not_elsewhere, _append_to_visit),
    ("owner.correct", 1): Kind(OwnerCorrected, correcting.must_belong, _correct_owner_file),
    ("briefing.read", 1): Kind(BriefingRead, _is_of_this_estate, _read_briefing),
    ("inspection.record", 1): Kind(InspectionRecorded, _is_of_its_estate, _record_inspection),
}

_REASONS = {
    Review.REASSIGNED: lazy_(
        "The office has it. This unit was given to a colleague meanwhile; the supervisor decides."
    ),
    Review.MOVED_ON: lazy_("The office has it. One of the issues had moved on meanwhile; the supervisor looks at it."),
    Review.CALLED_OFF: lazy_(
        "The office has it. A special visit had been withdrawn meanwhile; the supervisor looks at it."
    ),
    Review.HAS_LEFT: lazy_("The office has it. Whoever answered had sold the unit before: the issue stays open."),
    Review.ABOUT_OFFICER: lazy_("The office has it. The complaint is about you: somebody else asks the owner again."),
    Review.TENANT: lazy_(
        "The office has it. A tenant called an owner's issue good: it stays open, the owner is to be asked."
    ),
    Review.ON_BEHALF: lazy_(
        "The office has it. The owner's own signature is needed, and this one was given on their behalf: it stays open."
    ),
    Review.NOT_SIGNED: lazy_(
        "The office has it. The owner was content but did not sign: the issue stays open and is asked about again."
    ),
    Review.DATE_DISLIKED: lazy_(
        "The office has it. The owner does not agree with a new date: the supervisor looks at it."
    ),
    Review.CLOCK_TURNED: lazy_(
        "The office has it. By this tablet's clock the visit ended before it began: the supervisor looks at it."
    ),
    Review.WORKED_HERE_NO_MORE: lazy_(
        "The office has it. On that day you did not visit owners of this estate any more: the supervisor looks at it."
    ),
    Review.SIGNED_UNREAD: lazy_(
        "The office has it. By this tablet's clock it was signed before it was read to its end: what was called good "
        "stays open, and the supervisor looks at it."
    ),
    Review.MISQUOTED: lazy_(
        "The office has it. Its summary showed what was never so at the office: what was called good stays open, and "
        "the supervisor looks at it."
    ),
    Review.SHEET_KEPT: lazy_(
        "The office has it. A survey's sheet had come back meanwhile, or its survey was over: what was said of it is "
        "kept, and the supervisor looks at it."
    ),
    Review.OBJECTED_LATE: lazy_("The office has it. The days for objecting were over: the supervisor looks at it."),
    REVOKED: lazy_("The office has it. This tablet was withdrawn meanwhile; the supervisor decides."),
    NOT_HERE: lazy_("The office has it. It waits for the visit that it adds to, which is not there yet."),
    "operation:unknown_version": lazy_("The office has it, but its server must be updated before it can read it."),
}


def reason(code: str) -> object:
    """Why a person must look, in the words that the officer reads on the record."""
    return _REASONS.get(code, code)
