"""Whoever held visits is not the only one who reads their records (R15, R16), where somebody else can."""

import uuid
from collections.abc import Iterable
from datetime import date

from app.approvals.models import Review
from app.approvals.rules import Duty, Move
from app.core.db import db
from app.estates.models import Estate
from app.estates.queries import who_is
from app.people.rules import Role
from app.visits.models import Batch

_READS = frozenset({Duty.SIGN, Duty.REVIEW})


def is_for_another(batch: Batch, review: Review, staff_id: uuid.UUID | None, on: date) -> bool:
    """Whether a stage is another's than theirs: they held these visits, and would be the only one who reads them.

    Not so where nobody else holds the stage's function, or where somebody else has read them or does so later.
    """
    stage = review.stage
    if stage is None or stage.duty not in _READS or staff_id != batch.officer_id or _read_by_another(batch, review):
        return False
    later = {one.role for one in review.chain[review.passed + 1 :] if one.duty in _READS}
    return _others_in(batch, {stage.role}, on) and not _others_in(batch, later, on)


def only_read_by_the_officer(batch: Batch, review: Review | None) -> bool:
    """Whether every stage of reading is passed, and nobody but whoever held the visits has passed one."""
    if review is None or not review.passed:
        return False
    ahead = any(one.duty in _READS for one in review.chain[review.passed :])
    return not ahead and not _read_by_another(batch, review)


def _read_by_another(batch: Batch, review: Review) -> bool:
    return any(
        act.round == review.round and act.move is Move.HAND_ON and act.duty in _READS and act.by_id != batch.officer_id
        for act in review.acts
    )


def _others_in(batch: Batch, roles: Iterable[Role], on: date) -> bool:
    estate = db.session.get_one(Estate, batch.estate_id)
    return any(one.id != batch.officer_id for one in who_is(estate, roles, on))
