"""Sheets to typed lines: every row becomes a line of a unit, or is passed over with the reason."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypeVar

from app.core.errors import Refused
from app.core.i18n import lazy_
from app.estates.roster import cells, places
from app.estates.roster.cells import Misread, Names, Phones, says_nothing, text
from app.estates.roster.grid import ERRORS, UNSAVED_FORMULA, Book, Grid, Value
from app.estates.roster.headings import (
    KINDS,
    Column,
    Field,
    Headings,
    Unused,
    find_headings,
    nearest_miss,
    repeats,
)
from app.estates.roster.words import Reason, reason
from app.estates.rules import Occupancy, PersonKind

T = TypeVar("T")

LONGEST_CELL = 500
LONGEST_REMARK = 2_000


@dataclass(frozen=True, order=True)
class At:
    """Where a row stands: the sheet (from 0) and the row as the spreadsheet numbers it (from 1)."""

    sheet: int
    row: int


@dataclass(frozen=True)
class RosterPerson:
    """An owner or tenant as a row tells them. The first of `phones` is the one to call."""

    name: str
    kind: PersonKind
    phones: tuple[str, ...] = ()
    id_last4: str | None = None
    legal_representative: str | None = None
    licence_no: str | None = None


@dataclass(frozen=True)
class RosterLine:
    """What one row tells of a unit. None and () are what it leaves open. With `problems` it is refused."""

    at: At
    building: str = ""
    entrance: str = ""
    number: str = ""
    floor: int | None = None
    area: str | None = None
    layout: str | None = None
    handover_on: date | None = None
    occupancy: Occupancy | None = None
    care: tuple[str, ...] = ()
    do_not_disturb: str | None = None
    remarks: str | None = None
    owned_since: date | None = None
    owners: tuple[RosterPerson, ...] = ()
    tenants: tuple[RosterPerson, ...] = ()
    notes: tuple[Reason, ...] = ()
    problems: tuple[Reason, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        return places.key(self.building, self.entrance, self.number)


@dataclass(frozen=True)
class PassedOver:
    """A row that is no line of a unit, and why."""

    at: At
    why: Reason


@dataclass(frozen=True)
class Sheet:
    """What became of a sheet. `headings` is None for one that was not read."""

    name: str
    rows: int
    columns: tuple[Column, ...] = ()
    unused: tuple[Unused, ...] = ()
    read: bool = True


@dataclass(frozen=True)
class Roster:
    """A file as read: its sheets, its lines, and all other rows of the sheets that were read."""

    sheets: tuple[Sheet, ...]
    lines: tuple[RosterLine, ...]
    passed_over: tuple[PassedOver, ...]
    hidden_sheets: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows the sheets have that were read: as many as there are lines and rows passed over."""
        return sum(sheet.rows for sheet in self.sheets if sheet.read)

    def name_of(self, at: At) -> str:
        """What a row is called in a sentence: `7`, or `2栋!7` where several sheets were read."""
        several = sum(1 for sheet in self.sheets if sheet.read) > 1
        return f"{self.sheets[at.sheet].name}!{at.row}" if several else str(at.row)

    def names_of(self, rows: Iterable[At]) -> str:
        return ", ".join(self.name_of(at) for at in sorted(set(rows)))


def read_roster(book: Book, estate_names: Sequence[str] = ()) -> Roster:
    """Every row of every sheet that has headings. Raises `Refused` where none has.

    `estate_names` are taken away where they stand before a building's number (锦绣花园3栋).
    """
    sheets: list[Sheet] = []
    lines: list[RosterLine] = []
    passed: list[PassedOver] = []
    for position, grid in enumerate(book.sheets):
        headings = find_headings(grid)
        if headings is None:
            sheets.append(Sheet(grid.sheet, len(grid.rows), read=False))
            continue
        sheets.append(Sheet(grid.sheet, len(grid.rows), headings.columns, headings.unused))
        reader = _SheetReader(position, grid, headings, estate_names)
        for entry in reader.read():
            (lines if isinstance(entry, RosterLine) else passed).append(entry)  # type: ignore[arg-type]
    if not any(sheet.read for sheet in sheets):
        raise _no_headings(book)
    return Roster(tuple(sheets), tuple(lines), tuple(passed), book.hidden)


