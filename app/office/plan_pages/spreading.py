"""Chosen homes of a sheet, spread over days: the days there are to choose from, and what is told of it."""

import uuid
from collections.abc import Callable, Sequence
from datetime import date

from flask import flash, request

from app.core.clock import now
from app.core.errors import Refused, Words
from app.core.i18n import _, lazy_
from app.office.door import me
from app.office.moments import When
from app.visits.models import Plan
from app.visits.sheet import Fate, Typed, Written, ground_of
from app.visits.spreading import Weekdays, days_between, spread
from app.visits.terms import Field
from app.visits.typed import read
from app.visits.versions import SheetLine

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


def _weekdays() -> Weekdays:
    try:
        return Weekdays(request.form.get("weekdays", Weekdays.ALL.value))
    except ValueError as error:
        raise Refused("plan:no_weekdays", _("Choose on which days of the week.")) from error
