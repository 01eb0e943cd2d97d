"""How a survey's sheets are counted (policy, section 4; R31, form 13). No database: what is counted is handed in.

Every figure of every line, totals too, is counted from the sheets themselves: a department's rate is that of all
answers to its items, never a sum or a mean of their rates.
"""

import enum
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from app.core.proxies import proxies_counted, room_for_proxies
from app.core.rates import FEW, Rate
from app.people.rules import Liable
from app.surveys.rules import BROAD, STRICT, Filled, Level, SheetState

FIVE_LEVELS = tuple(level for level in Level if level is not Level.NONE)
"""The five levels, the best first."""


@dataclass(frozen=True)
class Item:
    """A question: whom it is about."""

    id: uuid.UUID
    department_id: uuid.UUID
    company: Liable


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A household's sheet as it is counted: where it is, how it came back, what it says; `levels`: of items, by id."""

    building_id: uuid.UUID
    state: SheetState
    was_handed_out: bool = False
    filled: Filled | None = None
    signed: bool = False
    proxy: bool = False
    overall: Level = Level.NONE
    levels: Mapping[uuid.UUID, Level]

    @property
    def came_back(self) -> bool:
        return self.state is SheetState.COLLECTED

    @property
    def is_issued(self) -> bool:
        """Handed out, whatever became of it then, or filled in at once."""
        return self.was_handed_out or self.came_back

    @property
    def is_by_phone(self) -> bool:
        return self.filled is Filled.BY_PHONE

    @property
    def says_something(self) -> bool:
        """Whether anything is judged on it."""
        return any(level is not Level.NONE for level in (self.overall, *self.levels.values()))


class Whose(enum.Enum):
    """Whose answer it is, and whether it can count: an owner's, one by phone, for an owner, on a sheet left out."""

    OWN = "own"
    PHONE = "phone"
    ON_BEHALF = "on_behalf"
    UNSIGNED = "unsigned"


Answers = Counter[tuple[Whose, Level]]


@dataclass(frozen=True)
class Facts:
    """All that a survey's figures are counted from.

    `proxy_share`: how many percent of the answers that count may come from somebody else than the owner.
    `unsigned_count`: whether sheets without a name count; nobody can sign what is asked by phone, which always counts.
    """

    items: Collection[Item]
    sheets: Collection[Answered]
    households: int
    proxy_share: int
    unsigned_count: bool

    def is_left_out(self, sheet: Answered) -> bool:
        """Whether it came back without a name, and does not count for that."""
        return not (self.unsigned_count or sheet.signed or sheet.is_by_phone)

    @cached_property
    def by_building(self) -> dict[uuid.UUID, list[Answered]]:
        """The sheets of each building."""
        found: dict[uuid.UUID, list[Answered]] = defaultdict(list)
        for sheet in self.sheets:
            found[sheet.building_id].append(sheet)
        return found

    @cached_property
    def answers(self) -> dict[uuid.UUID, dict[uuid.UUID | None, Answers]]:
        """Building → item, or none for the overall question → how it was answered: every answer is looked at once."""
        return {id_: self._answers(sheets) for id_, sheets in self.by_building.items()}

    def _answers(self, sheets: Iterable[Answered]) -> dict[uuid.UUID | None, Answers]:
        asked = [item.id for item in self.items]
        counted: dict[uuid.UUID | None, Answers] = {id_: Counter() for id_ in (None, *asked)}
        for sheet in sheets:
            if sheet.came_back:
                whose = self._whose(sheet)
                counted[None][whose, sheet.overall] += 1
                for id_ in asked:
                    counted[id_][whose, sheet.levels.get(id_, Level.NONE)] += 1
        return counted

    def _whose(self, sheet: Answered) -> Whose:
        if self.is_left_out(sheet):
            return Whose.UNSIGNED
        if sheet.proxy:
            return Whose.ON_BEHALF
        return Whose.PHONE if sheet.is_by_phone else Whose.OWN


@dataclass(frozen=True)
class Counts:
    """Sheets in counts, and their rates, however they were counted.

    `issued`: handed out, or collected at once; whoever declined after that is among them. `declined`: does not take
    part, handed out or not.
    """

    households: int = 0
    issued: int = 0
    collected: int = 0
    declined: int = 0
    signed: int = 0

    @property
    def left(self) -> int:
        """Neither back nor declined: to be handed out, or to be collected."""
        return self.households - self.collected - self.declined

    @property
    def distribution(self) -> Rate:
        """发放率."""
        return Rate(self.issued, self.households)

    @property
    def response(self) -> Rate:
        """回收率."""
        return Rate(self.collected, self.issued)

    @property
    def signed_share(self) -> Rate:
        """署名率."""
        return Rate(self.signed, self.collected)


