"""How a list is declared, and what somebody asks of it: filters, order and page, out of the address and back."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Generic, TypeVar

from app.core.errors import Words
from app.people.rules import Act

Row = TypeVar("Row")
Value = str | int | float | date | datetime | None
Chosen = dict[str, str]
"""Filter → its value as it stands in the address; blank ones are left out."""

SIZES = (25, 50, 100, 200)
USUAL_SIZE = 50
FURTHEST = 10_000
"""The last row that pages lead to: whoever looks for more filters, or takes the list away."""
LONGEST_WORDS = 80


@dataclass(frozen=True)
class Option:
    """One value that a filter can have, and what it is called."""

    value: str
    words: Words | str


@dataclass(frozen=True)
class Choice:
    """A filter that takes one of its options. With `ids` any id is heard: of somebody who has left, for one."""

    name: str
    title: Words
    options: Callable[[], Sequence[Option]]
    ids: bool = False

    def read(self, address: Mapping[str, str]) -> Chosen:
        """What the address says of it; nothing if that is no option."""
        asked = address.get(self.name, "").strip()
        if self.ids:
            known = _id(asked)
            return {self.name: str(known)} if known else {}
        return {self.name: asked} if asked and any(asked == option.value for option in self.options()) else {}

    def say(self, chosen: Chosen) -> str:
        """The filter in words; blank if it is not set."""
        asked = chosen.get(self.name, "")
        known = next((option.words for option in self.options() if option.value == asked), asked[:8])
        return f"{self.title}: {known}" if asked else ""


@dataclass(frozen=True)
class Days:
    """A filter from one day to another, both included, each of which may be missing: `from` and `to`."""

    title: Words

    def read(self, address: Mapping[str, str]) -> Chosen:
        """The days in the address, those left out that are none."""
        days = {name: day_in(address.get(name, "")) for name in ("from", "to")}
        return {name: day.isoformat() for name, day in days.items() if day}

    def say(self, chosen: Chosen) -> str:
        """The filter in words; blank if it is not set."""
        days = [chosen.get(name, "…") for name in ("from", "to")]
        return f"{self.title}: {' – '.join(days)}" if days != ["…", "…"] else ""


@dataclass(frozen=True)
class Spoken:
    """A filter by words: `q`."""

    title: Words

    def read(self, address: Mapping[str, str]) -> Chosen:
        """The words, without blanks around them."""
        words = address.get("q", "").replace("\0", "").strip()[:LONGEST_WORDS].strip()
        return {"q": words} if words else {}

    def say(self, chosen: Chosen) -> str:
        """The filter in words; blank if it is not set."""
        return f"{self.title}: {chosen['q']}" if "q" in chosen else ""


Filter = Choice | Days | Spoken


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column. `value` is what is taken away, as itself: a day as a day, a number as a number.

    `sorts`: a click on its head sorts by it. `shown`: it stands on the page too. `act`: only for those who may do it.
    """

    name: str
    title: Words
    value: Callable[[Row], Value]
    sorts: bool = False
    shown: bool = True
    width: int = 14
    act: Act | None = None


@dataclass(frozen=True)
class Asked:
    """What somebody asks of a list. `order` is a column's name, downwards with `-`; blank is the usual one."""

    chosen: Chosen = field(default_factory=dict)
    order: str = ""
    page: int = 1
    size: int = USUAL_SIZE

    @property
    def words(self) -> str:
        return self.chosen.get("q", "")

    @property
    def start(self) -> int:
        """How many rows stand before the page."""
        return (self.page - 1) * self.size

    def get(self, name: str) -> str:
        """A filter's value; blank if it is not set."""
        return self.chosen.get(name, "")

    def id(self, name: str) -> uuid.UUID | None:
        """A filter's value as an id."""
        return _id(self.get(name))

    def day(self, name: str) -> date | None:
        """A filter's value as a day."""
        return day_in(self.get(name))

    def address(self) -> dict[str, str]:
        """As it stands in the address: whatever is as usual is left out."""
        said = dict(self.chosen)
        if self.order:
            said["sort"] = self.order
        if self.size != USUAL_SIZE:
            said["size"] = str(self.size)
        if self.page != 1:
            said["page"] = str(self.page)
        return said

    def with_(self, **changes: str | None) -> "Asked":
        """The same with some filters changed (None drops one), from its first page."""
        wanted = {**self.chosen, **changes}
        return replace(self, chosen={name: value for name, value in wanted.items() if value}, page=1)


@dataclass(frozen=True)
class ListOf(Generic[Row]):
    """A list as data: `name` is its page's, `usual` the order of what is asked unless somebody chose another."""

    name: str
    title: Words
    columns: tuple[Column[Row], ...]
    filters: tuple[Filter, ...]
    usual: Callable[[Asked], str]

    def read(self, address: Mapping[str, str]) -> Asked:
        """What the address asks; whatever makes no sense there is as if it were missing."""
        chosen: Chosen = {}
        for one in self.filters:
            chosen |= one.read(address)
        size = _number(address.get("size", ""))
        size = size if size in SIZES else USUAL_SIZE
        page = min(max(_number(address.get("page", "")), 1), FURTHEST // size)
        return Asked(chosen, self._order(address.get("sort", "")), page, size)

    def order_of(self, asked: Asked) -> str:
        """The order that is in force."""
        return asked.order or self.usual(asked)

    def say(self, asked: Asked) -> list[str]:
        """The filters that are set, in words."""
        return [said for one in self.filters if (said := one.say(asked.chosen))]

    def _order(self, asked: str) -> str:
        known = {column.name for column in self.columns if column.sorts}
        return asked if asked.removeprefix("-") in known and not asked.startswith("--") else ""


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def day_in(text: str) -> date | None:
    """A day of our times: far ones do not exist on every clock."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if 1900 <= day.year < 9999 else None
