"""Owners: the list of units with who owns them."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app, render_template, url_for
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.i18n import in_a_row, lazy_
from app.estates.models import Person, Unit
from app.estates.queries import Wanted, find_units, owners_on, unit_ids, units_shown
from app.estates.rules import Occupancy
from app.issues.queries import open_at, open_issues_by_unit, open_issues_of_unit
from app.office.asked import Asked, Choice, Column, ListOf, Option, Spoken
from app.office.door import estate_id, me, office
from app.office.exporting import take_away
from app.office.listing import Page, asked_of
from app.office.moments import When
from app.office.words import (
    OCCUPANCIES,
    masked,
)
from app.people.access import may
from app.people.rules import Act
from app.visits.queries import last_met, last_visits_by_unit, visited_since


@dataclass(frozen=True)
class Row:
    """A unit as the list shows it."""

    unit: Unit
    owners: list[Person]
    met: datetime | None
    open_issues: int


_ONLY = (
    Option("open", lazy_("With open issues")),
    Option("unmet", lazy_("Not visited for 3 months")),
)

UNITS: ListOf[Row] = ListOf(
    name="units",
    title=lazy_("Owners"),
    columns=(
        Column("unit", lazy_("Unit"), lambda row: row.unit.short, sorts=True),
        Column("owner", lazy_("Owner"), lambda row: in_a_row(one.name for one in row.owners), sorts=True, width=24),
        Column(
            "phone",
            lazy_("Phone"),
            lambda row: in_a_row(masked(one.phone) for one in row.owners if one.phone),
            width=18,
        ),
        Column("occupancy", lazy_("Occupancy"), lambda row: str(OCCUPANCIES[row.unit.occupancy]), width=16),
        Column("area", lazy_("Area"), lambda row: _as_number(row.unit.area), shown=False, width=10),
        Column("handover", lazy_("Handed over"), lambda row: row.unit.handover_on, shown=False),
        Column("met", lazy_("Last visit"), lambda row: row.met, sorts=True, width=17),
        Column("open", lazy_("Open issues"), lambda row: row.open_issues, sorts=True, width=12),
    ),
    filters=(
        Choice("only", lazy_("Only"), lambda: _ONLY),
        Choice("occupancy", lazy_("Occupancy"), lambda: [Option(one.value, said) for one, said in OCCUPANCIES.items()]),
        Spoken(lazy_("Words")),
    ),
    usual=lambda _asked: "unit",
)


@office.get("/units")
@may(Act.SEE_OWNERS)
def units() -> str:
    """Units as one walks, found by number, name, initials or phone."""
    asked, when = asked_of(UNITS), When(me().estate.time_zone, now())
    shown, total = find_units(estate_id(), _wanted(asked, when), start=asked.start, count=asked.size)
    return render_template(
        "office/units.html",
        found=Page(UNITS, asked, _rows(shown, when), total),
        roster=_roster_address(),
        when=when,
        OCCUPANCIES=OCCUPANCIES,
        masked=masked,
    )


@office.post("/units/export/<kind>")
@may(Act.SEE_OWNERS)
def export_units(kind: str) -> Response:
    """What the list shows, on all its pages, as a file to take away; phones stay masked as they are there."""
    asked, when = asked_of(UNITS), When(me().estate.time_zone, now())
    wanted = _wanted(asked, when)

    def load(ids: list[uuid.UUID]) -> list[Row]:
        return _rows(units_shown(ids), when)

    return take_away(UNITS, asked, lambda most: unit_ids(estate_id(), wanted, most), load, kind)


def _wanted(asked: Asked, when: When) -> Wanted:
    only = {
        "open": (open_issues_of_unit() > 0,),
        "unmet": (~visited_since(when.local(when.now) - timedelta(days=92)), Unit.occupancy != Occupancy.VACANT),
    }
    return Wanted(
        on=when.today,
        words=asked.words,
        occupancy=next((one for one in Occupancy if one.value == asked.get("occupancy")), None),
        order=UNITS.order_of(asked),
        by={"met": last_visits_by_unit(), "open": open_issues_by_unit()},
        only=only.get(asked.get("only"), ()),
    )


def _rows(shown: list[Unit], when: When) -> list[Row]:
    ids = [unit.id for unit in shown]
    met, open_issues = last_met(ids), open_at(ids)
    return [
        Row(unit, [held.person for held in owners_on(unit, when.today)], met.get(unit.id), open_issues.get(unit.id, 0))
        for unit in shown
    ]


def _as_number(area: str | None) -> float | None:
    try:
        return float(area) if area else None
    except ValueError:
        return None


def _roster_address() -> str:
    """Where the roster is imported, for those who may."""
    there = "office.roster" in current_app.view_functions and me().may(Act.IMPORT_ROSTER)
    return url_for("office.roster") if there else ""
