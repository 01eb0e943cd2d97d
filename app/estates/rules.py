"""Profiles, kinds and settings of an estate, and what a unit is called."""

import enum
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from app.people.rules import Liable, Role


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
    """Time limits and shares (policy, sections 4 and 5); each is a setting of the estate, within `BOUNDS`.

    `unsigned_sheets`: whether a survey's sheets without a name count, 1 or 0.
    """

    report_hours: int = 4
    notify_hours: int = 4
    measure_hours: int = 24
    rectify_days_urgent: int = 1
    rectify_days_ordinary: int = 7
    rectify_days_major: int = 15
    complaint_response_hours: int = 4
    complaint_days_ordinary: int = 7
    complaint_days_important: int = 3
    complaint_days_major: int = 1
    callback_days: int = 3
    complaint_callback_days: int = 3
    complaint_callback_share: int = 100
    order_callback_days: int = 2
    order_callback_share: int = 100
    explanation_days: int = 7
    sign_days: int = 3
    review_days: int = 3
    escalate_manager_days: int = 1
    escalate_executive_days: int = 3
    visit_cycle_months: int = 3
    phone_attempts: int = 3
    objection_days: int = 7
    correction_days: int = 3
    copy_days: int = 180
    proxy_share: int = 5
    unsigned_sheets: int = 1

    @property
    def answer_days(self) -> int:
        """Within how many days an owner has a first answer: what is promised at the door (R38)."""
        return -(-self.measure_hours // 24)


class LimitUnit(enum.Enum):
    """What a limit is counted in."""

    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"
    ATTEMPTS = "attempts"
    PERCENT = "percent"
    YES_NO = "yes_no"


@dataclass(frozen=True)
class Bound:
    """What a limit is counted in and the values that it may have; `clause`: whose time it is."""

    unit: LimitUnit
    least: int
    most: int
    clause: str = ""


BOUNDS: dict[str, Bound] = {
    "report_hours": Bound(LimitUnit.HOURS, 1, 72, "R10"),
    "notify_hours": Bound(LimitUnit.HOURS, 1, 72, "R11"),
    "measure_hours": Bound(LimitUnit.HOURS, 1, 240, "R38"),
    "rectify_days_urgent": Bound(LimitUnit.DAYS, 1, 30, "R13"),
    "rectify_days_ordinary": Bound(LimitUnit.DAYS, 1, 90, "R13"),
    "rectify_days_major": Bound(LimitUnit.DAYS, 1, 365, "R13"),
    "complaint_response_hours": Bound(LimitUnit.HOURS, 1, 72, "V46"),
    "complaint_days_ordinary": Bound(LimitUnit.DAYS, 1, 60, "V46"),
    "complaint_days_important": Bound(LimitUnit.DAYS, 1, 60, "V46"),
    "complaint_days_major": Bound(LimitUnit.DAYS, 1, 60, "V46"),
    "callback_days": Bound(LimitUnit.DAYS, 1, 30, "R13"),
    "complaint_callback_days": Bound(LimitUnit.DAYS, 1, 30, "V46"),
    "complaint_callback_share": Bound(LimitUnit.PERCENT, 1, 100, "V46"),
    "order_callback_days": Bound(LimitUnit.DAYS, 1, 30, "R20"),
    "order_callback_share": Bound(LimitUnit.PERCENT, 1, 100, "R20"),
    "explanation_days": Bound(LimitUnit.DAYS, 1, 60, "R36"),
    "sign_days": Bound(LimitUnit.DAYS, 1, 30, "R15"),
    "review_days": Bound(LimitUnit.DAYS, 1, 30, "R16"),
    "escalate_manager_days": Bound(LimitUnit.DAYS, 1, 30),
    "escalate_executive_days": Bound(LimitUnit.DAYS, 1, 60),
    "visit_cycle_months": Bound(LimitUnit.MONTHS, 1, 12, "P53"),
    "phone_attempts": Bound(LimitUnit.ATTEMPTS, 1, 20, "P54"),
    "objection_days": Bound(LimitUnit.DAYS, 1, 60),
    "correction_days": Bound(LimitUnit.DAYS, 1, 30),
    "copy_days": Bound(LimitUnit.DAYS, 7, 730),
    "proxy_share": Bound(LimitUnit.PERCENT, 0, 100),
    "unsigned_sheets": Bound(LimitUnit.YES_NO, 0, 1, "R29"),
}
"""Every limit of the policy's section 5, in its order; then the product's own."""

IN_ORDER: tuple[tuple[str, str], ...] = (
    ("rectify_days_urgent", "rectify_days_ordinary"),
    ("rectify_days_ordinary", "rectify_days_major"),
    ("complaint_days_major", "complaint_days_important"),
    ("complaint_days_important", "complaint_days_ordinary"),
    ("escalate_manager_days", "escalate_executive_days"),
)
"""Pairs of limits of which the first is never longer than the second."""


def out_of_bounds(values: dict[str, int]) -> list[str]:
    """Names of the limits that are not within their bounds."""
    return [name for name, bound in BOUNDS.items() if not bound.least <= values[name] <= bound.most]


def out_of_order(values: dict[str, int]) -> list[tuple[str, str]]:
    """Pairs of limits whose first is longer than their second."""
    return [(shorter, longer) for shorter, longer in IN_ORDER if values[shorter] > values[longer]]


LIABLE: dict[Profile, frozenset[Liable]] = {
    Profile.A: frozenset(Liable),
    Profile.B: frozenset({Liable.PROPERTY}),
}
"""Whose departments an estate of a profile has."""

ONE_FUNCTION: dict[Profile, tuple[frozenset[Role], ...]] = {
    Profile.A: (),
    # There the property manager is the executive.
    Profile.B: (frozenset({Role.PROPERTY_MANAGER, Role.EXECUTIVE}),),
}
"""Roles that are one function in an estate of a profile: whoever holds one of them is the others too."""


FORM_NAMES: dict[str, dict[str, str]] = {
    "plan": {"zh": "月度走访计划", "en": "Monthly visit plan"},
    "calls": {"zh": "电话回访汇总表", "en": "Summary of phone callbacks"},
    "satisfaction": {"zh": "业主满意度调查表", "en": "Owner satisfaction questionnaire"},
    "opinion": {"zh": "业主意见调查表", "en": "Owner opinion form"},
    "owner": {"zh": "业主档案表", "en": "Owner profile"},
    "complaint": {"zh": "客户投诉处理记录表", "en": "Customer complaint record"},
    "receipt": {"zh": "文件签收单", "en": "Document receipt"},
    "order": {"zh": "维修工作单", "en": "Work order"},
    "register": {"zh": "维修工作单登记表", "en": "Work order register"},
    "year": {"zh": "年度走访统计", "en": "Annual visit statistics"},
    "officers": {"zh": "走访人员考核统计表", "en": "Officers' figures for their appraisal"},
    "analysis": {"zh": "满意度调查统计分析", "en": "Analysis of the satisfaction survey"},
    "letter": {"zh": "致业主公开信", "en": "Open letter to owners"},
}
"""What the policy calls its printed forms (F55), the visit record apart: its title follows from the profile."""
_FORM_NAMES_B: dict[str, dict[str, str]] = {
    "register": {"zh": "工程维修工作单登记表", "en": "Engineering work order register"},
}
"""What profile B calls otherwise (R20)."""


def form_names(profile: Profile, settings: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Form → its printed name by language: the estate's own, or else that of its profile."""
    own = settings.get("forms", {})
    theirs = FORM_NAMES | (_FORM_NAMES_B if profile is Profile.B else {})
    return {form: name | own.get(form, {}) for form, name in theirs.items()}


def counts_as(profile: Profile, roles: Iterable[Role]) -> frozenset[Role]:
    """These roles, and those that are one function with any of them in an estate of this profile."""
    held = frozenset(roles)
    return held.union(*(one for one in ONE_FUNCTION[profile] if one & held))


def limits(settings: dict[str, Any]) -> Limits:
    """The limits of an estate: the policy's defaults, overlaid with its own settings."""
    return _limits(**settings.get("limits", {}))


@lru_cache(maxsize=64)
def _limits(**own: int) -> Limits:
    return Limits(**own)


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
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - its dictionaries take a third of a second

    return " ".join(part.strip() for part in lazy_pinyin(name.lower()) if part.strip())


def initials(name: str) -> str:
    """`陈建国` → `cjg`."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    first = lazy_pinyin(name.lower(), style=Style.FIRST_LETTER)
    return "".join(part for part in "".join(first) if unicodedata.category(part)[0] in "LN")


def ways_to_type(names: Iterable[str]) -> list[str]:
    """Names as somebody types them who makes a password of one: its words, its head, its end, in letters too.

    `陈建国`: 陈建国, chenjianguo, chen, chenjian, jianguo, guo, cjg; `li.min`: li.min, li, min, limin.
    """
    typed: dict[str, None] = {}
    for name in names:
        words = re.split(r"[\W_]+", pinyin(name))
        heads = ("".join(words[:n]) for n in range(1, len(words) + 1))
        ends = ("".join(words[n:]) for n in range(1, len(words)))
        typed |= dict.fromkeys((name.lower(), *words[:1], *heads, *ends, initials(name)))
    return [one for one in typed if len(one) > 1]


def months_before(day: date, months: int) -> date:
    """The same day `months` earlier, or the last day of that month where it has no such day."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(years, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
