"""Channels: where, of what and when a person or a department is told. The caller commits."""

from dataclasses import dataclass
from datetime import datetime, time

from app.core import journal
from app.core.db import db, take_turn
from app.core.errors import Outdated, Refused
from app.core.i18n import _
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate
from app.notices.addresses import Allowed, allowed_in, read_address
from app.notices.models import NoticeChannel
from app.notices.queries import about_urgent_issues, channel_of_department, channel_of_staff, office_of, open_of
from app.notices.rules import OFF_AT_FIRST, Event, Pace, State, is_pressing
from app.notices.sealing import seal
from app.people.models import Department, Staff


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
    times, waiting = channel.times(estate.time_zone), open_of([channel.id])
    urgent = about_urgent_issues(waiting)
    for notice in waiting:
        if notice.state is State.WAITING and notice.tries == 0:
            pressing = is_pressing(notice.event, urgent=notice.subject_id in urgent)
            notice.due_at = times.first(notice.happened_at, urgent=pressing)
