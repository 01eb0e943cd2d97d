"""A small tablet that keeps, sends and fetches as static/tablet does: push.js, blobs.js, pull.js, round.js, store.js.

A method that talks to the office stops at each question (`Talk`). What is changed between two questions is changed at
once, as one transaction of the real tablet's storage; an app that is closed simply never goes on.
"""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient

from app.core.clock import isoformat
from app.signatures.rules import FIRST_IN_CHAIN, sha256_hex
from tests.model_tablet import ModelTablet
from tests.sync.machine.messages import Answer, Ask, NotReached, OfficeRefused, Talk, asked

Json = dict[str, Any]
Name = tuple[str, str]
"""Type and id of a document."""

STATES = {"applied": "received", "review": "review", "rejected": "rejected", "held": "held"}
MOST = 5
"""Operations in a push; fewer than on the real tablet, so that a day needs several."""
PIECE = 300
"""Bytes of a photo in one request; fewer, likewise."""
MOST_TURNS = 5
MOST_RESTORES = 2
ANEW_EVERY = timedelta(hours=1)


@dataclass
class Row:
    """An operation in the outbox or handed in."""

    op_id: str
    op_seq: int
    user: str
    device: str
    entity: str
    estate: str
    digest: str
    jwe: str
    photos: list[str]
    at: str
    state: str = "here"
    receipt: Json | None = None

    def sent_form(self) -> Json:
        return {"op_id": self.op_id, "op_seq": self.op_seq, "digest": self.digest, "jwe": self.jwe}


@dataclass
class PhotoRow:
    """A photo of a saved record, frozen."""

    sealed: str
    sha256: str
    user: str
    frozen: bytes
    complete: bool = False
    tried: bool = False


@dataclass(frozen=True)
class UnsentFile:
    """Unsent work saved as a file: its operations with their estates, its photos with the operations that name them."""

    content: bytes
    estates: dict[str, str]
    photos: dict[str, str]

    def of(self, estate: str) -> list[str]:
        """The operations that the office of this estate takes in."""
        return [op_id for op_id, of in self.estates.items() if of == estate]


@dataclass(frozen=True)
class DocRow:
    """A document as it was pulled."""

    estate: str
    gen: int
    v: int
    doc: Json


@dataclass(frozen=True)
class Scope:
    """How far a user's documents are."""

    epoch: str = ""
    cursor: str = ""
    gen: int = 1
    rev: int = 0
    proven: str = ""
    anew_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)


class NotTheSame(Exception):
    """The documents do not add up to what the office says even after starting over."""


class Person(ModelTablet):
    """Somebody with a vault on a tablet: their own device row, numbers and chain, under the tablet's one key."""

    def __init__(self, client: FlaskClient, code: str, shared: "Person | None" = None) -> None:
        self._shared = shared
        super().__init__(client, code)

    def public_key(self) -> dict[str, str]:
        if self._shared is not None:
            self.private = self._shared.private
        return super().public_key()

    def anew(self) -> "Person":
        """As they were enrolled."""
        fresh = copy.copy(self)
        fresh.sequence, fresh.operations = copy.copy(self.sequence), copy.copy(self.operations)
        fresh.previous = FIRST_IN_CHAIN
        return fresh

    @property
    def send_token(self) -> str:
        return str(self.enrolled["send_token"])

    @property
    def read_token(self) -> str:
        return str(self.enrolled["read_token"])


