"""Days for homes of a plan that were chosen together: spread over some of the month, as each officer walks."""

import enum
import itertools
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from app.core.errors import Refused
from app.core.i18n import _
from app.visits.amending import Change
from app.visits.ordered import as_planned
from app.visits.planning import cycle_ends, last_day, share_out
from app.visits.sheet import Typed
from app.visits.terms import Field
from app.visits.versions import SheetLine

_MONDAY_TO_FRIDAY = range(5)


class Weekdays(enum.Enum):
    """On which days of the week homes are to be visited."""

    ALL = "all"
    MONDAY_TO_FRIDAY = "monday_to_friday"
    AT_THE_WEEKEND = "at_the_weekend"

    def has(self, day: date) -> bool:
        """Whether it is one of them."""
        return self is Weekdays.ALL or (day.weekday() in _MONDAY_TO_FRIDAY) is (self is Weekdays.MONDAY_TO_FRIDAY)


def days_left(month: str, today: date) -> list[date]:
    """The days of a month for which visits can still be planned: from its first day, or today, to its last."""
    end = last_day(month)
    first = max(today, end.replace(day=1))
    return [first + timedelta(days=n) for n in range((end - first).days + 1)]


def days_between(first: date, last: date, weekdays: Weekdays) -> list[date]:
    """The days of a span, both ends with it, that are such days of the week. Raises Refused if there is none."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    found = [day for day in days if weekdays.has(day)]
    if not found:
        raise Refused("plan:no_day", _("There is no such day between these two. Choose others."))
    return found


def spread(lines: Iterable[SheetLine], days: Sequence[date]) -> list[Typed]:
    """
    What is to be written into the day cells of these lines, as somebody who saw them would type it.

    Each officer walks their own homes, building by building and floor by floor, over all of the days: a floor is never
    split between two days, and the days are as equal in homes as whole floors allow.
    """
    stay = sorted((line for line in lines if line.change is not Change.DROPPED), key=_officer)
    by_unit = {line.unit.id: line for line in stay}
    typed = []
    for _officer_id, theirs in itertools.groupby(stay, key=_officer):
        for home, day in share_out([as_planned(line.unit) for line in theirs], days):
            line = by_unit[home.unit_id]
            typed.append(Typed(line.id, Field.DAY, line.terms.value(Field.DAY), day.isoformat()))
    return typed


def in_time_until(
    planned: Mapping[uuid.UUID, date], met: Mapping[uuid.UUID, date], earliest: date, cycle_months: int
) -> dict[uuid.UUID, date]:
    """
    Which units are planned for a day after their visit cycle (P53), though one from `earliest` on would be within it.

    `planned`: each unit's day; `met`: when each was met last, those never met left out. Returns the last day in time.
    """
    ends = {unit_id: cycle_ends(met[unit_id], cycle_months) for unit_id in planned if unit_id in met}
    return {unit_id: end for unit_id, end in ends.items() if earliest <= end < planned[unit_id]}


def _officer(line: SheetLine) -> uuid.UUID:
    return line.terms.officer_id
