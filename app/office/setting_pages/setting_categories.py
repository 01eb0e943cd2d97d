"""The tree of categories: what owners raise, in two levels, and the department that each goes to."""

import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from app.core.clock import local_date, now
from app.core.db import db
from app.core.errors import NotFound, Refused
from app.core.i18n import _, current_locale, lazy_
from app.estates.file_rules import Part
from app.issues.categories import (
    LONGEST,
    Warranty,
    add_category,
    bring_back_category,
    change_category,
    move_category,
    retire_category,
    the_category,
)
from app.issues.models import Category, Issue
from app.issues.queries import categories
from app.issues.rules import ICONS, can_be_chosen
from app.office.door import estate_id, me, office
from app.office.owner_pages.file_words import PARTS
from app.office.setting_pages.setting_form import (
    SettingForm,
    Trouble,
    as_of_now,
    attempt,
    control,
    form_of,
    text,
    typed,
    unreadable,
)
from app.people.access import may
from app.people.models import Department
from app.people.queries import open_departments
from app.people.rules import Act


@dataclass(frozen=True)
class Branch:
    """A category at the top with those in it. `idle`: it has some, but none of them is offered any more."""

    top: Category
    inside: list[Category]
    idle: bool


@office.get("/settings/categories")
@may(Act.SEE_SETTINGS)
def category_tree() -> str:
    """The whole tree, in the order in which tablets show it."""
    known = categories(estate_id())
    inside = [(top, [one for one in known if one.parent_code == top.code]) for top in known if not top.parent_code]
    offered = _offered(known)
    return render_template(
        "office/settings/categories.html",
        branches=[
            Branch(top, rows, bool(rows) and offered.isdisjoint(one.code for one in rows)) for top, rows in inside
        ],
        used=_used(),
        departments={one.id: one for one in open_departments(estate_id())},
    )


@office.get("/settings/categories/new")
@may(Act.CHANGE_SETTINGS)
def new_category() -> str:
    """A new one, at the top or in a group."""
    return _page(None, _form(None), _group())


@office.post("/settings/categories/new")
@may(Act.CHANGE_SETTINGS)
def make_category() -> Response | tuple[str, int]:
    """Add it at the end of its level."""
    here, form, group = me(), _form(None), _group()
    if not form.validate_on_submit():
        return _page(None, form, group, unreadable()), 422
    wanted = _typed(form)

    more: dict[str, Any] = {"by": here.by, "at": now()}
    trouble = attempt(lambda: add_category(here.estate, *wanted, parent=group, warranty=_warranty(form), **more))
    if trouble:
        return _page(None, form, _group(), trouble), trouble.status

    flash(_("Added. Tablets offer it from their next sync on."), "good")
    return redirect(url_for("office.category_tree"))


@office.get("/settings/categories/<uuid:category_id>")
@may(Act.SEE_SETTINGS)
def category(category_id: uuid.UUID) -> str:
    """One category."""
    shown = the_category(estate_id(), category_id)
    return _page(shown, _form(shown), _group_of(shown))


@office.post("/settings/categories/<uuid:category_id>")
@may(Act.CHANGE_SETTINGS)
def change_a_category(category_id: uuid.UUID) -> Response | tuple[str, int]:
    """Its names, its picture, where it goes."""
    here, changed = me(), the_category(estate_id(), category_id)
    form = _form(changed)
    if not form.validate_on_submit():
        return _page(changed, form, _group_of(changed), unreadable()), 422
    wanted = _typed(form)

    more: dict[str, Any] = {"seen": form.seen_number, "by": here.by, "at": now()}
    trouble = attempt(lambda: change_category(changed, *wanted, warranty=_warranty(form), **more))
    if trouble:
        return _page(changed, form, _group_of(changed), trouble), trouble.status

    flash(_("Saved. Tablets learn of it at their next sync."), "good")
    return redirect(url_for("office.category_tree"))


@office.post("/settings/categories/<uuid:category_id>/move/<way>")
@may(Act.CHANGE_SETTINGS)
def move_a_category(category_id: uuid.UUID, way: str) -> Response:
    """One place up or down."""
    moved, places = the_category(estate_id(), category_id), {"up": -1, "down": 1}
    if way not in places:
        raise NotFound("category:no_way", _("There is no such page."))

    move_category(moved, places[way], by=me().by, at=now())
    db.session.commit()

    return redirect(url_for("office.category_tree", _anchor=f"c-{moved.code}"))


