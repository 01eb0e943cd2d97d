"""What was set, from what to what, by whom and when; and what others set while somebody was still writing."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Kept, db, take_turn
from app.core.errors import Outdated
from app.core.i18n import _
from app.core.journal import By

Value = Any
"""What JSON holds; None: there was, or is, nothing."""


class SettingChange(Kept):
    """One change of a setting of an estate; it never changes. `setting` is a dotted name: `limit.measure_hours`."""

    __tablename__ = "estate_setting_change"
    __table_args__ = (sa.UniqueConstraint("estate_id", "number"),)

    estate_id: Mapped[uuid.UUID]
    number: Mapped[int]
    setting: Mapped[str] = mapped_column(sa.String(120))
    before: Mapped[Value] = mapped_column(sa.JSON, nullable=False)
    after: Mapped[Value] = mapped_column(sa.JSON, nullable=False)
    by_id: Mapped[uuid.UUID | None]
    at: Mapped[datetime]


def newest(estate_id: uuid.UUID) -> int:
    """The number of an estate's last change; 0 before the first."""
    return db.session.scalar(sa.select(sa.func.max(SettingChange.number)).where(_of(estate_id))) or 0


def changes_after(estate_id: uuid.UUID, number: int) -> list[SettingChange]:
    """What was set since the change of this number, in order."""
    found = sa.select(SettingChange).where(_of(estate_id), SettingChange.number > number)
    return list(db.session.scalars(found.order_by(SettingChange.number)))


def changes(
    estate_id: uuid.UUID, prefix: str = "", *, start: int = 0, count: int = 50
) -> tuple[list[SettingChange], int]:
    """The changes of all settings whose name begins so, newest first; and how many there are in all."""
    conditions = _of(estate_id), SettingChange.setting.startswith(prefix, autoescape=True)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(SettingChange).where(*conditions)) or 0
    page = sa.select(SettingChange).where(*conditions).order_by(SettingChange.number.desc())
    return list(db.session.scalars(page.offset(start).limit(count))), total


def ever(estate_id: uuid.UUID, setting: str, now: Value) -> list[Value]:
    """Every value that a setting has, which is `now`, or had."""
    rows = db.session.execute(
        sa.select(SettingChange.before, SettingChange.after).where(_of(estate_id), SettingChange.setting == setting)
    )
    return [now, *(value for row in rows for value in row)]


def since(estate_id: uuid.UUID, setting: str, now: Value, at: datetime) -> list[Value]:
    """Every value that a setting, which is `now`, has had from a moment on."""
    later = _of(estate_id), SettingChange.setting == setting, SettingChange.at > at
    return [now, *db.session.scalars(sa.select(SettingChange.before).where(*later))]


def begin_setting(estate_id: uuid.UUID) -> None:
    """Until this transaction ends nobody else sets anything in the estate. What is to be set is read after this."""
    take_turn(f"settings {estate_id}")


def weigh(
    estate_id: uuid.UUID, now: Mapping[str, Value], wanted: Mapping[str, Value], *, seen: int
) -> dict[str, tuple[Value, Value]]:
    """Setting → what it is and what it shall be, for those that somebody who saw the change `seen` really changed.

    What they left as it was shown to them stays as others have set it since. Raises Outdated, with those `changes`,
    where others meanwhile set the same thing to something else.
    """
    since: dict[str, list[SettingChange]] = {}
    for change in changes_after(estate_id, seen):
        since.setdefault(change.setting, []).append(change)

    new, crossed = {}, []
    for setting, value in wanted.items():
        others, current = since.get(setting, []), now.get(setting)
        shown = others[0].before if others else current
        if value in (shown, current):
            continue
        if current != shown:
            crossed.append(others[-1])
        new[setting] = (current, value)
    if crossed:
        raise Outdated("settings:changed", _("Somebody else changed the same setting meanwhile."), changes=crossed)
    return new


def note_changes(
    estate_id: uuid.UUID, changed: Mapping[str, tuple[Value, Value]], *, by: By, at: datetime
) -> list[str]:
    """Write a row for each setting that was changed: (before, after). Returns their names."""
    last = newest(estate_id)
    for number, (setting, (before, after)) in enumerate(changed.items(), start=last + 1):
        row = SettingChange(
            estate_id=estate_id, number=number, setting=setting, before=before, after=after, by_id=by.staff_id, at=at
        )
        db.session.add(row)
    db.session.flush()
    return list(changed)


def _of(estate_id: uuid.UUID) -> sa.ColumnElement[bool]:
    return SettingChange.estate_id == estate_id
