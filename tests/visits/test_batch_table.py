"""What can happen to one record of a batch: every row taken, all else refused, its history telling its state."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from app.approvals.rules import Move
from app.core import journal
from app.core.db import db
from app.core.errors import NotAllowed, Outdated
from app.core.journal import By
from app.people.rules import Role
from app.visits.batches import put_in
from app.visits.models import Batch, BatchLineAct
from app.visits.rules import LINE_STEPS, LineMove, LineState, LineStep, Reading, line_step
from tests.builders import NOW, a_batch, hand_on
from tests.visits.handed import Handed, moved, with_line


def test_no_two_rows_of_the_table_say_different_things() -> None:
    rows = [(row.before, row.move) for row in LINE_STEPS]

    assert len(set(rows)) == len(rows)


def test_every_state_of_a_line_is_reached_and_every_one_but_the_archive_is_left() -> None:
    assert {row.after for row in LINE_STEPS} == set(LineState)
    assert {row.before for row in LINE_STEPS} == set(LineState) - {LineState.ARCHIVED}
    assert {row.move for row in LINE_STEPS} == set(LineMove)


@pytest.mark.parametrize("reading", Reading)
@pytest.mark.parametrize("move", LineMove)
@pytest.mark.parametrize("state", LineState)
@pytest.mark.any_database
def test_whatever_has_no_row_is_refused_and_changes_nothing(
    app: Flask, handed: Handed, state: LineState, move: LineMove, reading: Reading
) -> None:
    if line_step(state, move, reading) is not None:
        return
    with app.app_context():
        batch = a_batch(handed.estate, handed.officer)
        if reading is Reading.GATHERED:
            moved(batch, Move.TAKE_BACK, handed.officer.id, Role.OFFICER)
        line = handed.line()
        line.state = state
        db.session.commit()

        with pytest.raises((Outdated, NotAllowed)):
            with_line(line, move, handed.supervisor, Role.SUPERVISOR)

        db.session.rollback()
        assert handed.line().state is state
        assert db.session.scalars(sa.select(BatchLineAct)).all() == []


Act = Callable[[Handed, Batch], object]


def _by_the_supervisor(move: LineMove) -> Act:
    return lambda handed, _batch: with_line(handed.line(), move, handed.supervisor, Role.SUPERVISOR)


def _mend(handed: Handed, _batch: Batch) -> None:
    """An addendum from the tablet that says what was missing."""
    visit, asked = {"entity_id": str(handed.visits[0])}, handed.asked()
    db.session.commit()
    said = handed.world.tablet.an_addendum(handed.world.estate_id, visit, "从国庆后开始", mends=asked) | {"v": 2}
    [receipt] = handed.world.tablet.receipts(handed.world.tablet.freeze(said))
    assert receipt["status"] == "applied"
    db.session.expire_all()


ACTS: dict[LineMove, Act] = {
    LineMove.TAKE_OUT: _by_the_supervisor(LineMove.TAKE_OUT),
    LineMove.PUT_IN: lambda handed, batch: put_in(batch, handed.visits[:1], by=By(staff_id=handed.officer.id), at=NOW),
    LineMove.REMARK: _by_the_supervisor(LineMove.REMARK),
    LineMove.SEND_BACK: _by_the_supervisor(LineMove.SEND_BACK),
    LineMove.MEND: _mend,
    LineMove.SETTLE: _by_the_supervisor(LineMove.SETTLE),
    LineMove.ARCHIVE: lambda handed, batch: hand_on(batch, handed.staff(handed.supervisor), stages=4),
}
WAYS: dict[LineState, list[LineMove]] = {
    LineState.IN: [],
    LineState.SENT_BACK: [LineMove.SEND_BACK],
    LineState.MENDED: [LineMove.SEND_BACK, LineMove.SETTLE],
}
"""A way to each state of a line whose batch is read."""


def as_it_is_gathered(handed: Handed, batch: Batch) -> None:
    """The officer takes the batch back."""
    moved(batch, Move.TAKE_BACK, handed.officer.id, Role.OFFICER)


def told(handed: Handed) -> LineState:
    """What its acts say, one after the other, beginning with a record that was put in."""
    state, line = LineState.IN, handed.line()
    for act in db.session.scalars(sa.select(BatchLineAct).filter_by(line_id=line.id).order_by(BatchLineAct.number)):
        [row] = [row for row in LINE_STEPS if (row.before, row.move) == (state, act.move)]
        state = row.after
    return state


@pytest.mark.clause("R15")
@pytest.mark.parametrize("row", LINE_STEPS, ids=lambda row: f"{row.before.value} {row.move.value}")
def test_every_row_is_taken_with_its_act_and_its_line_in_the_journal(app: Flask, handed: Handed, row: LineStep) -> None:
    with app.app_context():
        batch = a_batch(handed.estate, handed.officer)
        for move in WAYS.get(row.before, []):
            ACTS[move](handed, batch)
        if row.while_ is Reading.GATHERED:
            as_it_is_gathered(handed, batch)
        if row.before is LineState.OUT:
            ACTS[LineMove.TAKE_OUT](handed, batch)
        db.session.commit()
        assert handed.line().state is told(handed) is row.before

        ACTS[row.move](handed, batch)
        db.session.commit()

        assert handed.line().state is told(handed) is row.after
        kinds = [line.kind for line in journal.history(handed.visits[0]) if line.kind.startswith("record:")]
        assert kinds[-1] == f"record:{row.move.value}"
