"""What an estate needs before its first visit can be held, and what of it is there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask import url_for

from app.core.db import db
from app.core.errors import Words
from app.core.i18n import _, current_locale, in_a_row, lazy_
from app.estates.models import Unit
from app.estates.queries import who_is
from app.issues.queries import categories
from app.office.door import estate_id, me
from app.office.moments import When
from app.office.words import title_of
from app.people.models import Department, DeviceUser
from app.people.queries import heads_of, open_departments, who_ever_might
from app.people.rules import Act, Role
from app.visits.models import Plan, Visit

_NEEDED = (Role.SUPERVISOR, Role.MANAGER, Role.PROPERTY_MANAGER, Role.EXECUTIVE, Role.OFFICER)
"""Who plans, reviews, approves and visits; besides, somebody has to answer for each department (R38)."""


@dataclass(frozen=True)
class Step:
    """`there`: how much of it there is, in words; `act` and `url` for whoever may do it."""

    name: Words
    done: bool
    there: str
    act: Words = ""
    url: str = ""


def first_steps(when: When) -> list[Step]:
    """The steps in their order, for whoever sets an estate up; none once a visit was held in it."""
    if not (me().may(Act.CHANGE_SETTINGS) and _is_new()):
        return []
    return list(_steps(when))


def _is_new() -> bool:
    return db.session.execute(sa.select(Visit.id).where(Visit.estate_id == estate_id()).limit(1)).first() is None


def _steps(when: When) -> Iterator[Step]:
    usable = [one for one in categories(estate_id()) if one.retired_on is None]
    open_ones = open_departments(estate_id())
    there = _("departments: %(n)s, categories: %(kinds)s", n=len(open_ones), kinds=len(usable))
    look = _to_do(Act.CHANGE_SETTINGS, lazy_("Look through them"), "office.category_tree")
    yield Step(lazy_("Departments and categories"), bool(open_ones and usable), there, *look)

    missing = _missing(open_ones, when.today)
    there = _("still missing: %(who)s", who=in_a_row(missing)) if missing else ""
    take_on = _to_do(Act.KEEP_STAFF, lazy_("Take them on"), "office.new_staff")
    yield Step(lazy_("Everybody who takes part"), not missing, there, *take_on)

    homes = _count(Unit.estate_id == estate_id())
    bring_in = _to_do(Act.IMPORT_ROSTER, lazy_("Import the roster"), "office.roster")
    yield Step(lazy_("Homes and their owners"), bool(homes), _("homes: %(n)s", n=homes), *bring_in)

    carried = _count(
        DeviceUser.staff_id.in_(who_ever_might(Act.CARRY_TABLET, estate_id())), DeviceUser.revoked_at.is_(None)
    )
    make = _to_do(Act.ENROL_TABLET, lazy_("Make a code"), "office.devices")
    yield Step(lazy_("A tablet for each officer"), bool(carried), _("tablets: %(n)s", n=carried), *make)

    at_work = _count(Plan.estate_id == estate_id(), Plan.active_at.is_not(None))
    draft = _to_do(Act.MAKE_PLAN, lazy_("Draft it"), "office.plans")
    yield Step(lazy_("The plan of a month, approved and filed"), bool(at_work), "", *draft)


def _missing(open_ones: list[Department], today: date) -> list[str]:
    """The roles that nobody has, each by its title; who answers for departments, with their names."""
    titles = [str(title_of(role, me().estate)) for role in _NEEDED if not who_is(me().estate, [role], today)]
    headless = [one.name(current_locale()) for one in open_ones if not heads_of(one.id, today)]
    if headless:
        head = title_of(Role.DEPARTMENT_MANAGER, me().estate)
        titles.append(_("%(title)s (%(does)s)", title=head, does=in_a_row(headless)))
    return list(dict.fromkeys(titles))


def _to_do(act: Act, words: Words, endpoint: str) -> tuple[Words, str]:
    return (words, url_for(endpoint)) if me().may(act) else ("", "")


def _count(*conditions: sa.ColumnElement[bool]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).where(*conditions)) or 0
