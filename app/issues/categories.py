"""Everything that changes the two-level tree of categories. Nothing is deleted: what was used stays readable."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime

import sqlalchemy as sa

from app.core import journal
from app.core.changes import Value, begin_setting, note_changes, weigh
from app.core.db import db
from app.core.errors import NotFound, Outdated, Refused
from app.core.i18n import _
from app.core.journal import By, Doc
from app.estates.file_rules import Part
from app.estates.models import Estate
from app.issues.actions import open_category
from app.issues.models import Category
from app.issues.queries import categories
from app.issues.rules import ICONS, can_be_chosen
from app.people.models import Department

Warranty = tuple[Part, Department] | None
"""The part whose warranty decides who is liable, and where a matter goes within that; none where no date decides."""

LONGEST = 30
"""A name stands on a tile of the tablet."""


def the_category(estate_id: uuid.UUID, category_id: uuid.UUID) -> Category:
    """A category of this estate. Raises NotFound."""
    category = db.session.get(Category, category_id)
    if category is None or category.estate_id != estate_id:
        raise NotFound("category:unknown", _("This category is not known in this estate."))
    return category


def values_of(category: Category) -> dict[str, Value]:
    """What can be set of a category, by the history's names."""
    return _named(
        category,
        name_zh=category.name_zh,
        name_en=category.name_en,
        icon=category.icon,
        department=str(category.department_id) if category.department_id else None,
        retired_on=category.retired_on.isoformat() if category.retired_on else None,
        warranty_part=category.warranty_part.value if category.warranty_part else None,
        warranty_department=str(category.warranty_department_id) if category.warranty_department_id else None,
    )


def add_category(
    estate: Estate,
    name_zh: str,
    name_en: str,
    icon: str,
    department: Department | None,
    *,
    parent: Category | None,
    warranty: Warranty = None,
    by: By,
    at: datetime,
) -> Category:
    """A new category at the end of its level. Raises Refused for a name that stands there already."""
    begin_setting(estate.id)
    if parent is not None and (parent.parent_code is not None or parent.retired_on is not None):
        raise Refused("category:no_group", _("A category stands at the top, or in a group that is in use."))
    known = categories(estate.id)
    beside = [one for one in known if one.parent_code == (parent.code if parent else None)]
    _must_read_well(name_zh, name_en, icon, beside)
    if department is not None:
        _must_be_open(department)
    if warranty is not None:
        _must_be_open(warranty[1])
    added = open_category(
        estate.id,
        _free_code({one.code for one in known}),
        name_zh.strip(),
        name_en.strip(),
        icon=icon,
        department=department,
        parent_code=parent.code if parent else None,
        warranty=warranty,
        position=max((one.position for one in beside), default=-1) + 1,
        by=by,
        at=at,
    )
    note_changes(estate.id, {f"category.{added.code}": (None, _facts(added))}, by=by, at=at)
    return added


def change_category(
    category: Category,
    name_zh: str,
    name_en: str,
    icon: str,
    department: Department | None,
    *,
    warranty: Warranty = None,
    seen: int,
    by: By,
    at: datetime,
) -> list[str]:
    """Names, icon, and where it is routed from now on. Returns what changed. Raises Refused, or Outdated as `weigh`."""
    _hold(category)
    beside = [one for one in _siblings(category) if one.id != category.id]
    _must_read_well(name_zh, name_en, icon, beside)
    if department is not None and department.id != category.department_id:
        _must_be_open(department)
    if warranty is not None and warranty[1].id != category.warranty_department_id:
        _must_be_open(warranty[1])
    wanted = _named(
        category,
        name_zh=name_zh.strip(),
        name_en=name_en.strip(),
        icon=icon,
        department=str(department.id) if department else None,
        warranty_part=warranty[0].value if warranty else None,
        warranty_department=str(warranty[1].id) if warranty else None,
    )
    return _set(category, wanted, seen=seen, by=by, at=at)


def send_nowhere(category: Category, *, by: By, at: datetime) -> None:
    """The department that it names ends: from now on it goes where its group goes, or is reported up."""
    (before,) = _named(category, department=str(category.department_id)).items()
    category.department = None
    _note(category, {before[0]: (before[1], None)}, by=by, at=at)


