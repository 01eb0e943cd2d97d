"""The form of a channel: where somebody is told, of what, and when."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import Any, cast

from flask import flash
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, StringField, TimeField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from app.core.clock import now
from app.core.db import db
from app.core.errors import Refused
from app.core.i18n import _, lazy_
from app.notices.addresses import LONGEST
from app.notices.channels import Wishes, a_channel, remove_address, set_channel
from app.notices.models import Notice, NoticeChannel
from app.notices.queries import last_notices, office_of
from app.notices.rules import EMAIL, Event, Pace
from app.notices.sending import a_test, send
from app.office.door import estate_id, me
from app.office.setting_pages.notice_words import EVENT_WORDS, PACE_WORDS, reason_words
from app.office.setting_pages.setting_form import Trouble
from app.people.models import Department, Staff


class ChannelForm(FlaskForm):  # type: ignore[misc]
    """`seen`: the version of the channel that the page showed; each event has a box of its own, `on_work`."""

    seen = HiddenField(default="0", validators=[InputRequired(), Regexp(r"^\d{1,9}$")])
    address = StringField(
        lazy_("Address"),
        validators=[Length(max=LONGEST, message=lazy_("This is too long."))],
        render_kw={"maxlength": LONGEST, "autocomplete": "off", "spellcheck": "false"},
    )
    pace = RadioField(lazy_("How often"), choices=[], validators=[InputRequired(lazy_("Choose one."))])
    digest_at = TimeField(lazy_("Daily at"), validators=[Optional()])
    quiet_from = TimeField(lazy_("Quiet from"), validators=[Optional()])
    quiet_until = TimeField(lazy_("Quiet until"), validators=[Optional()])
    locale = RadioField(lazy_("Language"), choices=[], validators=[Optional()])


@dataclass(frozen=True)
class ChannelPage:
    """What the page of a channel shows."""

    whose: Staff | Department
    channel: NoticeChannel
    events: tuple[Event, ...]
    form: ChannelForm
    trouble: Trouble | None
    last: list[Notice]

    @property
    def boxes(self) -> list[Any]:
        """The boxes of the events, in order."""
        return [self.form[_box(event)] for event in self.events]

    @property
    def has_address(self) -> bool:
        return self.channel.sealed is not None

    @property
    def mail_works(self) -> bool:
        """Whether an e-mail address can be told."""
        office = office_of(estate_id())
        return bool(office and office.mail and EMAIL in office.services)


def channel_page(
    whose: Staff | Department,
    events: tuple[Event, ...],
    *,
    form: ChannelForm | None = None,
    trouble: Trouble | None = None,
) -> ChannelPage:
    """The channel as it is kept; or as somebody typed it, with what is in the way."""
    channel = a_channel(me().estate, whose)
    shown = form or _form(channel, events, sent=False)
    if trouble and trouble.status == 409:
        shown.seen.data = str(channel.version)  # the page shows now what others set meanwhile
    last = last_notices(channel.id) if channel.id else []
    return ChannelPage(whose, channel, events, shown, trouble, last)


def keep_channel(whose: Staff | Department, events: tuple[Event, ...]) -> ChannelPage | None:
    """Keep what was sent; returns the page with what is in the way, nothing if it was kept."""
    here = me()
    form = _form(a_channel(here.estate, whose), events, sent=True)
    if not form.validate_on_submit():
        trouble = Trouble(_("Nothing was saved: look at what is marked."), [], 422)
        return channel_page(whose, events, form=form, trouble=trouble)
    wishes, typed, seen = _wishes(form, events), str(form.address.data or ""), int(str(form.seen.data))

    refused = _attempt(lambda: set_channel(here.estate, whose, wishes, typed, seen=seen, by=here.by, at=now()))
    return channel_page(whose, events, form=form, trouble=refused) if refused else None


def take_away(whose: Staff | Department, seen: int) -> None:
    """Tell nothing there any more."""
    here = me()
    remove_address(here.estate, whose, seen=seen, by=here.by, at=now())
    db.session.commit()
    flash(_("The address is gone; nothing is sent there any more."), "good")


def send_test(whose: Staff | Department) -> None:
    """Send a test message, outside of any transaction, and say in words what came of it."""
    here = me()
    channel = a_channel(here.estate, whose)
    parcel = a_test(channel, here.estate, channel.locale) if channel.sealed else None
    db.session.commit()
    if parcel is None:
        flash(_("Write an address first."), "refusal")
        return
    trouble = send(parcel)
    if trouble:
        flash(_("The test message did not arrive. %(reason)s", reason=reason_words(trouble)), "refusal")
    else:
        flash(_("The service has taken the test message. Look whether it arrived."), "good")


def _attempt(act: Callable[[], object]) -> Trouble | None:
    try:
        act()
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        return Trouble(str(refusal.message), [], refusal.status, refusal.code)
    return None


def _form(channel: NoticeChannel, events: tuple[Event, ...], *, sent: bool) -> ChannelForm:
    boxes = {_box(event): BooleanField(cast(str, EVENT_WORDS[event])) for event in events}
    values = {
        "pace": channel.pace.value,
        "digest_at": channel.digest_at,
        "quiet_from": channel.quiet_from,
        "quiet_until": channel.quiet_until,
        "locale": channel.own_locale or "zh",
        "seen": str(channel.version),
        **{_box(event): channel.wants(event) for event in events},
    }
    kind = type("Form", (ChannelForm,), boxes)
    form = cast(ChannelForm, kind(data=values) if sent else kind(None, data=values))
    form.pace.choices = [(pace.value, cast(str, words)) for pace, words in PACE_WORDS.items()]
    form.locale.choices = [("zh", "中文"), ("en", "English")]
    return form


def _wishes(form: ChannelForm, events: tuple[Event, ...]) -> Wishes:
    return Wishes(
        shown=events,
        wanted=frozenset(event for event in events if form[_box(event)].data),
        pace=Pace(form.pace.data),
        digest_at=form.digest_at.data or time(8),
        quiet_from=form.quiet_from.data,
        quiet_until=form.quiet_until.data,
        locale=form.locale.data or "zh",
    )


def _box(event: Event) -> str:
    return f"on_{event.value}"
