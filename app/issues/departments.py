"""Everything that changes a department, and the profile that says whose departments there are. The caller commits.

A department that ends takes no open issue and no work order with it: those are transferred first (policy, section 2).
"""

import uuid
from collections.abc import Callable, Iterable
from datetime import date, datetime

import sqlalchemy as sa

from app.core import journal, waits
from app.core.changes import Value, begin_setting, note_changes, weigh
from app.core.db import db
from app.core.errors import NotFound, Outdated, Refused
from app.core.i18n import _
from app.core.journal import By, Doc
from app.estates.actions import TITLES
from app.estates.models import Estate
from app.estates.rules import LIABLE, Profile
from app.estates.settings import keep
from app.issues.categories import send_nowhere
from app.issues.models import Category, Issue
from app.issues.queries import OPEN
from app.people.actions import open_department
from app.people.models import Department
from app.people.queries import departments
from app.people.rules import Liable

LONGEST = 40


def the_department(estate_id: uuid.UUID, department_id: uuid.UUID) -> Department:
    """A department of this estate. Raises NotFound."""
    department = db.session.get(Department, department_id)
    if department is None or department.estate_id != estate_id:
        raise NotFound("department:unknown", _("This department is not known in this estate."))
    return department


def values_of(department: Department) -> dict[str, Value]:
    """What can be set of a department, by the history's names."""
    named: dict[str, Value] = {
        "name_zh": department.name_zh,
        "name_en": department.name_en,
        "liable": department.liable.value,
        "repairs": department.repairs,
    }
    return {_name(department, field): value for field, value in named.items()}


def add_department(
    estate: Estate,
    name_zh: str,
    name_en: str,
    liable: Liable,
    repairs: bool = False,
    *,
    today: date,
    by: By,
    at: datetime,
) -> Department:
    """A new department of one of the profile's companies. Raises Refused for a name that is taken."""
    begin_setting(estate.id)
    known = departments(estate.id)
    _must_read_well(estate, name_zh, name_en, liable, known)
    taken = {one.code for one in known}
    code = next(code for code in (f"d{n}" for n in range(len(known) + 1, 2 * len(known) + 2)) if code not in taken)
    names = name_zh.strip(), name_en.strip()
    added = open_department(estate.id, code, *names, liable, repairs=repairs, by=by, at=at)
    added.opened_on = today
    facts = {"name_zh": added.name_zh, "name_en": added.name_en}
    note_changes(estate.id, {f"department.{code}": (None, facts)}, by=by, at=at)
    return added


def change_department(
    department: Department,
    estate: Estate,
    name_zh: str,
    name_en: str,
    liable: Liable,
    repairs: bool,
    *,
    seen: int,
    named_in: Callable[[], Iterable[Doc]] = tuple,
    by: By,
    at: datetime,
) -> list[str]:
    """Its names, its company, whether it does rework. Returns what changed. Raises Refused, or Outdated as `weigh`.

    `named_in`: what else of a tablet's documents its name stands in, beside the estate's and those of its issues; asked
    once it is held, so that nothing goes out under its old name meanwhile.
    """
    _hold(department)
    others = [one for one in departments(estate.id) if one.id != department.id]
    _must_read_well(estate, name_zh, name_en, liable, others)
    wanted = {"name_zh": name_zh.strip(), "name_en": name_en.strip(), "liable": liable.value, "repairs": repairs}
    named = {_name(department, field): value for field, value in wanted.items()}
    new = weigh(department.estate_id, values_of(department), named, seen=seen)
    for name, (_before, after) in new.items():
        field = name.rsplit(".", maxsplit=1)[-1]
        setattr(department, field, Liable(after) if field == "liable" else after)
    if new:
        _note(department, new, named_in(), by=by, at=at)
    return list(new)


def close_department(department: Department, *, today: date, by: By, at: datetime) -> None:
    """Nothing is routed there any more. Raises Refused while an open issue is with it or a category goes there."""
    _hold(department)
    if department.closed_on is not None:
        raise Outdated("department:closed", _("Somebody else has closed this department already."))
    _must_be_free([department])
    if routed_there([department.id]):
        raise Refused("department:categories", _("Categories are still routed to this department: change them first."))
    _close(department, today=today, by=by, at=at)


def reopen_department(department: Department, estate: Estate, *, today: date, by: By, at: datetime) -> None:
    """It can be routed to again."""
    _hold(department)
    if department.closed_on is None:
        raise Outdated("department:open", _("Somebody else has opened this department already."))
    others = [one for one in departments(estate.id) if one.id != department.id]
    _must_read_well(estate, department.name_zh, department.name_en, department.liable, others)
    before, department.closed_on, department.opened_on = department.closed_on, None, today
    _note(department, {_name(department, "closed_on"): (before.isoformat(), None)}, by=by, at=at)


