"""Every kind of operation there is: its body in each version, and the function that puts it into effect.

To add the next: write its body beside its feature, its action there, and one row here.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from app.core.i18n import lazy_
from app.visits.actions import MOVED_ON, NOT_SIGNED, REASSIGNED, Arrival, hold_visit, missing, record_attempt
from app.visits.messages import AttemptRecorded, VisitHeld


@dataclass
class Effect:
    """What an operation did: the record whose receipt number is told, what it still misses, why a person must look."""

    numbered: Any
    missing: list[str]
    review: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of operation in one version."""

    body: type[BaseModel]
    put_into_effect: Callable[[uuid.UUID, Any, Arrival], Effect]


def _hold_visit(entity_id: uuid.UUID, body: VisitHeld, arrival: Arrival) -> Effect:
    visit = hold_visit(entity_id, body, arrival)
    return Effect(visit, missing(visit.id), visit.review)


def _record_attempt(entity_id: uuid.UUID, body: AttemptRecorded, arrival: Arrival) -> Effect:
    return Effect(record_attempt(entity_id, body, arrival), [])


KINDS: dict[tuple[str, int], Kind] = {
    ("visit.hold", 1): Kind(VisitHeld, _hold_visit),
    ("attempt.record", 1): Kind(AttemptRecorded, _record_attempt),
}


def reason(code: str) -> object:
    """Why a person must look, in the words that the officer reads on the record."""
    if code == REASSIGNED:
        return lazy_("The office has it. This unit was given to a colleague meanwhile; the supervisor decides.")
    if code == MOVED_ON:
        return lazy_("The office has it. One of the issues had moved on meanwhile; the supervisor looks at it.")
    if code == NOT_SIGNED:
        return lazy_(
            "The office has it. The owner was satisfied but did not sign: the issue stays open, the callback due."
        )
    if code == "device:revoked":
        return lazy_("The office has it. This tablet was withdrawn meanwhile; the supervisor decides.")
    if code == "operation:unknown_version":
        return lazy_("The office has it, but its server must be updated before it can read it.")
    return code
