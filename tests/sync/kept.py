"""What tests of kept operations do: bring one in, decide about it, look at what became of it."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.core.db import Base, db
from app.core.errors import Refused
from app.core.journal import By
from app.issues.actions import open_category
from app.people.models import Device
from app.sync.models import Decision
from app.sync.rules import Outcome
from tests.builders import NOBODY, NOW
from tests.world import World

Json = dict[str, Any]


def a_visit(world: World, **wanted: Any) -> Json:
    """A visit at the world's home."""
    return world.tablet.a_visit(world.estate_id, world.unit_id, **wanted)


def of_an_unknown_category(world: World, code: str = "damp") -> Json:
    """A visit with one issue in a category that the office has not heard of."""
    return a_visit(world, issues=[world.tablet.an_issue(category=code)], task_ids=[str(world.task_id)])


def the_office_learns(app: Flask, world: World, code: str = "damp") -> None:
    """The category is opened, so that nothing stands in the way any more."""
    with app.app_context():
        open_category(world.estate_id, code, "防水", "Waterproofing", by=NOBODY, at=NOW)
        db.session.commit()


def revoke(app: Flask, world: World) -> None:
    """The tablet is withdrawn."""
    with app.app_context():
        db.session.get_one(Device, uuid.UUID(world.tablet.device_id)).revoked_at = NOW
        db.session.commit()


def decided(app: Flask, act: Callable[..., Decision | None], op_id: str, *args: Any, **named: Any) -> Outcome | None:
    """What came of a decision made and committed now."""
    with app.app_context():
        decision = act(uuid.UUID(op_id), *args, **({"by": By(), "at": NOW, "after": 0} | named))
        db.session.commit()
        return decision.outcome if decision else None


def count(app: Flask, model: type[Base]) -> int:
    """How many rows a table has."""
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def record_of(world: World, op_id: str) -> Json:
    """The tablet's `record` document of one operation, and that there is no other."""
    changes, page = world.tablet.pull_all()
    docs = [change["doc"] for change in changes.values() if change["type"] == "record"]
    assert page["digest"]["count"] == len(changes)
    [doc] = [doc for doc in docs if doc["op_id"] == op_id]
    return doc


def all_at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Every act from a thread of its own, all starting together; what each returned or raised."""
    together, results = threading.Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        together.wait()
        try:
            results.append(act())
        except Refused as refusal:
            results.append(refusal)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
