"""What is asked about batches of records: what may be handed up, what stands in one, what is signed under it."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.approvals.models import Review
from app.core.clock import isoformat
from app.core.db import by_id, db
from app.core.errors import NotFound
from app.core.i18n import _
from app.estates.models import Unit
from app.issues.answer_queries import answers_of_visits
from app.issues.models import Issue, OwnerAnswer
from app.issues.queries import issues_of_visits
from app.people.models import Staff
from app.signatures.queries import hashes_of
from app.visits.models import Addendum, Batch, BatchLine, BatchLineAct, Visit
from app.visits.rules import LineMove, LineState

TAKEN = (LineState.IN, LineState.SENT_BACK, LineState.ARCHIVED)
"""A record whose line stands here cannot be handed up a second time."""


@dataclass(frozen=True)
class GatheredRecord:
    """One line of a batch as it is read: the visit, what was said there, added, written beside it."""

    line: BatchLine
    visit: Visit
    issues: list[Issue]
    answers: list[OwnerAnswer]
    addenda: list[Addendum]
    acts: list[BatchLineAct]
    sha256: str
    """Of the statement that was signed at the door."""

    @property
    def stands(self) -> bool:
        """Whether it is in the batch: one that was sent back is not, also once it is put right."""
        return self.line.state in (LineState.IN, LineState.ARCHIVED)

    @property
    def sent_back(self) -> BatchLineAct | None:
        """The act that sent it back, while it is to be mended."""
        return self.acts[-1] if self.line.state is LineState.SENT_BACK else None


@dataclass(frozen=True)
class NotHandedUp:
    """An officer's records that are in no batch yet; since when the oldest waits."""

    officer: Staff
    count: int
    oldest: datetime


def ready_to_hand_up(estate_id: uuid.UUID, officer_id: uuid.UUID) -> list[Visit]:
    """An officer's visits that are in no batch, oldest first. What is incomplete or asks for a look comes later."""
    found = sa.select(Visit).where(*_ready(estate_id), Visit.officer_id == officer_id)
    shown = found.options(joinedload(Visit.unit).joinedload(Unit.building), joinedload(Visit.officer))
    return list(db.session.scalars(shown.order_by(Visit.started_at, Visit.id)))


def not_handed_up(estate_id: uuid.UUID) -> list[NotHandedUp]:
    """Per officer, what is in no batch yet; who waits longest first."""
    counted = (
        sa.select(Visit.officer_id, sa.func.count(), sa.func.min(Visit.started_at))
        .where(*_ready(estate_id))
        .group_by(Visit.officer_id)
    )
    rows = db.session.execute(counted).all()
    known = {
        staff.id: staff for staff in db.session.scalars(sa.select(Staff).where(Staff.id.in_([r[0] for r in rows])))
    }
    return sorted((NotHandedUp(known[row[0]], row[1], row[2]) for row in rows), key=lambda one: one.oldest)


def _ready(estate_id: uuid.UUID) -> list[sa.ColumnElement[bool]]:
    taken = sa.exists().where(BatchLine.visit_id == Visit.id, BatchLine.state.in_(TAKEN))
    return [Visit.estate_id == estate_id, Visit.complete.is_(True), Visit.review == "", ~taken]


def the_batch(estate_id: uuid.UUID, batch_id: uuid.UUID) -> Batch:
    """A batch of this estate. Raises NotFound."""
    batch = db.session.get(Batch, batch_id)
    if batch is None or batch.estate_id != estate_id:
        raise NotFound("batch:unknown", _("This batch of records is not known in this estate."))
    return batch


def the_line(batch: Batch, line_id: uuid.UUID) -> BatchLine:
    """A line of this batch. Raises NotFound."""
    line = db.session.get(BatchLine, line_id)
    if line is None or line.batch_id != batch.id:
        raise NotFound("batch:no_line", _("This record does not stand in this batch."))
    return line


def batches_of(
    estate_id: uuid.UUID,
    *,
    archived: bool,
    officer_id: uuid.UUID | None = None,
    order: str = "-gathered",
    start: int = 0,
    count: int = 50,
) -> tuple[list[Batch], int]:
    """Batches under way, or in the archive, by `gathered` or `number`, downwards with `-`; and how many in all."""
    conditions = [
        Batch.estate_id == estate_id,
        Batch.archived_at.is_not(None) if archived else Batch.archived_at.is_(None),
    ]
    if officer_id:
        conditions.append(Batch.officer_id == officer_id)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(Batch).where(*conditions)) or 0
    page = sa.select(Batch).where(*conditions).options(joinedload(Batch.officer))
    by = {"gathered": Batch.made_at, "number": Batch.number}[order.removeprefix("-")]
    sorted_ = page.order_by(sa.desc(by) if order.startswith("-") else sa.asc(by), Batch.id)
    return list(db.session.scalars(sorted_.offset(start).limit(count))), total


