"""The lines of a file of work orders, each read as far as it can be: what it says, or what is wrong with it."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from typing import TypeVar
from zoneinfo import ZoneInfo

from openpyxl.utils.datetime import from_excel

from app.core.errors import Refused, TooLarge
from app.core.i18n import lazy_
from app.estates.roster.cells import Misread, says_nothing, text
from app.estates.roster.days import day
from app.estates.roster.grid import ERRORS, UNSAVED_FORMULA, Book, Grid, Value
from app.estates.roster.reading import read_sheets
from app.people.rules import Liable
from app.repairs.columns import Columns, Field, find_columns
from app.repairs.rules import Kind

MOST_LINES = 5_000
T = TypeVar("T")

_LONGEST = {
    Field.NUMBER: 60,
    Field.REPORTED_BY: 80,
    Field.PHONE: 40,
    Field.UNIT: 120,
    Field.PLACE: 120,
    Field.CONTENT: 2000,
    Field.DEPARTMENT: 80,
    Field.WORK_DONE: 2000,
    Field.MATERIAL: 200,
    Field.QUANTITY: 40,
    Field.WORKER: 80,
}
_KINDS = {
    Kind.FREE: ("免费", "保修", "质保", "无偿", "免费维修", "保修期内", "free", "warranty"),
    Kind.CHARGEABLE: ("有偿", "收费", "付费", "有偿服务", "有偿维修", "收费维修", "chargeable", "paid"),
}
_LIABLE = {
    Liable.DEVELOPER: ("地产公司", "地产", "开发商", "建设单位", "施工单位", "developer"),
    Liable.PROPERTY: ("物业公司", "物业", "物业服务中心", "property", "propertycompany"),
}
_YES = ("是", "有", "在保", "保修", "√", "✓", "y", "yes", "true", "1")
_NO = ("否", "无", "过保", "不保", "×", "n", "no", "false", "0")
_CLOCK = re.compile(r"[\sT]*(\d{1,2})\s*[:：时点]\s*(\d{1,2})?\s*分?(?::\d{2}(?:\.\d+)?)?\s*$")


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a line: a stable code, the heading it is about, what stands there."""

    code: str
    heading: str = ""
    value: str = ""


@dataclass(frozen=True)
class OrderLine:
    """One line of the file, by its row as the spreadsheet numbers it."""

    row: int
    number: str = ""
    reported_at: datetime | None = None
    reported_by: str = ""
    phone: str = ""
    kind: Kind | None = None
    unit: str = ""
    place: str = ""
    content: str = ""
    department: str = ""
    dispatched_at: datetime | None = None
    arrived_at: datetime | None = None
    finished_at: datetime | None = None
    work_done: str = ""
    fee_cents: int = 0
    material: str = ""
    quantity: str = ""
    under_warranty: bool | None = None
    liable: Liable | None = None
    worker: str = ""
    wrong: tuple[Wrong, ...] = ()

    @property
    def key(self) -> str:
        """What makes it the same order in the next file: its number, or else where, when and what."""
        if self.number:
            return f"file:{self.number}"
        said = "\n".join((self.unit, self.reported_at.isoformat() if self.reported_at else "", self.content))
        return f"file#{hashlib.sha256(said.encode()).hexdigest()[:40]}"


@dataclass(frozen=True)
class OrderFile:
    """A file as it was read: its lines, which columns were understood, which were not."""

    lines: tuple[OrderLine, ...]
    headings: tuple[tuple[str, str], ...]
    unused: tuple[str, ...]


def read_orders(name: str, content: bytes, zone: str) -> OrderFile:
    """The lines of the first sheet that is a list of work orders. Raises Refused in words for what is none."""
    book = _sheets(name, content)
    refusal: Refused | None = None
    for grid in book.sheets:
        try:
            columns = find_columns(grid)
        except Refused as refused:
            refusal = refusal or refused
            continue
        lines = _lines(grid, columns, zone)
        headings = tuple((field.value, columns.headings[field]) for field in Field if field in columns.of)
        return OrderFile(lines, headings, columns.unused)
    raise refusal or Refused("order:no_lines", lazy_("This file holds no work orders."))


def _sheets(name: str, content: bytes) -> Book:
    try:
        return read_sheets(name, content)
    except Refused as refused:
        if refused.code != "roster:wrong_type":
            raise
        raise Refused("order:wrong_type", lazy_("Work orders come as an .xlsx or a .csv file.")) from refused


def _lines(grid: Grid, columns: Columns, zone: str) -> tuple[OrderLine, ...]:
    lines = []
    for n, row in enumerate(grid.rows[columns.row + 1 :], start=columns.row + 2):
        reader = _Reader(row, columns, grid.epoch, zone)
        if reader.is_blank:
            continue
        lines.append(reader.line(n))
        if len(lines) > MOST_LINES:
            raise TooLarge(
                "order:too_many", lazy_("This file holds more than %(n)s work orders. Split it.", n=MOST_LINES)
            )
    if not lines:
        raise Refused("order:no_lines", lazy_("This file holds no work orders."))
    return _once(lines)


def _once(lines: list[OrderLine]) -> tuple[OrderLine, ...]:
    """Of lines that are the same order only the first counts; the others say which it was."""
    first: dict[str, int] = {}
    told = []
    for line in lines:
        known = first.setdefault(line.key, line.row)
        again = () if known == line.row else (Wrong("order:repeated", value=str(known)),)
        told.append(replace(line, wrong=line.wrong + again))
    return tuple(told)