def _no_headings(book: Book) -> Refused:
    found = max((nearest_miss(grid) for grid in book.sheets), key=len, default=())
    if found:
        return Refused(
            "roster:no_room_column",
            lazy_(
                "No column names the room. Headings that were understood: %(found)s. Add a column called 房号 or Room.",
                found=", ".join(found),
            ),
        )
    return Refused(
        "roster:no_headings",
        lazy_(
            "No row of headings was found. A roster has a column for the room (房号, Room) "
            "and at least one more, such as the owner (业主, Owner)."
        ),
    )


@dataclass
class _Above:
    """What blank building and entrance cells take over from the rows above."""

    building: str = ""
    entrance: str = ""


@dataclass
class _Row:
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


class _SheetReader:
    """Reads the rows of one sheet from top to bottom."""

    def __init__(self, position: int, grid: Grid, headings: Headings, estate_names: Sequence[str]) -> None:
        self.position = position
        self.grid = grid
        self.headings = headings
        self.estate_names = sorted((name for name in map(_squeezed, estate_names) if name), key=len, reverse=True)
        self.above = _Above()
        self.sheet_building = _building_of_sheet(grid.sheet)

    def read(self) -> Iterable[RosterLine | PassedOver]:
        for index in range(len(self.grid.rows)):
            at = At(self.position, index + 1)
            why = self._why_passed_over(index)
            yield PassedOver(at, why) if why else self._line(at, index)

    # Rows that are no unit

    def _why_passed_over(self, index: int) -> Reason | None:
        if index in self.headings.rows:
            return reason("roster:headings")
        own = self._own_texts(index)
        if not any(own.values()):
            return reason("roster:blank")
        if index < self.headings.rows[0]:
            return reason("roster:above_headings")
        if repeats(self.headings, [own.get(column, "") for column in range(len(self.grid.rows[index]))]):
            return reason("roster:headings_again")
        return self._why_no_unit(own)

    def _why_no_unit(self, own: dict[int, str]) -> Reason | None:
        used = set(self.headings.used)
        told = [words for words in own.values() if words]
        in_use = [words for column, words in own.items() if words and column in used]
        if self._is_total(own):
            return reason("roster:total")
        if not in_use:
            only_figures = all(re.fullmatch(r"[\d.]+", words) for words in told)
            return reason("roster:only_serial") if only_figures else reason("roster:remark", value=told[0])
        if len(told) == 1:
            return self._section(told[0]) or (None if self._names_a_room(own) else _remark(told[0]))
        return None

    def _is_total(self, own: dict[int, str]) -> bool:
        about_people = {column.index for column in self.headings.columns if column.field not in _OF_PLACES}
        if any(_TOTAL_WORD.fullmatch(words) for index, words in own.items() if index not in about_people):
            return True
        return any(len(words) < 40 and _TOTAL.fullmatch(words) for words in own.values()) and not self._names_a_room(
            own
        )

    def _names_a_room(self, own: dict[int, str]) -> bool:
        rooms = (*self.headings.of(Field.ROOM), *self.headings.of(Field.PLACE))
        return any(re.search(r"\d", own.get(column.index, "")) for column in rooms)

    def _section(self, words: str) -> Reason | None:
        """A row that names a building and nothing else is the title of the rows below."""
        section = _SECTION.fullmatch(self._without_estate(words))
        if not section:
            return None
        entrance = places.entrance_name(section["entrance"] or "")
        self.above = _Above(places.building_name(section["building"]), entrance)
        return reason("roster:section", value=words)

    def _own_texts(self, index: int) -> dict[int, str]:
        """The texts of a row without what merged cells lent to it."""
        row = self.grid.rows[index]
        filled = self.grid.filled
        return {
            column: text(value)[: LONGEST_CELL + 1]
            for column, value in enumerate(row)
            if value is not None and (index, column) not in filled
        }

    # Rows that are

    def _line(self, at: At, index: int) -> RosterLine:
        row = self._row(index)
        line = self._placed(RosterLine(at), row)
        line = replace(
            line,
            floor=row.read(Field.FLOOR, lambda value: places.floor_number(text(value)), None) or line.floor,
            area=row.read(Field.AREA, cells.area, None),
            layout=row.words(Field.LAYOUT, 40) or None,
            handover_on=_day(row, Field.HANDOVER),
            occupancy=row.read(Field.OCCUPANCY, cells.occupancy, None),
            care=row.read(Field.CARE, cells.care_notes, ()),
            do_not_disturb=row.words(Field.DO_NOT_DISTURB, 40) or None,
            remarks=row.words(Field.REMARKS, LONGEST_REMARK) or None,
            owned_since=_day(row, Field.OWNER_SINCE),
            owners=_merge_people([*_owners(row), *_co_owners(row)]),
            tenants=_merge_people(_tenants(row)),
        )
        return replace(line, notes=_once(row.notes), problems=_once(row.problems))

    def _row(self, index: int) -> _Row:
        cells_of_row = self.grid.rows[index]
        values: dict[Field, list[tuple[Column, Value]]] = {}
        for column in self.headings.columns:
            if column.index < len(cells_of_row):
                values.setdefault(column.field, []).append((column, cells_of_row[column.index]))
        return _Row(values, self.grid.epoch)

    def _placed(self, line: RosterLine, row: _Row) -> RosterLine:
        building = self._building(row)
        entrance = _place_words(row, Field.ENTRANCE)
        entrance = None if entrance is None else places.entrance_name(entrance)
        room = self._room(row, building_known=bool(building))

        building = self._agreed(row, building, room.building)
        entrance = self._agreed(row, entrance or None, room.entrance)
        building, entrance = self._from_above(row, building, entrance)
        if not row.problems:
            if not room.number:
                row.refuse("roster:no_room")
            elif not building:
                row.refuse("roster:no_building")
        self._remember(building, entrance)
        self._refuse_long_places(row, building, entrance, room.number)
        # A row that does not say where it is belongs to no unit.
        number = "" if row.problems else room.number
        return replace(line, building=building or "", entrance=entrance or "", number=number or "", floor=room.floor)

    def _building(self, row: _Row) -> str | None:
        words = _place_words(row, Field.BUILDING)
        return places.building_name(self._without_estate(words)) if words and not says_nothing(words) else None

    def _room(self, row: _Row, *, building_known: bool) -> places.Place:
        """The room column; where it only names the room, a column with the whole address adds the rest."""
        known = building_known or self.headings.has(Field.BUILDING)
        room = self._read_place(row, Field.ROOM, building_known=known)
        if building_known and room.number:
            return room
        whole = self._read_place(row, Field.PLACE, building_known=known)
        return places.Place(
            room.building or whole.building,
            room.entrance or whole.entrance,
            room.floor if room.floor is not None else whole.floor,
            room.number or whole.number,
        )

    def _read_place(self, row: _Row, wanted: Field, *, building_known: bool) -> places.Place:
        words = _place_words(row, wanted)
        if not words or says_nothing(words):
            return places.Place()
        try:
            return places.read_place(self._without_estate(words), building_known=building_known)
        except Misread as misread:
            row.refuse(misread.code, **misread.values)
            return places.Place()

    def _agreed(self, row: _Row, told: str | None, in_room: str | None) -> str | None:
        if told and in_room and told.casefold() != in_room.casefold():
            row.refuse("roster:place_differs", value=in_room, other=told)
        return told or in_room

    def _from_above(self, row: _Row, building: str | None, entrance: str | None) -> tuple[str | None, str | None]:
        """Blank cells under a building or entrance mean the one above, as merged cells do."""
        taken: dict[str, str] = {}
        if not building and self.above.building:
            building = taken[self._heading(Field.BUILDING)] = self.above.building
        elif not building and self.sheet_building:
            building = self.sheet_building
            row.note("roster:from_sheet", value=building)
        if not entrance and building == self.above.building and self.above.entrance:
            entrance = taken[self._heading(Field.ENTRANCE)] = self.above.entrance
        if taken:
            headings = "/".join(heading for heading in taken if heading)
            row.note("roster:from_above", heading=headings, value="-".join(taken.values()))
        return building, entrance

    def _remember(self, building: str | None, entrance: str | None) -> None:
        """Only columns of their own are carried down: 3-1-1202 says nothing about the next row."""
        if self.headings.has(Field.BUILDING):
            self.above.building = building or self.above.building
        if self.headings.has(Field.ENTRANCE):
            self.above.entrance = entrance or ""

    def _heading(self, wanted: Field) -> str:
        return next((column.heading for column in self.headings.of(wanted)), "")

    def _without_estate(self, words: str) -> str:
        bare = words.strip()
        for name in self.estate_names:
            if bare.casefold().startswith(name.casefold()) and len(bare) > len(name):
                return bare[len(name) :].lstrip(" ,-")
        return bare

    def _refuse_long_places(self, row: _Row, *told: str | None) -> None:
        for wanted, words in zip((Field.BUILDING, Field.ENTRANCE, Field.ROOM), told, strict=True):
            if words and len(words) > places.LONGEST:
                row.refuse("roster:too_long", heading=self._heading(wanted) or words, limit=places.LONGEST)


