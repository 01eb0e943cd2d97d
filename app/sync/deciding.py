"""Deciding about operations that were kept for a person. What arrived, and its receipt, stay. The caller commits."""

import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.core import waits
from app.core.db import db
from app.core.errors import NotFound, Outdated, Refused
from app.core.i18n import _, speaking, words_in
from app.core.journal import By
from app.people.models import Device, Staff
from app.sync.actions import FAILED, UNREADABLE
from app.sync.contents import took_place_at
from app.sync.corrections import NOTHING, Corrections
from app.sync.entering import author_on, enter, must_be_theirs
from app.sync.keeping import DECIDE, keep_for_a_person, office_of, tell
from app.sync.kinds import Effect, kind_of
from app.sync.models import Decision, Operation
from app.sync.opening import open_operation, sent_as
from app.sync.rules import CHOICES, HELD, NOT_ENTERED, NOT_HERE, REVIEW, Choice, Outcome, Standing, standing
from app.visits.actions import looked_at
from app.visits.models import Visit

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept:
    """An operation, held until this transaction ends, and what was decided about it so far."""

    operation: Operation
    decisions: list[Decision]

    @property
    def standing(self) -> Standing:
        last = self.decisions[-1] if self.decisions else None
        decided = (last.outcome, last.code) if last else (None, "")
        return standing(self.operation.status, self.operation.code, *decided)


def replay(
    op_id: uuid.UUID, *, after: int, by: By, at: datetime, corrections: Corrections = NOTHING, note: str = ""
) -> Decision:
    """Enter an operation now, as its author, with the number, times and events that it came with.

    `after` is how many decisions whoever decides has seen. Raises Outdated if there are more, Refused with the reason
    in words if it still cannot be entered; then nothing was changed.
    """
    kept = _take(op_id, after, Choice.ENTER)
    effect = _enter(kept.operation, corrections, at)
    if effect.numbered is None:
        raise Refused(NOT_HERE, _("The visit that this adds to is not at the office yet."))
    return _entered(kept, effect, by=by, at=at, corrections=corrections, note=note.strip())


def accept_review(op_id: uuid.UUID, *, after: int, by: By, at: datetime, note: str = "") -> Decision:
    """A person has looked at what was entered and leaves it as it is. Raises Outdated."""
    kept = _take(op_id, after, Choice.SEEN)
    visit = db.session.get(Visit, kept.operation.entity_id)
    if visit is not None and visit.operation_id == op_id:
        looked_at(visit, by=by, at=at)
    return _decide(kept, Outcome.SEEN, by=by, at=at, note=note.strip())


def take_note(op_id: uuid.UUID, note: str, *, after: int, by: By, at: datetime) -> Decision:
    """Leave an operation as it was received: nothing of it is entered, and the note says what is done about it."""
    kept = _take(op_id, after, Choice.NOTE)
    return _decide(kept, Outcome.NOTED, by=by, at=at, note=_required(note))


def set_aside(op_id: uuid.UUID, reason: str, *, after: int, by: By, at: datetime) -> Decision:
    """Let an operation not count: a trial, a double. It stays on file, and can be entered later. Raises Outdated."""
    kept = _take(op_id, after, Choice.SET_ASIDE)
    return _decide(kept, Outcome.SET_ASIDE, by=by, at=at, note=_required(reason))


def held_but_known() -> list[uuid.UUID]:
    """Operations of a version that this server did not know when they came, and knows now."""
    held = sa.select(Operation.op_id, Operation.kind, Operation.v).where(Operation.status == HELD, ~_decided())
    rows = db.session.execute(held.order_by(Operation.op_id)).all()
    return [row.op_id for row in rows if kind_of(row.kind, row.v) is not None]


def waiting_for_a_visit(estate_ids: Iterable[uuid.UUID] | None = None) -> list[uuid.UUID]:
    """Addenda that came before their visit, in these estates or in all."""
    waiting = sa.select(Operation.op_id).where(Operation.status == REVIEW, Operation.code == NOT_HERE, ~_decided())
    if estate_ids is not None:
        waiting = waiting.where(Operation.estate_id.in_(list(estate_ids)))
    return list(db.session.scalars(waiting.order_by(Operation.op_id)))


def take_up(op_id: uuid.UUID, *, at: datetime) -> Decision | None:
    """Enter an operation by itself, once, if what it waited for is here; one that is refused now waits for a person."""
    kept = _hold(op_id)
    if kept.decisions or kept.standing not in (Standing.HELD, Standing.WAITING):
        return None
    text = open_operation(sent_as(kept.operation)).text
    if text is None or kind_of(text.kind, text.v) is None:
        return None
    try:
        with speaking(_locale(kept.operation)):
            effect = _enter(kept.operation, NOTHING, at)
    except Refused as refusal:
        return _refused(kept, refusal, at=at)
    return _entered(kept, effect, by=By(), at=at) if effect.numbered else None


