"""What waited for something enters by itself once that is here. Each operation in a transaction of its own."""

import uuid
from collections.abc import Iterable

import sqlalchemy as sa

from app.core.clock import now
from app.core.db import db
from app.sync.deciding import held_but_known, take_up, waiting_for_a_visit


def take_up_addenda(estate_ids: Iterable[uuid.UUID]) -> int:
    """Enter the addenda that wait for a visit in these estates, wherever that is here by now."""
    estates = set(estate_ids)
    return _take_up_each(waiting_for_a_visit(estates)) if estates else 0


def take_up_whatever_can_be() -> int:
    """Enter those, and what this server could not read when it came. Returns how many were decided about."""
    return _take_up_each([*held_but_known(), *waiting_for_a_visit()])


def _take_up_each(op_ids: list[uuid.UUID]) -> int:
    db.session.rollback()  # nothing of the search is held while others write
    taken = 0
    for op_id in op_ids:
        try:
            taken += take_up(op_id, at=now()) is not None
            db.session.commit()
        except sa.exc.OperationalError:  # somebody is at it at this moment; the next push or start looks again
            db.session.rollback()
    return taken
