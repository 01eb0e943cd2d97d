"""Lists whose filters and page live in the address."""

import math
import uuid
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request, url_for

Row = TypeVar("Row")
PAGE_ROWS = 50
_FURTHEST = 10_000


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
