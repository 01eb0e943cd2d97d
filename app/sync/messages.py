"""The messages between tablet and server. Their field names are frozen: tablets in the field hold them unsent."""

import uuid
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.signatures.messages import Count, Keepable, Message, Moment, Sha256, Whole

MOST_OPERATIONS = 100

Version = Annotated[str, Field(max_length=40, pattern=r"^[\x20-\x7e]*$")]
"""Which build of the app speaks."""


class PublicKey(Message):
    """A P-256 public key as a JWK."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: Annotated[str, Field(min_length=43, max_length=43)]
    y: Annotated[str, Field(min_length=43, max_length=43)]


class Enrol(Message):
    """A tablet introduces itself with a one-time code and the public key that will seal its signatures."""

    code: Annotated[str, Field(min_length=4, max_length=20)]
    key: PublicKey
    app_version: Version


class Escrow(Message):
    """The data key of a vault, encrypted to the server."""

    jwe: Annotated[str, Field(max_length=2000)]


class Recover(Message):
    """Somebody who forgot the PIN of their vault asks for its data key."""

    staff_id: uuid.UUID
    password: Annotated[str, Field(min_length=1, max_length=200)]


class Told(Message):
    """What a tablet tells of itself. A newer tablet may tell more: an older server listens to what it knows."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Wiped(Told):
    """A withdrawn tablet handed everything in; `drafts` were begun on it and go with it."""

    drafts: Whole = 0


class Unsent(Told):
    """What a tablet still holds for itself: records, photos that the office lacks, visits begun and not saved."""

    count: Whole
    oldest_at: Moment | None = None
    photos: Whole = 0
    drafts: Whole = 0


class Storage(Told):
    """Whether the browser promised to keep the tablet's storage, how full it is in bytes, whether it was emptied."""

    persisted: bool
    usage: Whole
    quota: Whole
    wiped: bool = False


class SentOperation(Message):
    """One frozen operation: `digest` is the SHA-256 of the ASCII bytes of `jwe`."""

    op_id: uuid.UUID
    op_seq: Count
    digest: Sha256
    jwe: Annotated[str, Field(max_length=2_000_000)]


class Push(Told):
    """Operations going up, and how the tablet fares."""

    device_time: Moment
    app_version: Version
    unsent: Unsent
    storage: Storage
    operations: Annotated[list[SentOperation], Field(max_length=MOST_OPERATIONS)]


class OperationText(BaseModel):
    """What stands inside a frozen operation, of whatever kind and version."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    op_id: uuid.UUID
    op_seq: Count
    v: Count
    kind: Annotated[str, Field(max_length=40), Keepable]
    estate_id: uuid.UUID
    entity_id: uuid.UUID
    base_version: Whole
    author: uuid.UUID
    at: Moment
    body: dict[str, Any]
