"""Which row holds the headings, and which column means what."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from openpyxl.utils import get_column_letter

from app.estates.roster.cells import text
from app.estates.roster.grid import Grid, Row
from app.estates.roster.vocabulary import FIELD_OF, KINDS, Field, Meaning, Personal, Whose, meaning, whose_group

SEARCHED_ROWS = 40
LONGEST_HEADING = 40
_SEVERAL = frozenset({Field.OWNER_PHONE, Field.CO_OWNER_PHONE, Field.TENANT_PHONE})
"""Fields that may stand in more than one column; of all others the first column counts."""


@dataclass(frozen=True)
class Column:
    """A column that is used. `index` counts from 0, `letter` is the spreadsheet's."""

    index: int
    letter: str
    heading: str
    field: Field


@dataclass(frozen=True)
class Unused:
    """A column with a heading that means nothing to the import."""

    letter: str
    heading: str


@dataclass(frozen=True)
class Headings:
    """The heading rows (from 0, one or two) and what stands under them."""

    rows: tuple[int, ...]
    columns: tuple[Column, ...]
    unused: tuple[Unused, ...]

    @property
    def used(self) -> tuple[int, ...]:
        return tuple(column.index for column in self.columns)

    @cached_property
    def words(self) -> tuple[tuple[int, frozenset[str]], ...]:
        """For each column that is used, what its heading says: whole, and each of its two rows."""
        return tuple((column.index, frozenset(_parts(column.heading))) for column in self.columns)

    def of(self, field: Field) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.field is field)

    def has(self, *fields: Field) -> bool:
        return any(column.field in fields for column in self.columns)


def find_headings(grid: Grid) -> Headings | None:
    """The headings of a sheet: the row, or the two rows, by which most columns are understood.

    None where no row among the first names a room and at least one thing more.
    """
    rows = [_heading_texts(row) for row in grid.rows[: SEARCHED_ROWS + 1]]
    best: Headings | None = None
    for index, row in enumerate(rows):
        below = rows[index + 1] if index + 1 < len(rows) else []
        for found in (_headings(grid, (index,), row), _two_rows(grid, index, row, below)):
            if found and (best is None or _clearness(found) > _clearness(best)):
                best = found
    return best


def _clearness(headings: Headings) -> tuple[int, int]:
    """More columns are better, and of equals one row is better than two."""
    return len(headings.columns), -len(headings.rows)


def nearest_miss(grid: Grid) -> tuple[str, ...]:
    """The headings of the row that comes nearest to being one, where `find_headings` found none."""
    rows = [_heading_texts(row) for row in grid.rows[:SEARCHED_ROWS]]
    understood = [[heading for heading in row if meaning(heading)] for row in rows]
    best = max(understood, key=len, default=[])
    return tuple(best) if len(best) > 1 else ()


def repeats(headings: Headings, texts: Sequence[str]) -> bool:
    """Whether a row below says the headings once more."""
    told = [(words, texts[index]) for index, words in headings.words if index < len(texts) and texts[index]]
    same = sum(1 for words, value in told if _bare(value) in words)
    return same >= 2 and same * 2 > len(told)


def _headings(grid: Grid, rows: tuple[int, ...], texts: Sequence[str]) -> Headings | None:
    meanings = [meaning(heading) if heading else None for heading in texts]
    return _resolved(grid, rows, texts, meanings)


def _two_rows(grid: Grid, index: int, above: list[str], below: list[str]) -> Headings | None:
    """A row of groups (业主信息) over a row of headings (姓名, 电话)."""
    if sum(1 for heading in below if heading and meaning(heading)) < 2:
        return None
    width = max(len(above), len(below))
    above, below = above + [""] * (width - len(above)), below + [""] * (width - len(below))
    texts: list[str] = []
    meanings: list[Meaning | None] = []
    group = ""
    for upper, lower in zip(above, below, strict=True):
        # A group's name stands over its first column only where cells were merged before the file became text.
        group = upper or (group if lower else "")
        texts.append(" ".join(dict.fromkeys(part for part in (group, lower) if part)))
        meanings.append(_of_group(group, lower))
    return _resolved(grid, (index, index + 1), texts, meanings)


def _of_group(group: str, heading: str) -> Meaning | None:
    if not group or not heading or group == heading:
        return meaning(heading or group) if heading or group else None
    said = meaning(heading)
    if said is None:
        return meaning(group + heading)
    if said.personal and said.whose is None and (whose := whose_group(group)):
        return Meaning(personal=said.personal, whose=whose)
    return said


