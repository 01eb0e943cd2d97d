"""Taking operations in: each happens once, and its receipt is stored in the same transaction. The caller commits."""

import json
import logging
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core import ahead, journal
from app.core.clock import isoformat
from app.core.db import db, take_turn, upsert
from app.core.errors import Refused
from app.core.i18n import lazy_, speaking, words_in
from app.core.journal import COMPANY_STREAM, By
from app.people.models import Device, Staff
from app.signatures.rules import canonical
from app.sync.contents import contents_in
from app.sync.entering import author_on, enter, must_be_theirs
from app.sync.keeping import keep_for_a_person
from app.sync.kinds import Effect, foresee, kind_of, reason
from app.sync.messages import OperationText, Push, SentOperation
from app.sync.models import Operation
from app.sync.opening import Opened
from app.sync.rules import APPLIED, HELD, REJECTED, REVIEW, REVOKED, standing

log = logging.getLogger(__name__)

UNREADABLE = lazy_("This record cannot be read by the office.")
DAMAGED = lazy_("The record arrived damaged. It stays on this tablet and is sent again.")
ANOTHER = lazy_("The office has another record under this id. It keeps the first; somebody must look at this one.")
FAILED = lazy_("The office has it, but could not enter it. Somebody there must look at it.")


@dataclass
class Receipt:
    """The receipt of an operation; `text` may be read once the transaction has committed."""

    operation: Operation | None
    refusal: str = ""

    @property
    def text(self) -> str:
        return self.operation.receipt if self.operation else self.refusal


def receive(opened: Opened, device: Device, *, offset: timedelta, at: datetime) -> Receipt:
    """Take one operation in. The receipt is complete once the transaction has committed."""
    sent = opened.sent
    if opened.code == "operation:hash_differs":
        # Bytes damaged under way must not take the place of the good ones: nothing is stored under this id.
        log.warning("operation %s from %s: hash differs", sent.op_id, device.code)
        return Receipt(None, _refusal(sent, opened.code, DAMAGED, at))
    if not _claim(opened, device, offset, at):
        return _again(sent, device, at)

    operation = db.session.get_one(Operation, sent.op_id)
    operation.author_id = author_on(device, opened.text)
    try:
        with speaking(_locale(operation)), db.session.begin_nested():
            effect = _put_into_effect(opened, operation, device, at)
    except Refused as refusal:
        _refuse(operation, refusal)
    except (sa.exc.OperationalError, sa.exc.InterfaceError):
        raise  # another transaction or a lost connection, not this record: it is taken again
    except Exception as error:
        log.exception("operation %s cannot be put into effect", sent.op_id)
        _refuse(operation, Refused("operation:failed", FAILED, error=str(error)))
    else:
        _finish(operation, effect, _why(operation))
    _keep(operation, opened, at)
    return Receipt(operation)


def report(device: Device, push: Push, *, at: datetime) -> None:
    """Note how a tablet fares, from its own words."""
    device.last_seen_at, device.app_version = at, push.app_version
    device.reported = {
        "unsent": push.unsent.count,
        "oldest_at": isoformat(push.unsent.oldest_at) if push.unsent.oldest_at else "",
        "persisted": push.storage.persisted,
        "photos": push.unsent.photos,
        "drafts": push.unsent.drafts,
        "wiped": push.storage.wiped,
        "usage": push.storage.usage,
        "quota": push.storage.quota,
        "clock_ahead_ms": int((push.device_time - at).total_seconds() * 1000),
    }


def receive_together(group: list[Opened], device: Device, *, offset: timedelta, at: datetime) -> list[Receipt] | None:
    """Take a group in, read ahead and flushed at once; the caller commits before it reads the receipts.

    Gives nothing, and has changed what only a rollback undoes, where any of them asks for a look of its own: one that
    is known, refused, held or revoked, or that another one got in the way of. Then `receive` takes each by itself.
    """
    texts = [opened.text for opened in group if opened.text and kind_of(opened.text.kind, opened.text.v)]
    if len(texts) < len(group) or device.revoked_at is not None or _repeated(texts):
        return None
    try:
        with ahead.looking_ahead():
            foresee(texts)
            operations = [_enter_ahead(opened, device, offset, at) for opened in group]
            journal.at_the_end(lambda _versions: _store(operations))
            ahead.write()
            journal.number_early(db.session())
            db.session.flush()
    except (sa.exc.OperationalError, sa.exc.InterfaceError):
        raise
    except Exception as error:
        log.info("a group of operations is taken one by one: %s", error, exc_info=not isinstance(error, Refused))
        return None
    return [Receipt(operation) for operation in operations]


def _repeated(texts: list[OperationText]) -> bool:
    """Whether two of these are about the same thing, or one, or something under its id, has been here before."""
    op_ids, entities = {text.op_id for text in texts}, {text.entity_id for text in texts}
    if len(op_ids) + len(entities) < 2 * len(texts):
        return True
    known = sa.or_(Operation.op_id.in_(op_ids), Operation.entity_id.in_(entities))
    return db.session.execute(sa.select(Operation.op_id).where(known).limit(1)).first() is not None


def _enter_ahead(opened: Opened, device: Device, offset: timedelta, at: datetime) -> Operation:
    operation = Operation(**_row(opened, device, offset, at), author_id=author_on(device, opened.text))
    with speaking(_locale(operation)):
        effect = _put_into_effect(opened, operation, device, at)
    _finish(operation, effect, _why(operation))
    _keep(operation, opened, at)
    return operation