_OF_PLACES = frozenset({Field.BUILDING, Field.ENTRANCE, Field.FLOOR, Field.ROOM, Field.PLACE})
_TOTAL_WORD = re.compile(r"(?:本页|本栋)?(?:合计|小计|总计|共计|总数|累计):?|(?:sub|grand)?[\s-]*total:?", re.I)
_TOTAL = re.compile(
    r"(?:.{0,12}(?:合计|小计|总计|共计|总数|累计)(?:[::].{0,20})?|共\s*\d+\s*[户套间人].{0,4}|(?:sub|grand)?[\s-]*totals?\b.{0,20})",
    re.I,
)
_SECTION = re.compile(
    r"(?P<building>(?:building|block|tower)\s+\w{1,6}|.{0,8}?[\dA-Za-z一二三四五六七八九十]{1,4}\s*(?:号楼|栋|幢|座|#楼))"
    r"(?:\s*[-,]?\s*(?P<entrance>(?:entrance|stair)\s+\w{1,4}|[\d一二三四五六七八九十甲乙丙丁]{1,3}\s*单元))?"
    r"(?:\s*\(.*\)|:)?",
    re.I,
)
_REMARK = re.compile(
    r"(?:注|备注|说明|提示|填表|填写|制表|审核|复核|统计|打印|日期|以上|以下|单位|第\s*\d+\s*页|note|prepared|printed|page|source)",
    re.I,
)