class _Reader:
    """Reads one row."""

    def __init__(self, row: tuple[Value, ...], columns: Columns, epoch: datetime, zone: str) -> None:
        self._row, self._columns, self._epoch, self._zone = row, columns, epoch, ZoneInfo(zone)
        self._wrong: list[Wrong] = []

    @property
    def is_blank(self) -> bool:
        """No word in any column that counts; a total below the list names neither unit nor content."""
        return not any(self._text(field) for field in (Field.UNIT, Field.CONTENT, Field.NUMBER))

    def line(self, n: int) -> OrderLine:
        line = OrderLine(
            n,
            number=self._words(Field.NUMBER),
            reported_at=self._moment(Field.REPORTED_AT),
            reported_by=self._words(Field.REPORTED_BY),
            phone=self._words(Field.PHONE),
            kind=self._one_of(Field.KIND, _KINDS),
            unit=self._words(Field.UNIT),
            place=self._words(Field.PLACE),
            content=self._words(Field.CONTENT),
            department=self._words(Field.DEPARTMENT),
            dispatched_at=self._moment(Field.DISPATCHED_AT),
            arrived_at=self._moment(Field.ARRIVED_AT),
            finished_at=self._moment(Field.FINISHED_AT),
            work_done=self._words(Field.WORK_DONE),
            fee_cents=self._read(Field.FEE, _cents) or 0,
            material=self._words(Field.MATERIAL),
            quantity=self._words(Field.QUANTITY),
            under_warranty=self._yes_or_no(Field.UNDER_WARRANTY),
            liable=self._one_of(Field.LIABLE, _LIABLE),
            worker=self._words(Field.WORKER),
        )
        missing = [
            field
            for field, value in (
                (Field.UNIT, line.unit),
                (Field.CONTENT, line.content),
                (Field.REPORTED_AT, line.reported_at),
            )
            if not value and not any(one.heading == self._columns.headings[field] for one in self._wrong)
        ]
        self._wrong += [Wrong("order:cell_blank", self._columns.headings[field]) for field in missing]
        return replace(line, kind=line.kind or _kind_by(line), wrong=tuple(self._wrong))

    def _value(self, field: Field) -> Value:
        place = self._columns.of.get(field)
        return self._row[place] if place is not None and place < len(self._row) else None

    def _text(self, field: Field) -> str:
        return text(self._value(field))

    def _words(self, field: Field) -> str:
        found = self._usable(field)
        longest = _LONGEST[field]
        if len(found) > longest:
            self._refuse("order:cell_long", field, str(longest))
            return ""
        return found

    def _usable(self, field: Field) -> str:
        """The text of a cell; blank where it says nothing, and refused where it is an error."""
        found = self._text(field).replace("\0", "")
        if found == UNSAVED_FORMULA or found in ERRORS:
            self._refuse("order:cell_error", field, found)
            return ""
        return "" if says_nothing(found) else found

    def _read(self, field: Field, parse: Callable[[str], T]) -> T | None:
        found = self._usable(field)
        if not found:
            return None
        try:
            return parse(found)
        except (ValueError, Misread):
            self._refuse("order:cell_unreadable", field, found)
            return None

    def _moment(self, field: Field) -> datetime | None:
        value = self._value(field)
        if isinstance(value, datetime):
            return value.replace(tzinfo=self._zone)
        return self._read(field, lambda found: self._as_moment(value, found))

    def _as_moment(self, value: Value, found: str) -> datetime:
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 20_000 < value < 80_000:
            at = from_excel(value, self._epoch)
            if isinstance(at, datetime):
                return at.replace(tzinfo=self._zone)
        clock = _CLOCK.search(found)
        read = day(found[: clock.start()] if clock else value, self._epoch)
        if read is None or read.month_only:
            raise ValueError(found)
        at_clock = time(int(clock[1]), int(clock[2] or 0)) if clock else time()
        return datetime.combine(read.day, at_clock, self._zone)

    def _one_of(self, field: Field, known: Mapping[T, tuple[str, ...]]) -> T | None:
        def parse(found: str) -> T:
            bare = re.sub(r"[\W_]", "", found.casefold())
            return next(value for value, names in known.items() if bare in names or bare == names[0])

        try:
            return self._read(field, parse)
        except StopIteration:
            self._refuse("order:cell_unknown", field, self._text(field))
            return None

    def _yes_or_no(self, field: Field) -> bool | None:
        if says_no(self._text(field)):
            return False
        return self._one_of(field, {True: _YES, False: _NO})

    def _refuse(self, code: str, field: Field, value: str = "") -> None:
        self._wrong.append(Wrong(code, self._columns.headings.get(field, ""), value[:80]))


def says_no(found: str) -> bool:
    """`否`, `无`, `no`: here they are an answer, elsewhere they say nothing."""
    return found.strip().casefold() in _NO


def _kind_by(line: OrderLine) -> Kind:
    """A file without the column: what cost something was chargeable, everything else is as its warranty says."""
    if line.fee_cents:
        return Kind.CHARGEABLE
    return Kind.CHARGEABLE if line.under_warranty is False else Kind.FREE


def _cents(found: str) -> int:
    bare = re.sub(r"[,，\s]|[¥￥元]|rmb|cny", "", found.casefold())
    try:
        cents = Decimal(bare) * 100
    except InvalidOperation as error:
        raise ValueError(found) from error
    if not cents.is_finite() or cents != cents.to_integral_value() or not 0 <= cents <= 10**9:
        raise ValueError(found)
    return int(cents)
