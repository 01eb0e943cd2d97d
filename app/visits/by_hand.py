"""A household put into a plan by hand: which can be, who would go there, by which day."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from app.core.clock import local_date
from app.core.db import db
from app.core.errors import Refused
from app.core.i18n import _
from app.estates.models import Estate, Unit
from app.estates.queries import Wanted, find_units, units_with_people
from app.estates.rules import limits
from app.people.queries import staff_in
from app.people.rules import Role
from app.visits.models import Plan
from app.visits.planning import Home, day_for, last_day
from app.visits.queries import homes_in_scope, of_months_before, planned_visits_due
from app.visits.terms import Terms

MOST_FOUND = 8


def homes_like(plan: Plan, words: str, today: date, taken: set[uuid.UUID]) -> list[Unit]:
    """Households by number or by their people's names that are not `taken` yet, as one walks; the first few."""
    if not words:
        return []
    estate = db.session.get_one(Estate, plan.estate_id)
    free = {home.unit_id for home in homes_in_scope(estate, today)} - taken
    found, _total = find_units(plan.estate_id, Wanted(on=today, words=words), count=MOST_FOUND * 10)
    return [unit for unit in found if unit.id in free][:MOST_FOUND]


def terms_by_hand(
    plan: Plan, units: Sequence[Unit], others: Mapping[uuid.UUID, uuid.UUID], at: datetime
) -> list[tuple[Terms, date | None]]:
    """What is planned for each household that is added by hand, and when its owner was last met.

    `others`: unit → officer of those who stand in the plan. Whoever has the neighbours goes there too, else whoever
    has the fewest. Raises Refused for what is no household, and where an earlier month's plan still goes.
    """
    estate = db.session.get_one(Estate, plan.estate_id)
    today = local_date(at, estate.time_zone)
    homes = {home.unit_id: home for home in homes_in_scope(estate, today)}
    if any(unit.id not in homes for unit in units):
        raise Refused("plan:no_household", _("Nobody owns and lives in this unit: it is no household."))
    _must_not_be_planned_before(plan, units, today)
    officers = [staff.id for staff in staff_in(plan.estate_id, [Role.OFFICER], today)]
    if not officers:
        raise Refused("plan:no_officer", _("Nobody in this estate is a visit officer yet."))
    earliest, cycle = max(today, last_day(plan.month).replace(day=1)), limits(estate.settings).visit_cycle_months
    neighbours, load, found = units_with_people(others), dict(others), []
    for home in (homes[unit.id] for unit in units):
        load[home.unit_id] = _nearest(home, neighbours, load, officers)
        found.append((Terms(load[home.unit_id], day_for(home, plan.month, cycle, earliest)), home.last_met_on))
    return found


def _must_not_be_planned_before(plan: Plan, units: Sequence[Unit], today: date) -> None:
    in_time = [task for task in planned_visits_due(plan.estate_id).values() if task.due_on >= today]
    before = of_months_before(plan.month, in_time)
    there = next((unit for unit in units if unit.id in before), None)
    if there is not None:
        words = _(
            "%(home)s is still to be visited by the plan of %(month)s: change it there.",
            home=there.short,
            month=before[there.id],
        )
        raise Refused("plan:planned_before", words)


def _nearest(
    home: Home, known: Sequence[Unit], others: Mapping[uuid.UUID, uuid.UUID], officers: list[uuid.UUID]
) -> uuid.UUID:
    """The officer of the same floor, else of the same entrance, else the one with the fewest homes."""
    neighbours = [unit for unit in known if unit.building.name == home.building]
    floor = [unit for unit in neighbours if (unit.entrance, unit.floor) == (home.entrance, home.floor)]
    stairs = [unit for unit in neighbours if unit.entrance == home.entrance]
    for near in (floor, stairs):
        theirs = Counter(others[unit.id] for unit in near if others[unit.id] in officers)
        if theirs:
            return theirs.most_common(1)[0][0]
    load = Counter(others.values())
    return min(officers, key=lambda officer: load[officer])
