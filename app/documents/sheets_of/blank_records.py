"""Blank visit records, form 1 on paper for when a tablet is broken: one page a home, tied to its line by a code."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from app.agenda.rules import TaskState
from app.core.clock import local_date
from app.core.db import db
from app.core.errors import NotFound, Refused
from app.core.i18n import _
from app.documents.letterhead import letterhead
from app.documents.sheets import Language, Sheet
from app.documents.sheets_of.plan_sheet import owners_of, plan_number
from app.estates.models import Estate
from app.visits.models import Plan
from app.visits.progress import planned_homes

MOST_PAGES = 60


@dataclass(frozen=True)
class BlankRecord:
    """What is known before somebody knocks. `address`: where the office opens this line of the plan."""

    line: str
    unit: str
    owners: tuple[str, ...]
    officer: str
    due_on: date
    at: str
    purpose: str
    method: str
    last_met_on: date | None
    address: str


@dataclass(frozen=True, kw_only=True)
class BlankRecords(Sheet):
    """A page for each home, in walking order."""

    records: tuple[BlankRecord, ...]


def blank_records(
    plan: Plan,
    languages: tuple[Language, ...],
    *,
    officer_id: uuid.UUID | None,
    day: date | None,
    opens: Callable[[uuid.UUID], str],
    printed_at: datetime,
) -> BlankRecords:
    """Pages for what is still due of a plan, of one officer or one day if asked. `opens`: line → its address.

    Raises NotFound, code `document:nothing_due`, if nothing is, and Refused for more than MOST_PAGES.
    """
    estate = db.session.get_one(Estate, plan.estate_id)
    homes = [
        (n, home)
        for n, home in enumerate(planned_homes(plan), start=1)
        if home.state is TaskState.DUE and officer_id in (None, home.goes.id) and day in (None, home.on)
    ]
    if not homes:
        raise NotFound("document:nothing_due", _("Nothing of this plan is due on that day and with that officer."))
    if len(homes) > MOST_PAGES:
        words = _(
            "These are %(n)s pages; %(most)s are printed at once. Choose an officer or a day.",
            n=len(homes),
            most=MOST_PAGES,
        )
        raise Refused("document:too_many_pages", words)
    owners = owners_of({home.line.unit_id for _n, home in homes}, local_date(printed_at, estate.time_zone))
    number = plan_number(plan)
    return BlankRecords(
        languages=languages,
        estate=letterhead(estate, languages),
        number=number,
        printed_at=printed_at,
        records=tuple(
            BlankRecord(
                line=f"{number}-{n:03}",
                unit=home.line.unit.short,
                owners=owners.get(home.line.unit_id, ()),
                officer=home.goes.name,
                due_on=home.on,
                at=f"{home.line.planned_time:%H:%M}" if home.line.planned_time else "",
                purpose=home.line.purpose,
                method=home.line.method.value,
                last_met_on=home.line.last_met_on,
                address=opens(home.line.id),
            )
            for n, home in homes
        ),
    )