def retire_category(category: Category, *, today: date, by: By, at: datetime) -> None:
    """Offer it no more. What was raised under it stays as it is. Raises Refused for the last one that is offered."""
    _hold(category)
    if category.retired_on is not None:
        raise Outdated("category:retired", _("Somebody else has retired this category already."))
    category.retired_on = today
    if not can_be_chosen(
        [(one.code, one.parent_code, one.retired_on is None) for one in categories(category.estate_id)]
    ):
        raise Refused("category:last", _("Tablets must have something to choose from: this is the last category."))
    _note(category, _named(category, retired_on=(None, today.isoformat())), by=by, at=at)


def bring_back_category(category: Category, *, by: By, at: datetime) -> None:
    """Offer it again."""
    _hold(category)
    if category.retired_on is None:
        raise Outdated("category:in_use", _("Somebody else has brought this category back already."))
    beside = [one for one in _siblings(category) if one.id != category.id]
    _must_read_well(category.name_zh, category.name_en, category.icon, beside)
    before, category.retired_on = category.retired_on, None
    _note(category, _named(category, retired_on=(before.isoformat(), None)), by=by, at=at)


def move_category(category: Category, by_places: int, *, by: By, at: datetime) -> bool:
    """One place up (-1) or down (1) among those of its level. Returns False at the end of the way."""
    _hold(category)
    order = _siblings(category)
    here = order.index(category)
    there = here + by_places
    if not 0 <= there < len(order):
        return False
    order.insert(there, order.pop(here))
    for position, one in enumerate(order):
        one.position = position
    _note(category, _named(category, position=(here + 1, there + 1)), by=by, at=at)
    return True


def _set(category: Category, wanted: Mapping[str, Value], *, seen: int, by: By, at: datetime) -> list[str]:
    new = weigh(category.estate_id, values_of(category), wanted, seen=seen)
    for name, (_before, after) in new.items():
        field = name.rsplit(".", maxsplit=1)[-1]
        if field in ("department", "warranty_department"):
            setattr(category, field, db.session.get_one(Department, uuid.UUID(after)) if after else None)
        elif field == "warranty_part":
            category.warranty_part = Part(after) if after else None
        else:
            setattr(category, field, after)
    if new:
        _note(category, new, by=by, at=at)
    return list(new)


def _hold(category: Category) -> None:
    """Nobody else sets anything until we are done; read what they have set so far."""
    begin_setting(category.estate_id)
    db.session.refresh(category, with_for_update={"of": Category})


def _siblings(category: Category) -> list[Category]:
    found = sa.select(Category).where(
        Category.estate_id == category.estate_id, Category.parent_code.is_not_distinct_from(category.parent_code)
    )
    ordered = found.order_by(Category.position, Category.code).execution_options(populate_existing=True)
    return list(db.session.scalars(ordered))


def _must_read_well(name_zh: str, name_en: str, icon: str, beside: list[Category]) -> None:
    for name in (name_zh, name_en):
        if not 0 < len(name.strip()) <= LONGEST:
            raise Refused("category:name", _("A category needs a name in both languages, at most 30 signs each."))
    taken = {name for one in beside if one.retired_on is None for name in (one.name_zh, one.name_en.lower())}
    if taken & {name_zh.strip(), name_en.strip().lower()}:
        raise Refused("category:name_taken", _("A category of this name stands here already."))
    if icon not in ICONS:
        raise Refused("category:icon", _("Choose one of the pictures."))


def _must_be_open(department: Department) -> None:
    if department.closed_on is not None:
        raise Refused("department:closed", _("This department is closed."))


def _free_code(taken: set[str]) -> str:
    return next(code for code in (f"c{n}" for n in range(len(taken) + 1, 2 * len(taken) + 2)) if code not in taken)


def _facts(category: Category) -> dict[str, Value]:
    parts = {name.rsplit(".", maxsplit=1)[-1]: value for name, value in values_of(category).items()}
    return {"name_zh": parts["name_zh"], "name_en": parts["name_en"]}


def _named(category: Category, **fields: Value) -> dict[str, Value]:
    return {f"category.{category.code}.{field}": value for field, value in fields.items()}


def _note(category: Category, changed: Mapping[str, tuple[Value, Value]], *, by: By, at: datetime) -> None:
    names = note_changes(category.estate_id, changed, by=by, at=at)
    docs = (Doc("estate", category.estate_id),)
    subject, data = ("category", category.id), {"settings": names}
    journal.write(category.estate_id, "category:changed", subject, by=by, at=at, data=data, changes=docs)