def _resolved(
    grid: Grid, rows: tuple[int, ...], texts: Sequence[str], meanings: Sequence[Meaning | None]
) -> Headings | None:
    fields = _fields(meanings)
    fields = _one_column_each(fields)
    fields = _unit_or_entrance(grid, rows, fields)
    fields = _only_a_kind_of_owner(grid, rows, fields)
    columns = tuple(
        Column(index, get_column_letter(index + 1), texts[index], field)
        for index, field in enumerate(fields)
        if field is not None
    )
    found = Headings(rows, columns, _unused(grid, rows, texts, fields))
    return found if found.has(Field.ROOM, Field.PLACE) and len(columns) > 1 else None


def _fields(meanings: Sequence[Meaning | None]) -> list[Field | None]:
    """The field of each column; what is not said of whom belongs to whoever was named last before it."""
    unsaid = [said.personal for said in meanings if said and said.personal and said.whose is None]
    said_phone = any(said and said.personal is Personal.PHONE and said.whose is Whose.OWNER for said in meanings)
    owner_named = any(
        said and said.personal is Personal.NAME and said.whose in {None, Whose.OWNER} for said in meanings
    )
    whose = Whose.OWNER
    fields: list[Field | None] = []
    for said in meanings:
        if said is None or said.personal is None:
            fields.append(said.field if said else None)
            continue
        whose = said.whose or whose
        only_one = unsaid.count(said.personal) == 1 and owner_named
        to_the_owner = said.whose is None and only_one and not (said.personal is Personal.PHONE and said_phone)
        fields.append(FIELD_OF.get((said.personal, Whose.OWNER if to_the_owner else whose)))
    return fields


def _one_column_each(fields: Iterable[Field | None]) -> list[Field | None]:
    seen: set[Field] = set()
    kept: list[Field | None] = []
    for field in fields:
        again = field in seen and field not in _SEVERAL
        kept.append(None if again else field)
        if field is not None:
            seen.add(field)
    return kept


def _unit_or_entrance(grid: Grid, rows: tuple[int, ...], fields: list[Field | None]) -> list[Field | None]:
    """单元 is an entrance, except where no other column names the room and room numbers stand below."""
    if Field.ROOM in fields or Field.PLACE in fields or Field.ENTRANCE not in fields:
        return fields
    index = fields.index(Field.ENTRANCE)
    values = _values_below(grid, rows, index)
    rooms = [value for value in values if re.search(r"\d{3}", value)]
    if len(rooms) * 2 <= len(values):
        return fields
    return [Field.ROOM if at == index else field for at, field in enumerate(fields)]


def _only_a_kind_of_owner(grid: Grid, rows: tuple[int, ...], fields: list[Field | None]) -> list[Field | None]:
    """类型 can be the kind of flat as well: its values tell."""
    if Field.OWNER_KIND not in fields:
        return fields
    index = fields.index(Field.OWNER_KIND)
    values = _values_below(grid, rows, index)
    kinds = [value for value in values if value.lower() in KINDS]
    if values and len(kinds) * 2 > len(values):
        return fields
    return [None if at == index else field for at, field in enumerate(fields)]


def _values_below(grid: Grid, rows: tuple[int, ...], index: int) -> list[str]:
    below = grid.rows[rows[-1] + 1 : rows[-1] + 101]
    values = (text(row[index]) for row in below if index < len(row))
    return [value for value in values if value]


def _unused(
    grid: Grid, rows: tuple[int, ...], texts: Sequence[str], fields: Sequence[Field | None]
) -> tuple[Unused, ...]:
    width = max((len(row) for row in grid.rows), default=0)
    told = [texts[index] if index < len(texts) else "" for index in range(width)]
    return tuple(
        Unused(get_column_letter(index + 1), heading)
        for index, heading in enumerate(told)
        if (index >= len(fields) or fields[index] is None) and (heading or _values_below(grid, rows, index))
    )


def _heading_texts(row: Row) -> list[str]:
    texts = [text(value) for value in row]
    return [value if len(value) <= LONGEST_HEADING else "" for value in texts]


def _bare(heading: str) -> str:
    return re.sub(r"\W", "", heading.lower())


def _parts(heading: str) -> set[str]:
    return {_bare(part) for part in (heading, *heading.split(" "))} - {""}
