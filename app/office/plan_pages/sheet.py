"""The sheet in which a plan is written: its rows and cells as pages show them, and the answers to what was typed."""

import itertools
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from flask import jsonify, request
from pydantic import BaseModel, Field, ValidationError

from app.core.clock import now
from app.core.db import db
from app.core.errors import Refused, Words
from app.core.i18n import _, in_a_row, lazy_
from app.estates.queries import owners_on, units_with_people
from app.office.door import me
from app.office.moments import When
from app.office.plan_pages.spreading import WEEKDAYS
from app.office.words import METHODS
from app.people.queries import names
from app.visits.amending import Change
from app.visits.by_hand import homes_like
from app.visits.models import Plan
from app.visits.queries import last_met
from app.visits.rules import Method
from app.visits.sheet import Fate, Typed, Written, ground_of, who_wrote
from app.visits.spreading import Weekdays, days_left
from app.visits.terms import Field as Column
from app.visits.terms import Terms
from app.visits.typed import Officer
from app.visits.versions import SheetLine

COLUMNS: dict[Column, Words] = {
    Column.OFFICER: lazy_("Officer"),
    Column.DAY: lazy_("Planned for"),
    Column.TIME: lazy_("Time"),
    Column.PURPOSE: lazy_("Purpose"),
    Column.METHOD: lazy_("Method"),
}
"""The columns that are written in, in their order (form 9)."""

Lines = Callable[[], Sequence[SheetLine]]
"""Asks for the lines as they stand after what was written."""


class CellTyped(BaseModel):
    """One cell as it comes from the page."""

    line: uuid.UUID
    field: Column
    seen: Annotated[str, Field(max_length=400)]
    text: Annotated[str, Field(max_length=2000)]


class CellsTyped(BaseModel):
    """What was typed, pasted or filled in one go."""

    cells: Annotated[list[CellTyped], Field(max_length=10_000)]


@dataclass(frozen=True)
class Cell:
    """A cell: its value as kept, the text that one edits and copies, how it is shown; `was`: what it was before."""

    column: Column
    value: str
    text: str
    shown: str
    was: str = ""


@dataclass(frozen=True)
class Row:
    """A household in the sheet. One that is to be taken out is shown and not written in."""

    line: SheetLine
    owners: str
    last_met_on: date | None
    days: int | None
    cells: list[Cell]

    @property
    def goes(self) -> bool:
        return self.line.change is Change.DROPPED

    @property
    def comes(self) -> bool:
        return self.line.change is Change.ADDED


@dataclass(frozen=True)
class Stairs:
    """The rows of one entrance of a building, as one walks."""

    building: str
    entrance: str
    rows: list[Row]


class Says:
    """How the values of cells are said in the reader's language."""

    def __init__(self, plan: Plan, when: When) -> None:
        self.when = when
        self.officers: Sequence[Officer] = ground_of(plan, when.now).officers
        self._labels = {officer.id: officer.label for officer in self.officers}

    def officer(self, id_: uuid.UUID) -> str:
        """A visit officer's name, also of one who is none any more."""
        if id_ not in self._labels:
            self._labels |= {id_: names([id_]).get(id_, "–")}
        return self._labels[id_]

    def cell(self, column: Column, terms: Terms, old: Terms | None = None) -> Cell:
        """A cell of a line; with what it was where `old` says something else."""
        value = terms.value(column)
        was = self.shown(column, old.value(column)) if old and old.value(column) != value else ""
        return Cell(column, value, self.text(column, value), self.shown(column, value), was)

    def text(self, column: Column, value: str) -> str:
        """What one edits and copies."""
        if column is Column.OFFICER:
            return self.officer(uuid.UUID(value))
        return str(METHODS[Method(value)]) if column is Column.METHOD else value

    def shown(self, column: Column, value: str) -> str:
        """What stands in the cell; "–" for nothing that was something."""
        if column is Column.DAY:
            return self.when.on(date.fromisoformat(value))
        return self.text(column, value) or "–"

    def terms(self, terms: Terms) -> str:
        """All of a line in one sentence."""
        said = [self.shown(column, terms.value(column)) for column in Column]
        return " · ".join(part for part in said if part != "–")


@dataclass(frozen=True)
class Sheet:
    """A sheet as a page shows it."""

    stairs: list[Stairs]
    officers: Sequence[Officer]
    shares: list[tuple[Officer, int]]
    days: list[date]
    weekdays: Mapping[Weekdays, Words]

    @property
    def rows(self) -> list[Row]:
        return [row for part in self.stairs for row in part.rows]