def kept_operation(op_id: uuid.UUID) -> Kept:
    """An operation with its decisions, to be looked at. Raises NotFound."""
    operation = db.session.get(Operation, op_id)
    if operation is None:
        raise NotFound("operation:unknown", _("This record is not known at the office."))
    return Kept(operation, _decisions(op_id))


def _take(op_id: uuid.UUID, after: int, choice: Choice) -> Kept:
    """Hold an operation for whoever decides. Raises Outdated if somebody else was faster."""
    kept = _hold(op_id)
    if len(kept.decisions) != after or choice not in CHOICES[kept.standing]:
        raise Outdated("operation:decided", _("Somebody else has decided about this record meanwhile. Look again."))
    return kept


def _hold(op_id: uuid.UUID) -> Kept:
    operation = db.session.get(Operation, op_id, with_for_update=True)
    if operation is None:
        raise NotFound("operation:unknown", _("This record is not known at the office."))
    return Kept(operation, _decisions(op_id))


def _decided() -> sa.Exists:
    return sa.exists().where(Decision.op_id == Operation.op_id)


def _decisions(op_id: uuid.UUID) -> list[Decision]:
    return list(db.session.scalars(sa.select(Decision).where(Decision.op_id == op_id).order_by(Decision.number)))


def _enter(operation: Operation, corrections: Corrections, at: datetime) -> Effect:
    """Open the frozen bytes again and put what they say into effect. Raises Refused."""
    opened = open_operation(sent_as(operation))
    if opened.text is None:
        raise Refused(opened.code, UNREADABLE, detail=opened.detail)
    device = db.session.get_one(Device, operation.device_id)
    must_be_theirs(opened.text, author_on(device, opened.text))
    kind = kind_of(opened.text.kind, opened.text.v)
    if kind is None:
        raise Refused("operation:unknown_version", _("This server must be updated before it can read this record."))
    head = device.chain_head
    try:
        with db.session.begin_nested():
            effect = enter(kind, opened.text, device, operation.received_at, at, corrections, clock=operation.clock)
    except (Refused, sa.exc.OperationalError, sa.exc.InterfaceError):
        raise
    except Exception as error:
        log.exception("operation %s still cannot be put into effect", operation.op_id)
        raise Refused("operation:failed", FAILED, error=str(error)) from error
    if _signed_later(operation):
        device.chain_head = head  # the end of the tablet's chain is what was signed last, not what is entered last
    return effect


def _signed_later(operation: Operation) -> bool:
    later = sa.select(Operation.op_id).where(
        Operation.device_id == operation.device_id,
        Operation.op_seq > operation.op_seq,
        Operation.kind == "visit.hold",
        Operation.status.in_(("applied", REVIEW)),
        Operation.code.not_in(NOT_ENTERED),
    )
    return db.session.scalars(later.limit(1)).first() is not None


def _entered(
    kept: Kept, effect: Effect, *, by: By, at: datetime, corrections: Corrections = NOTHING, note: str = ""
) -> Decision:
    decision = _decide(kept, Outcome.APPLIED, by=by, at=at, code=effect.review, note=note, corrections=corrections)
    if effect.review:
        keep_for_a_person(kept.operation, Standing.TO_LOOK_AT, effect.review, at=at)
    return decision


def _refused(kept: Kept, refusal: Refused, *, at: datetime) -> Decision:
    log.warning("operation %s refused: %s %s", kept.operation.op_id, refusal.code, refusal.detail)
    words = words_in(_locale(kept.operation), refusal.message)
    decision = _decide(kept, Outcome.REFUSED, by=By(), at=at, code=refusal.code, note=words)
    when = took_place_at(kept.operation)
    keep_for_a_person(kept.operation, Standing.REJECTED, refusal.code, at=at, took_place_at=when)
    return decision


def _decide(
    kept: Kept,
    outcome: Outcome,
    *,
    by: By,
    at: datetime,
    code: str = "",
    note: str = "",
    corrections: Corrections = NOTHING,
) -> Decision:
    """Write decision and journal line together; nothing waits any more."""
    operation, estate = kept.operation, office_of(kept.operation)
    decision = Decision(
        op_id=operation.op_id,
        number=len(kept.decisions) + 1,
        estate_id=estate.id if estate else None,
        at=at,
        by_id=by.staff_id,
        outcome=outcome,
        code=code,
        note=note,
        corrections=corrections.model_dump(mode="json", exclude_defaults=True),
    )
    db.session.add(decision)
    waits.end(operation.op_id, DECIDE)
    entered = outcome in (Outcome.APPLIED, Outcome.SEEN)
    data = {"outcome": outcome.value, "code": code, "number": decision.number}
    tell(operation, f"operation:decided_{outcome.value}", estate, entered=entered, by=by, at=at, data=data)
    return decision


def _required(words: str) -> str:
    if not words.strip():
        raise Refused("operation:note_missing", _("Write down why, for whoever asks later."))
    return words.strip()[:2000]


def _locale(operation: Operation) -> str:
    author = db.session.get(Staff, operation.author_id) if operation.author_id else None
    return author.locale if author else "zh"
