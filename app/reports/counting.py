"""How a year's facts are counted (policy, section 4, form 10). No database: what is counted is handed in.

Every figure of every line, totals too, is counted from the facts themselves: a home that was met in two months is one
home in the year, a visit made for two things stands in two lines and is one visit in their total.
"""

import enum
import math
import statistics
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar

from app.core.rates import FEW, Rate
from app.issues.became import Became
from app.visits.judging import Judged
from app.visits.rules import Category, Method, Rating

NOWHERE = uuid.UUID(int=0)
"""The building of what stands in none, and the department of what is with none."""


class Dimension(enum.Enum):
    """What the lines of the statistics can be."""

    MONTH = "month"
    CATEGORY = "category"
    METHOD = "method"
    BUILDING = "building"
    DEPARTMENT = "department"
    OFFICER = "officer"


Key = int | Category | Method | uuid.UUID
"""What one line is of: the number of a month, a category, a method, the id of a building, a department, an officer."""

Wanted = Mapping[Dimension, Key]
"""Of which part of a year something is counted; empty for all of it."""


@dataclass(frozen=True)
class Home:
    """A unit, the building that it stands in, and whether it is a household: owned, and not vacant."""

    building_id: uuid.UUID
    is_household: bool


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What all facts have: a day, a building, categories and method of the visit, the department that has it now.

    `officer_id`: whoever went there, rang or wrote it down; of what was due whoever had it on its day.
    """

    on: date
    building_id: uuid.UUID
    categories: Collection[Category] = ()
    method: Method | None = None
    department_id: uuid.UUID | None = None
    officer_id: uuid.UUID | None = None


_KEYS: dict[Dimension, Callable[[Fact], Collection[Key]]] = {
    Dimension.MONTH: lambda one: (one.on.month,),
    Dimension.CATEGORY: lambda one: one.categories,
    Dimension.METHOD: lambda one: (one.method,) if one.method else (),
    Dimension.BUILDING: lambda one: (one.building_id,),
    Dimension.DEPARTMENT: lambda one: (one.department_id,) if one.department_id else (),
    Dimension.OFFICER: lambda one: (one.officer_id,) if one.officer_id else (),
}
"""Of which lines a fact is: a visit made for two things of two categories, a callback that was due of no method."""


@dataclass(frozen=True, kw_only=True)
class Try(Fact):
    """Somebody went to a home, or rang: a visit that was held, or an attempt that met nobody (no `rating`).

    `on_behalf`: it was not an owner or a tenant who rated, but somebody for them.
    """

    unit_id: uuid.UUID
    rating: Rating | None = None
    on_behalf: bool = False

    @property
    def met(self) -> bool:
        return self.rating is not None


@dataclass(frozen=True, kw_only=True)
class Due(Fact):
    """Something that was due at a home; whether it was held at all, and by its day."""

    unit_id: uuid.UUID
    is_callback: bool
    held: bool
    in_time: bool


@dataclass(frozen=True, kw_only=True)
class Raised(Fact):
    """An issue, and what has become of it.

    `on_the_spot`: answered at the visit that raised it, and called good there. `days`: calendar days until its owner
    called it good; none for any other.
    """

    became: Became
    round: int = 1
    on_the_spot: bool = False
    days: int | None = None


@dataclass(frozen=True)
class Facts:
    """All that a year's figures are counted from."""

    homes: Mapping[uuid.UUID, Home]
    tries: Collection[Try]
    due: Collection[Due]
    raised: Collection[Raised]
    proxy_share: int

    @cached_property
    def households(self) -> frozenset[uuid.UUID]:
        """The units that are some."""
        return frozenset(id_ for id_, home in self.homes.items() if home.is_household)


@dataclass(frozen=True)
class _Part:
    """The facts of a part of a year."""

    tries: Collection[Try]
    due: Collection[Due]
    raised: Collection[Raised]


@dataclass(frozen=True)
class Households:
    """How many homes: in scope (None: the line has no scope of its own), due, gone to or rung, met, heard by phone.

    `met`: at the door, at least once. `by_phone`: reached by phone, and not met. Only households are counted.
    """

    in_scope: int | None
    due: int | None
    visited: int
    met: int
    by_phone: int


