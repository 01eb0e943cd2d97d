"""Ids: UUIDv7, so that what is made later sorts later, on the server and on a tablet alike."""

import uuid
from datetime import UTC, datetime

import uuid_utils.compat


def new_id() -> uuid.UUID:
    """A new UUIDv7."""
    return uuid_utils.compat.uuid7()


def made_at(id_: uuid.UUID) -> datetime | None:
    """When a UUIDv7 was made, to the millisecond; nothing for any other id, or one that nobody can have made."""
    try:
        return datetime.fromtimestamp((id_.int >> 80) / 1000, UTC) if id_.version == 7 else None
    except ValueError:
        return None


def derived_id(base: uuid.UUID, *parts: object) -> uuid.UUID:
    """The id that always follows from `base` and `parts`: an event of an operation keeps its id when sent again."""
    return uuid.uuid5(base, "/".join(str(part) for part in parts))
