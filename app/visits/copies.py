"""Links to an owner's copy (form 11): whoever signed reads again what was signed, without a login. The caller commits.

The tablet draws the token when a visit is saved, and sends only its SHA-256: the link is known offline at once, and
neither the database nor a backup of it opens a copy. A visit has one link at a time; the office can end it with a
reason, and hand out a new one, whose token it shows once.
"""

import enum
import secrets
import uuid
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from app.core import journal
from app.core.clock import days_later, local_date
from app.core.db import attach, db, take_turn
from app.core.errors import NotFound, Outdated, Refused
from app.core.i18n import _
from app.core.journal import By, Doc
from app.estates.models import Estate, Ownership, Tenancy
from app.estates.rules import limits
from app.issues.who_answers import has_left
from app.signatures.rules import sha256_hex
from app.visits.models import CopyLink, Visit

COPIES = "/c/"
"""The path that a token is put behind."""

_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 26
"""130 bits in letters that nobody mistakes for one another, for whoever has to type them."""
_MISTAKEN = str.maketrans("oil", "011")


class LinkState(enum.Enum):
    """Whether a link opens."""

    OPEN = "open"
    OVER = "over"
    ENDED = "ended"


def link_state(link: CopyLink, at: datetime) -> LinkState:
    """Ended by the office, over by its date, or open."""
    if link.ended_at is not None:
        return LinkState.ENDED
    return LinkState.OPEN if at < link.valid_until else LinkState.OVER


def keep_link(visit: Visit, token_sha256: str, estate: Estate, *, at: datetime, by_id: uuid.UUID | None = None) -> None:
    """A link to the copy of a visit, valid from the moment at which the office has it."""
    link = CopyLink(
        estate_id=visit.estate_id,
        visit_id=visit.id,
        token_sha256=token_sha256,
        made_at=at,
        made_by_id=by_id,
        valid_until=days_later(at, limits(estate.settings).copy_days, estate.time_zone),
        opened=0,
    )
    attach(link, visit=visit)
    db.session.add(link)


def make_anew(visit: Visit, *, seen: uuid.UUID | None, by: By, at: datetime) -> str:
    """A new link; the one before opens no more. `seen`: that one. Gives the token, which nobody can read later."""
    before = _as_it_was_seen(visit, seen)
    if before is not None and link_state(before, at) is not LinkState.ENDED:
        _end(before, "", by=by, at=at)
    token = "".join(secrets.choice(_LETTERS) for _letter in range(_LENGTH))
    estate = db.session.get_one(Estate, visit.estate_id)
    keep_link(visit, _digest(token), estate, at=at, by_id=by.staff_id)
    _write(visit, "visit:copy_link_made", by=by, at=at)
    return token


def end_link(visit: Visit, reason: str, *, seen: uuid.UUID | None, by: By, at: datetime) -> None:
    """From now on the link opens nothing."""
    link = _as_it_was_seen(visit, seen)
    if link is None or link_state(link, at) is LinkState.ENDED:
        raise Refused("copy:no_link", _("There is no link that could be ended."))
    _end(link, reason, by=by, at=at)
    _write(visit, "visit:copy_link_ended", by=by, at=at)


def link_to_copy_of(visit_id: uuid.UUID) -> CopyLink | None:
    """The newest link to the copy of a visit."""
    found = sa.select(CopyLink).where(CopyLink.visit_id == visit_id)
    return db.session.scalars(found.order_by(CopyLink.made_at.desc(), CopyLink.id.desc())).first()


def links_of_tablets(visit_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, CopyLink]:
    """Visit → the link whose token its tablet drew, where one did: the first, as the office draws the later ones."""
    found = sa.select(CopyLink).where(CopyLink.visit_id.in_(list(visit_ids)), CopyLink.made_by_id.is_(None))
    return {link.visit_id: link for link in db.session.scalars(found)}


def link_by_token(token: str) -> CopyLink:
    """The link of a token as it was scanned or typed. Raises NotFound where the office has none, or not yet."""
    found = sa.select(CopyLink).where(CopyLink.token_sha256 == _digest(token)).order_by(CopyLink.made_at, CopyLink.id)
    link = db.session.scalars(found).first()
    if link is None:
        raise NotFound("copy:unknown", _("The office does not have this record yet."))
    return link


def count_opening(link_id: uuid.UUID, at: datetime) -> None:
    """Somebody read the copy; who, nobody knows."""
    opened = sa.update(CopyLink).where(CopyLink.id == link_id)
    db.session.execute(opened.values(opened=CopyLink.opened + 1, opened_at=at))


def still_lives_there(visit: Visit, at: datetime) -> bool:
    """Whether what becomes of the unit's issues is still for whoever signed: no seller reads on after a sale.

    Of somebody who stands in no file we know only that nobody moved in since.
    """
    estate = db.session.get_one(Estate, visit.estate_id)
    if visit.interviewee_id is not None:
        return not has_left(visit.unit_id, visit.interviewee_id, local_date(at, estate.time_zone))
    held_on = local_date(visit.started_at, estate.time_zone)
    return not any(
        db.session.scalar(sa.select(sa.exists().where(kind.unit_id == visit.unit_id, kind.since > held_on)))
        for kind in (Ownership, Tenancy)
    )


def _as_it_was_seen(visit: Visit, seen: uuid.UUID | None) -> CopyLink | None:
    """The newest link, if it is the one that whoever acts has seen. Raises Outdated."""
    take_turn(f"copy {visit.id}")
    link = link_to_copy_of(visit.id)
    if (link.id if link else None) != seen:
        raise Outdated("copy:made_meanwhile", _("A colleague made a new link meanwhile. Nothing was changed."))
    return link


def _end(link: CopyLink, reason: str, *, by: By, at: datetime) -> None:
    link.ended_at, link.ended_by_id, link.ended_reason = at, by.staff_id, reason


def _write(visit: Visit, kind: str, *, by: By, at: datetime) -> None:
    changes = (Doc("record", visit.id, only_for=visit.officer_id),)
    journal.write(visit.estate_id, kind, ("visit", visit.id), by=by, at=at, changes=changes)


def _digest(token: str) -> str:
    return sha256_hex(token.strip().lower().translate(_MISTAKEN).encode())
