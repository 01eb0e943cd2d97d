"""Two visits held and at the office, and those who read their records."""

import uuid
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.approvals.queries import review_of
from app.approvals.rules import Move
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate
from app.people.models import Staff
from app.people.rules import Role
from app.visits.batches import move_batch, move_line
from app.visits.models import Batch, BatchLine, BatchLineAct
from app.visits.rules import LineMove
from tests.builders import NOW, a_home, a_staff
from tests.world import World


@dataclass(frozen=True)
class Handed:
    """Ids of two visits held, and of the people who read their records."""

    world: World
    visits: list[uuid.UUID]
    supervisor: uuid.UUID
    manager: uuid.UUID

    @property
    def estate(self) -> Estate:
        return db.session.get_one(Estate, self.world.estate_id)

    @property
    def officer(self) -> Staff:
        return db.session.get_one(Staff, self.world.officer_id)

    def staff(self, id_: uuid.UUID) -> Staff:
        return db.session.get_one(Staff, id_)

    def line(self, n: int = 0) -> BatchLine:
        """The line of the visit `n`."""
        return db.session.scalars(sa.select(BatchLine).filter_by(visit_id=self.visits[n])).one()

    def asked(self, n: int = 0) -> str:
        """The act that sent the record of the visit `n` back last, as the tablet names it."""
        acts = sa.select(BatchLineAct).filter_by(line_id=self.line(n).id, move=LineMove.SEND_BACK)
        return str(db.session.scalars(acts.order_by(BatchLineAct.number.desc())).first().id)

    def on_tablet(self, n: int = 0) -> dict[str, Any]:
        """What the officer's tablet is told of the visit `n`."""
        documents, _last = self.world.tablet.pull_all()
        return dict(documents["record", str(self.visits[n])]["doc"])


@pytest.fixture
def handed(app: Flask, world: World) -> Handed:
    """Two visits of the officer at the office, complete and in no batch yet."""
    with app.app_context():
        estate = db.session.get_one(Estate, world.estate_id)
        second = a_home(estate, "王芳").id
        supervisor = a_staff(estate, Role.SUPERVISOR, name="孙丽华").id
        manager = a_staff(estate, Role.MANAGER, name="顾文博").id
        db.session.commit()
    visits = [world.tablet.a_visit(world.estate_id, unit, issues=[]) for unit in (world.unit_id, second)]
    receipts = world.tablet.receipts(*map(world.tablet.freeze, visits))
    assert [receipt["status"] for receipt in receipts] == ["applied", "applied"]
    return Handed(world, [uuid.UUID(visit["entity_id"]) for visit in visits], supervisor, manager)


def moved(batch: Batch, move: Move, by: uuid.UUID, role: Role, **wanted: Any) -> bool:
    """One move of a batch by one person in one function, who has seen everything so far."""
    said = {"after": len(review_of(batch.id).acts), "event_id": new_id(), "note": "", "signing": None} | wanted
    return move_batch(batch, move, roles=frozenset({role}), by=By(staff_id=by), at=NOW, **said)


def with_line(
    line: BatchLine, move: LineMove, by: uuid.UUID, role: Role, note: str = "少了厨房的照片说明", **wanted: Any
) -> bool:
    """One move of a line by one person in one function."""
    said = {"event_id": new_id()} | wanted
    return move_line(line, move, roles=frozenset({role}), by=By(staff_id=by), at=NOW, note=note, **said)
