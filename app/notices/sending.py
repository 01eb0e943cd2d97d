"""What is due is sent: marked as being tried before, as sent or failed after. The caller commits in between."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from app.core.clock import local_date
from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.i18n import _
from app.estates.models import Estate, Unit
from app.issues.models import Complaint, Issue
from app.notices.addresses import allowed_in, for_apprise, must_be_allowed
from app.notices.allowing import mail_of
from app.notices.models import Notice, NoticeChannel
from app.notices.post import carry
from app.notices.queries import office_of, undelivered
from app.notices.rules import EMAIL, LEASE, MOST_TOGETHER, MOST_TRIES, OPEN, State, again_at, service_of
from app.notices.sealing import unseal
from app.notices.words import message_of, the_test
from app.people.models import Staff
from app.repairs.models import WorkOrder
from app.surveys.measures import SurveyCall, SurveyMeasure, SurveyMeeting
from app.surveys.models import Survey

LEFT, SEALED, NOT_ALLOWED, NO_MAIL, BROKEN_OFF = "left", "sealed", "not_allowed", "no_mail", "broken_off"
"""Why nothing could be sent, beside what `app.notices.post` tells."""

KEPT_FOR = timedelta(days=90)
"""How long it can be seen what was sent."""


@dataclass(frozen=True)
class Parcel:
    """One message for one channel, and the notices in it; `trouble`: why it cannot be sent at all."""

    notice_ids: tuple[uuid.UUID, ...]
    address: str | dict[str, Any]
    title: str
    body: str
    trouble: str = ""


def take_next(*, at: datetime, base: str) -> Parcel | None:
    """What is due at one channel, marked as being tried; None when nothing is due.

    Whoever takes it and dies leaves it to be taken again after `LEASE`: it is sent at least once.
    """
    while (first := _first_due(at)) is not None:
        channel = first.channel
        notices = _due_at(channel, at)
        if channel.staff and not _works_here(channel.staff, channel.estate_id, at):
            _end(notices, State.GIVEN_UP, reason=LEFT)
        elif not _is_quiet(notices, channel, at) and (tried := _still_to_try(notices)):
            return _parcel(tried, channel, at=at, base=base)
    return None


def _works_here(staff: Staff, estate_id: uuid.UUID, at: datetime) -> bool:
    """Whether they still have a role in the estate: what waited for a digest is theirs to know no more without one."""
    today = local_date(at, db.session.get_one(Estate, estate_id).time_zone)
    return bool(staff.roles_in(estate_id, today))


def send(parcel: Parcel) -> str:
    """Send it; outside transactions. Returns why it failed, blank if it did not."""
    return parcel.trouble or carry(parcel.address, parcel.title, parcel.body)


def note_outcome(parcel: Parcel, trouble: str, *, at: datetime, jitter: float) -> None:
    """Mark what was sent as sent; what failed is tried again later, or given up."""
    found = sa.select(Notice).where(Notice.id.in_(parcel.notice_ids), Notice.state == State.SENDING)
    notices = list(db.session.scalars(found.with_for_update().execution_options(populate_existing=True)))
    if not trouble:
        _end(notices, State.SENT, at=at)
        return
    for notice in notices:
        later = again_at(notice.tries, at, jitter)
        notice.reason, notice.state = trouble, State.GIVEN_UP if later is None else State.FAILED
        notice.due_at = later or at


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


def a_test(channel: NoticeChannel, estate: Estate, locale: str) -> Parcel:
    """A message that only shows whether messages arrive."""
    address, trouble = _address(channel)
    return Parcel((), address, *the_test(estate, locale), trouble=trouble)


def forget_old(*, at: datetime) -> None:
    """What was sent long ago needs to be seen no more; what was not stays."""
    db.session.execute(sa.delete(Notice).where(Notice.state == State.SENT, Notice.sent_at < at - KEPT_FOR))


def _first_due(at: datetime) -> Notice | None:
    due = (
        sa.select(Notice)
        .where(Notice.state.in_(OPEN), Notice.due_at <= at)
        .order_by(Notice.due_at, Notice.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return db.session.scalars(due.execution_options(populate_existing=True)).first()


def _due_at(channel: NoticeChannel, at: datetime) -> list[Notice]:
    """Everything that is due at one channel goes together: a robot takes few messages a minute, a person too."""
    due = (
        sa.select(Notice)
        .where(Notice.channel_id == channel.id, Notice.state.in_(OPEN), Notice.due_at <= at)
        .order_by(Notice.seq)
        .limit(MOST_TOGETHER)
        .with_for_update(skip_locked=True)
    )
    return list(db.session.scalars(due.execution_options(populate_existing=True)))


def _is_quiet(notices: list[Notice], channel: NoticeChannel, at: datetime) -> bool:
    """Whether it is the channel's quiet hours: then all of this waits for their end."""
    estate = db.session.get_one(Estate, channel.estate_id)
    end = channel.times(estate.time_zone).after_quiet(at)
    for notice in notices if end > at else ():
        notice.due_at = end
    db.session.flush()
    return end > at