def _remark(words: str) -> Reason | None:
    return reason("roster:remark", value=words) if _REMARK.match(words) or len(words) > 30 else None


def _place_words(row: _Row, wanted: Field) -> str | None:
    """The text of a building, entrance or room cell, which must be neither a date nor a broken number."""
    for column, value in row.values.get(wanted, []):
        if isinstance(value, date):
            row.refuse("roster:date_in_place", heading=column.heading)
            return None
        if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
            row.refuse("roster:place_unreadable", value=text(value))
            return None
    return row.words(wanted, 100)


def _building_of_sheet(name: str) -> str:
    found = _SECTION.fullmatch(text(name))
    return places.building_name(found["building"]) if found and not found["entrance"] else ""


def _day(row: _Row, wanted: Field) -> date | None:
    column, found = next(iter(row.each(wanted, lambda value: cells.day(value, row.epoch))), (None, None))
    if found is None or column is None:
        return None
    if found.month_only:
        row.note("roster:month_only", heading=column.heading)
    return found.day


def _owners(row: _Row) -> list[RosterPerson]:
    kind = KINDS.get(row.words(Field.OWNER_KIND).lower())
    people = _people(row, Field.OWNER, Field.OWNER_PHONE, Field.OWNER_ID)
    if len(people) == 1:
        people = [
            replace(
                people[0],
                legal_representative=row.words(Field.LEGAL_REPRESENTATIVE, 80) or None,
                licence_no=row.words(Field.LICENCE, 40) or None,
            )
        ]
    return [_of_kind(person, kind, row) for person in people]


def _of_kind(person: RosterPerson, kind: str | None, row: _Row) -> RosterPerson:
    if kind == "person" and person.kind is PersonKind.COMPANY:
        row.refuse("roster:kind_differs", value=person.name)
    return replace(person, kind=PersonKind.COMPANY) if kind == "company" else person


def _co_owners(row: _Row) -> list[RosterPerson]:
    return _people(row, Field.CO_OWNER, Field.CO_OWNER_PHONE, Field.CO_OWNER_ID)


