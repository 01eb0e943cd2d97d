"""One member of staff: what they are here, a name, another first password, leaving and coming back."""

import uuid
from collections.abc import Callable
from datetime import date

from flask import flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app.core import journal
from app.core.clock import now
from app.core.errors import NotAllowed
from app.core.i18n import _, lazy_
from app.estates.queries import roles_at
from app.office.door import estate_id, me, office
from app.office.moments import When
from app.office.setting_pages.setting_form import Trouble, attempt, text, unreadable
from app.office.setting_pages.setting_staff import RoleForm, first_password, told_once, with_choices
from app.office.setting_pages.staff_words import as_member, called, history_of, roles_here
from app.people.access import may
from app.people.models import Staff
from app.people.rules import Act, Role
from app.people.staffing import (
    LONGEST_NAME,
    call,
    hand_out_password,
    let_act,
    let_go,
    let_return,
    must_be_ours_alone,
    relieve,
    the_member,
    the_role,
)

Answer = Response | str | tuple[str, int]


class NameForm(FlaskForm):  # type: ignore[misc]
    """What somebody is called."""

    name = text(lazy_("Name"), LONGEST_NAME)


@office.get("/settings/staff/<uuid:staff_id>")
@may(Act.SEE_SETTINGS)
def member(staff_id: uuid.UUID) -> str:
    """What they are here, and what happened."""
    return _page(staff_id)


@office.post("/settings/staff/<uuid:staff_id>/name")
@may(Act.KEEP_STAFF)
def rename_member(staff_id: uuid.UUID) -> Answer:
    """Call them otherwise."""
    who, form = the_member(estate_id(), staff_id), NameForm()
    if not form.validate_on_submit():
        return _page(staff_id, unreadable(), naming=form), 422

    trouble = attempt(lambda: call(who, form.name.data, _ours(), on=_today(), by=me().by, at=now()))
    if trouble:
        return _page(staff_id, trouble, naming=form), trouble.status
    return _done(staff_id, _("Saved. What was signed or printed keeps the name it has."))


@office.post("/settings/staff/<uuid:staff_id>/roles")
@may(Act.KEEP_STAFF)
def give_member_role(staff_id: uuid.UUID) -> Answer:
    """One more role, from today on."""
    who, form = the_member(estate_id(), staff_id), with_choices(RoleForm())
    if not form.validate_on_submit():
        return _page(staff_id, unreadable(), giving=form), 422
    role, department_id = form.chosen

    trouble = attempt(lambda: let_act(who, estate_id(), role, department_id, on=_today(), by=me().by, at=now()))
    if trouble:
        return _page(staff_id, trouble, giving=form), trouble.status
    return _done(staff_id, _("The role is held from today on."))


@office.post("/settings/staff/roles/<uuid:role_id>/end")
@may(Act.KEEP_STAFF)
def end_member_role(role_id: uuid.UUID) -> Answer:
    """That no more, from now on."""
    held = the_role(estate_id(), role_id)

    return _tried(held.staff_id, lambda: relieve(held, on=_today(), by=me().by, at=now()), _("The role has ended."))


@office.post("/settings/staff/<uuid:staff_id>/password")
@may(Act.KEEP_STAFF)
def give_member_password(staff_id: uuid.UUID) -> Answer:
    """Another first password, shown on this page and never again; it ends whatever session they have."""
    who = the_member(estate_id(), staff_id)
    password, hashed = first_password()

    trouble = attempt(lambda: hand_out_password(who, hashed, _ours(), on=_today(), by=me().by, at=now()))
    if trouble:
        return _page(staff_id, trouble), trouble.status
    return told_once(who.name, who.login, password)


@office.post("/settings/staff/<uuid:staff_id>/leave")
@may(Act.KEEP_STAFF)
def let_member_go(staff_id: uuid.UUID) -> Answer:
    """They work here no more."""
    who = the_member(estate_id(), staff_id)

    return _tried(
        staff_id,
        lambda: let_go(who, _ours(), on=_today(), by=me().by, at=now()),
        _("They have left. What waits for them goes to the supervisor within minutes."),
    )


@office.post("/settings/staff/<uuid:staff_id>/return")
@may(Act.KEEP_STAFF)
def let_member_return(staff_id: uuid.UUID) -> Answer:
    """They work here again."""
    who = the_member(estate_id(), staff_id)

    return _tried(
        staff_id,
        lambda: let_return(who, _ours(), on=_today(), by=me().by, at=now()),
        _("They work here again, in the roles that were not ended, and log in as before."),
    )


def _tried(staff_id: uuid.UUID, act: Callable[[], None], words: str) -> Answer:
    trouble = attempt(act)
    return (_page(staff_id, trouble), trouble.status) if trouble else _done(staff_id, words)


def _done(staff_id: uuid.UUID, words: str) -> Response:
    flash(words, "good")
    return redirect(url_for("office.member", staff_id=staff_id))


def _page(
    staff_id: uuid.UUID,
    trouble: Trouble | None = None,
    naming: NameForm | None = None,
    giving: RoleForm | None = None,
) -> str:
    who, when = the_member(estate_id(), staff_id), When(me().estate.time_zone, now())
    here = [] if who.left_at else [held for held in roles_here(who) if held.valid_on(when.today)]
    return render_template(
        "office/settings/member.html",
        staff=who,
        member=as_member(who, when),
        held=here,
        called=called,
        elsewhere=_elsewhere(who),
        naming=naming or NameForm(None, data={"name": who.name}),
        giving=giving or with_choices(RoleForm(None)),
        trouble=trouble,
        history=history_of(journal.history(who.id), when),
        when=when,
    )


def _elsewhere(who: Staff) -> str:
    """Why somebody's name, password and leaving are not for whoever is at the desk, if so."""
    try:
        must_be_ours_alone(who, _ours(), _today())
    except NotAllowed as refused:
        return str(refused.message)
    return ""


def _ours() -> set[uuid.UUID]:
    """The estates that whoever is at the desk administers."""
    return {held.estate_id for held in roles_at(me().id, now()) if held.role is Role.ADMIN}


def _today() -> date:
    return When(me().estate.time_zone, now()).today
