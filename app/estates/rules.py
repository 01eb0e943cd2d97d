"""Profiles, kinds and settings of an estate, and what a unit is called."""

import enum
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any

from pypinyin import Style, lazy_pinyin


class Profile(enum.Enum):
    """The two organisation profiles of the policy."""

    A = "developer_and_property"
    B = "property_only"


class Occupancy(enum.Enum):
    """Who lives in a unit. A vacant unit is no household."""

    OWNER = "owner"
    LET = "let"
    VACANT = "vacant"


class PersonKind(enum.Enum):
    """An owner is a person or a company."""

    PERSON = "person"
    COMPANY = "company"


@dataclass(frozen=True)
class Limits:
    """Time limits in hours or days (policy, section 5); each is a setting of the estate."""

    report_hours: int = 4
    notify_hours: int = 4
    measure_hours: int = 24
    rectify_days_urgent: int = 1
    rectify_days_ordinary: int = 7
    rectify_days_major: int = 15
    callback_days: int = 3
    visit_cycle_months: int = 3
    objection_days: int = 7


def limits(settings: dict[str, Any]) -> Limits:
    """The limits of an estate: the policy's defaults, overlaid with its own settings."""
    return Limits(**settings.get("limits", {}))


def unit_label(building: str, entrance: str, number: str, locale: str) -> str:
    """What a unit is called: `3 栋 1 单元 1202`, `Building 3, Entrance 1, 1202`. A blank entrance is left out."""
    if locale == "zh":
        parts = [f"{building} 栋", f"{entrance} 单元" if entrance else "", number]
        return " ".join(part for part in parts if part)
    parts = [f"Building {building}", f"Entrance {entrance}" if entrance else "", number]
    return ", ".join(part for part in parts if part)


def unit_code(building: str, entrance: str, number: str) -> str:
    """The short form on lists and in the office: `3-1-1202`."""
    return "-".join(part for part in (building, entrance, number) if part)


def place_label(building: str, entrance: str, floor: int | None, place: str, locale: str) -> str:
    """What a place that is nobody's is called: `3 栋 1 单元 · 2 层 · 电梯厅`. Whatever is blank is left out."""
    if locale == "zh":
        house = " ".join(part for part in (building and f"{building} 栋", entrance and f"{entrance} 单元") if part)
        level = f"{floor} 层" if floor is not None else ""
    else:
        named = (building and f"Building {building}", entrance and f"Entrance {entrance}")
        house = ", ".join(part for part in named if part)
        level = f"Floor {floor}" if floor is not None else ""
    return " · ".join(part for part in (house, level, place) if part)


def place_code(building: str, entrance: str, floor: int | None, place: str, locale: str) -> str:
    """The short form: `3-1 · 电梯厅`; without an entrance or a place it is written out."""
    if not entrance or not place:
        return place_label(building, entrance, floor, place, locale)
    return f"{unit_code(building, entrance, '')} · {place}"


PUBLIC_PLACES: list[dict[str, str]] = [
    {"zh": "大门", "en": "Main gate"},
    {"zh": "地下车库", "en": "Underground garage"},
    {"zh": "中庭", "en": "Courtyard"},
    {"zh": "道路", "en": "Roads and paths"},
    {"zh": "绿化带", "en": "Planting"},
    {"zh": "儿童乐园", "en": "Playground"},
    {"zh": "垃圾房", "en": "Refuse room"},
    {"zh": "围墙", "en": "Boundary wall"},
]
"""Places that most estates have in common; an estate's own list is its setting `places`."""


def pinyin(name: str) -> str:
    """`陈建国` → `chen jian guo`; letters and digits stay, in lower case."""
    return " ".join(part.strip() for part in lazy_pinyin(name.lower()) if part.strip())


def initials(name: str) -> str:
    """`陈建国` → `cjg`."""
    first = lazy_pinyin(name.lower(), style=Style.FIRST_LETTER)
    return "".join(part for part in "".join(first) if unicodedata.category(part)[0] in "LN")


def months_before(day: date, months: int) -> date:
    """The same day `months` earlier, or the last day of that month where it has no such day."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(years, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