@dataclass
class SyncTablet:
    """One tablet with the vaults of one or more people. `now` is its own clock, right or wrong."""

    name: str
    people: list[Person]
    now: Callable[[], datetime]
    open: Person | None = None
    rows: dict[str, Row] = field(default_factory=dict)
    photos: dict[str, PhotoRow] = field(default_factory=dict)
    scopes: dict[str, Scope] = field(default_factory=dict)
    docs: dict[str, dict[Name, DocRow]] = field(default_factory=dict)
    fresh: Person | None = None
    """Who has this very moment fetched all there is."""
    differed: int = 0
    """How often its documents were not what the office's digest said."""
    wiped: bool = False
    withdrawn: bool = False

    def __post_init__(self) -> None:
        self.open = self.open or self.people[0]
        for person in self.people:
            self.scopes.setdefault(person.staff_id, Scope())
            self.docs.setdefault(person.staff_id, {})

    # --- what the officer does ---

    def save(self, person: Person, operation: Json, photos: list[tuple[Json, bytes]]) -> Row:
        """Freeze what was done and keep it: from here on the screen says that it is saved."""
        frozen = person.freeze(operation)
        row = Row(
            user=person.staff_id,
            device=person.device_id,
            entity=operation["entity_id"],
            estate=operation["estate_id"],
            photos=[named["sealed"] for named, _bytes in photos],
            at=operation["at"],
            **frozen,
        )
        self.rows[row.op_id] = row
        for named, content in photos:
            self.photos[named["sealed"]] = PhotoRow(named["sealed"], named["sha256"], person.staff_id, content)
        return row

    def live(self, person: Person, type_: str) -> list[tuple[str, DocRow]]:
        """What this person sees of a type, by id."""
        return sorted((name[1], row) for name, row in self.docs[person.staff_id].items() if name[0] == type_)

    # --- outbox.js ---

    def unsent_as_file(self) -> UnsentFile:
        """Everything that the office lacks, as far as this tablet knows: the very bytes that would be sent."""
        rows = self.unsent()
        named = {sealed: row for row in self.rows.values() for sealed in row.photos}
        photos = {photo.sealed: named[photo.sealed] for photo in self.unsent_photos()}
        lines = [
            {"format": "doorstep/unsent", "v": 2, "made_at": isoformat(self.now())},
            *({"operation": row.sent_form() | {"device": row.device}} for row in rows),
            *({"blob": self._photo_line(sealed, row)} for sealed, row in photos.items()),
            {"end": {"operations": len(rows), "blobs": len(photos)}},
        ]
        content = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        estates = {row.op_id: row.estate for row in rows}
        return UnsentFile(content, estates, {sealed: row.op_id for sealed, row in photos.items()})

    def _photo_line(self, sealed: str, row: Row) -> Json:
        content = self.photos[sealed].frozen.decode("ascii")
        return {"sealed": sealed, "op_id": row.op_id, "device": row.device, "jwe": content}

    # --- round.js ---

    def round(self) -> Talk[list[Exception]]:
        """One round with the office. Gives the troubles met; the other steps were tried all the same."""
        troubles: list[Exception] = []
        for step in (self._hand_in, self._hand_in_photos, self._fetch, self._hand_in_again, self._wipe):
            try:
                yield from step()
            except NotReached as trouble:
                troubles.append(trouble)
                break
            except (OfficeRefused, NotTheSame) as trouble:
                troubles.append(trouble)
        return troubles

    def unsent(self) -> list[Row]:
        """In the order in which each device made them."""
        return sorted((row for row in self.rows.values() if row.state == "here"), key=lambda r: (r.device, r.op_seq))

    def unsent_photos(self) -> list[PhotoRow]:
        return [photo for photo in self.photos.values() if not photo.complete]

    def _hand_in_again(self) -> Talk[None]:
        if self.unsent() or self.unsent_photos():
            yield from self._hand_in()
            yield from self._hand_in_photos()

    def _wipe(self) -> Talk[None]:
        """A withdrawn tablet with nothing left to send says so and forgets everything."""
        if not self.withdrawn or self.unsent() or self.unsent_photos():
            return
        yield from asked(Ask("POST", "/sync/wiped", self.people[0].send_token).saying({}))
        self.rows, self.photos, self.wiped = {}, {}, True
        self.docs = {person.staff_id: {} for person in self.people}

    # --- push.js ---

    def _hand_in(self) -> Talk[None]:
        troubles: list[OfficeRefused] = []
        for person in self.people:
            try:
                yield from self._hand_in_of(person)
            except OfficeRefused as trouble:
                troubles.append(trouble)
        if troubles:
            raise troubles[0]

    def _hand_in_of(self, person: Person) -> Talk[None]:
        rows = [row for row in self.unsent() if row.user == person.staff_id]
        troubles: list[OfficeRefused] = []
        for start in range(0, len(rows) or 1, MOST):
            yield from self._send_apart(person, rows[start : start + MOST], troubles)
        if troubles:
            raise troubles[0]

    def _send_apart(self, person: Person, batch: list[Row], troubles: list[OfficeRefused]) -> Talk[None]:
        """Halve a batch that is refused as a whole, down to the operation that is the cause."""
        try:
            yield from self._send(person, batch)
        except OfficeRefused as trouble:
            if trouble.passing or trouble.status in (401, 403):
                raise
            if len(batch) <= 1:
                troubles.append(trouble)
                return
            half = -(-len(batch) // 2)
            yield from self._send_apart(person, batch[:half], troubles)
            yield from self._send_apart(person, batch[half:], troubles)

    def _send(self, person: Person, batch: list[Row]) -> Talk[None]:
        message = {
            "device_time": isoformat(self.now()),
            "app_version": "model",
            "unsent": {"count": len(self.unsent()), "photos": len(self.unsent_photos())},
            "storage": {"persisted": True, "usage": 1000, "quota": 10**9},
            "operations": [row.sent_form() for row in batch],
        }
        answer = (yield from asked(Ask("POST", "/sync/push", person.send_token).saying(message))).json
        for receipt in self._understood(batch, answer.get("receipts")):
            self._keep_receipt(receipt)
        self.withdrawn = self.withdrawn or bool(answer.get("withdrawn"))

    def _understood(self, batch: list[Row], receipts: Any) -> list[Json]:
        if not isinstance(receipts, list):
            raise OfficeRefused(502, "sync:no_receipts")
        sent = {row.op_id: row for row in batch}
        fitting = [receipt for receipt in receipts if _fits(receipt, sent.get(receipt.get("op_id")))]
        if batch and not fitting:
            raise OfficeRefused(502, "sync:no_receipts")
        return fitting

    def _keep_receipt(self, receipt: Json) -> None:
        row = self.rows.get(receipt["op_id"])
        if row is None:
            return
        row.state, row.receipt = STATES[receipt["status"]], receipt
        for sealed in set(row.photos) & set(receipt.get("missing", [])):
            self.photos[sealed].complete = False

    # --- blobs.js ---

    def _hand_in_photos(self) -> Talk[None]:
        tokens = {person.staff_id: person.send_token for person in self.people}
        troubles: list[OfficeRefused] = []
        for photo in self.unsent_photos():
            try:
                yield from self._upload(photo, tokens[photo.user])
            except OfficeRefused as trouble:
                if trouble.passing or trouble.status == 401:
                    raise
                troubles.append(trouble)
        if troubles:
            raise troubles[0]

    def _upload(self, photo: PhotoRow, token: str) -> Talk[None]:
        offset, complete, turns = 0, False, 0
        if photo.tried:
            offset, complete = yield from _standing(photo.sealed, token)
        photo.tried = True
        while not complete:
            before = offset
            offset, complete = yield from _piece(photo, offset, token)
            turns += not complete and offset <= before
            if turns > MOST_TURNS:
                raise NotReached("the upload does not move on")
        photo.complete = True

    # --- pull.js ---

    def _fetch(self) -> Talk[None]:
        person, restores, more = self.open, 0, True
        while more and person is not None and self.open is person:
            was = self.scopes[person.staff_id]
            page = (yield from asked(Ask("GET", f"/sync/pull?cursor={was.cursor}", person.read_token))).json
            if was.epoch not in ("", page["epoch"]):
                restores += 1
                if restores > MOST_RESTORES:
                    raise NotTheSame
                self._start_over(person, was, page["epoch"], resend=True, at=was.anew_at)
                continue
            taken = self._take(person, was, page)
            self.fresh = person if taken in ("kept", "nothing") and not page["more"] else None
            if taken == "differs":
                self.differed += 1
                self._fetch_anew(person, page["epoch"])
            more = page["more"] or taken in ("overtaken", "differs")

    def _fetch_anew(self, person: Person, epoch: str) -> None:
        scope, at = self.scopes[person.staff_id], self.now()
        if abs(at - scope.anew_at) < ANEW_EVERY:
            raise NotTheSame
        self._start_over(person, scope, epoch, resend=False, at=at)

    def _take(self, person: Person, was: Scope, page: Json) -> str:
        last = not page["more"]
        told = page.get("digest", {}) if last else {}
        idle = last and not page["changes"] and not page["revoked"] and page["cursor"] == was.cursor
        if idle and was.proven and told.get("sha256") == was.proven:
            return "nothing"
        kept = self.docs[person.staff_id]
        versions, counted = _after(kept, was.gen, page)
        proof = digest_of(versions) if told else {}
        proven = proof["sha256"] if told and proof == told else ""
        if not self._commit_page(person, was, page, counted, proven):
            return "overtaken"
        return "differs" if told and not proven else "kept"

    def _commit_page(self, person: Person, was: Scope, page: Json, counted: list[Json], proven: str) -> bool:
        """One page and its cursor, or nothing if another tab came first."""
        user = person.staff_id
        if self.scopes[user].rev != was.rev:
            return False
        docs = {name: row for name, row in self.docs[user].items() if row.estate not in page["revoked"]}
        for change in counted:
            name = (change["type"], change["id"])
            if change.get("gone"):
                docs.pop(name, None)
            else:
                docs[name] = DocRow(change["estate"], was.gen, change["v"], change["doc"])
        if not page["more"]:
            docs = {name: row for name, row in docs.items() if row.gen >= was.gen}
        self.docs[user] = docs
        self.scopes[user] = replace(was, epoch=page["epoch"], cursor=page["cursor"], rev=was.rev + 1, proven=proven)
        for sealed in _lost(counted) & set(self.photos):
            self.photos[sealed].complete, self.photos[sealed].tried = False, True
        return True

    def _start_over(self, person: Person, was: Scope, epoch: str, *, resend: bool, at: datetime) -> None:
        user = person.staff_id
        if self.scopes[user].rev != was.rev:
            return
        self.scopes[user] = Scope(epoch=epoch, gen=was.gen + 1, rev=was.rev + 1, anew_at=at)
        if not resend:
            return
        for row in self.rows.values():
            if row.user == user:
                row.state, row.receipt = "here", None
        for photo in self.photos.values():
            if photo.user == user:
                photo.complete, photo.tried = False, True


def _fits(receipt: Json, row: Row | None) -> bool:
    # Damaged on the way and not kept by the office: it is sent again.
    if row is None or receipt.get("status") not in STATES or receipt.get("code") == "operation:hash_differs":
        return False
    return receipt["digest"] == row.digest or receipt.get("code") == "operation:digest_differs"


def _standing(sealed: str, token: str) -> Talk[tuple[int, bool]]:
    try:
        return _standing_of((yield from asked(Ask("HEAD", f"/sync/blobs/{sealed}", token))))
    except OfficeRefused as refused:
        if refused.status == 404:
            return 0, False
        raise


def _piece(photo: PhotoRow, offset: int, token: str) -> Talk[tuple[int, bool]]:
    headers = {"Upload-Offset": str(offset), "Upload-Length": str(len(photo.frozen))}
    body = photo.frozen[offset : offset + PIECE]
    try:
        return _standing_of((yield from asked(Ask("PUT", f"/sync/blobs/{photo.sealed}", token, body, headers))))
    except OfficeRefused as refused:
        if refused.status == 409:
            return (yield from _standing(photo.sealed, token))
        if (refused.status, refused.code) == (422, "blob:hash_differs"):
            return 0, False
        raise


def _standing_of(answer: Answer) -> tuple[int, bool]:
    offset = answer.headers.get("Upload-Offset", "")
    if not offset.isdigit():
        raise NotReached("no upload offset in the answer")
    return int(offset), answer.headers.get("Upload-Complete") == "?1"


def _after(kept: dict[Name, DocRow], gen: int, page: Json) -> tuple[dict[Name, int], list[Json]]:
    """The documents' versions after a page, and which of its changes count."""
    versions = {name: row.v for name, row in kept.items() if row.gen == gen and row.estate not in page["revoked"]}
    counted: dict[Name, Json] = {}
    for change in page["changes"]:
        name = (change["type"], change["id"])
        if versions.get(name, -1) > change["v"]:
            continue
        counted[name] = change
        if change.get("gone"):
            versions.pop(name, None)
        else:
            versions[name] = change["v"]
    return versions, list(counted.values())


def digest_of(versions: dict[Name, int]) -> Json:
    """What the office calls the scope's digest."""
    lines = sorted(f"{type_}:{id_}:{v}\n" for (type_, id_), v in versions.items())
    return {"count": len(lines), "sha256": sha256_hex("".join(lines).encode())}


def _lost(counted: list[Json]) -> set[str]:
    """Photos that the office says it lacks."""
    records = [change["doc"] for change in counted if change["type"] == "record" and not change.get("gone")]
    return {sealed for record in records for sealed in record.get("missing", [])}
