"""What tablets exchange with the office: operations up, documents down, photos up."""

import json
import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import Response, current_app, request

from app.core import arriving
from app.core.clock import isoformat, now
from app.core.db import db
from app.core.errors import Refused
from app.estates.queries import roles_at
from app.people.access import tablet
from app.people.models import Device, DeviceUser
from app.people.rules import MAY, Act
from app.sync import queries
from app.sync.actions import receive, receive_together, report
from app.sync.door import LARGEST_BODY, json_answer, message, reading_user, sending_device, sync
from app.sync.messages import Push
from app.sync.models import Upload
from app.sync.opening import Opened, open_operation
from app.sync.pages import as_text, digest, next_page
from app.sync.taking_up import take_up_addenda
from app.sync.uploads import forget, held_of, take_in, upload_of

GROUPS = {"sqlite": 100, "postgresql": 10}
"""Operations in one transaction: SQLite has one writer anyway, on PostgreSQL others wait for what is locked."""
PAGE = 1_000
"""Documents in one page of a pull, about."""
NEXT_CURSOR = "Next-Cursor"
"""Where the next page begins, in the head: a tablet can ask for it while this one is on its way."""


@sync.post("/push")
@tablet
def push() -> Response:
    """Take operations in, in small groups, and answer with one receipt each."""
    device_id = sending_device().id
    db.session.commit()  # nothing is held while messages are opened
    pushed, at = message(Push, LARGEST_BODY), now()
    opened = [open_operation(sent) for sent in pushed.operations]

    receipts = []
    size = GROUPS[db.engine.dialect.name]
    for start in range(0, len(opened), size):
        receipts += _take_group(opened[start : start + size], device_id, pushed, at)
    device = db.session.get_one(Device, device_id)
    report(device, pushed, at=at)
    withdrawn = device.revoked_at is not None
    db.session.commit()
    take_up_addenda(_estates_of_visits(opened))

    return json_answer(f'{{"receipts":[{",".join(receipts)}],{_standing(at, withdrawn)}}}')


def _estates_of_visits(pushed: list[Opened]) -> set[uuid.UUID]:
    """Where a visit, or what adds to one, came."""
    texts = [opened.text for opened in pushed if opened.text]
    return {text.estate_id for text in texts if text.kind in ("visit.hold", "visit.append")}


def _standing(at: datetime, withdrawn: bool) -> str:
    """What a tablet hears beside its receipts, as members of a JSON object."""
    told: dict[str, Any] = {
        "server_time": isoformat(at),
        "epoch": queries.epoch(),
        "lease_hours": current_app.config["LEASE_HOURS"],
    }
    if withdrawn:
        told["withdrawn"] = True
    return json.dumps(told)[1:-1]


def _take_group(group: list[Opened], device_id: Any, pushed: Push, at: datetime) -> list[str]:
    """One transaction; where another got in its way, one transaction each."""
    try:
        told = _take_together(group, device_id, pushed, at)
        return told if told is not None else _take(group, device_id, pushed, at)
    except sa.exc.OperationalError:  # a deadlock, or a database that was busy too long: nothing was kept
        db.session.rollback()
        return [receipt for opened in group for receipt in _take([opened], device_id, pushed, at)]


def _take(group: list[Opened], device_id: Any, pushed: Push, at: datetime) -> list[str]:
    receipts = [receive(opened, _device(device_id), offset=pushed.device_time - at, at=at) for opened in group]
    db.session.commit()
    return [receipt.text for receipt in receipts]


def _take_together(group: list[Opened], device_id: Any, pushed: Push, at: datetime) -> list[str] | None:
    """The usual case, quickly: all of them new and in order; nothing if they are not, and then nothing was kept."""
    receipts = receive_together(group, _device(device_id), offset=pushed.device_time - at, at=at)
    try:
        if receipts is not None:
            db.session.commit()
            return [receipt.text for receipt in receipts]
    except sa.exc.IntegrityError:  # another sending of the same was faster
        pass
    db.session.rollback()
    return None


def _device(device_id: Any) -> Device:
    return db.session.get_one(Device, device_id)


@sync.get("/pull")
@tablet
def pull() -> Response:
    """The documents changed since a cursor; with the last page the digest of the whole scope, from one snapshot."""
    user, at = reading_user(), now()
    scope = _scope(user, at)
    cursor = queries.read_cursor(request.args.get("cursor", ""), queries.epoch())

    changes, seen, more = _changes(scope, cursor, user, at)
    answer = {
        "server_time": isoformat(at),
        "epoch": cursor.epoch,
        "lease_hours": current_app.config["LEASE_HOURS"],
        "staff_name": user.staff.name,
        "cursor": queries.Cursor(cursor.epoch, seen).text(),
        "more": more,
        "granted": [str(estate) for estate in scope if estate not in cursor.seen],
        "revoked": [str(estate) for estate in cursor.seen if estate not in scope],
    }
    if not more:
        answer["digest"] = digest(scope, user.staff_id, cursor.epoch)
    page = json_answer(f'{as_text(answer)[:-1]},"changes":[{",".join(changes)}]}}')
    if more:
        page.headers[NEXT_CURSOR] = str(answer["cursor"])
    return page


def _scope(user: DeviceUser, at: datetime) -> list[uuid.UUID]:
    """The estates where this person carries a tablet today, by each estate's own calendar."""
    held = roles_at(user.staff_id, at)
    return sorted({role.estate_id for role in held if role.role in MAY[Act.CARRY_TABLET]})


def _changes(
    scope: list[uuid.UUID], cursor: queries.Cursor, user: DeviceUser, at: datetime
) -> tuple[list[str], dict[uuid.UUID, int], bool]:
    """One page across the estates in scope: the changes as JSON, the new cursor, and whether there is more."""
    changes: list[str] = []
    seen = {estate: cursor.seen.get(estate, 0) for estate in scope}
    for estate in scope:
        room = PAGE - len(changes)
        if room <= 0:
            return changes, seen, True
        page = next_page(estate, seen[estate], user.staff_id, room, cursor.epoch, at)
        seen[estate] = page.until
        changes += page.changes
        if len(page.changes) >= room:
            return changes, seen, True
    return changes, seen, False


@sync.route("/blobs/<sealed>", methods=["HEAD"])
@tablet
def ask_blob(sealed: str) -> Response:
    """How far an upload has come."""
    sending_device()
    upload = upload_of(sealed)
    return _upload_answer(upload) if upload else Response(status=404)


@sync.put("/blobs/<sealed>")
@tablet
def put_blob(sealed: str) -> Response:
    """Take the next bytes of a photo."""
    device = sending_device()
    offset = request.headers.get("Upload-Offset", 0, type=int)
    length = request.headers.get("Upload-Length", 0, type=int)

    try:
        upload = take_in(sealed, offset, length, request.get_data(), device, at=now())
    except Refused as refusal:
        db.session.rollback()
        if refusal.code in ("blob:hash_differs", "blob:length_differs", "blob:unreadable"):
            forget(sealed)
            db.session.commit()
        raise
    db.session.commit()
    if upload.complete:
        arriving.let_go(sealed)
    return _upload_answer(upload)


def _upload_answer(upload: Upload) -> Response:
    headers = {"Upload-Offset": str(held_of(upload)), "Upload-Complete": "?1" if upload.complete else "?0"}
    return Response(status=200, headers=headers)
