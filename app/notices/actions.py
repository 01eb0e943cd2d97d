"""Everything that people change about notices: where, what and when they are told; what an estate allows."""

import re
from dataclasses import dataclass
from datetime import datetime, time

from app.core import journal
from app.core.changes import Value, begin_setting, note_changes, weigh
from app.core.db import db, take_turn
from app.core.errors import Outdated, Refused
from app.core.i18n import _
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate
from app.notices.addresses import Allowed, Mail, allowed_in, must_be_allowed, read_address
from app.notices.models import Notice, NoticeChannel, NoticeOffice
from app.notices.queries import channel_of_department, channel_of_staff, office_of, open_of, undelivered
from app.notices.rules import EMAIL, OFF_AT_FIRST, SERVICES, Event, Pace, Security, State, service_of
from app.notices.sealing import seal, unseal
from app.people.models import Department, Staff

LONGEST_LIST = 200


@dataclass(frozen=True)
class Wishes:
    """What somebody set: which of the events `shown` to them they want, when, and in which language a department."""

    shown: tuple[Event, ...]
    wanted: frozenset[Event]
    pace: Pace
    digest_at: time
    quiet_from: time | None
    quiet_until: time | None
    locale: str = ""


def a_channel(estate: Estate, whose: Staff | Department) -> NoticeChannel:
    """The channel of a person or a department: the one there is, or a new one that is not kept yet."""
    person = isinstance(whose, Staff)
    found = (channel_of_staff if person else channel_of_department)(estate.id, whose.id)
    return found or NoticeChannel(
        estate_id=estate.id,
        staff_id=whose.id if person else None,
        department_id=None if person else whose.id,
        own_locale="" if person else "zh",
        service="",
        shown="",
        muted=[event.value for event in Event if event in OFF_AT_FIRST],
        pace=Pace.AT_ONCE,
        digest_at=time(8),
        version=0,
    )


def set_channel(
    estate: Estate, whose: Staff | Department, wishes: Wishes, typed: str, *, seen: int, by: By, at: datetime
) -> NoticeChannel:
    """Keep what somebody wishes, and where they are told if they typed an address: blank leaves it as it is.

    What waits already moves to the new times. Raises Outdated if it was changed since version `seen`, Refused for
    an address that cannot be read or is not allowed.
    """
    if (wishes.quiet_from is None) != (wishes.quiet_until is None):
        raise Refused("notices:half_quiet", _("Write both quiet hours, or neither."))
    channel = _hold(estate, whose, seen)
    if typed.strip():
        _take_address(channel, typed, allowed_in(office_of(estate.id)), at=at)
    muted = {Event(value) for value in channel.muted} - set(wishes.shown) | set(wishes.shown) - wishes.wanted
    channel.muted = [event.value for event in Event if event in muted]
    channel.pace, channel.digest_at = wishes.pace, wishes.digest_at
    channel.quiet_from, channel.quiet_until = wishes.quiet_from, wishes.quiet_until
    channel.own_locale = wishes.locale if channel.department_id else ""
    _keep(channel, "notices:channel_set", {"service": channel.service}, by=by, at=at)
    _move_what_waits(channel, estate)
    return channel


def remove_address(estate: Estate, whose: Staff | Department, *, seen: int, by: By, at: datetime) -> None:
    """Tell nothing there any more; what was still to be sent is not. The other wishes stay."""
    channel = _hold(estate, whose, seen)
    for notice in open_of([channel.id]):
        db.session.delete(notice)
    channel.sealed, channel.service, channel.shown, channel.since = None, "", "", None
    _keep(channel, "notices:channel_removed", {}, by=by, at=at)


def try_again(notice: Notice, *, at: datetime) -> None:
    """Send at once what failed or was given up, with all its tries before it. Raises Outdated if it went out."""
    db.session.refresh(notice, with_for_update=True)
    if notice.state not in (State.FAILED, State.GIVEN_UP):
        raise Outdated("notice:not_failed", _("This notice is on its way already."))
    notice.state, notice.tries, notice.due_at, notice.reason = State.WAITING, 0, at, ""


def try_all_again(estate: Estate, *, at: datetime) -> int:
    """The same for what did not get through, the newest thousand of it; returns how many."""
    failed, _total = undelivered(estate.id, count=1000)
    for notice in failed:
        try_again(notice, at=at)
    return len(failed)


