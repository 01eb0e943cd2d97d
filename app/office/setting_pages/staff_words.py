"""Somebody who works in the estate as its pages tell of them: roles in the estate's words, and what happened."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.core.errors import Words
from app.core.i18n import _, current_locale, lazy_
from app.core.journal import JournalLine
from app.office.door import estate_id, me
from app.office.moments import When
from app.office.words import title_of
from app.people.models import Staff, StaffRole
from app.people.queries import names
from app.people.rules import Role

_KINDS: dict[str, tuple[Words, str]] = {
    "staff:hired": (lazy_("Taken on"), "start"),
    "staff:role_given": (lazy_("Was given a role"), ""),
    "staff:role_ended": (lazy_("A role ended"), ""),
    "staff:renamed": (lazy_("Is called otherwise"), ""),
    "staff:password_set": (lazy_("Has a new password"), ""),
    "staff:password_handed_out": (lazy_("Was given a first password"), ""),
    "staff:left": (lazy_("Left"), "bad"),
    "staff:came_back": (lazy_("Works here again"), "ok"),
    "device:code_made": (lazy_("Was given a code for a tablet"), ""),
}


@dataclass(frozen=True)
class Member:
    """A line of the list. `roles` are those held today; `past`: there are none, for they left or were relieved."""

    id: uuid.UUID
    name: str
    login: str
    roles: list[str]
    since: date
    past: str


@dataclass(frozen=True)
class Told:
    """One line of somebody's history."""

    title: str
    words: str
    meta: str
    tone: str = ""


def as_member(staff: Staff, when: When) -> Member:
    """Somebody as the list shows them."""
    here = roles_here(staff)
    held = [] if staff.left_at else [one for one in here if one.valid_on(when.today)]
    past = ""
    if staff.left_at:
        past = _("left %(moment)s", moment=when.moment(staff.left_at))
    elif not held:
        coming = [one.since for one in here if one.since > when.today and one.until is None]
        past = _("from %(day)s on", day=when.on(min(coming))) if coming else _("no role here any more")
    since = min(one.since for one in held or here)
    return Member(staff.id, staff.name, staff.login, [called(one) for one in held], since, past)


def roles_here(staff: Staff) -> list[StaffRole]:
    """The roles that somebody holds, held or will hold in this estate, the first one first."""
    return sorted((held for held in staff.roles if held.estate_id == estate_id()), key=lambda held: held.since)


def called(held: StaffRole) -> str:
    """`客服专员`; `维修人员 · 工程维修部` for a role that is held in a department."""
    department = held.department.name(current_locale()) if held.department else ""
    return " · ".join(words for words in (str(title_of(held.role, me().estate)), department) if words)


def history_of(lines: Iterable[JournalLine], when: When) -> list[Told]:
    """Newest first. What other estates did with their own roles is not told here."""
    known = names({line.staff_id for line in lines if line.staff_id})
    ours = [line for line in lines if line.data.get("estate") in (None, str(estate_id())) and line.kind in _KINDS]
    return [_told(line, known, when) for line in reversed(ours)]


def _told(line: JournalLine, known: dict[uuid.UUID, str], when: When) -> Told:
    title, tone = _KINDS[line.kind]
    role = str(title_of(Role(line.data["role"]), me().estate)) if "role" in line.data else ""
    by = known.get(line.staff_id, "–") if line.staff_id else _("at the server")
    return Told(str(title), role, f"{by} · {when.moment(line.at)}", tone)
