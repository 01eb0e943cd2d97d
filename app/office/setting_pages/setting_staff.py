"""Staff: everybody who works in the estate, somebody new, and the password with which they come in first."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import SelectField
from wtforms.validators import InputRequired, Optional

from app.core.clock import now
from app.core.db import db
from app.core.errors import Refused
from app.core.i18n import _, current_locale, lazy_
from app.office.act_form import NOT_CHOSEN
from app.office.door import estate_id, me, office
from app.office.moments import When
from app.office.setting_pages.setting_form import Trouble, attempt, text, unreadable
from app.office.setting_pages.staff_words import as_member
from app.office.words import title_of
from app.people.access import may
from app.people.actions import hash_password, make_password
from app.people.queries import as_login, ever_in, open_departments
from app.people.rules import IN_A_DEPARTMENT, Act, Role
from app.people.staffing import LONGEST_LOGIN, LONGEST_NAME, let_act, somebody_known, take_on


class RoleForm(FlaskForm):  # type: ignore[misc]
    """A role, and the department in which it is held, for those that are."""

    role = SelectField(lazy_("Role"), validators=[InputRequired(lazy_("Choose a role."))])
    department = SelectField(lazy_("Department"), validators=[Optional()])

    @property
    def chosen(self) -> tuple[Role, uuid.UUID | None]:
        """What was chosen; a department that was left standing counts for nothing in a role without one."""
        role = Role(str(self.role.data))
        department = str(self.department.data or "") if role in IN_A_DEPARTMENT else ""
        return role, uuid.UUID(department) if department else None


class StaffForm(RoleForm):
    """Somebody new, with what they are first."""

    name = text(lazy_("Name"), LONGEST_NAME)
    login = text(lazy_("Login"), LONGEST_LOGIN)


@office.get("/settings/staff")
@may(Act.SEE_SETTINGS)
def staff() -> str:
    """Everybody who works in the estate, then those who did."""
    when = When(me().estate.time_zone, now())
    members = sorted((as_member(one, when) for one in ever_in(estate_id())), key=lambda one: bool(one.past))
    return render_template("office/settings/staff.html", members=members, when=when)


@office.get("/settings/staff/new")
@may(Act.KEEP_STAFF)
def new_staff() -> str:
    """Somebody new."""
    return _page(with_choices(StaffForm(None)))


@office.post("/settings/staff/new")
@may(Act.KEEP_STAFF)
def take_somebody_on() -> Response | str | tuple[str, int]:
    """Take them on, and show their first password on this page and never again; whoever works elsewhere has one."""
    form = with_choices(StaffForm())
    if not form.validate_on_submit():
        return _page(form, unreadable()), 422
    login, name = str(form.login.data), str(form.name.data)
    password, hashed = first_password()
    here, at = me(), now()
    (role, department_id), today = form.chosen, When(here.estate.time_zone, at).today

    def let_them_act() -> None:
        who = known or take_on(login, name, hashed, by=here.by, at=at)
        let_act(who, here.estate.id, role, department_id, on=today, by=here.by, at=at)

    try:
        known = somebody_known(login, name)
    except Refused as refused:
        return _page(form, Trouble(str(refused.message), [], refused.status)), refused.status
    trouble = attempt(let_them_act)
    if trouble:
        return _page(form, trouble), trouble.status
    if known is None:
        return told_once(name, as_login(login), password)
    flash(_("%(name)s works here, too, from today on, and logs in as before.", name=name), "good")
    return redirect(url_for("office.member", staff_id=known.id))


def with_choices(form: RoleForm) -> RoleForm:
    """The form with this estate's roles, in its own words, and its departments."""
    roles = [(role.value, str(title_of(role, me().estate))) for role in Role]
    form.role.choices = [NOT_CHOSEN, *roles]
    departments = [(str(one.id), one.name(current_locale())) for one in open_departments(estate_id())]
    form.department.choices = [("", "–"), *departments]
    return form


def first_password() -> tuple[str, str]:
    """A password and its hash. It takes its time to hash: no writer waits for it meanwhile."""
    db.session.rollback()
    password = make_password()
    return password, hash_password(password)


def told_once(name: str, login: str, password: str) -> str:
    """The page that shows a first password, which is kept nowhere."""
    told = {"name": name, "login": login, "password": password, "address": request.host_url}
    return render_template("office/settings/first_password.html", **told)


def _page(form: RoleForm, trouble: Trouble | None = None) -> str:
    return render_template("office/settings/staff_new.html", form=form, trouble=trouble)
