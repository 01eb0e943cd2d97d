"""Bundles: the sheets of many visits as one file, asked for here, made by the press, thrown away after a week."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from app.core.db import db
from app.core.errors import NotFound, Refused
from app.core.i18n import _, lazy_
from app.documents import at_the_press
from app.documents.at_the_press import is_theirs, note_end, seen
from app.documents.models import Bundle, Progress
from app.documents.sheets import Language
from app.people.models import Staff

MOST = 500
"""Sheets in one file."""
KEPT_FOR = timedelta(days=7)
LANGUAGES: dict[str, tuple[Language, ...]] = {"both": ("zh", "en"), "zh": ("zh",), "en": ("en",)}


def named(languages: tuple[Language, ...]) -> str:
    """The name under which somebody asks for these languages."""
    return next(name for name, known in LANGUAGES.items() if known == languages)


def ask_for_bundle(
    staff: Staff, estate_id: uuid.UUID, visits: Sequence[uuid.UUID], *, languages: str, base: str, at: datetime
) -> Bundle:
    """Have the sheets of these visits, up to MOST, made into one file. Refuses `bundle:empty`, `bundle:languages`."""
    if not visits:
        raise Refused("bundle:empty", lazy_("No visit fits these filters."))
    if languages not in LANGUAGES:
        raise Refused("bundle:languages", lazy_("The sheet can be had in Chinese, in English or in both."))
    bundle = Bundle(
        estate_id=estate_id,
        staff_id=staff.id,
        asked_at=at,
        base=base,
        languages=languages,
        visits=[str(visit_id) for visit_id in visits[:MOST]],
    )
    db.session.add(bundle)
    db.session.flush()
    return bundle


def the_bundle(staff: Staff, estate_id: uuid.UUID, bundle_id: uuid.UUID) -> Bundle:
    """What somebody asked for in this estate. Raises NotFound, for what others asked for too."""
    bundle = db.session.get(Bundle, bundle_id)
    if bundle is None or not is_theirs(bundle, staff, estate_id):
        raise NotFound("bundle:unknown", _("This file is not here. Files of sheets are kept for seven days."))
    return bundle


def bundles_of(staff: Staff, estate_id: uuid.UUID) -> list[Bundle]:
    """What somebody asked for in this estate, newest first."""
    found = sa.select(Bundle).where(Bundle.staff_id == staff.id, Bundle.estate_id == estate_id)
    return list(db.session.scalars(found.order_by(Bundle.asked_at.desc(), Bundle.id.desc())))


def begin(bundle: Bundle) -> None:
    """Make it from its beginning; what was printed before stands on the shelf."""
    bundle.state, bundle.made, bundle.left_out = Progress.MAKING, 0, []


def finish(bundle: Bundle, size: int, at: datetime) -> None:
    """It lies where `file_of` says."""
    bundle.state, bundle.size, bundle.ready_at = Progress.READY, size, at
    note_end(bundle, KEPT_FOR, at=at)


def note_failure(bundle: Bundle, at: datetime) -> None:
    """It is tried again, a few times; then whoever asked for it is told."""
    at_the_press.note_failure(bundle)
    if bundle.state is Progress.FAILED:
        note_end(bundle, KEPT_FOR, at=at)


def file_of(bundle_id: uuid.UUID) -> Path:
    """Where the file of a bundle lies once it is made."""
    return folder() / f"{bundle_id}.zip"


def folder() -> Path:
    """Where files of bundles lie."""
    return Path(current_app.config["DATA"]) / "bundles"


def clear_up(at: datetime) -> int:
    """Forget bundles after a week, with their files; returns how many."""
    old = list(db.session.scalars(sa.select(Bundle).where(Bundle.asked_at < at - KEPT_FOR)))
    for bundle in old:
        file_of(bundle.id).unlink(missing_ok=True)
        seen(bundle)
        db.session.delete(bundle)
    return len(old)