@office.post("/settings/categories/<uuid:category_id>/retire")
@may(Act.CHANGE_SETTINGS)
def retire_a_category(category_id: uuid.UUID) -> Response:
    """Offer it no more."""
    here, at, retired = me(), now(), the_category(estate_id(), category_id)

    retire_category(retired, today=local_date(at, here.estate.time_zone), by=here.by, at=at)
    db.session.commit()

    flash(
        _("%(name)s is offered no more. What was raised under it stays.", name=retired.name(current_locale())), "good"
    )
    return redirect(url_for("office.category_tree"))


@office.post("/settings/categories/<uuid:category_id>/back")
@may(Act.CHANGE_SETTINGS)
def bring_a_category_back(category_id: uuid.UUID) -> Response:
    """Offer it again."""
    back = the_category(estate_id(), category_id)

    bring_back_category(back, by=me().by, at=now())
    db.session.commit()

    flash(_("%(name)s is offered again.", name=back.name(current_locale())), "good")
    return redirect(url_for("office.category_tree"))


def _page(shown: Category | None, form: SettingForm, group: Category | None, trouble: Trouble | None = None) -> str:
    return render_template(
        "office/settings/category.html",
        category=shown,
        group=group,
        form=as_of_now(form, trouble),
        trouble=trouble,
        used=_used()[shown.id] if shown else 0,
    )


def _form(shown: Category | None) -> SettingForm:
    locale = current_locale()
    offered = open_departments(estate_id())
    nobody = _("Nobody: report it up")
    group = _group_of(shown) if shown else _group()
    if group is not None:
        above = group.department.name(locale) if group.department else nobody
        nobody = _("As its group: %(department)s", department=above)
    fields = {
        "name_zh": text(lazy_("Name in Chinese"), LONGEST),
        "name_en": text(lazy_("Name in English"), LONGEST),
        "department": SelectField(lazy_("Goes to")),
        "warranty_part": SelectField(lazy_("Warranty of a part")),
        "warranty_department": SelectField(lazy_("Within that warranty it goes to")),
        "icon": RadioField(lazy_("Picture"), validators=[InputRequired(lazy_("Choose one of the pictures."))]),
    }
    values = {"name_zh": "", "name_en": "", "department": "", "icon": "message"}
    values |= {"warranty_part": "", "warranty_department": ""}
    if shown is not None:
        department = str(shown.department_id or "")
        values = {"name_zh": shown.name_zh, "name_en": shown.name_en, "department": department, "icon": shown.icon}
        values["warranty_part"] = shown.warranty_part.value if shown.warranty_part else ""
        values["warranty_department"] = str(shown.warranty_department_id or "")
    form = form_of(fields, values)
    parts = [(part.value, str(words)) for part, words in PARTS.items()]
    unsaid = _("As its group") if group is not None else _("None: no date decides")
    control(form, "warranty_part").choices = [("", unsaid), *parts]
    within = [(str(one.id), one.name(locale)) for one in offered]
    control(form, "warranty_department").choices = [("", "–"), *within]
    control(form, "department").choices = [("", nobody), *((str(one.id), one.name(locale)) for one in offered)]
    control(form, "icon").choices = [(name, name) for name in ICONS]
    return form


def _warranty(form: SettingForm) -> Warranty:
    """Part and department, or neither. Raises Refused for a part without its department."""
    part, within = (str(control(form, name).data or "") for name in ("warranty_part", "warranty_department"))
    if not part:
        return None
    department = db.session.get(Department, uuid.UUID(within)) if within else None
    if department is None:
        raise Refused("category:no_liable", _("Say where it goes within the warranty."))
    return Part(part), department


def _typed(form: SettingForm) -> tuple[str, str, str, Department | None]:
    wanted: dict[str, Any] = typed(form, {"name_zh": 0, "name_en": 0, "icon": 0, "department": 0})
    department = db.session.get(Department, uuid.UUID(wanted["department"])) if wanted["department"] else None
    return wanted["name_zh"], wanted["name_en"], wanted["icon"], department


def _group() -> Category | None:
    """The group that the address names, at the top of this estate's tree."""
    code = request.args.get("group", "")
    return next((one for one in categories(estate_id()) if code and one.code == code and not one.parent_code), None)


def _group_of(shown: Category) -> Category | None:
    return next((one for one in categories(estate_id()) if one.code == shown.parent_code), None)


def _offered(known: list[Category]) -> set[str]:
    return set(can_be_chosen((one.code, one.parent_code, one.retired_on is None) for one in known))


def _used() -> Counter[uuid.UUID]:
    """How many issues were ever raised under each category."""
    counted = sa.select(Issue.category_id, sa.func.count()).where(Issue.estate_id == estate_id())
    return Counter({row[0]: row[1] for row in db.session.execute(counted.group_by(Issue.category_id))})
