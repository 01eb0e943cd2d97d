"""What tests of visits look at: everything a visit leaves behind, and how to word one anew before it is signed."""

import json
from collections.abc import Callable
from typing import Any, Protocol

import sqlalchemy as sa
from flask import Flask

from app.agenda.models import Task
from app.core.blobs import Photo
from app.core.db import Base, db
from app.core.ids import new_id
from app.core.journal import Feed, JournalLine
from app.core.waits import Wait
from app.issues.models import Issue, OwnerAnswer
from app.signatures.models import Signature, Statement
from app.signatures.rules import canonical, sha256_hex
from app.sync.models import Operation
from app.visits.models import Attempt, Visit
from tests.model_tablet import ModelTablet
from tests.world import World

LEFT_BEHIND = (Visit, Attempt, Issue, OwnerAnswer, Statement, Signature, Photo, Task, Wait, JournalLine, Feed)


def left_behind(app: Flask) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that a visit changes; not what says that an operation was kept for a person."""
    with app.app_context():
        tables: list[type[Base]] = list(LEFT_BEHIND)
        return {
            model.__tablename__: sorted(map(str, db.session.execute(_rows_of_visits(model)).all())) for model in tables
        }


def _rows_of_visits(model: type[Base]) -> sa.Select[Any]:
    rows = sa.select(model.__table__)
    if model in (Wait, JournalLine):
        return rows.where(model.__table__.c.subject_type != "operation")
    return rows.where(Feed.id.not_in(sa.select(Operation.op_id))) if model is Feed else rows


def the_only(model: type) -> Any:
    """The one row of a table."""
    return db.session.scalars(sa.select(model)).one()


def count(model: type) -> int:
    """How many rows a table has."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


class HasTablet(Protocol):
    """Whatever a test begins on, with a tablet in it."""

    @property
    def tablet(self) -> ModelTablet:
        """In an officer's hands."""


def worded_anew(world: HasTablet, visit: dict[str, Any], change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """A visit whose statement was changed before both signed it: hash, ink and seals are in order."""
    statement = json.loads(visit["body"]["statement"])
    change(statement)
    return signed_under(world, visit, canonical(statement).decode())


def signed_under(world: HasTablet, visit: dict[str, Any], text: str, **of_owner: Any) -> dict[str, Any]:
    """A visit with this statement, both signatures made for it."""
    tablet, met, digest = world.tablet, visit["body"]["interviewee"], sha256_hex(text.encode())
    signatures = [
        tablet.sign(digest, "owner", met["name"], met["relation"], **of_owner),
        tablet.sign(digest, "officer", tablet.enrolled["staff"]["name"], "officer"),
    ]
    return visit | {"body": visit["body"] | {"statement": text, "signatures": signatures}}


def pushed(world: World, visit: dict[str, Any]) -> dict[str, Any]:
    """The receipt of one operation."""
    [receipt] = world.tablet.receipts(world.tablet.freeze(visit))
    return receipt


def an_attempt(world: World, **wanted: Any) -> dict[str, Any]:
    """An attempt at the visit that is due, ready to be frozen."""
    body = {
        "number": world.tablet.next_number(),
        "unit_id": str(world.unit_id),
        "task_ids": [str(world.task_id)],
        "method": "door",
        "outcome": "nobody_home",
        "note": "",
        "tried_at": "2026-11-23T06:32:00.000Z",
    } | wanted
    return {
        "kind": "attempt.record",
        "v": 2,
        "estate_id": str(world.estate_id),
        "entity_id": str(new_id()),
        "body": body,
    }
