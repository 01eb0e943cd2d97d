"""Departments: what they are called, whose they are, since when they are open, or no more."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, RadioField
from wtforms.validators import InputRequired

from app.core.changes import Value
from app.core.clock import local_date, now
from app.core.db import db
from app.core.i18n import _, current_locale, lazy_
from app.core.journal import Doc
from app.estates.rules import LIABLE
from app.issues.departments import (
    LONGEST,
    add_department,
    change_department,
    close_department,
    open_with,
    reopen_department,
    routed_there,
    the_department,
)
from app.office.door import estate_id, me, office
from app.office.moments import When
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
from app.office.setting_pages.setting_words import COMPANIES, called
from app.office.words import headline
from app.people.access import may
from app.people.models import Department
from app.people.queries import departments
from app.people.rules import Act, Liable
from app.surveys.queries import out_about


@office.get("/settings/departments")
@may(Act.SEE_SETTINGS)
def all_departments() -> str:
    """Every department, those that are open first."""
    known = departments(estate_id())
    return render_template(
        "office/settings/departments.html",
        departments=sorted(known, key=lambda one: (one.closed_on is not None, one.liable.value != "property")),
        companies=COMPANIES,
        called=called,
        open_issues={one.id: len(open_with([one.id])) for one in known},
        routed={one.id: routed_there([one.id]) for one in known},
        when=When(me().estate.time_zone, now()),
    )


@office.get("/settings/departments/new")
@may(Act.CHANGE_SETTINGS)
def new_department() -> str:
    """A new one."""
    return _page(None, _form(None))


@office.post("/settings/departments/new")
@may(Act.CHANGE_SETTINGS)
def make_department() -> Response | tuple[str, int]:
    """Open it: from now on issues and categories can be routed to it."""
    here, at, form = me(), now(), _form(None)
    if not form.validate_on_submit():
        return _page(None, form, unreadable()), 422
    wanted, today = _typed(form), local_date(at, here.estate.time_zone)

    trouble = attempt(lambda: add_department(here.estate, *wanted, today=today, by=here.by, at=at))
    if trouble:
        return _page(None, form, trouble), trouble.status

    flash(_("Opened. Categories can be routed to it now."), "good")
    return redirect(url_for("office.all_departments"))


@office.get("/settings/departments/<uuid:department_id>")
@may(Act.SEE_SETTINGS)
def department(department_id: uuid.UUID) -> str:
    """One department, and what stands in the way of closing it."""
    shown = the_department(estate_id(), department_id)
    return _page(shown, _form(shown))


@office.post("/settings/departments/<uuid:department_id>")
@may(Act.CHANGE_SETTINGS)
def change_a_department(department_id: uuid.UUID) -> Response | tuple[str, int]:
    """Its names, its company, whether it does rework. What asks owners about it says its new name from then on."""
    here, changed = me(), the_department(estate_id(), department_id)
    form = _form(changed)
    if not form.validate_on_submit():
        return _page(changed, form, unreadable()), 422
    wanted = _typed(form)
    more: dict[str, Any] = {"seen": form.seen_number, "by": here.by, "at": now()}

    def surveys() -> list[Doc]:
        return [Doc("survey", id_) for id_ in out_about(changed.id)]

    trouble = attempt(lambda: change_department(changed, here.estate, *wanted, named_in=surveys, **more))
    if trouble:
        return _page(changed, form, trouble), trouble.status

    flash(_("Saved. Tablets learn of it at their next sync."), "good")
    return redirect(url_for("office.all_departments"))


@office.post("/settings/departments/<uuid:department_id>/close")
@may(Act.CHANGE_SETTINGS)
def close_a_department(department_id: uuid.UUID) -> Response | tuple[str, int]:
    """Close it, unless something is still with it."""
    here, at, closed = me(), now(), the_department(estate_id(), department_id)
    today = local_date(at, here.estate.time_zone)

    trouble = attempt(lambda: close_department(closed, today=today, by=here.by, at=at))
    if trouble:
        return _page(closed, _form(closed, sent=False), trouble), trouble.status

    flash(_("%(name)s is closed.", name=closed.name(current_locale())), "good")
    return redirect(url_for("office.all_departments"))


@office.post("/settings/departments/<uuid:department_id>/open")
@may(Act.CHANGE_SETTINGS)
def open_a_department(department_id: uuid.UUID) -> Response:
    """Open it again."""
    here, at, opened = me(), now(), the_department(estate_id(), department_id)

    reopen_department(opened, here.estate, today=local_date(at, here.estate.time_zone), by=here.by, at=at)
    db.session.commit()

    flash(_("%(name)s is open again.", name=opened.name(current_locale())), "good")
    return redirect(url_for("office.all_departments"))


def _page(shown: Department | None, form: SettingForm, trouble: Trouble | None = None) -> str:
    return render_template(
        "office/settings/department.html",
        department=shown,
        form=as_of_now(form, trouble),
        trouble=trouble,
        in_the_way=open_with([shown.id]) if shown else [],
        routed=routed_there([shown.id]) if shown else [],
        headline=headline,
        when=When(me().estate.time_zone, now()),
    )


def _form(shown: Department | None, *, sent: bool = True) -> SettingForm:
    ours = [liable for liable in Liable if liable in LIABLE[me().estate.profile] or (shown and shown.liable is liable)]
    fields = {
        "name_zh": text(lazy_("Name in Chinese"), LONGEST),
        "name_en": text(lazy_("Name in English"), LONGEST),
        "liable": RadioField(
            lazy_("Company"),
            validators=[InputRequired(lazy_("Say whose department it is."))],
        ),
        "repairs": BooleanField(lazy_("Does rework on its company's work orders")),
    }
    values: dict[str, Value] = {"name_zh": "", "name_en": "", "liable": Liable.PROPERTY.value, "repairs": False}
    if shown is not None:
        values = {"name_zh": shown.name_zh, "name_en": shown.name_en, "liable": shown.liable.value}
        values["repairs"] = shown.repairs
    form = form_of(fields, values, sent=sent)
    control(form, "liable").choices = [(one.value, COMPANIES[one]) for one in ours]
    return form


def _typed(form: SettingForm) -> tuple[str, str, Liable, bool]:
    wanted: dict[str, Any] = typed(form, {"name_zh": 0, "name_en": 0, "liable": 0, "repairs": 0})
    return wanted["name_zh"], wanted["name_en"], Liable(wanted["liable"]), wanted["repairs"]
