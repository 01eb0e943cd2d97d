"""Ids: UUIDv7, so that what is made later sorts later, on the server and on a tablet alike."""

import uuid

import uuid_utils.compat


def new_id() -> uuid.UUID:
    """A new UUIDv7."""
    return uuid_utils.compat.uuid7()


def derived_id(base: uuid.UUID, *parts: object) -> uuid.UUID:
    """The id that always follows from `base` and `parts`: an event of an operation keeps its id when sent again."""
    return uuid.uuid5(base, "/".join(str(part) for part in parts))
