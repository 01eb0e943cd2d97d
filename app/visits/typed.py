"""What people type into a cell of a plan, read: officers by name, days in every usual form, times, methods."""

import re
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from openpyxl.utils.datetime import WINDOWS_EPOCH

from app.core.errors import Refused
from app.core.i18n import _
from app.estates.roster import days
from app.estates.roster.cells import Misread
from app.visits.planning import last_day, month_of
from app.visits.rules import Method
from app.visits.terms import LONGEST_PURPOSE, Field

_MONTH_AND_DAY = re.compile(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_DAY_ALONE = re.compile(r"(\d{1,2})\s*[日号]?")
_TIME = re.compile(r"(上午|下午)?\s*(\d{1,2})\s*[:.点时]\s*(\d{1,2}|半)?\s*分?\s*(am|pm)?(?::\d\d)?")
_HOUR = re.compile(r"(上午|下午)?\s*(\d{1,2})\s*(am|pm)?")
_METHODS = {
    Method.DOOR: {"door", "at the door", "face to face", "visit", "上门", "上门面谈", "面谈", "入户"},
    Method.PHONE: {"phone", "by phone", "telephone", "call", "电话", "电话回访"},
}


@dataclass(frozen=True)
class Officer:
    """A visit officer as they are called in a cell; two of one name are told apart by their logins."""

    id: uuid.UUID
    name: str
    login: str
    label: str


@dataclass(frozen=True)
class Ground:
    """What a cell is read against: the month of its plan, today, and the officers there are."""

    month: str
    today: date
    officers: Sequence[Officer]


def officers_called(staff: Sequence[tuple[uuid.UUID, str, str]]) -> list[Officer]:
    """Officers from (id, name, login), each with a label of their own."""
    names = [name for _id, name, _login in staff]
    return [
        Officer(id_, name, login, name if names.count(name) == 1 else f"{name} ({login})") for id_, name, login in staff
    ]


def read(field: Field, text: str, ground: Ground) -> str:
    """The value of a cell as `Terms` writes it. Raises Refused with a sentence to stand at the cell."""
    return _READERS[field](_plain(text), ground)


def _officer(text: str, ground: Ground) -> str:
    if not text:
        raise Refused("cell:officer_missing", _("Somebody must go there: write a visit officer's name."))
    wanted = text.casefold()
    one = [officer for officer in ground.officers if wanted in (_key(officer.label), _key(officer.login))]
    named = one or [officer for officer in ground.officers if wanted == _key(officer.name)]
    if not named:
        raise Refused("cell:officer_unknown", _("No visit officer of this estate is called “%(name)s”.", name=text))
    if len(named) > 1:
        labels = ", ".join(officer.label for officer in named)
        raise Refused("cell:officer_ambiguous", _("There are several: write one of %(names)s.", names=labels))
    return str(named[0].id)


def _day(text: str, ground: Ground) -> str:
    found = _the_day(text, ground)
    if month_of(found) != ground.month:
        raise Refused("cell:day_outside", _("%(day)s is not in %(month)s.", day=found, month=ground.month))
    if found < ground.today:
        raise Refused("cell:day_over", _("%(day)s is over.", day=found))
    return found.isoformat()


def _the_day(text: str, ground: Ground) -> date:
    year, month = last_day(ground.month).year, last_day(ground.month).month
    try:
        if short := _MONTH_AND_DAY.fullmatch(text):
            return date(year, int(short[1]), int(short[2]))
        if alone := _DAY_ALONE.fullmatch(text):
            return date(year, month, int(alone[1]))
        whole = days.day(text, WINDOWS_EPOCH)
    except (ValueError, Misread) as error:
        raise Refused("cell:day_unreadable", _("“%(text)s” is no day. Write it like 2026-11-25.", text=text)) from error
    if whole is None or whole.month_only:
        raise Refused("cell:day_missing", _("By which day? Write it like 2026-11-25."))
    return whole.day


def _time(text: str, _ground: Ground) -> str:
    if not text:
        return ""
    found = _TIME.fullmatch(text.lower())
    hours, half = (found or _HOUR.fullmatch(text.lower())), found[3] if found else None
    try:
        if hours is None:
            raise ValueError(text)
        late = hours[1] == "下午" or (found[4] if found else hours[3]) == "pm"
        hour = int(hours[2]) + (12 if late and int(hours[2]) < 12 else 0)
        return f"{time(hour, 30 if half == '半' else int(half or 0)):%H:%M}"
    except ValueError as error:
        raise Refused("cell:time_unreadable", _("“%(text)s” is no time. Write it like 14:30.", text=text)) from error


def _purpose(text: str, _ground: Ground) -> str:
    if len(text) > LONGEST_PURPOSE:
        raise Refused("cell:purpose_long", _("At most %(n)s characters.", n=LONGEST_PURPOSE))
    return text


def _method(text: str, _ground: Ground) -> str:
    found = next((method for method, words in _METHODS.items() if text.casefold() in words), None)
    if found is None:
        raise Refused("cell:method_unknown", _("Write either at the door or by phone."))
    return found.value


_READERS = {
    Field.OFFICER: _officer,
    Field.DAY: _day,
    Field.TIME: _time,
    Field.PURPOSE: _purpose,
    Field.METHOD: _method,
}


def _plain(text: str) -> str:
    """Full-width figures and marks as plain ones, one blank between words, none around; no line breaks."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text.replace("\0", ""))).strip()


def _key(text: str) -> str:
    return _plain(text).casefold()