@dataclass(frozen=True, kw_only=True)
class Returns(Counts):
    """What became of the sheets.

    `households` are the sum of `not_handed_out`, `not_returned`, `declined` and `collected`; of these last the sum of
    `valid`, `blank` (nothing judged), `unsigned` (if such do not count) and `left_out` (proxies above the share).
    `by_phone`: of the collected.
    """

    not_handed_out: int
    not_returned: int
    by_phone: int
    valid: int
    blank: int
    unsigned: int
    left_out: int

    @property
    def validity(self) -> Rate:
        """有效率."""
        return Rate(self.valid, self.collected)


@dataclass(frozen=True)
class Satisfaction:
    """Answers to one item, or to several. `levels`: the valid ones, by `FIVE_LEVELS`.

    `by_phone`: the broadly satisfied of those told by phone, which are valid, and shown apart. Not valid: `no_opinion`
    (or left open), answers on behalf of owners above the share (`left_out`), and those of `unsigned` sheets if such do
    not count.
    """

    levels: tuple[int, int, int, int, int]
    by_phone: Rate
    no_opinion: int
    left_out: int
    unsigned: int

    @property
    def valid(self) -> int:
        return sum(self.levels)

    @property
    def strict(self) -> Rate:
        """Satisfied and above, of valid answers."""
        return Rate(self._of(STRICT), self.valid)

    @property
    def broad(self) -> Rate:
        """With mostly satisfied."""
        return Rate(self._of(BROAD), self.valid)

    @property
    def is_small(self) -> bool:
        """Whether so few answers are valid that nobody should judge by them."""
        return 0 < self.valid < FEW

    @property
    def badness(self) -> tuple[bool, Fraction, Fraction]:
        """To sort by: the worst rate first, what nobody judged last."""
        whole = self.valid or 1
        return not self.valid, Fraction(self.strict.part, whole), Fraction(self.broad.part, whole)

    def _of(self, wanted: Collection[Level]) -> int:
        return sum(count for level, count in zip(FIVE_LEVELS, self.levels, strict=True) if level in wanted)


def returns_of(facts: Facts, building_id: uuid.UUID | None = None) -> Returns:
    """What became of all sheets, or of those of one building."""
    sheets = facts.sheets if building_id is None else facts.by_building.get(building_id, [])
    back = [one for one in sheets if one.came_back]
    unsigned = sum(map(facts.is_left_out, back))
    counted = [one for one in back if not facts.is_left_out(one)]
    told = [one for one in counted if one.says_something]
    proxies = sum(one.proxy for one in told)
    room = room_for_proxies(len(told) - proxies, facts.proxy_share, proxies)
    where = Counter(one.state for one in sheets)
    return Returns(
        households=facts.households if building_id is None else len(sheets),
        not_handed_out=where[SheetState.TO_HAND_OUT],
        not_returned=where[SheetState.HANDED_OUT],
        declined=where[SheetState.DECLINED],
        issued=sum(one.is_issued for one in sheets),
        collected=len(back),
        signed=sum(one.signed for one in back),
        by_phone=sum(one.is_by_phone for one in back),
        valid=len(told) - proxies + room,
        blank=len(counted) - len(told),
        unsigned=unsigned,
        left_out=proxies - room,
    )


def overall_of(facts: Facts, building_id: uuid.UUID | None = None) -> Satisfaction:
    """Answers to the question of how satisfied a household is altogether."""
    return _judged(facts, building_id, (None,))


def items_of(
    facts: Facts, wanted: Callable[[Item], bool] = lambda _item: True, building_id: uuid.UUID | None = None
) -> Satisfaction:
    """All answers to the items that are wanted, together."""
    return _judged(facts, building_id, [item.id for item in facts.items if wanted(item)])


def _judged(facts: Facts, building_id: uuid.UUID | None, ids: Collection[uuid.UUID | None]) -> Satisfaction:
    told: Answers = Counter()
    for building, answers in facts.answers.items():
        if building_id in (None, building):
            for id_ in ids:
                told.update(answers[id_])
    own = {level: told[Whose.OWN, level] + told[Whose.PHONE, level] for level in Level}
    phone: dict[Level, int] = {level: told[Whose.PHONE, level] for level in FIVE_LEVELS}
    on_behalf = Counter({level: told[Whose.ON_BEHALF, level] for level in FIVE_LEVELS})
    taken = proxies_counted(
        sum(own[level] for level in FIVE_LEVELS), on_behalf, facts.proxy_share, reversed(FIVE_LEVELS)
    )
    very, satisfied, basic, dissatisfied, very_bad = (own[level] + taken[level] for level in FIVE_LEVELS)
    return Satisfaction(
        levels=(very, satisfied, basic, dissatisfied, very_bad),
        by_phone=Rate(sum(phone[level] for level in BROAD), sum(phone.values())),
        no_opinion=own[Level.NONE] + told[Whose.ON_BEHALF, Level.NONE],
        left_out=on_behalf.total() - taken.total(),
        unsigned=sum(told[Whose.UNSIGNED, level] for level in Level),
    )
