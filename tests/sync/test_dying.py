"""The office dies at one of the commits of a push; the tablet sends the same again."""

import json

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.db import db
from app.sync.models import Operation
from app.visits.models import Visit
from tests.sync.conftest import World
from tests.sync.machine.messages import Answer, Ask, NotReached
from tests.sync.machine.road import Fault, Road


@pytest.mark.parametrize("death", [Fault.DIES_FIRST, Fault.DIES_SECOND, Fault.DIES_THIRD])
def test_effect_and_receipt_stand_or_fall_together(app: Flask, world: World, death: Fault) -> None:
    tablet, road = world.tablet, Road(app)
    push = Ask("POST", "/sync/push", tablet.enrolled["send_token"]).saying(
        {
            "device_time": "2026-11-23T06:47:01.000Z",
            "app_version": "model",
            "unsent": {"count": 2},
            "storage": {"persisted": True, "usage": 1000, "quota": 10**9},
            "operations": [tablet.freeze(tablet.a_visit(world.estate_id, world.unit_id)) for _i in range(2)],
        }
    )
    with pytest.raises(NotReached):
        road.carry(push, death)

    again = road.carry(push)

    assert [receipt["status"] for receipt in receipts(again)] == ["applied", "applied"]
    assert receipts(road.carry(push)) == receipts(again)
    with app.app_context():
        kept = set(db.session.scalars(sa.select(Operation.op_id)))
        assert set(db.session.scalars(sa.select(Visit.operation_id))) == kept


def receipts(answer: Answer) -> list[dict]:
    return json.loads(answer.text)["receipts"]
