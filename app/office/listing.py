"""Lists whose filters and page live in the address."""

import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any, Generic
from zoneinfo import ZoneInfo

from flask import request, url_for

from app.core.errors import Words
from app.office.asked import FURTHEST, Asked, Choice, Column, ListOf, Option, Row
from app.office.door import me

PAGE_ROWS = 50
_FURTHEST = 10_000
_MOST_WITH_WORDS = 1_000


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """One page of rows. `kept` are the filters of the address: those that are not blank."""

    rows: list[Row]
    total: int
    page: int
    kept: dict[str, str]

    @property
    def pages(self) -> int:
        return max(1, math.ceil(self.total / PAGE_ROWS))

    def address(self, **changes: Any) -> str:
        """The same list with some filters changed (None drops one), from its first page unless `page` says else."""
        wanted = {**self.kept, **changes}
        values = {name: value for name, value in wanted.items() if value not in (None, "", 1)}
        return url_for(request.endpoint or "", **(request.view_args or {}), **values)


def page_asked_for() -> int:
    """The page in the address, from 1."""
    asked = request.args.get("page", 1, type=int)
    return min(max(asked, 1), _FURTHEST)


def first_row() -> int:
    """How many rows stand before the page asked for."""
    return (page_asked_for() - 1) * PAGE_ROWS


def words_asked_for() -> str:
    """What is searched for, without blanks around it."""
    return request.args.get("q", "").strip()[:80]


def id_asked_for(name: str) -> uuid.UUID | None:
    """An id in the address; none if it is missing or no id."""
    return request.args.get(name, None, type=uuid.UUID)


def listing(rows_and_total: tuple[list[Row], int], *filters: str) -> Listing[Row]:
    """The page asked for, with the named filters kept in its addresses."""
    rows, total = rows_and_total
    kept = {name: request.args[name].strip() for name in filters if request.args.get(name, "").strip()}
    return Listing(rows, total, page_asked_for(), kept)


@dataclass(frozen=True)
class Head:
    """A column's head: a click leads to the list sorted by it. `sorted`: ascending, descending, or blank."""

    name: str
    title: Words
    url: str
    sorted: str


@dataclass(frozen=True)
class Chip:
    """One value of a filter as a chip: how many it finds (None: nobody counted), where it leads."""

    words: Words | str
    count: int | None
    url: str
    current: bool


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a declared list. More than `most` rows are not counted."""

    of: ListOf[Row]
    asked: Asked
    rows: list[Row]
    total: int
    most: int = FURTHEST

    @property
    def page(self) -> int:
        return self.asked.page

    @property
    def pages(self) -> int:
        return max(1, math.ceil(min(self.total, self.most) / self.asked.size))

    @property
    def found(self) -> str:
        """How many there are, as it is said: `31`, `10,000+`."""
        return f"{self.most:,}+" if self.total > self.most else f"{self.total:,}"

    @property
    def columns(self) -> list[Column[Row]]:
        """What stands on the page."""
        return [column for column in self.of.columns if column.shown and is_for_me(column)]

    @property
    def heads(self) -> list[Head]:
        """The heads of the columns, each with the way to the list sorted by it, and back."""
        order = self.of.order_of(self.asked)
        return [self._head(column, order) for column in self.columns]

    @property
    def orders(self) -> list[Option]:
        """Every order as the narrow page offers it."""
        sortable = [column for column in self.columns if column.sorts]
        up = [Option(column.name, f"{column.title} ↑") for column in sortable]
        down = [Option(f"-{column.name}", f"{column.title} ↓") for column in sortable]
        return [one for both in zip(up, down, strict=True) for one in both]

    @property
    def is_filtered(self) -> bool:
        return bool(self.asked.chosen)

    def address(self, page: int | None = None, **changes: str | None) -> str:
        """The same list with some filters changed (None drops one), from its first page unless `page` says else."""
        wanted = self.asked.with_(**changes)
        return address_of(self.of, replace(wanted, page=page) if page else wanted)

    @property
    def url(self) -> str:
        """Where the list stands, with nothing asked of it."""
        return _url(self.of.name)

    def export_url(self, kind: str) -> str:
        """Where it is taken away as it is asked."""
        return _url(f"export_{self.of.name}", kind=kind, **self.asked.address())

    def chips(self, name: str, counts: Mapping[str, int] | None = None) -> list[Chip]:
        """A filter's values as chips; each takes the filter off again where it is set already."""
        now = self.asked.get(name)
        filter_ = next(one for one in self.of.filters if isinstance(one, Choice) and one.name == name)
        return [
            Chip(
                option.words,
                counts.get(option.value) if counts is not None else None,
                address_of(self.of, self.asked.with_(**{name: None if now == option.value else option.value})),
                now == option.value,
            )
            for option in filter_.options()
        ]

    def filter(self, name: str) -> Choice:
        """A filter of the list, by its name."""
        return next(one for one in self.of.filters if isinstance(one, Choice) and one.name == name)

    def _head(self, column: Column[Row], order: str) -> Head:
        if not column.sorts:
            return Head(column.name, column.title, "", "")
        now = {column.name: "ascending", f"-{column.name}": "descending"}.get(order, "")
        then = f"-{column.name}" if now == "ascending" else column.name
        usual = then == self.of.usual(self.asked)
        return Head(
            column.name,
            column.title,
            address_of(self.of, replace(self.asked, order="" if usual else then, page=1)),
            now,
        )


def most_counted(asked: Asked) -> int:
    """How many rows of a list are counted; fewer where words are looked for, as each one's texts are read for it."""
    return _MOST_WITH_WORDS if asked.words else FURTHEST


def asked_of(list_: ListOf[Any]) -> Asked:
    """What the address of this request asks of a list."""
    return list_.read(request.args)


def address_of(list_: ListOf[Any], asked: Asked) -> str:
    """Where a list stands as it is asked."""
    return _url(list_.name, **asked.address())


def _url(list_: str, /, **values: str) -> str:
    """A page of a list; one of a list that stands within something is within the same."""
    within = {name: id_ for name, id_ in (request.view_args or {}).items() if isinstance(id_, uuid.UUID)}
    return url_for(f"office.{list_}", **within, **values)  # type: ignore[arg-type]


def is_for_me(column: Column[Any]) -> bool:
    """Whether whoever is at the desk may read a column."""
    return column.act is None or me().may(column.act)


def days_asked_for(asked: Asked, zone: str) -> tuple[datetime | None, datetime | None]:
    """Beginning and end of the days asked for, on the estate's clock; the end excluded."""
    first, last = asked.day("from"), asked.day("to")
    clock = ZoneInfo(zone)
    since = datetime.combine(first, time(), clock) if first else None
    until = datetime.combine(last + timedelta(days=1), time(), clock) if last else None
    return since, until
