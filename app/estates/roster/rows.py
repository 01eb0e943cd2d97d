"""One row while it is read: its cells by what they mean, and what there is to say about them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from app.estates.roster.cells import Misread, says_nothing, text
from app.estates.roster.days import day
from app.estates.roster.grid import ERRORS, UNSAVED_FORMULA, Value
from app.estates.roster.headings import Column
from app.estates.roster.vocabulary import Field
from app.estates.roster.words import Reason, reason

T = TypeVar("T")

LONGEST_CELL = 500


@dataclass
class Row:
    """One row while it is read: its values by field, and what there is to say about it."""

    values: dict[Field, list[tuple[Column, Value]]]
    epoch: datetime
    notes: list[Reason] = field(default_factory=list)
    problems: list[Reason] = field(default_factory=list)

    def words(self, wanted: Field, longest: int = LONGEST_CELL) -> str:
        """The text of a field; blank where it says 无, and refused where it is an error or too long."""
        for column, value in self.values.get(wanted, []):
            found = text(value)
            if self._usable(column, found, longest) and not says_nothing(found):
                return found
        return ""

    def read(self, wanted: Field, parse: Callable[[Value], T], default: T) -> T:
        """What `parse` makes of a field's first cell; a cell that it cannot read becomes a problem."""
        return next(iter(self.each(wanted, parse)), (None, default))[1]

    def each(self, wanted: Field, parse: Callable[[Value], T]) -> list[tuple[Column, T]]:
        read = []
        for column, value in self.values.get(wanted, []):
            found = text(value)
            if found and self._usable(column, found, LONGEST_CELL):
                try:
                    read.append((column, parse(value)))
                except Misread as misread:
                    self.refuse(misread.code, **misread.values)
        return read

    def refuse(self, code: str, **values: object) -> None:
        self.problems.append(reason(code, **values))

    def note(self, code: str, **values: object) -> None:
        self.notes.append(reason(code, **values))

    def _usable(self, column: Column, found: str, longest: int) -> bool:
        if found == UNSAVED_FORMULA:
            self.refuse("roster:formula_unsaved", heading=column.heading)
        elif found in ERRORS:
            self.refuse("roster:cell_error", heading=column.heading, value=found)
        elif len(found) > longest:
            self.refuse("roster:too_long", heading=column.heading, limit=longest)
        else:
            return True
        return False

    def day(self, wanted: Field) -> date | None:
        """The day in a field; of a month alone its first."""
        for column, found in self.each(wanted, lambda value: day(value, self.epoch)):
            if found is not None and found.month_only:
                self.note("roster:month_only", heading=column.heading)
            return found.day if found else None
        return None

    def heading(self, wanted: Field) -> str:
        """What the file calls a field."""
        return next((column.heading for column, _value in self.values.get(wanted, [])), "")