def _tenants(row: _Row) -> list[RosterPerson]:
    return _people(row, Field.TENANT, Field.TENANT_PHONE, Field.TENANT_ID)


def _people(row: _Row, name: Field, phone: Field, identity: Field) -> list[RosterPerson]:
    """The people of one group of columns, each with their phone numbers."""
    problems = len(row.problems)
    found = row.read(name, cells.names, Names())
    _note_left_out(row, name, found.beside)
    phones = [(column, read) for column, read in row.each(phone, cells.phone_numbers) if read.numbers or read.beside]
    if len(row.problems) > problems:
        return [RosterPerson(one[: cells.LONGEST_NAME], cells.kind_of(one)) for one in found.names]
    if any(len(one) > cells.LONGEST_NAME for one in found.names):
        row.refuse("roster:too_long", heading=_heading(row, name), limit=cells.LONGEST_NAME)
        return []
    if not found.names:
        if any(read.numbers for _column, read in phones):
            row.refuse("roster:phone_without_name", heading=phones[0][0].heading)
        return []
    for column, read in phones:
        _note_left_out(row, phone, "" if read.beside in found.names else read.beside, column)
    people = _with_phones(row, found.names, [read for _column, read in phones])
    return _with_identity(row, people, identity)


def _with_phones(row: _Row, names: tuple[str, ...], phones: list[Phones]) -> list[RosterPerson]:
    """One name has all the numbers; several names have one each, or share one."""
    people = [RosterPerson(name, cells.kind_of(name)) for name in names]
    numbers = tuple(dict.fromkeys(number for read in phones for number in read.numbers))
    if len(names) == 1:
        return [replace(people[0], phones=numbers)]
    first, more = (phones[0].numbers if phones else ()), phones[1:]
    if not numbers:
        return people
    if len(numbers) == 1:
        row.note("roster:phone_shared")
        return [replace(person, phones=numbers) for person in people]
    if all(len(read.numbers) == len(names) for read in phones):
        return [
            replace(person, phones=tuple(dict.fromkeys(read.numbers[place] for read in phones)))
            for place, person in enumerate(people)
        ]
    if len(numbers) == len(names) and len(first) == 1 and all(len(read.numbers) == 1 for read in more):
        return [replace(person, phones=(numbers[place],)) for place, person in enumerate(people)]
    row.refuse("roster:phones_unmatched", names=len(names), phones=len(numbers))
    return people


def _with_identity(row: _Row, people: list[RosterPerson], identity: Field) -> list[RosterPerson]:
    """The last four signs of the identity numbers, where there are as many as people."""
    for _column, value in row.values.get(identity, []):
        parts: list[Value] = [value]
        if isinstance(value, str):
            parts = [part for part in re.split(r"[、,;/|\s]+", cells.lines(value)) if part]
        if not parts or says_nothing(text(value)):
            continue
        if len(parts) != len(people):
            row.note("roster:id_unreadable")
            continue
        try:
            return [replace(person, id_last4=cells.id_last4(part)) for person, part in zip(people, parts, strict=True)]
        except Misread as misread:
            row.note(misread.code)
    return people


def _merge_people(people: list[RosterPerson]) -> tuple[RosterPerson, ...]:
    """The same name twice in one row is one person."""
    merged: dict[str, RosterPerson] = {}
    for person in people:
        known = merged.get(person.name)
        merged[person.name] = _merged(known, person) if known else person
    return tuple(merged.values())


def _merged(known: RosterPerson, again: RosterPerson) -> RosterPerson:
    return replace(
        known,
        phones=tuple(dict.fromkeys(known.phones + again.phones)),
        id_last4=known.id_last4 or again.id_last4,
    )


def _note_left_out(row: _Row, wanted: Field, words: str, column: Column | None = None) -> None:
    if words:
        row.note("roster:left_out", heading=column.heading if column else _heading(row, wanted), value=words)


def _heading(row: _Row, wanted: Field) -> str:
    return next((column.heading for column, _value in row.values.get(wanted, [])), "")


def _once(reasons: list[Reason]) -> tuple[Reason, ...]:
    return tuple(dict.fromkeys(reasons))


def _squeezed(name: str) -> str:
    return text(name)
