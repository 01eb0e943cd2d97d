"""Every figure of calls, callbacks and judgements, counted anew from what happened by the policy's words (section 4).

A random quarter of an estate somewhere: homes that are owned, sold, let stand vacant or are nobody's; visits and calls
around the borders of its months, sent twice; callbacks given other days, called off, replaced, held late or never. What
happened is written down beside the product, and counted here in plain Python, not read from what is tested. `WALKS`
says how many quarters; `make test` takes few, a night many.
"""

import os
import random
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from app.agenda.actions import adjust, cancel, make_task, settle
from app.agenda.models import Task
from app.agenda.rules import EVERY_CALLBACK, TaskKind
from app.core.clock import isoformat, now
from app.core.db import db
from app.core.ids import new_id
from app.core.rates import Rate
from app.estates.households import vacant_units
from app.estates.models import Estate, Ownership, Unit
from app.estates.owner_file import Hand, change_fields
from app.estates.rules import Occupancy
from app.reports.counting import Dimension, count
from app.reports.queries import Year, facts_of
from app.visits.calls import calls_between, foot
from app.visits.figures import Due, due_in, households_met, judged
from app.visits.rules import Category, Method
from tests.builders import NOBODY, a_home, a_unit, an_owner
from tests.visits.kept import an_attempt
from tests.world import World