def batches_by_id(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Batch]:
    """These batches by id, with whose records they hold."""
    return by_id(Batch, ids, joinedload(Batch.officer))


def lines_by_id(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, BatchLine]:
    """These lines by id, with their visits."""
    visit = joinedload(BatchLine.visit)
    unit = visit.joinedload(Visit.unit).joinedload(Unit.building)
    return by_id(BatchLine, ids, unit, visit.joinedload(Visit.officer))


def counts_of(batch_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[LineState, int]]:
    """Per batch, how many lines stand where."""
    counted: dict[uuid.UUID, dict[LineState, int]] = defaultdict(lambda: dict.fromkeys(LineState, 0))
    rows = sa.select(BatchLine.batch_id, BatchLine.state, sa.func.count()).where(
        BatchLine.batch_id.in_(list(batch_ids))
    )
    for batch_id, state, n in db.session.execute(rows.group_by(BatchLine.batch_id, BatchLine.state)):
        counted[batch_id][state] = n
    return counted


def records_in(batch: Batch) -> list[GatheredRecord]:
    """Every line of a batch that was not taken out, in the order of the visits, with all there is to read about it."""
    visit = joinedload(BatchLine.visit)
    lines = db.session.scalars(
        sa.select(BatchLine)
        .where(BatchLine.batch_id == batch.id, BatchLine.state != LineState.OUT)
        .options(visit.joinedload(Visit.unit).joinedload(Unit.building), visit.joinedload(Visit.officer))
    ).all()
    visit_ids = [line.visit_id for line in lines]
    issues, answers = issues_of_visits(visit_ids), answers_of_visits(visit_ids)
    addenda, hashes, acts = _addenda(visit_ids), hashes_of(visit_ids), _acts([line.id for line in lines])
    read = [
        GatheredRecord(
            line=line,
            visit=line.visit,
            issues=issues[line.visit_id],
            answers=answers[line.visit_id],
            addenda=addenda[line.visit_id],
            acts=acts[line.id],
            sha256=hashes.get(line.visit_id, ""),
        )
        for line in lines
    ]
    return sorted(read, key=lambda record: (record.visit.started_at, record.visit.id))


def contents_of(batch: Batch, records: Iterable[GatheredRecord], review: Review) -> dict[str, Any]:
    """What somebody signs under: the summary and every line that is in the batch now, as the page shows them."""
    return {
        "v": 1,
        "paper": "records",
        "batch_id": str(batch.id),
        "number": batch.number or "",
        "round": review.round,
        "officer": {"staff_id": str(batch.officer_id), "name": batch.officer.name},
        "summary": batch.summary,
        "lines": [_line_contents(record) for record in records if record.stands],
    }


def _line_contents(record: GatheredRecord) -> dict[str, Any]:
    return {
        "visit_id": str(record.visit.id),
        "receipt": record.visit.receipt_number or "",
        "statement_sha256": record.sha256,
        "addenda": [{"number": added.number, "text": added.text} for added in record.addenda],
        "remarks": [
            {"by": str(act.by_id), "at": isoformat(act.at), "text": act.note}
            for act in record.acts
            if act.move is LineMove.REMARK
        ],
    }


def to_mend(visit_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, BatchLineAct]:
    """Visit whose record was sent back and is not mended yet → the act that says why."""
    lines = db.session.scalars(
        sa.select(BatchLine).where(BatchLine.visit_id.in_(list(visit_ids)), BatchLine.state == LineState.SENT_BACK)
    ).all()
    acts = _acts([line.id for line in lines]) if lines else {}
    return {line.visit_id: acts[line.id][-1] for line in lines}


def batch_of_visit(visit_id: uuid.UUID) -> BatchLine | None:
    """The line under which a visit's record is, or was last, handed up."""
    found = (
        sa.select(BatchLine)
        .join(BatchLine.batch)
        .where(BatchLine.visit_id == visit_id, BatchLine.state != LineState.OUT)
        .options(joinedload(BatchLine.batch))
    )
    return db.session.scalars(found.order_by(Batch.made_at.desc())).first()


def _addenda(visit_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Addendum]]:
    by_visit: dict[uuid.UUID, list[Addendum]] = defaultdict(list)
    found = sa.select(Addendum).where(Addendum.visit_id.in_(visit_ids)).options(joinedload(Addendum.author))
    for added in db.session.scalars(found.order_by(Addendum.received_at, Addendum.number)):
        by_visit[added.visit_id].append(added)
    return by_visit


def _acts(line_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[BatchLineAct]]:
    by_line: dict[uuid.UUID, list[BatchLineAct]] = defaultdict(list)
    found = sa.select(BatchLineAct).where(BatchLineAct.line_id.in_(line_ids)).options(joinedload(BatchLineAct.by))
    for act in db.session.scalars(found.order_by(BatchLineAct.number)):
        by_line[act.line_id].append(act)
    return by_line
