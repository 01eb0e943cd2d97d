"""What every kind of file becomes: the rows of one sheet, each value as the file holds it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from openpyxl.utils.datetime import WINDOWS_EPOCH

from app.core.errors import TooLarge
from app.core.i18n import lazy_

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 10_000
MAX_COLUMNS = 200
MAX_SHEETS = 50

UNSAVED_FORMULA = "#FORMULA!"
"""Stands where a formula has no result in the file."""
ERRORS = frozenset(
    {
        "#NULL!",
        "#DIV/0!",
        "#VALUE!",
        "#REF!",
        "#NAME?",
        "#NUM!",
        "#N/A",
        "#GETTING_DATA",
        "#SPILL!",
        "#CALC!",
        "#####",
    }
)

Value = str | int | float | bool | date | datetime | time | timedelta | None
Row = tuple[Value, ...]


@dataclass(frozen=True)
class Grid:
    """The rows of a sheet from its first down to its last that holds anything, blank ones included.

    Row 1 is `rows[0]`. `filled` names the cells (row and column, from 0) that got their value from a merged cell.
    `epoch` is the day 0 of its date numbers.
    """

    sheet: str
    rows: tuple[Row, ...]
    filled: frozenset[tuple[int, int]] = frozenset()
    epoch: datetime = WINDOWS_EPOCH


@dataclass(frozen=True)
class Book:
    """The sheets of a file: those to read, and the names of hidden ones, which are not read."""

    sheets: tuple[Grid, ...]
    hidden: tuple[str, ...] = ()


def is_blank(value: Value) -> bool:
    """Whether a cell holds nothing that can be seen."""
    return value is None or (isinstance(value, str) and not value.strip(" \u00a0\u3000\t\r\n\u200b\ufeff"))


def without_tail(rows: list[Row]) -> tuple[Row, ...]:
    """The rows down to the last that holds anything, each as far as its last value."""
    cut = [_without_blank_end(row) for row in rows]
    while cut and not cut[-1]:
        cut.pop()
    return tuple(cut)


def _without_blank_end(row: Row) -> Row:
    end = len(row)
    while end and is_blank(row[end - 1]):
        end -= 1
    return row[:end]


def too_many() -> TooLarge:
    """The refusal of a file that holds more than a roster can."""
    return TooLarge(
        "roster:too_many_rows",
        lazy_(
            "This file holds more than %(rows)s rows or %(columns)s columns. Split it, or delete what is no roster.",
            rows=MAX_ROWS,
            columns=MAX_COLUMNS,
        ),
    )
