"""Chosen homes of a sheet, spread over days: the days there are to choose from, and what is told of it."""

import uuid
from collections.abc import Callable, Sequence
from datetime import date
from operator import itemgetter

from flask import flash, request

from app.core.clock import local_date, now
from app.core.errors import Refused, Words
from app.core.i18n import _, in_a_row, lazy_
from app.estates.rules import limits
from app.office.door import me
from app.office.moments import When
from app.visits.models import Plan
from app.visits.queries import last_met
from app.visits.sheet import Fate, Typed, Written, ground_of
from app.visits.spreading import Weekdays, days_between, days_left, in_time_until, spread
from app.visits.terms import Field
from app.visits.typed import read
from app.visits.versions import SheetLine

_MOST_NAMED = 6

WEEKDAYS: dict[Weekdays, Words] = {
    Weekdays.ALL: lazy_("every day"),
    Weekdays.MONDAY_TO_FRIDAY: lazy_("Monday to Friday"),
    Weekdays.AT_THE_WEEKEND: lazy_("Saturday and Sunday"),
}


def spread_chosen(
    plan: Plan, lines: Sequence[SheetLine], chosen: Sequence[uuid.UUID], write: Callable[[list[Typed]], list[Written]]
) -> str:
    """Write days into the chosen lines; what has come of it. Raises Refused for days that cannot be planned for."""
    here, at = me(), now()
    ground, wanted = ground_of(plan, at), set(chosen)
    first, last = (date.fromisoformat(read(Field.DAY, request.form.get(end, ""), ground)) for end in ("from", "to"))
    days = days_between(first, last, _weekdays())

    written = write(spread([line for line in lines if line.id in wanted], days))

    refused = next((one for one in written if one.fate is not Fate.SAVED), None)
    if refused is not None:
        flash(str(refused.message or _("Somebody else wrote there meanwhile. Look at it again.")), "refusal")
    when = When(here.estate.time_zone, at)
    _tell_who_comes_late(plan, lines, written, when, ground.today)
    spans = [date.fromisoformat(one.value) for one in written if one.fate is Fate.SAVED]
    return str(
        _(
            "%(n)s homes stand on %(days)s days now, from %(first)s to %(last)s.",
            n=len(spans),
            days=len(set(spans)),
            first=when.weekday(min(spans, default=first)),
            last=when.weekday(max(spans, default=last)),
        )
    )


def _tell_who_comes_late(
    plan: Plan, lines: Sequence[SheetLine], written: Sequence[Written], when: When, today: date
) -> None:
    """Say whose day is after their cycle's end now, though there are days before it (P53)."""
    here, days = me(), days_left(plan.month, today)
    saved = {one.typed.line_id: date.fromisoformat(one.value) for one in written if one.fate is Fate.SAVED}
    units = {line.unit.id: line.unit for line in lines if line.id in saved}
    planned = {line.unit.id: saved[line.id] for line in lines if line.id in saved}
    met = {unit_id: local_date(at, here.estate.time_zone) for unit_id, at in last_met(units).items()}
    late = in_time_until(planned, met, days[0], limits(here.estate.settings).visit_cycle_months)
    if not late:
        return
    named = [
        _("%(home)s by %(day)s", home=units[unit_id].short, day=when.weekday(end))
        for unit_id, end in sorted(late.items(), key=itemgetter(1))[:_MOST_NAMED]
    ]
    homes = in_a_row(named) + (" …" if len(late) > _MOST_NAMED else "")
    flash(
        str(_("Now %(n)s homes come after their visit cycle has ended. In time: %(homes)s", n=len(late), homes=homes)),
        "wait",
    )


def _weekdays() -> Weekdays:
    try:
        return Weekdays(request.form.get("weekdays", Weekdays.ALL.value))
    except ValueError as error:
        raise Refused("plan:no_weekdays", _("Choose on which days of the week.")) from error
