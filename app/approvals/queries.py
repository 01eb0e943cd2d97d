"""What is asked about reviews."""

import uuid
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.approvals.models import Review, ReviewAct
from app.approvals.rules import Paper, State
from app.core.db import db


def review_of(subject_id: uuid.UUID) -> Review | None:
    """A paper's way through its chain, with every act and who did it; nothing if it was never handed in."""
    found = sa.select(Review).where(Review.subject_id == subject_id)
    return db.session.scalars(found.options(selectinload(Review.acts).joinedload(ReviewAct.by))).first()


def reviews_of(subject_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Review]:
    """Where each of these papers stands, by the paper's id; those never handed in left out."""
    found = sa.select(Review).where(Review.subject_id.in_(list(subject_ids)))
    return {review.subject_id: review for review in db.session.scalars(found)}


def under_way(estate_id: uuid.UUID, paper: Paper) -> int:
    """How many papers of a kind are on their way through a chain: each keeps the one it began with."""
    counted = sa.select(sa.func.count()).select_from(Review)
    running = Review.estate_id == estate_id, Review.paper == paper, Review.state == State.RUNNING
    return db.session.scalar(counted.where(*running)) or 0
