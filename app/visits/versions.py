"""What is asked about amendments and the versions of a plan: what changed in each, line by line."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.core.db import by_id, db
from app.core.errors import NotFound
from app.core.i18n import _
from app.estates.models import Unit
from app.visits.amending import AmendmentState, Came, Change, Standing, change_from
from app.visits.amendments import standings
from app.visits.models import Plan, PlanAmendment, PlanAmendmentLine, PlanLine
from app.visits.planning import Home, walking_order
from app.visits.terms import Field, Terms, differing


@dataclass(frozen=True)
class Changed:
    """One household of an amendment: what is done with it, from what to what; whether it falls away.

    `fell`: how the household stood at work when that was, for an amendment that is open still.
    """

    row: PlanAmendmentLine
    change: Change
    fell_away: bool
    fell: Standing | None = None

    @property
    def unit(self) -> Unit:
        return self.row.unit

    @property
    def fields(self) -> list[Field]:
        """The fields that change, of a line that stays."""
        old, new = self.row.old, self.row.new
        return differing(old, new) if old and new else []


@dataclass(frozen=True)
class SheetLine:
    """A line that is written in: its terms as they are to be, and what an amendment changes about it."""

    line: PlanLine | PlanAmendmentLine
    id: uuid.UUID
    unit: Unit
    terms: Terms
    change: Change | None = None
    old: Terms | None = None

    @property
    def fields(self) -> list[Field]:
        """What an amendment changes here."""
        return differing(self.old, self.terms) if self.old and self.change is Change.CHANGED else []


def the_amendment(estate_id: uuid.UUID, amendment_id: uuid.UUID) -> PlanAmendment:
    """An amendment of a plan of this estate. Raises NotFound."""
    amendment = db.session.get(PlanAmendment, amendment_id)
    if amendment is None or amendment.estate_id != estate_id:
        raise NotFound("amendment:unknown", _("This change is not known in this estate."))
    return amendment


def amendments_by_id(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, PlanAmendment]:
    """These amendments by id, with their plans and who drew them up."""
    plan, made_by = joinedload(PlanAmendment.plan), joinedload(PlanAmendment.made_by)
    return by_id(PlanAmendment, ids, plan, made_by, selectinload(PlanAmendment.lines))


def versions_of(plan: Plan) -> list[PlanAmendment]:
    """The amendments that are in a plan, newest first; its first version is the plan as it was filed."""
    found = sa.select(PlanAmendment).where(
        PlanAmendment.plan_id == plan.id, PlanAmendment.state == AmendmentState.FILED
    )
    return list(db.session.scalars(found.order_by(PlanAmendment.version.desc())))


def changes_in(amendment: PlanAmendment) -> list[Changed]:
    """What an amendment changes, as one walks. Of one that is open still: what falls out if it is filed now."""
    stand = standings(amendment.plan_id) if amendment.filed_at is None else {}
    found = []
    for row in _lines_of(amendment):
        change = change_from(row.old, row.new)
        if change is not None:
            fell = stand.get(row.line_id) if row.was else None
            gone = row.came is Came.FELL_AWAY or fell in (Standing.DONE, Standing.OVER)
            found.append(Changed(row, change, gone, fell if gone else None))
    return found


def lines_of_draft(plan: Plan) -> list[SheetLine]:
    """A draft's lines, as one walks."""
    found = sa.select(PlanLine).where(PlanLine.plan_id == plan.id)
    lines = db.session.scalars(found.options(joinedload(PlanLine.unit).joinedload(Unit.building))).all()
    return _as_one_walks([SheetLine(line, line.id, line.unit, line.terms) for line in lines])


def lines_of_amendment(amendment: PlanAmendment) -> list[SheetLine]:
    """What is still to be visited, as it is to be; with what is to be added, and what is to go, as it was."""
    stand, rows = standings(amendment.plan_id), {row.unit_id: row for row in _lines_of(amendment)}
    lines = []
    for one in lines_of_draft(amendment.plan):
        row = rows.get(one.unit.id)
        if stand[one.id] is not Standing.DUE:
            continue
        change = change_from(row.old, row.new) if row else None
        terms = row.new if row and row.new else one.terms
        lines.append(SheetLine(one.line, one.id, one.unit, terms, change, one.terms))
    added = [row for row in rows.values() if row.was is None]
    lines += [SheetLine(row, row.line_id, row.unit, row.new, Change.ADDED) for row in added if row.new]
    return _as_one_walks(lines)


def _lines_of(amendment: PlanAmendment) -> list[PlanAmendmentLine]:
    found = (
        sa.select(PlanAmendmentLine)
        .where(PlanAmendmentLine.amendment_id == amendment.id)
        .options(joinedload(PlanAmendmentLine.unit).joinedload(Unit.building))
    )
    return sorted(db.session.scalars(found), key=lambda row: _order(row.unit))


def _as_one_walks(lines: list[SheetLine]) -> list[SheetLine]:
    return sorted(lines, key=lambda line: _order(line.unit))


def _order(unit: Unit) -> tuple[object, ...]:
    return walking_order(Home(unit.id, unit.building.name, unit.entrance, unit.floor, unit.number, None))