def sheet_of(plan: Plan, lines: Sequence[SheetLine], when: When) -> Sheet:
    """The sheet with these lines, entrance by entrance."""
    says, units = Says(plan, when), {unit.id: unit for unit in units_with_people([line.unit.id for line in lines])}
    met = last_met(units)
    rows = []
    for line in lines:
        owners = in_a_row(held.person.name for held in owners_on(units[line.unit.id], when.today))
        last = when.local(met[line.unit.id]).date() if line.unit.id in met else None
        cells = [_plain_if_blank(says.cell(column, line.terms, _old(line))) for column in Column]
        rows.append(Row(line, owners, last, (when.today - last).days if last else None, cells))
    by_stairs = itertools.groupby(rows, key=lambda row: (row.line.unit.building.name, row.line.unit.entrance))
    stairs = [Stairs(building, entrance, list(there)) for (building, entrance), there in by_stairs]
    return Sheet(stairs, says.officers, _shares(lines, says.officers), days_left(plan.month, when.today), WEEKDAYS)


def answer_cells(plan: Plan, subject_id: uuid.UUID, write: Callable[[list[Typed]], list[Written]], lines: Lines) -> Any:
    """Write what came from the page and answer cell by cell; `subject_id`: whose journal knows who wrote there."""
    try:
        typed = [Typed(one.line, one.field, one.seen, one.text) for one in _cells_sent().cells]
        written = write(typed)
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        return jsonify(message=str(refusal.message)), refusal.status
    says, there = Says(plan, When(me().estate.time_zone, now())), {line.id: line for line in lines()}
    shares = {str(officer.id): count for officer, count in _shares(list(there.values()), says.officers)}
    return jsonify(cells=[_answer(one, says, there, subject_id) for one in written], shares=shares)


def found_by_hand(plan: Plan, lines: Sequence[SheetLine], words: str, when: When) -> list[tuple[Any, str]]:
    """Households that could be added by hand, each with its owners."""
    taken = {line.unit.id for line in lines if line.change is not Change.DROPPED}
    found = homes_like(plan, words, when.today, taken)
    return [(unit, in_a_row(held.person.name for held in owners_on(unit, when.today))) for unit in found]


def chosen_lines() -> list[uuid.UUID]:
    """The lines that were chosen on the page. Raises Refused if there is none."""
    try:
        chosen = [uuid.UUID(line) for line in request.form.getlist("line")]
    except ValueError as error:
        raise Refused("plan:no_line", _("Choose homes first.")) from error
    if not chosen:
        raise Refused("plan:no_line", _("Choose homes first."))
    return chosen


def _answer(one: Written, says: Says, lines: dict[uuid.UUID, SheetLine], subject_id: uuid.UUID) -> dict[str, Any]:
    column, line = one.typed.field, lines.get(one.typed.line_id)
    answer: dict[str, Any] = {"line": str(one.typed.line_id), "field": column.value, "state": one.fate.value}
    if line is not None:
        cell = _plain_if_blank(says.cell(column, line.terms.having(column, one.value), _old(line)))
        answer |= {"value": cell.value, "text": cell.text, "shown": cell.shown, "was": cell.was}
    return answer | {"message": _message(one, says, line, subject_id)}


def _message(one: Written, says: Says, line: SheetLine | None, subject_id: uuid.UUID) -> str:
    if one.fate is not Fate.OVERTAKEN or line is None:
        return str(one.message)
    theirs = says.shown(one.typed.field, one.value)
    who = who_wrote(subject_id, line.unit.id, one.typed.field)
    if who is None:
        return str(_("Meanwhile it was changed to “%(theirs)s”.", theirs=theirs))
    return str(_("%(name)s changed it to “%(theirs)s” meanwhile.", name=names([who]).get(who, "–"), theirs=theirs))


def _cells_sent() -> CellsTyped:
    try:
        return CellsTyped.model_validate_json(request.get_data())
    except ValidationError as error:
        raise Refused("sheet:unreadable", _("The office did not understand what was sent.")) from error


def _old(line: SheetLine) -> Terms | None:
    return line.old if line.change is not Change.DROPPED else None


def _plain_if_blank(cell: Cell) -> Cell:
    """In the sheet an empty cell is empty."""
    return cell if cell.value else Cell(cell.column, "", "", "", cell.was)


def _shares(lines: Sequence[SheetLine], officers: Sequence[Officer]) -> list[tuple[Officer, int]]:
    """How many homes each officer has, also those who have none."""
    counted = Counter(line.terms.officer_id for line in lines if line.change is not Change.DROPPED)
    return [(officer, counted[officer.id]) for officer in officers]