def _still_to_try(notices: list[Notice]) -> list[Notice]:
    """Those that have tries left: one whose last try was broken off has none."""
    spent = [notice for notice in notices if notice.tries >= MOST_TRIES]
    _end(spent, State.GIVEN_UP, reason=BROKEN_OFF)
    return [notice for notice in notices if notice.tries < MOST_TRIES]


def _parcel(notices: list[Notice], channel: NoticeChannel, *, at: datetime, base: str) -> Parcel:
    for notice in notices:
        notice.state, notice.due_at = State.SENDING, at + LEASE
        notice.tries += 1
    db.session.flush()
    address, trouble = _address(channel)
    estate = db.session.get_one(Estate, channel.estate_id)
    title, body = message_of(notices, _called(notices), estate, channel.locale, base)
    return Parcel(tuple(notice.id for notice in notices), address, title, body, trouble)


def _address(channel: NoticeChannel) -> tuple[str | dict[str, Any], str]:
    """Where to send to; or why that cannot be."""
    url = unseal(channel.sealed, channel.id) if channel.sealed else None
    if url is None:
        return "", SEALED
    service, office = service_of(channel.service), office_of(channel.estate_id)
    try:
        must_be_allowed(service, url, allowed_in(office))
    except Refused:
        return "", NOT_ALLOWED
    mail = mail_of(office)
    if service.code == EMAIL and mail is None:
        return "", NO_MAIL
    return for_apprise(service, url, mail), ""


def _called(notices: list[Notice]) -> dict[uuid.UUID, str]:
    """Id of an issue, a complaint or a work order → its number and its unit; of what follows of a survey its number.

    Nothing personal.
    """
    ids = {notice.subject_id for notice in notices}
    numbers: sa.CompoundSelect[uuid.UUID, str | None, uuid.UUID | None] = sa.union_all(
        sa.select(Issue.id, Issue.number, Issue.unit_id).where(Issue.id.in_(ids)),
        sa.select(Complaint.id, Complaint.number, Issue.unit_id).join(Complaint.issue).where(Complaint.id.in_(ids)),
        sa.select(WorkOrder.id, WorkOrder.number, WorkOrder.unit_id).where(WorkOrder.id.in_(ids)),
        _of_survey(sa.select(Survey.id, Survey.number), Survey.id, ids),
        _of_survey(sa.select(SurveyMeeting.id, Survey.number).join(SurveyMeeting.survey), SurveyMeeting.id, ids),
        _of_survey(
            sa.select(SurveyCall.id, Survey.number).join(SurveyCall.meeting).join(SurveyMeeting.survey),
            SurveyCall.id,
            ids,
        ),
        _of_survey(sa.select(SurveyMeasure.id, Survey.number).join(SurveyMeasure.survey), SurveyMeasure.id, ids),
    )
    rows = db.session.execute(numbers).all()
    units = {unit.id: unit.short for unit in db.session.scalars(_units({row[2] for row in rows if row[2]}))}
    called = {row[0]: (row[1], units.get(row[2]) if row[2] else None) for row in rows}
    return {id_: " · ".join(part for part in both if part) for id_, both in called.items()}


def _of_survey(
    found: sa.Select[uuid.UUID, str], id_: InstrumentedAttribute[uuid.UUID], ids: set[uuid.UUID]
) -> sa.Select[uuid.UUID, str, uuid.UUID | None]:
    """Its survey's number; it is at no unit."""
    return found.add_columns(sa.cast(sa.null(), sa.Uuid())).where(id_.in_(ids))


def _units(ids: set[uuid.UUID]) -> sa.Select[Unit]:
    return sa.select(Unit).where(Unit.id.in_(ids)).options(joinedload(Unit.building))


def _end(notices: list[Notice], state: State, *, reason: str = "", at: datetime | None = None) -> None:
    for notice in notices:
        notice.state, notice.reason, notice.sent_at = state, reason, at
    db.session.flush()
