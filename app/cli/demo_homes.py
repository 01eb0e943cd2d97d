"""Buildings, units and the people who own or rent them in the demonstration estate."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple

from app.cli.demo_names import COMPANIES, FOREIGNERS, RARE, Names
from app.core.db import db
from app.core.journal import By
from app.estates.actions import move_in, note_unit, open_unit
from app.estates.models import Estate, Ownership, Person, Unit
from app.estates.rules import Occupancy, PersonKind, months_before

FLOORS = range(1, 19)


class _Flat(NamedTuple):
    area: str
    layout: str


class _Building(NamedTuple):
    name: str
    handed_over_months_ago: int
    flats: tuple[_Flat, ...]


_BUILDINGS = (
    _Building("1", 54, (_Flat("142.8", "4 室 2 厅 2 卫"), _Flat("143.5", "4 室 2 厅 2 卫"))),
    _Building(
        "2",
        42,
        (
            _Flat("118.4", "3 室 2 厅 2 卫"),
            _Flat("89.3", "3 室 2 厅 1 卫"),
            _Flat("89.6", "3 室 2 厅 1 卫"),
            _Flat("119.2", "3 室 2 厅 2 卫"),
        ),
    ),
    _Building(
        "3",
        30,
        (
            _Flat("128.6", "3 室 2 厅 2 卫"),
            _Flat("98.6", "3 室 2 厅 1 卫"),
            _Flat("98.2", "3 室 2 厅 1 卫"),
            _Flat("129.1", "3 室 2 厅 2 卫"),
        ),
    ),
)
_ENTRANCES = ("1", "2")

_VACANT, _LET = 25, 42
_CARE = (
    "独居老人",
    "家有婴儿",
    "听力不便，请大声敲门",
    "行动不便，开门较慢",
    "家有大型犬",
    "孕妇",
    "夜班，白天休息",
    "家有高考生",
)
_QUIET = ("12:00–14:00", "12:30–14:30", "13:00–15:00", "19:30–21:00")


@dataclass
class Home:
    """A unit with whom the officer may meet there. `representative` answers for a company that owns it."""

    unit: Unit
    owners: list[Person] = field(default_factory=list)
    tenants: list[Person] = field(default_factory=list)
    representative: str = ""

    @property
    def code(self) -> str:
        return self.unit.short

    @property
    def locale(self) -> str:
        """The language in which whoever lives here reads a summary."""
        return "en" if any(person.name in FOREIGNERS for person in self.owners + self.tenants) else "zh"


class _Set(NamedTuple):
    """A home that the stories tell about. Two owners: the second owns it too."""

    owners: tuple[str, ...]
    care: tuple[str, ...] = ()
    quiet: str = ""
    tenant: str = ""


SET = {
    "3-1-1202": _Set(("陈建国", "李芳"), ("家有婴儿",), "12:00–14:00"),
    "3-1-1102": _Set((COMPANIES[0][0],)),
    "3-1-0901": _Set(("王秀英",), ("独居老人",)),
    "3-1-0402": _Set(("刘洋",)),
    "3-2-1801": _Set(("赵磊", "周敏")),
    "3-2-0701": _Set(("李珺",)),
    "3-2-1503": _Set(("Emma Clarke",)),
    "3-2-1201": _Set(("周翀", "林静")),
    "2-2-0904": _Set(("徐立新",)),
    "2-1-1404": _Set(("王喆", "陈玥")),
    "2-2-0301": _Set(("许文",)),
    "2-2-1602": _Set(("沈国平",), tenant="Daniel Fischer"),
    "2-1-0603": _Set(("牛犇",)),
    "1-1-1801": _Set(("郑凯", "吴倩")),
    "1-1-0501": _Set(("何玉兰",), ("独居老人", "听力不便，请大声敲门")),
    "1-2-1002": _Set(("马国强",), (), "13:00–15:00"),
    "1-1-0801": _Set(("唐志远",)),
    "1-1-1102": _Set(("邹雨晴", "贺鸣")),
    "1-2-0602": _Set(("姚国华",)),
    "1-2-1401": _Set(("程雅琴",)),
    "2-1-1103": _Set(("汪海涛",)),
    "2-1-0902": _Set(("孔令仪",)),
    "2-2-1103": _Set(("范志刚", "苏梅")),
    "2-2-0702": _Set(("石磊",)),
    "3-1-0601": _Set(("白露",)),
    "3-1-1502": _Set(("秦晓东",)),
    "3-2-0903": _Set(("邱丽萍",)),
    "3-2-0502": _Set(("夏明",)),
}
"""Homes by code that are the same on every day."""


def settle_in(estate: Estate, chance: Random, names: Names, today: date, *, by: By, at: datetime) -> dict[str, Home]:
    """Open all 360 units and move everybody in; homes by code, as one walks through buildings upwards."""
    homes = {}
    for building, entrance, floor, nth in _doors():
        number, flat = f"{floor:02}{nth:02}", building.flats[nth - 1]
        handover = months_before(today, building.handed_over_months_ago) + timedelta(days=chance.randint(0, 45))
        unit = open_unit(
            estate, building.name, entrance, number, floor=floor, area=flat.area, handover_on=handover, by=by, at=at
        )
        unit.layout = flat.layout
        homes[unit.short] = Home(unit)
    plain = [code for code in homes if code not in SET]
    people = _People(plain, chance, names, today, by=by, at=at)
    for home in homes.values():
        people.move_into(home)
    people.buy_a_second_home(list(homes.values()), 9)
    return homes


def _doors() -> Iterator[tuple[_Building, str, int, int]]:
    for building in _BUILDINGS:
        for entrance in _ENTRANCES:
            for floor in FLOORS:
                for nth in range(1, len(building.flats) + 1):
                    yield building, entrance, floor, nth


class _People:
    """Moves people in."""

    def __init__(self, codes: list[str], chance: Random, names: Names, today: date, *, by: By, at: datetime) -> None:
        self._chance, self._names, self._today, self._by, self._at = chance, names, today, by, at
        self._representatives = dict(COMPANIES)
        some = chance.sample(codes, len(codes))
        self._vacant, self._let = set(some[:_VACANT]), set(some[_VACANT : _VACANT + _LET])
        special = [*(name for name, _who in COMPANIES[1:]), *RARE, FOREIGNERS[-1]]
        self._owners = dict(zip(some[_VACANT + _LET :], special, strict=False))

    def move_into(self, home: Home) -> None:
        """Owners, perhaps a tenant, and what an officer should know before knocking."""
        told = SET.get(home.code)
        owners = told.owners if told else self._some_owners(home.code)
        home.unit.occupancy = self._occupancy(home.code)
        since = self._since(home.unit)
        for name in owners:
            home.owners.append(self._person(home.unit, name, since))
        home.representative = self._representatives.get(owners[0], "")
        if home.unit.occupancy is Occupancy.LET or (told and told.tenant):
            home.unit.occupancy = Occupancy.LET
            name = told.tenant if told else self._names.anybody()
            rented = self._today - timedelta(days=self._chance.randint(70, 700))
            home.tenants.append(self._person(home.unit, name, max(rented, since), tenant=True))
        self._note_care(home, told)

    def buy_a_second_home(self, homes: list[Home], count: int) -> None:
        """Some flats that stood empty or are let belong to people who live elsewhere in the estate."""
        buyers = [
            home for home in homes if home.unit.occupancy is Occupancy.OWNER and home.code not in SET and home.owners
        ]
        second = [home for home in homes if home.unit.occupancy is not Occupancy.OWNER and home.code not in SET]
        pairs = zip(self._chance.sample(buyers, count), self._chance.sample(second, count), strict=True)
        for buyer, home in pairs:
            owner = buyer.owners[0]
            for held in home.unit.ownerships:
                held.until = held.since + timedelta(days=self._chance.randint(60, 200))
            bought = max(held.until for held in home.unit.ownerships if held.until)
            db.session.add(Ownership(estate_id=home.unit.estate_id, unit=home.unit, person=owner, since=bought))
            home.owners, home.representative = [owner], buyer.representative
            note_unit(home.unit, "unit:owned", by=self._by, at=self._at)

    def _some_owners(self, code: str) -> tuple[str, ...]:
        if code in self._owners:
            return (self._owners[code],)
        first = self._names.anybody()
        return (first, self._names.anybody()) if self._chance.random() < 0.35 else (first,)

    def _occupancy(self, code: str) -> Occupancy:
        if code in self._vacant:
            return Occupancy.VACANT
        return Occupancy.LET if code in self._let else Occupancy.OWNER

    def _since(self, unit: Unit) -> date:
        """Owned since handover, or since a sale in the years after it."""
        assert unit.handover_on is not None, "every unit of the demonstration was handed over"
        if unit.short in SET or self._chance.random() < 0.88:
            return unit.handover_on
        longest = (self._today - unit.handover_on).days - 200
        return unit.handover_on + timedelta(days=self._chance.randint(90, longest))

    def _person(self, unit: Unit, name: str, since: date, *, tenant: bool = False) -> Person:
        kind = PersonKind.COMPANY if name in self._representatives else PersonKind.PERSON
        phone = self._names.phone()
        return move_in(unit, name, kind, phone=phone, since=since, tenant=tenant, by=self._by, at=self._at)

    def _note_care(self, home: Home, told: _Set | None) -> None:
        if told:
            home.unit.care, home.unit.do_not_disturb = list(told.care), told.quiet or None
            return
        if home.unit.occupancy is Occupancy.VACANT:
            return
        if self._chance.random() < 0.14:
            home.unit.care = [self._chance.choice(_CARE)]
        if self._chance.random() < 0.1:
            home.unit.do_not_disturb = self._chance.choice(_QUIET)
