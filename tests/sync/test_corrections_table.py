"""What can happen to a correction, as a table: every row taken, all else refused, its history telling its state."""

import uuid
from collections.abc import Callable

import pytest
from flask import Flask

from app.core import journal, waits
from app.core.db import db
from app.core.errors import Outdated
from app.core.journal import By
from app.estates.corrections import accept, home_sold, refuse
from app.estates.file_rules import Standing
from app.estates.models import FileCorrection, Unit
from app.estates.owner_file import Hand
from tests.builders import NOW, TODAY
from tests.world import World

Act = Callable[[FileCorrection, Hand], None]

ACTS: dict[str, Act] = {
    "accept": lambda one, hand: accept(one, one.value, hand),
    "put right": lambda one, hand: accept(one, {"phone": "13900002222"}, hand),
    "refuse": lambda one, hand: refuse(one, "原号码有效", hand),
}
TABLE = {
    (Standing.WAITING, "accept"): Standing.ACCEPTED,
    (Standing.WAITING, "put right"): Standing.CHANGED,
    (Standing.WAITING, "refuse"): Standing.REFUSED,
}
WAYS: dict[Standing, list[str]] = {Standing.WAITING: []} | {after: [act] for (_before, act), after in TABLE.items()}
PHONES = {
    Standing.WAITING: "13812346021",
    Standing.ACCEPTED: "13900001111",
    Standing.CHANGED: "13900002222",
    Standing.REFUSED: "13812346021",
}
"""What the file says of the owner's phone where a correction stands so."""


@pytest.fixture
def noted(app: Flask, world: World) -> uuid.UUID:
    """An owner's other number, as an officer noted it."""
    with app.app_context():
        owner = str(db.session.get_one(Unit, world.unit_id).ownerships[0].person_id)
    said = {"person_id": owner, "base": {"phone": PHONES[Standing.WAITING]}}
    wanted = world.tablet.a_correction(world.estate_id, world.unit_id, "phone", {"phone": "13900001111"}, **said)
    world.tablet.receipts(world.tablet.freeze(wanted))
    return uuid.UUID(str(wanted["entity_id"]))


def told(correction: FileCorrection) -> Standing:
    """Its history replayed: noted, it waits; then every line says where it stands."""
    first, *rest = [line.kind for line in journal.history(correction.id)]
    assert first == "correction:noted"
    return Standing(rest[-1].removeprefix("correction:")) if rest else Standing.WAITING


def test_every_state_is_reached_by_a_row_and_the_ends_are_not_left() -> None:
    assert {Standing.WAITING, *TABLE.values()} == set(Standing)
    assert {before for before, _act in TABLE} == {Standing.WAITING}


@pytest.mark.parametrize("state", Standing)
@pytest.mark.parametrize("act", ACTS)
def test_every_row_is_taken_and_everything_else_is_refused(
    app: Flask, world: World, noted: uuid.UUID, state: Standing, act: str
) -> None:
    with app.app_context():
        correction, hand = db.session.get_one(FileCorrection, noted), Hand(By(world.officer_id), NOW, TODAY)
        for step in WAYS[state]:
            ACTS[step](correction, hand)
        db.session.commit()

        if (state, act) in TABLE:
            ACTS[act](correction, hand)
        else:
            with pytest.raises(Outdated) as refused:
                ACTS[act](correction, hand)
            assert "李敏" in str(refused.value.message)
        db.session.commit()

        after = TABLE.get((state, act), state)
        assert correction.state is told(correction) is after
        assert correction.person is not None
        assert correction.person.phone == PHONES[after]
        assert bool(waits.on(correction.id)) is (after is Standing.WAITING)


@pytest.mark.parametrize("state", Standing)
def test_a_sale_refuses_what_waits_and_leaves_what_is_decided(
    app: Flask, world: World, noted: uuid.UUID, state: Standing
) -> None:
    with app.app_context():
        correction, hand = db.session.get_one(FileCorrection, noted), Hand(By(world.officer_id), NOW, TODAY)
        for step in WAYS[state]:
            ACTS[step](correction, hand)

        home_sold(correction.unit, hand)
        db.session.commit()

        assert correction.state is told(correction)
        assert correction.state is (Standing.REFUSED if state is Standing.WAITING else state)