def set_office(
    estate: Estate,
    services: list[str],
    hosts: str,
    mail: dict[str, Value],
    password: str,
    *,
    seen: int,
    by: By,
    at: datetime,
) -> None:
    """Which services and machines are allowed, and the mail server; a blank password leaves the one there is.

    Raises Outdated if others set the same meanwhile; Refused for a machine or server that makes no sense.
    """
    begin_setting(estate.id)
    office = office_of(estate.id) or NoticeOffice(
        estate_id=estate.id, services=sorted(allowed_in(None).services), hosts=[], mail={}, password_number=0
    )
    mail = _checked_mail(mail)
    number = office.password_number + bool(password)
    wanted = _settings(_known_services(services), _read_hosts(hosts), mail, number)
    now = _settings(office.services, office.hosts, office.mail, office.password_number)
    changed = weigh(estate.id, now, wanted, seen=seen)
    if not changed:
        return
    for setting, (_before, after) in changed.items():
        _set(office, setting.removeprefix("notices."), after)
    if password:
        office.mail_password = seal(password, estate.id)
    if not mail:
        office.mail, office.mail_password = {}, None
    db.session.add(office)
    settings = note_changes(estate.id, changed, by=by, at=at)
    data = {"settings": settings}
    journal.write(estate.id, "estate:settings_changed", ("estate", estate.id), by=by, at=at, data=data)


def mail_of(office: NoticeOffice | None) -> Mail | None:
    """The mail server of an estate with its password; None if there is none, or if its key is lost."""
    if office is None or not office.mail:
        return None
    password = unseal(office.mail_password, office.estate_id) if office.mail_password else ""
    if password is None:
        return None
    kept = office.mail
    return Mail(kept["host"], kept["port"], Security(kept["security"]), kept["user"], password, kept["sender"])


def _hold(estate: Estate, whose: Staff | Department, seen: int) -> NoticeChannel:
    take_turn(f"notices of {whose.id}")
    channel = a_channel(estate, whose)
    if channel.version != seen:
        raise Outdated("notices:changed", _("Somebody else changed this meanwhile: look at it again."))
    return channel


def _take_address(channel: NoticeChannel, typed: str, allowed: Allowed, *, at: datetime) -> None:
    address = read_address(typed, allowed)
    channel.id = channel.id or new_id()
    channel.sealed = seal(address.url, channel.id)
    channel.service, channel.shown = address.service.code, address.shown
    channel.since = channel.since or at


def _keep(channel: NoticeChannel, kind: str, data: dict[str, str], *, by: By, at: datetime) -> None:
    channel.version += 1
    db.session.add(channel)
    db.session.flush()
    journal.write(channel.estate_id, kind, ("notice_channel", channel.id), by=by, at=at, data=data)


def _move_what_waits(channel: NoticeChannel, estate: Estate) -> None:
    """What was never tried goes out by the new wishes."""
    times = channel.times(estate.time_zone)
    for notice in open_of([channel.id]):
        if notice.state is State.WAITING and notice.tries == 0:
            notice.due_at = times.first(notice.happened_at)


def _settings(services: list[str], hosts: list[str], mail: dict[str, Value], number: int) -> dict[str, Value]:
    named = {f"notices.{name}": mail.get(name) for name in ("host", "port", "security", "user", "sender")}
    return {"notices.services": services, "notices.hosts": hosts, **named, "notices.password": number}


def _set(office: NoticeOffice, name: str, value: Value) -> None:
    match name:
        case "services":
            office.services = value
        case "hosts":
            office.hosts = value
        case "password":
            office.password_number = value
        case _:
            office.mail = office.mail | {name: value}


def _known_services(codes: list[str]) -> list[str]:
    return [row.code for row in SERVICES if row.code in codes]


def _read_hosts(typed: str) -> list[str]:
    """Machines, one a line: `hooks.example.com`, `10.0.0.5:8080`."""
    hosts = list(dict.fromkeys(line.strip().lower() for line in typed.splitlines() if line.strip()))
    for host in hosts:
        if not _is_host(host) or len(hosts) > LONGEST_LIST:
            words = _("“%(host)s” is no server: write its name or address, and :port if it has its own.", host=host)
            raise Refused("notices:no_host", words)
    return hosts


def _is_host(host: str) -> bool:
    return re.fullmatch(r"[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?(:\d{1,5})?", host) is not None


def _checked_mail(mail: dict[str, Value]) -> dict[str, Value]:
    """Nothing at all without a server; else all of it."""
    host, sender = str(mail.get("host") or "").strip().lower(), str(mail.get("sender") or "").strip()
    if not host:
        return {}
    if ":" in host or not _is_host(host):
        raise Refused("notices:no_mail_host", _("The mail server's name makes no sense."))
    address = read_address(sender, Allowed(frozenset({EMAIL}), frozenset(), has_mail=True))
    must_be_allowed(service_of(EMAIL), address.url, Allowed(frozenset({EMAIL}), frozenset(), has_mail=True))
    return {
        "host": host,
        "port": int(mail.get("port") or 0) or 587,
        "security": Security(mail["security"]).value,
        "user": str(mail.get("user") or "").strip(),
        "sender": address.url,
    }
