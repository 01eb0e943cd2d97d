"""A draft edited cell by cell: each cell is saved, refused with a sentence, or overtaken. The caller commits."""

import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.core import journal
from app.core.clock import local_date
from app.core.db import db
from app.core.errors import Refused, Words
from app.core.i18n import _
from app.core.ids import new_id
from app.core.journal import By, JournalLine
from app.estates.models import Estate, Unit
from app.people.queries import staff_in
from app.people.rules import Role
from app.visits.by_hand import terms_by_hand
from app.visits.models import Plan, PlanLine
from app.visits.plans import must_be_draft, note
from app.visits.queries import missed_before
from app.visits.terms import Field, Terms
from app.visits.typed import Ground, officers_called, read


@dataclass(frozen=True)
class Typed:
    """What somebody typed into a cell, and the value that they saw there before."""

    line_id: uuid.UUID
    field: Field
    seen: str
    text: str


class Fate(enum.Enum):
    """What became of a cell: in the plan, refused, or overtaken by what somebody else wrote meanwhile."""

    SAVED = "saved"
    REFUSED = "refused"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True)
class Written:
    """One cell's answer: its value as it stands now, in words why what was typed is not it."""

    typed: Typed
    fate: Fate
    value: str
    message: Words = ""


@dataclass(frozen=True)
class Line:
    """A line as it is written in: its terms, or why nothing can be written there; `was`: before an amendment."""

    unit_id: uuid.UUID
    terms: Terms | None
    closed: Words = ""
    was: Terms | None = None


def write_cells(plan: Plan, typed: Sequence[Typed], *, by: By, at: datetime) -> list[Written]:
    """Write into cells of a draft, each for itself. Raises Outdated when the plan is no draft any more."""
    must_be_draft(plan)
    wanted = {one.line_id for one in typed}
    found = sa.select(PlanLine).where(PlanLine.plan_id == plan.id, PlanLine.id.in_(wanted))
    lines = {line.id: line for line in db.session.scalars(found.execution_options(populate_existing=True))}
    known = {id_: Line(line.unit_id, line.terms) for id_, line in lines.items()}
    answers, became = settle_cells(typed, known, ground_of(plan, at))
    for id_, terms in became.items():
        lines[id_].terms = terms
    if became:
        data = {"cells": changes_between(known, became)}
        note(plan, "plan:cells_written", data, by=by, at=at)
    return answers


def add_homes(plan: Plan, units: Sequence[Unit], *, by: By, at: datetime) -> list[PlanLine]:
    """Put households into a draft by hand. Raises Refused if one is none or stands there already."""
    must_be_draft(plan)
    rows = db.session.execute(sa.select(PlanLine.unit_id, PlanLine.officer_id).where(PlanLine.plan_id == plan.id))
    others = {row.unit_id: row.officer_id for row in rows}
    if any(unit.id in others for unit in units):
        raise Refused("plan:home_there", _("This home stands in the plan already."))
    missed = missed_before(plan.estate_id, plan.month, ground_of(plan, at).today)
    added = zip(units, terms_by_hand(plan, units, others, at), strict=True)
    lines = [_new_line(plan, unit, *found, missed.get(unit.id)) for unit, found in added]
    db.session.add_all(lines)
    db.session.flush()
    db.session.expire(plan, ["lines"])
    for line in lines:
        note(plan, "plan:home_added", {"unit": str(line.unit_id), "terms": line.terms.plain()}, by=by, at=at)
    return lines


def _new_line(plan: Plan, unit: Unit, terms: Terms, last_met_on: date | None, carried_from: str | None) -> PlanLine:
    line = PlanLine(id=new_id(), estate_id=plan.estate_id, plan_id=plan.id, unit_id=unit.id, last_met_on=last_met_on)
    line.terms, line.carried_from = terms, carried_from
    return line


def ground_of(plan: Plan, at: datetime) -> Ground:
    """What the cells of a plan are read against at a moment."""
    today = local_date(at, db.session.get_one(Estate, plan.estate_id).time_zone)
    officers = staff_in(plan.estate_id, [Role.OFFICER], today)
    return Ground(plan.month, today, officers_called([(staff.id, staff.name, staff.login) for staff in officers]))


def settle_cells(
    typed: Sequence[Typed], lines: dict[uuid.UUID, Line], ground: Ground
) -> tuple[list[Written], dict[uuid.UUID, Terms]]:
    """What becomes of each cell, and of each line that changes its terms."""
    answers: list[Written] = []
    became: dict[uuid.UUID, Terms] = {}
    for one in typed:
        line = lines.get(one.line_id)
        terms = became.get(one.line_id) or (line.terms if line else None)
        if line is None or terms is None:
            gone = line.closed if line and line.closed else _("This home is not in the plan any more.")
            answers.append(Written(one, Fate.REFUSED, one.seen, gone))
            continue
        answer = _settle(one, terms, line, ground)
        answers.append(answer)
        if answer.fate is Fate.SAVED and answer.value != terms.value(one.field):
            became[one.line_id] = terms.having(one.field, answer.value)
    return answers, became


def _settle(one: Typed, terms: Terms, line: Line, ground: Ground) -> Written:
    stands = terms.value(one.field)
    if line.closed:
        return Written(one, Fate.REFUSED, stands, line.closed)
    # What stands there, or stood, can be written again whatever day it is: a copied line is pasted back as it was.
    known = {stood.value(one.field) for stood in (terms, line.was) if stood}
    try:
        value = one.text if one.text in known else read(one.field, one.text, ground)
    except Refused as refusal:
        return Written(one, Fate.REFUSED, stands, refusal.message)
    if value != stands != one.seen:
        return Written(one, Fate.OVERTAKEN, stands)
    return Written(one, Fate.SAVED, value)


def changes_between(known: dict[uuid.UUID, Line], became: dict[uuid.UUID, Terms]) -> list[dict[str, Any]]:
    """What the journal keeps of cells: the unit, the field, from what, to what."""
    return [
        {"unit": str(known[id_].unit_id), "field": field.value, "from": old.value(field), "to": new.value(field)}
        for id_, new in became.items()
        if (old := known[id_].terms) is not None
        for field in Field
        if old.value(field) != new.value(field)
    ]


def who_wrote(subject_id: uuid.UUID, unit_id: uuid.UUID, field: Field) -> uuid.UUID | None:
    """Who last wrote into a cell of a plan or an amendment, if anybody did."""
    return next(
        (line.staff_id for line in reversed(journal.history(subject_id)) if _wrote(line, str(unit_id), field)), None
    )


def _wrote(line: JournalLine, unit: str, field: Field) -> bool:
    cells = line.data.get("cells", [])
    if any(cell["unit"] == unit and cell["field"] == field.value for cell in cells):
        return True
    return field is Field.OFFICER and "officer" in line.data and unit in line.data.get("units", [])