@dataclass(frozen=True)
class Issues:
    """`raised` is the sum of `closed`, `open`, `for_now`, `at_all` and `ended`; `on_the_spot` are some of the closed.
    What was answered there and then went to no department: of a department this is none, not 0.


    `median`, `p90`: days until their owners called them good. `rounds`: of all that are closed, together.
    """

    raised: int
    on_the_spot: int | None
    closed: int
    open: int
    for_now: int
    at_all: int
    ended: int
    rounds: int
    median: float | None
    p90: int | None

    @property
    def answered_there(self) -> Rate | None:
        """On the spot, of all raised."""
        return None if self.on_the_spot is None else Rate(self.on_the_spot, self.raised)

    @property
    def closure(self) -> Rate:
        """Closed by satisfied owners, of all raised; the other endings stand beside it."""
        return Rate(self.closed, self.raised)

    @property
    def median_days(self) -> str:
        """`3`, `3.5`; "–" without any."""
        return "–" if self.median is None else f"{self.median:g}"

    @property
    def rounds_each(self) -> str:
        """Rounds per closed issue, `1.4`: rounded up, for fewer are better; "–" without any."""
        if not self.closed:
            return "–"
        tenths = -(-10 * self.rounds // self.closed)
        return f"{tenths // 10}.{tenths % 10}"


@dataclass(frozen=True)
class Satisfaction:
    """How owners rated the service. `strict`: satisfied of valid answers; `broad`: with mostly satisfied.

    `by_phone`: the broad one of those told by phone, which are valid, and shown apart. Not valid: `no_opinion`, and
    answers on behalf of owners above the estate's share (`left_out`).
    """

    strict: Rate
    broad: Rate
    by_phone: Rate
    no_opinion: int
    left_out: int

    @property
    def is_small(self) -> bool:
        """Whether so few answers are valid that nobody should judge by them."""
        return 0 < self.strict.whole < FEW


@dataclass(frozen=True)
class Line:
    """One line of the statistics. `tries`: those met, of all. `callbacks`: held, of those due; `in_time`: by their day.
    `visits`, `visits_in_time`: the same of what else was due, visits of a plan, special ones, sheets of a survey.

    By which method something is done nobody knows before: where one is asked for there is no "due", and no callbacks.
    Years that were handed up before visits were counted so have none.
    """

    households: Households
    tries: Rate
    callbacks: Rate | None
    in_time: Rate | None
    satisfaction: Satisfaction
    issues: Issues
    visits: Rate | None = None
    visits_in_time: Rate | None = None

    @property
    def coverage(self) -> Rate | None:
        """Households met at the door, of all in scope."""
        homes = self.households
        return None if homes.in_scope is None else Rate(homes.met, homes.in_scope)


def count(facts: Facts, wanted: Wanted) -> Line:
    """One line: of this part of the year."""
    return _line(facts, _within(facts, wanted), wanted)


def count_by(facts: Facts, by: Dimension, keys: Iterable[Key], wanted: Wanted) -> list[tuple[Key, Line]]:
    """A line for each of these keys, of this part of the year."""
    inside = _within(facts, wanted)
    tries, due, raised = _parted(inside.tries, by), _parted(inside.due, by), _parted(inside.raised, by)
    parts = ((key, _Part(tries[key], due[key], raised[key])) for key in keys)
    return [(key, _line(facts, part, {**wanted, by: key})) for key, part in parts]


F = TypeVar("F", bound=Fact)


def _within(facts: Facts, wanted: Wanted) -> _Part:
    return _Part(_those(facts.tries, wanted), _those(facts.due, wanted), _those(facts.raised, wanted))


def _those(facts: Collection[F], wanted: Wanted) -> Collection[F]:
    for by, key in wanted.items():
        keys = _KEYS[by]
        facts = [one for one in facts if key in keys(one)]
    return facts


def _parted(facts: Iterable[F], by: Dimension) -> dict[Key, list[F]]:
    parted: dict[Key, list[F]] = defaultdict(list)
    keys = _KEYS[by]
    for fact in facts:
        for key in keys(fact):
            parted[key].append(fact)
    return parted


def _line(facts: Facts, part: _Part, wanted: Wanted) -> Line:
    is_known = Dimension.METHOD not in wanted
    callbacks = [one for one in part.due if one.is_callback] if is_known else None
    visits = [one for one in part.due if not one.is_callback] if is_known else None
    return Line(
        households=_households(facts, part, wanted),
        tries=Rate(sum(one.met for one in part.tries), len(part.tries)),
        callbacks=_share(callbacks, lambda one: one.held),
        in_time=_share(callbacks, lambda one: one.in_time),
        satisfaction=_satisfaction(part.tries, facts.proxy_share),
        issues=_issues(part.raised, wanted),
        visits=_share(visits, lambda one: one.held),
        visits_in_time=_share(visits, lambda one: one.in_time),
    )


_OF_ALL_HOMES = ({None, Category.SCHEDULED}, {None, Method.DOOR})
"""Of which categories and methods every household is in scope (R04); of others only whoever has something due."""
_OF_SOME_HOMES = (Dimension.DEPARTMENT, Dimension.OFFICER)
"""What goes to some households only."""


def _households(facts: Facts, part: _Part, wanted: Wanted) -> Households:
    categories, methods = _OF_ALL_HOMES
    in_scope = None
    if (
        wanted.get(Dimension.CATEGORY) in categories
        and wanted.get(Dimension.METHOD) in methods
        and wanted.keys().isdisjoint(_OF_SOME_HOMES)
    ):
        building = wanted.get(Dimension.BUILDING)
        in_scope = sum(building in (None, facts.homes[unit].building_id) for unit in facts.households)
    met = {one.unit_id for one in part.tries if one.met and one.method is Method.DOOR} & facts.households
    by_phone = {one.unit_id for one in part.tries if one.met and one.method is Method.PHONE} & facts.households
    return Households(
        in_scope=in_scope,
        due=None if Dimension.METHOD in wanted else len({one.unit_id for one in part.due} & facts.households),
        visited=len({one.unit_id for one in part.tries} & facts.households),
        met=len(met),
        by_phone=len(by_phone - met),
    )


def _share(due: list[Due] | None, is_part: Callable[[Due], bool]) -> Rate | None:
    return None if due is None else Rate(sum(map(is_part, due)), len(due))


def _satisfaction(tries: Iterable[Try], proxy_share: int) -> Satisfaction:
    rated = [one for one in tries if one.rating is not None]
    own = [one for one in rated if not one.on_behalf]
    judged = Judged(
        at_the_door=_ratings(one for one in own if one.method is not Method.PHONE),
        by_phone=_ratings(one for one in own if one.method is Method.PHONE),
        on_behalf=_ratings(one for one in rated if one.on_behalf),
        proxy_share=proxy_share,
    )
    return Satisfaction(
        strict=Rate(judged.satisfied, judged.valid),
        broad=Rate(judged.broadly, judged.valid),
        by_phone=Rate(judged.broadly_by_phone, judged.valid_by_phone),
        no_opinion=judged.no_opinion,
        left_out=judged.proxies_left_out,
    )


def _ratings(tries: Iterable[Try]) -> Counter[Rating]:
    given = [one.rating for one in tries]
    return Counter({rating: given.count(rating) for rating in Rating})


def _issues(raised: Collection[Raised], wanted: Wanted) -> Issues:
    became = [one.became for one in raised]
    closed = [one for one in raised if one.became is Became.CLOSED]
    is_of_none = wanted.get(Dimension.DEPARTMENT, NOWHERE) == NOWHERE
    days = sorted(one.days for one in closed if one.days is not None)
    return Issues(
        raised=len(raised),
        on_the_spot=sum(one.on_the_spot for one in closed) if is_of_none else None,
        closed=len(closed),
        open=became.count(Became.OPEN),
        for_now=became.count(Became.FOR_NOW),
        at_all=became.count(Became.AT_ALL),
        ended=became.count(Became.ENDED),
        rounds=sum(one.round for one in closed),
        median=statistics.median(days) if days else None,
        p90=days[math.ceil(0.9 * len(days)) - 1] if days else None,
    )
