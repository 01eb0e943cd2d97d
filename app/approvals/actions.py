"""Everything that moves a paper along its chain. The caller commits."""

import uuid
from datetime import datetime

import sqlalchemy as sa

from app.approvals.models import Review, ReviewAct
from app.approvals.rules import AT_A_STAGE, DRAFTED_BY, Duty, Move, Paper, Stage, State, Step, chain_of, step
from app.core import journal, waits
from app.core.clock import days_later
from app.core.db import db
from app.core.errors import NotAllowed, Outdated, Refused
from app.core.i18n import _
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate
from app.people.rules import Role

MEND = "review:mend"
WAITS: dict[Duty, str] = {duty: f"review:{duty.value}" for duty in Duty}
"""What a paper waits for at a stage; `MEND` once it was sent back."""


def submit(
    paper: Paper,
    subject_id: uuid.UUID,
    estate: Estate,
    *,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
    note: str = "",
    drafter_id: uuid.UUID | None = None,
) -> bool:
    """Hand a paper in: it takes the chain that the estate has today. Returns False if this very event happened before.

    `drafter_id`: to whom it goes back, if not to whoever drafts such papers. The caller holds the paper, so that
    nobody else hands it in at this moment. Raises Outdated.
    """
    if journal.happened(event_id):
        return False
    known = db.session.scalars(sa.select(Review).where(Review.subject_id == subject_id)).first()
    review = known or _first(paper, subject_id, estate)
    row = _row(review, Move.SUBMIT)
    review.stages = [stage.plain() for stage in chain_of(paper, estate.profile, estate.settings)]
    review.round, review.passed, review.drafter_id = review.round + 1, 0, drafter_id
    _take(row, review, None, event_id=event_id, by=by, at=at, note=note.strip())
    return True


def make_move(
    review: Review,
    move: Move,
    *,
    after: int,
    roles: frozenset[Role],
    event_id: uuid.UUID,
    by: By,
    at: datetime,
    note: str = "",
) -> bool:
    """Pass a paper on, send it back with a reason, or take it back. Returns False if this very event happened before.

    `after`: how many acts whoever moves it has seen; `roles`: in which functions they work in the estate. Raises
    Outdated if somebody was faster, NotAllowed if the stage is not theirs, Refused without a reason.
    """
    if journal.happened(event_id):
        return False
    hold(review)
    if _count(review) != after:
        raise Outdated("review:moved_on", _("Somebody else was faster: look at what has changed."))
    row, stage = _row(review, move), review.stage
    if move in AT_A_STAGE and (stage is None or stage.role not in roles):
        raise NotAllowed("review:not_yours", _("This is not yours to decide now."))
    if move is Move.SEND_BACK and not note.strip():
        raise Refused("review:reason_missing", _("Write down why it goes back."))
    _take(row, review, stage if move in AT_A_STAGE else None, event_id=event_id, by=by, at=at, note=note.strip())
    return True


def _first(paper: Paper, subject_id: uuid.UUID, estate: Estate) -> Review:
    review = Review(
        id=new_id(),
        estate_id=estate.id,
        paper=paper,
        subject_id=subject_id,
        state=State.DRAFT,
        round=0,
        passed=0,
        stages=[],
    )
    db.session.add(review)
    db.session.flush()
    return review


def _row(review: Review, move: Move) -> Step:
    row = step(review.state, move, last=review.passed + 1 == len(review.stages))
    if row is None:
        raise Outdated("review:not_open_to_this", _("Somebody else was faster: look at what has changed."))
    return row


def _take(
    row: Step, review: Review, stage: Stage | None, *, event_id: uuid.UUID, by: By, at: datetime, note: str
) -> None:
    """Write state, act and journal line together, and what the paper waits for now."""
    assert by.staff_id is not None, "a review is made by people"
    act = ReviewAct(
        id=new_id(),
        estate_id=review.estate_id,
        review_id=review.id,
        number=_count(review) + 1,
        round=review.round,
        move=row.move,
        duty=stage.duty if stage else None,
        role=stage.role if stage else None,
        by_id=by.staff_id,
        at=at,
        note=note,
    )
    db.session.add(act)
    review.state = row.after
    review.passed += row.move is Move.HAND_ON
    db.session.flush()
    db.session.expire(review, ["acts"])
    kind, subject = f"{review.paper.value}:{_said(row.move, stage)}", (review.paper.value, review.subject_id)
    data = {"round": review.round, "act": act.number}
    journal.write(review.estate_id, kind, subject, by=by, at=at, data=data, event_id=event_id)
    _let_wait(review, at=at)


def _said(move: Move, stage: Stage | None) -> str:
    """The journal's word: `review` for a stage that was passed, else the move."""
    return stage.duty.value if stage and move is Move.HAND_ON else move.value


def _let_wait(review: Review, *, at: datetime) -> None:
    for what in (MEND, *WAITS.values()):
        waits.end(review.subject_id, what)
    stage, subject = review.stage, (review.paper.value, review.subject_id)
    zone = db.session.get_one(Estate, review.estate_id).time_zone
    if stage is not None:
        holder, due_at = waits.Holder(role=stage.role.value), days_later(at, stage.days, zone)
        waits.begin(review.estate_id, subject, WAITS[stage.duty], holder, since=at, due_at=due_at)
    elif review.state is State.SENT_BACK:
        role = None if review.drafter_id else DRAFTED_BY[review.paper].value
        holder = waits.Holder(role=role, staff_id=review.drafter_id)
        due_at = days_later(at, review.chain[0].days, zone)
        waits.begin(review.estate_id, subject, MEND, holder, since=at, due_at=due_at)


def hold(review: Review) -> None:
    """Read it as it is now; whoever moves the same paper at this moment waits until we are done."""
    db.session.refresh(review, ["state", "round", "passed", "stages"], with_for_update=True)


def _count(review: Review) -> int:
    found = sa.select(sa.func.count()).select_from(ReviewAct).where(ReviewAct.review_id == review.id)
    return db.session.scalar(found) or 0