QUARTERS = max(6, int(os.environ.get("WALKS", "0")) // 20)
ZONES = ("Asia/Shanghai", "Asia/Kolkata", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia")
OWNER, BUYER, STRANGER = "陈建国", "许文", "王强"
WORST_FIRST = ("dissatisfied", "basic", "satisfied")


@dataclass
class Home:
    """A unit, and until which day its first owner has it; without one it is nobody's. `empty_since`: its first day."""

    id: uuid.UUID
    owned: bool = True
    empty_since: date | None = None
    sold_on: date | None = None
    first_owner: uuid.UUID | None = None

    def is_vacant(self, day: date) -> bool:
        return self.empty_since is not None and self.empty_since <= day


@dataclass
class Said:
    """A visit or a call, as it happened; `outcome`: it met nobody. `own`: whether an owner or a tenant was heard."""

    home: Home
    phone: bool
    at: datetime
    rating: str = ""
    own: bool = True
    outcome: str = ""


@dataclass
class Callback:
    """One round of one matter: the day that counts, whether that was missed, whether it is due at all, when held."""

    day: date
    task: Task
    missed: bool = False
    off: bool = False
    held_on: date | None = None


@dataclass
class Quarter:
    """What happened."""

    dice: random.Random
    zone: ZoneInfo
    now: datetime
    homes: list[Home] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    callbacks: list[Callback] = field(default_factory=list)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def months(self) -> list[date]:
        """The first days of the two months before this one, and of this one."""
        this = self.today.replace(day=1)
        before = (this - timedelta(days=1)).replace(day=1)
        return [(before - timedelta(days=1)).replace(day=1), before, this]

    def households(self, day: date) -> set[uuid.UUID]:
        """The homes that were owned on a day and not vacant."""
        return {home.id for home in self.homes if home.owned and not home.is_vacant(day)}

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)

    def a_moment(self) -> datetime:
        """Some time past, every second one within an hour of a month's first moment."""
        if self.dice.random() < 0.5:
            border = self.midnight(self.dice.choice(self.months))
            return min(border + timedelta(minutes=self.dice.randint(-60, 60)), self.now - timedelta(hours=1))
        began = self.midnight(self.months[0])
        return began + self.dice.random() * (self.now - timedelta(hours=1) - began)


@pytest.mark.parametrize("seed", range(QUARTERS))
def test_every_figure_of_a_quarter_is_what_the_policy_counts(app: Flask, world: World, seed: int) -> None:
    quarter = Quarter(dice := random.Random(seed), ZoneInfo(dice.choice(ZONES)), now())
    with app.app_context():
        settle_in(quarter, world)
    for _ in range(14):
        something_is_said(quarter, world)
    with app.app_context():
        for _ in range(8):
            a_callback_lives(quarter, world)
        db.session.commit()

        estate = db.session.get_one(Estate, world.estate_id)
        for first in quarter.months:
            until = (first + timedelta(days=31)).replace(day=1)
            is_told_of(quarter, estate, first, until)
        is_told_of(quarter, estate, quarter.months[0], date.max)


def is_told_of(quarter: Quarter, estate: Estate, first: date, until: date) -> None:
    """Compare all that the product tells of these days with what happened in them."""
    since, end = quarter.midnight(first), min(quarter.midnight(until) if until < date.max else now(), now())
    there = [one for one in quarter.said if since <= one.at < end]
    calls = [one for one in there if one.phone]
    due = due_in(estate.id, EVERY_CALLBACK, (first, until), quarter.today, estate.time_zone)
    below = foot(estate, calls_between(estate, since, end), due)

    def rate(part: int, whole: int) -> tuple[int, int, str]:
        tenths = 1000 * part // whole if whole else 0
        return part, whole, f"{tenths // 10}.{tenths % 10} %" if whole else "–"

    def shown(name: str) -> tuple[int, int, str]:
        found = getattr(below, name)
        return found.part, found.whole, found.percent

    assert due == callbacks_due(quarter, first, until)
    assert shown("callback") == rate(due.held, due.due)
    assert shown("timely") == rate(due.in_time, due.due)
    assert shown("contact") == rate(sum(not call.outcome for call in calls), len(calls))
    assert shown("first_call") == rate(*reached_at_first(quarter, calls))
    valid, left_out = valid_answers([one for one in calls if one.rating])
    assert shown("strict") == rate(valid["satisfied"], valid.total())
    assert shown("broad") == rate(valid["satisfied"] + valid["basic"], valid.total())
    assert below.is_small == (0 < valid.total() < 5)
    assert below.proxies_left_out == left_out
    assert below.no_opinion == sum(one.rating == "none" for one in calls)
    assert dict(below.results) == Counter(one.outcome for one in calls if one.outcome)

    valid, left_out = valid_answers([one for one in there if one.rating])
    found = judged(estate, since, end)
    assert (found.satisfied, found.broadly) == (valid["satisfied"], valid["satisfied"] + valid["basic"])
    assert (found.valid, found.proxies_left_out) == (valid.total(), left_out)
    households = quarter.households(quarter.today)
    met = {one.home.id for one in there if not one.phone and not one.outcome}
    expected = len(met & households), len(households)
    assert households_met(estate, since, end, quarter.today) == expected
    assert vacant_units(estate, quarter.today) == sum(home.is_vacant(quarter.today) for home in quarter.homes)
    if until < date.max:
        the_statistics_say_so_too(quarter, estate, first, there)


def the_statistics_say_so_too(quarter: Quarter, estate: Estate, month: date, there: list[Said]) -> None:
    """A line of the year's statistics (form 10) is this month, by all methods and by each."""
    year = Year(month.year, estate.time_zone, now())
    facts, households = facts_of(estate, year), quarter.households(year.last)
    for method in (None, Method.DOOR, Method.PHONE):
        these = [one for one in there if method is None or one.phone == (method is Method.PHONE)]
        line = count(facts, {Dimension.MONTH: month.month} | ({Dimension.METHOD: method} if method else {}))
        valid, left_out = valid_answers([one for one in these if one.rating])
        said = line.satisfaction
        assert (said.strict.part, said.strict.whole, said.left_out) == (valid["satisfied"], valid.total(), left_out)
        assert said.broad == Rate(valid["satisfied"] + valid["basic"], valid.total())
        assert said.no_opinion == sum(one.rating == "none" for one in these)
        assert line.tries == Rate(sum(not one.outcome for one in these), len(these))
        met = {one.home.id for one in these if not one.phone and not one.outcome} & households
        rung = {one.home.id for one in these if one.phone and not one.outcome} & households
        tried = {one.home.id for one in these} & households
        counted = line.households
        assert (counted.met, counted.by_phone, counted.visited) == (len(met), len(rung - met), len(tried))
        assert counted.in_scope == (None if method is Method.PHONE else len(households))
    until = (month + timedelta(days=31)).replace(day=1)
    due = callbacks_due(quarter, month, until)
    whole = count(facts, {Dimension.MONTH: month.month})
    scheduled = count(facts, {Dimension.MONTH: month.month, Dimension.CATEGORY: Category.SCHEDULED})
    assert (scheduled.tries, scheduled.satisfaction) == (whole.tries, whole.satisfaction), "nothing else was due there"
    assert (whole.callbacks, whole.in_time) == (Rate(due.held, due.due), Rate(due.in_time, due.due))


def callbacks_due(quarter: Quarter, first: date, until: date) -> Due:
    """Due in these days: what was called off in time is not, and what is due today only once it is held."""
    of_these = [
        one
        for one in quarter.callbacks
        if not one.off and first <= one.day < until and (one.day, one.held_on is None) < (quarter.today, True)
    ]
    held = [one for one in of_these if one.held_on is not None]
    return Due(len(of_these), len(held), sum(not one.missed and (one.held_on or date.max) <= one.day for one in held))


def valid_answers(said: list[Said]) -> tuple[Counter[str], int]:
    """With at most 5 % of them on behalf of owners, the least favourable; and how many of these were left out."""
    counted = Counter(one.rating for one in said if one.own and one.rating != "none")
    others = sorted((one.rating for one in said if not one.own and one.rating != "none"), key=WORST_FIRST.index)
    taken = 0
    while taken < len(others) and 100 * (taken + 1) <= 5 * (counted.total() + 1):
        counted[others[taken]] += 1
        taken += 1
    return counted, len(others) - taken


def reached_at_first(quarter: Quarter, calls: list[Said]) -> tuple[int, int]:
    """Households whose first of these calls reached them, none having been in vain since they were last met."""
    first: dict[uuid.UUID, Said] = {}
    for call in sorted(calls, key=lambda one: one.at):
        first.setdefault(call.home.id, call)
    at_first = 0
    for call in first.values():
        before = sorted((one for one in quarter.said if one.home is call.home and one.at < call.at), key=_when)
        rung = [one for one in before if one.phone or not one.outcome]
        at_first += not call.outcome and not (rung and rung[-1].outcome)
    return at_first, len(first)


def _when(one: Said) -> datetime:
    return one.at


def settle_in(quarter: Quarter, world: World) -> None:
    """The homes of an estate: of one owner, sold, vacant, and nobody's."""
    estate = db.session.get_one(Estate, world.estate_id)
    estate.time_zone = quarter.zone.key
    quarter.homes.append(Home(world.unit_id))
    for kind in ("owned", "sold", "sold", "vacant", "nobody's"):
        unit = a_unit(estate) if kind == "nobody's" else a_home(estate, OWNER)
        home = Home(unit.id, owned=kind != "nobody's")
        if kind == "sold":
            [held] = db.session.query(Ownership).filter_by(unit_id=unit.id)
            home.sold_on = held.until = quarter.a_moment().astimezone(quarter.zone).date()
            home.first_owner = held.person_id
            an_owner(unit, BUYER, since=home.sold_on)
        if kind == "vacant":
            emptied_at = quarter.a_moment()
            home.empty_since = emptied_at.astimezone(quarter.zone).date()
            hand = Hand(NOBODY, emptied_at, home.empty_since)
            change_fields(unit, unit, {"occupancy": Occupancy.VACANT.value}, hand)
        quarter.homes.append(home)
    db.session.commit()


def something_is_said(quarter: Quarter, world: World) -> None:
    """A visit, a call, or an attempt at one, by a tablet that may send it twice."""
    dice, home, phone = quarter.dice, quarter.dice.choice(quarter.homes), quarter.dice.random() < 0.6
    at = quarter.a_moment()
    at = at.replace(second=len(quarter.said), microsecond=0)  # no two at one moment
    if dice.random() < 0.3:
        outcome = "no_answer" if phone else "nobody_home"
        method = "phone" if phone else "door"
        sent = an_attempt(
            world, unit_id=str(home.id), task_ids=[], method=method, outcome=outcome, tried_at=isoformat(at)
        )
        quarter.said.append(Said(home, phone, at, outcome=outcome))
    else:
        name, relation = dice.choice([(OWNER, "owner"), (BUYER, "owner"), (STRANGER, "owner"), ("小陈", "family")])
        met = {"name": name, "relation": relation}
        if name == OWNER and home.first_owner and dice.random() < 0.5:
            met["person_id"] = str(home.first_owner)
        rating = dice.choice(["satisfied", "satisfied", "basic", "dissatisfied", "none"])
        times = {"started_at": isoformat(at), "ended_at": isoformat(at)}
        how = {"method": "phone", "by_owner": False} if phone else {"method": "door"}
        sent = world.tablet.a_visit(world.estate_id, home.id, interviewee=met, rating=rating, **times, **how)
        day = at.astimezone(quarter.zone).date()
        owner = BUYER if home.sold_on and day >= home.sold_on else OWNER
        own = relation == "owner" and (not home.owned or name == owner)
        quarter.said.append(Said(home, phone, at, rating=rating, own=own))
    frozen = world.tablet.freeze(sent)
    for _ in range(dice.choice([1, 1, 2])):
        [receipt] = world.tablet.receipts(frozen)
        assert receipt["status"] in ("applied", "review"), receipt


def a_callback_lives(quarter: Quarter, world: World) -> None:
    """A callback from the moment that it is due: other days, other places, an end; or none until today."""
    dice, at = quarter.dice, quarter.a_moment()
    unit = db.session.get_one(Unit, dice.choice(quarter.homes).id)
    task = _due_at(unit, new_id(), at, quarter.zone, dice.randint(0, 20), world)
    callback = Callback(task.due_on, task)
    quarter.callbacks.append(callback)
    while (at := at + timedelta(hours=dice.randint(1, 300))) < quarter.now:
        day = at.astimezone(quarter.zone).date()
        deed = dice.choice(["another day", "another place", "off", "held"])
        if deed == "held":
            assert settle(callback.task, new_id(), by=NOBODY, at=at)
            callback.held_on = day
            return
        callback.missed = callback.missed or day > callback.day
        if deed == "another day":
            new = day + timedelta(days=dice.randint(0, 20))
            adjust(callback.task, due_on=new, reason="业主出差", by=NOBODY, at=at)
        else:
            assert cancel(callback.task, by=NOBODY, at=at)
            if deed == "off":
                callback.off = not callback.missed
                return
            subject = callback.task.subject_id or new_id()
            callback.task = _due_at(unit, subject, at, quarter.zone, dice.randint(0, 20), world)
        if not callback.missed:
            callback.day = callback.task.due_on


def _due_at(unit: Unit, subject_id: uuid.UUID, at: datetime, zone: ZoneInfo, days: int, world: World) -> Task:
    task = make_task(
        unit,
        TaskKind.ISSUE_CALLBACK,
        assignee_id=world.officer_id,
        due_on=at.astimezone(zone).date() + timedelta(days=days),
        subject_id=subject_id,
        by=NOBODY,
        at=at,
    )
    db.session.flush()
    return task
