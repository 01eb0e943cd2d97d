"""An .xlsx workbook as grids: results of formulas, dates as dates, merged cells filled, hidden rows kept."""

import io
import warnings
import zipfile
from dataclasses import dataclass, field
from typing import IO, Any
from xml.parsers import expat

import openpyxl
from openpyxl.utils import column_index_from_string, range_boundaries
from openpyxl.workbook import Workbook

from app.core.errors import Refused
from app.estates.roster.archive import open_archive, unreadable
from app.estates.roster.grid import (
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_SHEETS,
    UNSAVED_FORMULA,
    Book,
    Grid,
    Value,
    too_many,
    without_tail,
)

MAX_MERGES = 50_000
MAX_FILLED = 1_000_000


@dataclass
class _Marks:
    """What openpyxl's reading mode does not tell of a sheet. Rows and columns count from 1."""

    last_row: int = 0
    last_column: int = 0
    merges: list[str] = field(default_factory=list)
    unsaved: set[tuple[int, int]] = field(default_factory=set)


def read_workbook(content: bytes) -> Book:
    """The visible sheets of a workbook. Raises `Refused`."""
    try:
        archive = open_archive(content)
        with warnings.catch_warnings():
            # openpyxl warns of pictures, filters and styles it leaves out; a roster needs none of them.
            warnings.simplefilter("ignore")
            return _read(archive, content)
    except Refused:
        raise
    except Exception as error:
        # Whatever a damaged workbook makes of its reader, the answer to the person is the same.
        raise unreadable() from error


def _read(archive: zipfile.ZipFile, content: bytes) -> Book:
    workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    if len(workbook.worksheets) > MAX_SHEETS:
        raise too_many()

    grids: list[Grid] = []
    hidden: list[str] = []
    room = MAX_ROWS
    for sheet in workbook.worksheets:
        if sheet.sheet_state != "visible":
            hidden.append(sheet.title)
            continue
        grid = _read_sheet(workbook, sheet, archive, room)
        room -= len(grid.rows)
        grids.append(grid)
    return Book(tuple(grids), tuple(hidden))


def _read_sheet(workbook: Workbook, sheet: Any, archive: zipfile.ZipFile, room: int) -> Grid:
    with archive.open(sheet._worksheet_path) as part:  # openpyxl has no public name for it
        marks = _MarksReader().read(part)
    if marks.last_row > room or marks.last_column > MAX_COLUMNS:
        raise too_many()
    if not marks.last_row:
        return Grid(sheet.title, (), epoch=workbook.epoch)

    sheet.reset_dimensions()  # what a file says about its size can be wrong
    rows = [
        list(values) for values in sheet.iter_rows(max_row=marks.last_row, max_col=marks.last_column, values_only=True)
    ]
    for row, column in marks.unsaved:
        rows[row - 1][column - 1] = UNSAVED_FORMULA
    filled = _fill_merged(rows, marks)
    return Grid(sheet.title, without_tail([tuple(row) for row in rows]), filled, workbook.epoch)


class _MarksReader:
    """Walks once through a sheet's XML. Its parts were found to declare no document type before."""

    def __init__(self) -> None:
        self.marks = _Marks()
        self._row = self._column = 0
        self._kind = ""
        self._inside = ""
        self._parts: set[str] = set()

    def read(self, part: IO[bytes]) -> _Marks:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._say
        parser.ParseFile(part)
        return self.marks

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "c":
            place = attributes.get("r")
            self._column = column_index_from_string(place.rstrip("0123456789")) if place else self._column + 1
            self._kind = attributes.get("t", "")
            self._parts = set()
        elif tag in {"v", "f", "is"}:
            self._parts.add(tag)
            self._inside = tag
        elif tag == "row":
            number = int(attributes.get("r") or self._row + 1)
            if number <= self._row:
                raise ValueError("rows out of order would be passed over")
            self._row, self._column = number, 0
        elif tag == "mergeCell":
            self.marks.merges.append(attributes["ref"])
            if len(self.marks.merges) > MAX_MERGES:
                raise too_many()

    def _say(self, words: str) -> None:
        if self._inside == "v" and words:
            self._parts.add("result")

    def _end(self, name: str) -> None:
        tag = name.rpartition(":")[2]
        if tag == "c":
            self._note_cell()
        elif tag == self._inside:
            self._inside = ""

    def _note_cell(self) -> None:
        # A formula whose result is an empty text says so: <c t="str"><f>…</f><v></v></c>
        unsaved = (
            "f" in self._parts and "result" not in self._parts and not (self._kind == "str" and "v" in self._parts)
        )
        if unsaved:
            self.marks.unsaved.add((self._row, self._column))
        if unsaved or "result" in self._parts or "is" in self._parts:
            self.marks.last_row = self._row
            self.marks.last_column = max(self.marks.last_column, self._column)


def _fill_merged(rows: list[list[Value]], marks: _Marks) -> frozenset[tuple[int, int]]:
    """Give every cell of a merged range the value of its first; returns the cells that got one, counted from 0."""
    filled: set[tuple[int, int]] = set()
    left = MAX_FILLED
    for merge in marks.merges:
        first_column, first_row, last_column, last_row = (number or 1 for number in range_boundaries(merge))
        last_row, last_column = min(last_row, marks.last_row), min(last_column, marks.last_column)
        left -= max(last_row - first_row + 1, 0) * max(last_column - first_column + 1, 0)
        if left < 0:
            raise too_many()
        if first_row > last_row or first_column > last_column:
            continue
        value = rows[first_row - 1][first_column - 1]
        for row in range(first_row - 1, last_row):
            for column in range(first_column - 1, last_column):
                if (row, column) != (first_row - 1, first_column - 1) and value is not None:
                    rows[row][column] = value
                    filled.add((row, column))
    return frozenset(filled)
