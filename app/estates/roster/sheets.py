"""The rows of a file, each read or passed over: sheet by sheet, from top to bottom."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.core.errors import Refused
from app.core.i18n import lazy_
from app.estates.roster import cells, places
from app.estates.roster.cells import Misread, says_nothing, text
from app.estates.roster.grid import Book, Grid, Value
from app.estates.roster.headings import Column, Headings, find_headings, nearest_miss, repeats
from app.estates.roster.lines import At, PassedOver, Roster, RosterLine, Sheet
from app.estates.roster.residents import owners, tenants
from app.estates.roster.rows import LONGEST_CELL, Row
from app.estates.roster.vocabulary import Field
from app.estates.roster.words import Reason, reason

LONGEST_REMARK = 2_000


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
            handover_on=row.day(Field.HANDOVER),
            occupancy=row.read(Field.OCCUPANCY, cells.occupancy, None),
            care=row.read(Field.CARE, cells.care_notes, ()),
            do_not_disturb=row.words(Field.DO_NOT_DISTURB, 40) or None,
            remarks=row.words(Field.REMARKS, LONGEST_REMARK) or None,
            owned_since=row.day(Field.OWNER_SINCE),
            owners=owners(row),
            tenants=tenants(row),
        )
        return replace(line, notes=_once(row.notes), problems=_once(row.problems))

    def _row(self, index: int) -> Row:
        cells_of_row = self.grid.rows[index]
        values: dict[Field, list[tuple[Column, Value]]] = {}
        for column in self.headings.columns:
            if column.index < len(cells_of_row):
                values.setdefault(column.field, []).append((column, cells_of_row[column.index]))
        return Row(values, self.grid.epoch)

    def _placed(self, line: RosterLine, row: Row) -> RosterLine:
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

    def _building(self, row: Row) -> str | None:
        words = _place_words(row, Field.BUILDING)
        return places.building_name(self._without_estate(words)) if words and not says_nothing(words) else None

    def _room(self, row: Row, *, building_known: bool) -> places.Place:
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

    def _read_place(self, row: Row, wanted: Field, *, building_known: bool) -> places.Place:
        words = _place_words(row, wanted)
        if not words or says_nothing(words):
            return places.Place()
        try:
            return places.read_place(self._without_estate(words), building_known=building_known)
        except Misread as misread:
            row.refuse(misread.code, **misread.values)
            return places.Place()

    def _agreed(self, row: Row, told: str | None, in_room: str | None) -> str | None:
        if told and in_room and told.casefold() != in_room.casefold():
            row.refuse("roster:place_differs", value=in_room, other=told)
        return told or in_room

    def _from_above(self, row: Row, building: str | None, entrance: str | None) -> tuple[str | None, str | None]:
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

    def _refuse_long_places(self, row: Row, *told: str | None) -> None:
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


def _place_words(row: Row, wanted: Field) -> str | None:
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


def _once(reasons: list[Reason]) -> tuple[Reason, ...]:
    return tuple(dict.fromkeys(reasons))


def _squeezed(name: str) -> str:
    return text(name)
