"""Days, in every usual way to write one, and as a spreadsheet's day numbers."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel

from app.estates.roster.cells import Misread, says_nothing, text
from app.estates.roster.grid import Value

_DAY = re.compile(r"(\d{4})\s*[-/.年\s]\s*(\d{1,2})\s*[-/.月\s]\s*(\d{1,2})\s*日?")
_EIGHT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_MONTH = re.compile(r"(\d{4})(?:\s*年\s*|[-/.])(\d{1,2})\s*月?")
_DAY_LAST = re.compile(r"(\d{1,2})[-/.\s](\d{1,2})[-/.\s](\d{4})")
_ENGLISH_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_ENGLISH_DAY = re.compile(r"(?:(\d{1,2})[\s\-]+)?([a-z]{3})[a-z]*\.?[\s\-]+(?:(\d{1,2}),?[\s\-]+)?(\d{4})", re.I)


@dataclass(frozen=True)
class Day:
    """A day; `month_only` where only its month was given and it is the first of it."""

    day: date
    month_only: bool = False


def day(value: Value, epoch: datetime) -> Day | None:
    """A day from a date, a spreadsheet's day number, or any usual way to write one."""
    if isinstance(value, datetime):
        return Day(_sensible(value.date(), value))
    if isinstance(value, date):
        return Day(_sensible(value, value))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Day(_from_number(value, epoch)) if not _looks_like_a_year(value) else _year_and_month(value)
    return _from_words(text(value))


def _from_number(value: int | float, epoch: datetime) -> date:
    if 19_000_000 < value < 21_010_000 and float(value).is_integer():
        found = _from_words(str(int(value)))
        if found:
            return found.day
    if not 1 <= value < 80_000:
        raise Misread("roster:date_unreadable", value=text(value))
    moment = from_excel(value, epoch)
    if not isinstance(moment, datetime):
        raise Misread("roster:date_unreadable", value=text(value))
    return _sensible(moment.date(), value)


def _looks_like_a_year(value: int | float) -> bool:
    return 1950 <= value < 2101


def _year_and_month(value: int | float) -> Day:
    """`2024.5` is May; `2024.1` can be January or an October that lost its nought."""
    year, _dot, month = text(value).partition(".")
    if month == "1":
        raise Misread("roster:date_ambiguous", value=text(value))
    if not month or len(month) > 2:
        raise Misread("roster:date_unreadable", value=text(value))
    return Day(_date(int(year), int(month), 1, text(value)), month_only=True)


def _from_words(words: str) -> Day | None:
    if says_nothing(words):
        return None
    words = re.sub(r"[\sT]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$", "", words)
    if found := _DAY.fullmatch(words) or _EIGHT.fullmatch(words):
        return Day(_date(int(found[1]), int(found[2]), int(found[3]), words))
    if found := _MONTH.fullmatch(words):
        return Day(_date(int(found[1]), int(found[2]), 1, words), month_only=True)
    if found := _DAY_LAST.fullmatch(words):
        return Day(_day_or_month_first(int(found[1]), int(found[2]), int(found[3]), words))
    if found := _ENGLISH_DAY.fullmatch(words):
        return _in_english(found, words)
    if re.fullmatch(r"\d{5}(\.\d+)?", words):
        return Day(_from_number(float(words), WINDOWS_EPOCH))
    raise Misread("roster:date_unreadable", value=words)


def _day_or_month_first(first: int, second: int, year: int, words: str) -> date:
    if first <= 12 and second <= 12 and first != second:
        raise Misread("roster:date_ambiguous", value=words)
    return _date(year, second, first, words) if second <= 12 else _date(year, first, second, words)


def _in_english(found: re.Match[str], words: str) -> Day:
    name, number = found[2].lower(), found[1] or found[3]
    if name not in _ENGLISH_MONTHS or (found[1] and found[3]):
        raise Misread("roster:date_unreadable", value=words)
    month = _ENGLISH_MONTHS.index(name) + 1
    return Day(_date(int(found[4]), month, int(number or 1), words), month_only=not number)


def _date(year: int, month: int, number: int, words: str) -> date:
    try:
        return _sensible(date(year, month, number), words)
    except ValueError as error:
        raise Misread("roster:date_unreadable", value=words) from error


def _sensible(found: date, value: Value) -> date:
    if not 1950 <= found.year <= 2100:
        raise Misread("roster:date_unreadable", value=text(value))
    return found
