"""Notices of the estate: what may carry them, the mail server, departments' channels, what did not get through."""

import uuid
from typing import Any, cast

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, IntegerField, PasswordField, RadioField
from wtforms.validators import Length, NumberRange, Optional

from app.core.clock import now
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import _, lazy_
from app.core.limits import limiter
from app.issues.departments import the_department
from app.notices.allowing import set_office
from app.notices.models import NoticeOffice
from app.notices.queries import channels_of_departments, office_of, the_notice, undelivered
from app.notices.rules import ALLOWED_AT_FIRST, OF_A_DEPARTMENT, SERVICES, Security
from app.notices.sending import try_again, try_all_again
from app.office.act_form import TextLines
from app.office.door import estate_id, me, office
from app.office.listing import first_row, listing
from app.office.moments import When
from app.office.setting_pages.notice_form import ChannelPage, channel_page, keep_channel, send_test, take_away
from app.office.setting_pages.notice_words import (
    EVENT_WORDS,
    PACE_WORDS,
    SECURITY_WORDS,
    SERVICE_WORDS,
    STATE_WORDS,
    reason_words,
)
from app.office.setting_pages.setting_form import (
    SettingForm,
    Trouble,
    as_of_now,
    attempt,
    control,
    form_of,
    text,
    unreadable,
)
from app.people.access import may
from app.people.models import Department
from app.people.queries import open_departments
from app.people.rules import Act

_MAIL = ("host", "port", "security", "user", "sender")


@office.get("/settings/notices")
@may(Act.SEE_SETTINGS)
def notice_settings() -> str:
    """All of it."""
    return _page(_form(sent=False))


@office.post("/settings/notices")
@may(Act.CHANGE_SETTINGS)
def change_notice_settings() -> Response | tuple[str, int]:
    """Services, machines, mail server."""
    here, form = me(), _form()
    if not form.validate_on_submit():
        return _page(form, unreadable()), 422
    services = [service.code for service in SERVICES if control(form, f"service.{service.code}").data]
    mail = {name: control(form, f"mail.{name}").data for name in _MAIL}
    hosts, password = control(form, "hosts").data or "", control(form, "password").data or ""

    trouble = attempt(
        lambda: set_office(here.estate, services, hosts, mail, password, seen=form.seen_number, by=here.by, at=now()),
    )
    if trouble:
        return _page(form, trouble), trouble.status

    flash(_("Saved."), "good")
    return redirect(url_for("office.notice_settings"))


@office.post("/settings/notices/again")
@may(Act.CHANGE_SETTINGS)
def send_notices_again() -> Response:
    """Everything that did not get through, or one notice of it."""
    here, wanted = me(), request.form.get("notice", None, type=uuid.UUID)

    if wanted:
        try_again(the_notice(here.estate.id, wanted), at=now())
    else:
        try_all_again(here.estate, at=now())
    db.session.commit()

    flash(_("It is sent again within a minute or so."), "good")
    return redirect(url_for("office.notice_settings", _anchor="undelivered"))


@office.get("/settings/notices/<uuid:department_id>")
@may(Act.SEE_SETTINGS)
def department_notices(department_id: uuid.UUID) -> str:
    """Where a department is told."""
    return _channel(channel_page(_department(department_id), OF_A_DEPARTMENT))


@office.post("/settings/notices/<uuid:department_id>")
@may(Act.CHANGE_SETTINGS)
def change_department_notices(department_id: uuid.UUID) -> Response | tuple[str, int]:
    """Keep it."""
    refused = keep_channel(_department(department_id), OF_A_DEPARTMENT)
    if refused and refused.trouble:
        return _channel(refused), refused.trouble.status

    flash(_("Saved."), "good")
    return redirect(url_for("office.department_notices", department_id=department_id))


@office.post("/settings/notices/<uuid:department_id>/test")
@may(Act.CHANGE_SETTINGS)
@limiter.limit("6 per minute; 60 per hour")
def test_department_notices(department_id: uuid.UUID) -> Response:
    """Send a message there that only shows that messages arrive."""
    send_test(_department(department_id))
    return redirect(url_for("office.department_notices", department_id=department_id))


@office.post("/settings/notices/<uuid:department_id>/remove")
@may(Act.CHANGE_SETTINGS)
def remove_department_notices(department_id: uuid.UUID) -> Response:
    """Tell the department's channel nothing any more."""
    take_away(_department(department_id), request.form.get("seen", 0, type=int))
    return redirect(url_for("office.department_notices", department_id=department_id))


def _department(department_id: uuid.UUID) -> Department:
    department = the_department(estate_id(), department_id)
    if department.closed_on is not None:
        raise NotFound("department:closed", _("This department is closed."))
    return department


def _channel(shown: ChannelPage) -> str:
    return render_template(
        "office/settings/notice_channel.html",
        page=shown,
        trouble=None,
        when=_when(),
        services=SERVICE_WORDS,
        states=STATE_WORDS,
        events=EVENT_WORDS,
        reason_words=reason_words,
    )


def _page(form: SettingForm, trouble: Trouble | None = None) -> str:
    return render_template(
        "office/settings/notices.html",
        form=as_of_now(form, trouble),
        trouble=trouble,
        control=control,
        services=SERVICES,
        mail=_MAIL,
        has_password=bool(_office().mail_password),
        departments=open_departments(estate_id()),
        channels=channels_of_departments(estate_id()),
        found=listing(undelivered(estate_id(), start=first_row())),
        when=_when(),
        service_words=SERVICE_WORDS,
        pace_words=PACE_WORDS,
        states=STATE_WORDS,
        events=EVENT_WORDS,
        reason_words=reason_words,
    )


def _form(*, sent: bool = True) -> SettingForm:
    kept = _office()
    fields: dict[str, Any] = {
        **{f"service.{service.code}": BooleanField(cast(str, SERVICE_WORDS[service.code])) for service in SERVICES},
        "hosts": TextLines(
            lazy_("Servers that may be written to"),
            validators=[Length(max=4000)],
            render_kw={"rows": 3, "spellcheck": "false", "placeholder": "hooks.example.com\n10.0.0.5:8080"},
        ),
        "mail.host": text(lazy_("Mail server"), 200, required=False),
        "mail.port": IntegerField(lazy_("Port"), validators=[Optional(), NumberRange(1, 65535)]),
        "mail.security": RadioField(lazy_("Encryption"), validators=[Optional()]),
        "mail.user": text(lazy_("Login"), 200, required=False),
        "password": PasswordField(
            lazy_("Password"), validators=[Length(max=200)], render_kw={"autocomplete": "new-password"}
        ),
        "mail.sender": text(lazy_("Sender's address"), 200, required=False),
    }
    values: dict[str, Any] = {
        **{f"service.{service.code}": service.code in kept.services for service in SERVICES},
        "hosts": "\n".join(kept.hosts),
        **{f"mail.{name}": kept.mail.get(name) for name in _MAIL},
        "mail.security": kept.mail.get("security", Security.STARTTLS.value),
    }
    form = form_of(fields, values, sent=sent)
    control(form, "mail.security").choices = [(one.value, words) for one, words in SECURITY_WORDS.items()]
    return form


def _office() -> NoticeOffice:
    return office_of(estate_id()) or NoticeOffice(
        estate_id=estate_id(), services=list(ALLOWED_AT_FIRST), hosts=[], mail={}
    )


def _when() -> When:
    return When(me().estate.time_zone, now())