def _keep(operation: Operation, opened: Opened, at: datetime) -> None:
    """Let a person look at what was not simply applied."""
    if operation.status == APPLIED:
        return
    contents, where = contents_in(opened.text), standing(operation.status, operation.code)
    for sealed in sorted(contents.sealed):
        take_turn(sealed)  # a photo that completes at this moment is then known here, or its upload knows of us
    keep_for_a_person(operation, where, operation.code, at=at, took_place_at=contents.took_place_at)


def _store(operations: list[Operation]) -> None:
    """Insert operations with their receipts. One that came twice at this moment is refused here by its key."""
    columns = [column.key for column in sa.inspect(Operation).columns]
    rows = [{name: getattr(operation, name) for name in columns} for operation in operations]
    db.session.connection().execute(sa.insert(Operation), rows)


def _refuse(operation: Operation, refusal: Refused) -> None:
    operation.status, operation.code = REJECTED, refusal.code
    log.warning("operation %s refused: %s %s", operation.op_id, refusal.code, refusal.detail)
    _finish(operation, None, words_in(_locale(operation), refusal.message))


def _claim(opened: Opened, device: Device, offset: timedelta, at: datetime) -> bool:
    """Take this id, or wait for whoever is taking it at this moment. Returns whether it was ours to take."""
    insert = upsert(Operation).on_conflict_do_nothing(index_elements=["op_id"])
    row = insert.values(_row(opened, device, offset, at))
    return db.session.execute(row.returning(Operation.op_id)).first() is not None


def _row(opened: Opened, device: Device, offset: timedelta, at: datetime) -> dict[str, Any]:
    """An operation as it came, before anything was decided about it."""
    sent, text = opened.sent, opened.text
    return {
        "op_id": sent.op_id,
        "device_id": device.id,
        "op_seq": sent.op_seq,
        "digest": sent.digest,
        "frozen": sent.jwe.encode(),
        "kind": text.kind if text else "",
        "v": text.v if text else 0,
        "estate_id": text.estate_id if text else None,
        "entity_id": text.entity_id if text else None,
        "status": "",
        "code": "",
        "receipt": "",
        "received_at": at,
        "clock_offset_ms": int(offset.total_seconds() * 1000),
    }


def _again(sent: SentOperation, device: Device, at: datetime) -> Receipt:
    """The same operation once more gets the same receipt; another one under its id is an alarm."""
    known = db.session.get_one(Operation, sent.op_id)
    if known.digest == sent.digest:
        return Receipt(known)
    log.error("operation %s came again from %s with another digest", sent.op_id, device.code)
    by = By(device_id=device.id)
    data = {"digest": sent.digest, "known": known.digest}
    journal.write(COMPANY_STREAM, "operation:digest_differs", ("operation", sent.op_id), by=by, at=at, data=data)
    return Receipt(None, _refusal(sent, "operation:digest_differs", words_in(_locale(known), ANOTHER), at))


def _put_into_effect(opened: Opened, operation: Operation, device: Device, at: datetime) -> Effect | None:
    text = opened.text
    if text is None:
        raise Refused(opened.code, UNREADABLE, detail=opened.detail)
    must_be_theirs(text, operation.author_id)
    if device.revoked_at is not None:
        operation.status, operation.code = REVIEW, REVOKED
        return None
    kind = kind_of(text.kind, text.v)
    if kind is None:
        operation.status, operation.code = HELD, "operation:unknown_version"
        return None

    effect = enter(kind, text, device, at, at, clock=operation.clock)
    operation.status, operation.code = (REVIEW if effect.review else APPLIED), effect.review
    return effect


def _finish(operation: Operation, effect: Effect | None, words: str) -> None:
    """Have the receipt written when version and number are known: in the last step before the commit."""
    entered = effect.numbered if effect else None

    def write(versions: dict[uuid.UUID, int]) -> None:
        receipt: dict[str, object] = {
            "op_id": str(operation.op_id),
            "digest": operation.digest,
            "status": operation.status,
            "version": versions.get(operation.estate_id, 0) if entered and operation.estate_id else 0,
            "received_at": isoformat(operation.received_at),
            "missing": effect.missing if effect else [],
        }
        if entered and entered.receipt_number:
            receipt["number"] = entered.receipt_number
        if operation.code:
            receipt |= {"code": operation.code, "reason": words}
        operation.receipt = canonical(receipt).decode()

    journal.at_the_end(write)


def _refusal(sent: SentOperation, code: str, words: object, at: datetime) -> str:
    """A receipt that is told but not stored, because nothing was."""
    return json.dumps(
        {
            "op_id": str(sent.op_id),
            "digest": sent.digest,
            "status": REJECTED,
            "version": 0,
            "received_at": isoformat(at),
            "missing": [],
            "code": code,
            "reason": str(words),
        }
    )


def _why(operation: Operation) -> str:
    return words_in(_locale(operation), reason(operation.code)) if operation.code else ""


def _locale(operation: Operation) -> str:
    if operation.author_id is None:
        return "zh"
    author = ahead.once(("author", operation.author_id), lambda: db.session.get(Staff, operation.author_id))
    return author.locale if author else "zh"
