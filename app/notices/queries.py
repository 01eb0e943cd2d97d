"""What is asked about channels and notices."""

import uuid
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import _
from app.issues.models import Issue
from app.issues.rules import Urgency
from app.notices.models import Notice, NoticeChannel, NoticeOffice
from app.notices.rules import OPEN, UNDELIVERED, State


def office_of(estate_id: uuid.UUID) -> NoticeOffice | None:
    """What an estate allows, if anybody chose yet."""
    return db.session.get(NoticeOffice, estate_id)


def channel_of_staff(estate_id: uuid.UUID, staff_id: uuid.UUID) -> NoticeChannel | None:
    """Where a person is told in an estate."""
    found = sa.select(NoticeChannel).where(NoticeChannel.estate_id == estate_id, NoticeChannel.staff_id == staff_id)
    return db.session.scalars(found).first()


def channel_of_department(estate_id: uuid.UUID, department_id: uuid.UUID) -> NoticeChannel | None:
    """Where a department is told."""
    found = sa.select(NoticeChannel).where(
        NoticeChannel.estate_id == estate_id, NoticeChannel.department_id == department_id
    )
    return db.session.scalars(found).first()


def channels_of_departments(estate_id: uuid.UUID) -> dict[uuid.UUID, NoticeChannel]:
    """Department → its channel, of those that have an address."""
    found = sa.select(NoticeChannel).where(
        NoticeChannel.estate_id == estate_id,
        NoticeChannel.department_id.is_not(None),
        NoticeChannel.sealed.is_not(None),
    )
    return {channel.department_id: channel for channel in db.session.scalars(found) if channel.department_id}


def last_notices(channel_id: uuid.UUID, most: int = 10) -> list[Notice]:
    """What a channel was told last, or will be, newest first."""
    found = sa.select(Notice).where(Notice.channel_id == channel_id).order_by(Notice.seq.desc()).limit(most)
    return list(db.session.scalars(found))


def undelivered(estate_id: uuid.UUID, *, start: int = 0, count: int = 50) -> tuple[list[Notice], int]:
    """What did not get through, newest first, whether it is tried again or was given up; and how many in all."""
    conditions = Notice.estate_id == estate_id, Notice.state.in_(UNDELIVERED)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(Notice).where(*conditions)) or 0
    page = (
        sa.select(Notice)
        .join(Notice.channel)
        .options(contains_eager(Notice.channel))
        .where(*conditions)
        .order_by(Notice.seq.desc(), Notice.id)
    )
    return list(db.session.scalars(page.offset(start).limit(count))), total


def counts(estate_id: uuid.UUID) -> dict[State, int]:
    """How many notices of an estate stand where."""
    counted = sa.select(Notice.state, sa.func.count()).where(Notice.estate_id == estate_id).group_by(Notice.state)
    return {row[0]: row[1] for row in db.session.execute(counted)}


def the_notice(estate_id: uuid.UUID, notice_id: uuid.UUID) -> Notice:
    """A notice of this estate. Raises NotFound."""
    notice = db.session.get(Notice, notice_id)
    if notice is None or notice.estate_id != estate_id:
        raise NotFound("notice:unknown", _("This notice is not known in this estate."))
    return notice


def about_urgent_issues(notices: Iterable[Notice]) -> set[uuid.UUID]:
    """The ids of the urgent issues among what these notices are about."""
    about = [notice.subject_id for notice in notices if notice.subject_type == "issue"]
    return set(db.session.scalars(sa.select(Issue.id).where(Issue.id.in_(about), Issue.urgency == Urgency.URGENT)))


def open_of(channel_ids: Iterable[uuid.UUID]) -> list[Notice]:
    """What is still to be sent to these channels."""
    found = sa.select(Notice).where(Notice.channel_id.in_(list(channel_ids)), Notice.state.in_(OPEN))
    return list(db.session.scalars(found))