def change_profile(estate: Estate, profile: Profile, *, seen: int, today: date, by: By, at: datetime) -> list[str]:
    """Another organisation profile. Departments of a company that it does not have end, and categories leave them.

    Reviews under way keep their chain; a printed title that was the profile's follows. Raises Refused while an open
    issue is with a department that would end, Outdated as `weigh`.
    """
    begin_setting(estate.id)
    db.session.refresh(estate, with_for_update=True)
    ending = ends_with(estate, profile)
    for department in ending:
        db.session.refresh(department, with_for_update=True)
    _must_be_free(ending)
    wanted: dict[str, Value] = {"profile": profile.value}
    if estate.settings["title"] == TITLES[estate.profile]:
        wanted |= {f"title.{locale}": title for locale, title in TITLES[profile].items()}
    changed = keep(estate, wanted, seen=seen, by=by, at=at)
    for category in routed_there([department.id for department in ending], retired=True):
        send_nowhere(category, by=by, at=at)
    for department in ending:
        _close(department, today=today, by=by, at=at)
    return changed


def ends_with(estate: Estate, profile: Profile) -> list[Department]:
    """The departments in use that an estate of this profile does not have."""
    return [one for one in departments(estate.id) if one.closed_on is None and one.liable not in LIABLE[profile]]


def open_with(department_ids: Iterable[uuid.UUID]) -> list[Issue]:
    """Issues with these departments that no owner has closed yet, oldest first."""
    found = sa.select(Issue).where(Issue.department_id.in_(list(department_ids)), Issue.state.in_(OPEN))
    return list(db.session.scalars(found.order_by(Issue.raised_at, Issue.id)))


def routed_there(department_ids: Iterable[uuid.UUID], *, retired: bool = False) -> list[Category]:
    """The categories that name one of these departments; those that are offered no more only if asked for."""
    found = sa.select(Category).where(Category.department_id.in_(list(department_ids)))
    if not retired:
        found = found.where(Category.retired_on.is_(None))
    return list(db.session.scalars(found.order_by(Category.position, Category.code)))


def _must_be_free(ending: list[Department]) -> None:
    """No open issue is with them, and no work order waits for them."""
    in_the_way = open_with(department.id for department in ending)
    if in_the_way:
        raise Refused(
            "department:issues_open",
            _("Open issues are still with a department that would end: transfer them first."),
            issues=[issue.id for issue in in_the_way],
        )
    if waits.with_departments(department.id for department in ending):
        raise Refused(
            "department:work_open",
            _("Work orders still wait for a department that would end: transfer or finish them first."),
        )


def _must_read_well(estate: Estate, name_zh: str, name_en: str, liable: Liable, others: list[Department]) -> None:
    for name in (name_zh, name_en):
        if not 0 < len(name.strip()) <= LONGEST:
            raise Refused("department:name", _("A department needs a name in both languages, at most 40 signs each."))
    taken = {name for one in others if one.closed_on is None for name in (one.name_zh, one.name_en.lower())}
    if taken & {name_zh.strip(), name_en.strip().lower()}:
        raise Refused("department:name_taken", _("A department of this name is there already."))
    if liable not in LIABLE[estate.profile]:
        raise Refused("department:company", _("An estate of this profile has no departments of the developer."))


def _hold(department: Department) -> None:
    """Nobody else sets anything until we are done; read what they have set so far."""
    begin_setting(department.estate_id)
    db.session.refresh(department, with_for_update=True)


def _close(department: Department, *, today: date, by: By, at: datetime) -> None:
    department.closed_on = today
    _note(department, {_name(department, "closed_on"): (None, today.isoformat())}, by=by, at=at)


def _name(department: Department, field: str) -> str:
    return f"department.{department.code}.{field}"


def _note(
    department: Department,
    changed: dict[str, tuple[Value, Value]],
    named_in: Iterable[Doc] = (),
    *,
    by: By,
    at: datetime,
) -> None:
    """Its name stands in the estate's document on tablets, and in that of every owner's issue that is with it."""
    names = note_changes(department.estate_id, changed, by=by, at=at)
    issues = db.session.scalars(
        sa.select(Issue.id).where(Issue.department_id == department.id, Issue.unit_id.is_not(None))
    )
    docs = [Doc("estate", department.estate_id), *(Doc("issue", issue_id) for issue_id in issues), *named_in]
    subject, data = ("department", department.id), {"settings": names}
    journal.write(department.estate_id, "department:changed", subject, by=by, at=at, data=data, changes=docs)
