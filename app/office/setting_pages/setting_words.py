"""The words of the settings pages: what each setting is called, and how its values are said."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.approvals.rules import Chain, Paper, read_chain
from app.core.changes import SettingChange, Value
from app.core.errors import Words
from app.core.i18n import _, current_locale, lazy_
from app.estates.file_rules import Part
from app.estates.rules import BOUNDS, LimitUnit, Profile, form_names
from app.issues.models import Category
from app.issues.queries import categories
from app.notices.rules import Security
from app.office.door import me
from app.office.moments import When
from app.office.owner_pages.file_words import PARTS
from app.office.reviews import DUTIES
from app.office.setting_pages.notice_words import SECURITY_WORDS, SERVICE_WORDS, SETTING_WORDS
from app.office.words import role_meant, role_words, title_of
from app.people.models import Department
from app.people.queries import departments, names
from app.people.rules import Liable, Role

PROFILES: dict[Profile, Words] = {
    Profile.A: lazy_("A · developer and property management"),
    Profile.B: lazy_("B · property management alone"),
}
COMPANIES: dict[Liable, Words] = {
    Liable.PROPERTY: lazy_("Property management company"),
    Liable.DEVELOPER: lazy_("Developer"),
}
PAPERS: dict[Paper, Words] = {
    Paper.PLAN: lazy_("Month plans"),
    Paper.RECORDS: lazy_("Visit records"),
    Paper.YEAR: lazy_("Annual statistics"),
    Paper.SURVEY: lazy_("Result of a survey"),
}
LIMITS: dict[str, Words] = {
    "report_hours": lazy_("Report upward what cannot be solved"),
    "notify_hours": lazy_("Choose and notify the department"),
    "measure_hours": lazy_("Department settles measure, person and date"),
    "rectify_days_urgent": lazy_("Rectification, urgent"),
    "rectify_days_ordinary": lazy_("Rectification, ordinary"),
    "rectify_days_major": lazy_("Rectification, major work"),
    "complaint_response_hours": lazy_("Complaint, first response"),
    "complaint_days_ordinary": lazy_("Complaint, ordinary"),
    "complaint_days_important": lazy_("Complaint, important"),
    "complaint_days_major": lazy_("Complaint, major"),
    "callback_days": lazy_("Callback after “rectified”"),
    "complaint_callback_days": lazy_("Complaint callback"),
    "complaint_callback_share": lazy_("Complaint callbacks, share due"),
    "order_callback_days": lazy_("Work-order callback after completion"),
    "order_callback_share": lazy_("Work-order callbacks, share due"),
    "explanation_days": lazy_("Explain what cannot be solved for now"),
    "sign_days": lazy_("Review and sign records"),
    "review_days": lazy_("Review, approve, file, archive"),
    "escalate_manager_days": lazy_("Overdue: goes to the manager after"),
    "escalate_executive_days": lazy_("Overdue: goes to the executive after"),
    "visit_cycle_months": lazy_("Every household is visited once in"),
    "phone_attempts": lazy_("Calls before “unreachable”"),
    "objection_days": lazy_("The owner can object within"),
    "correction_days": lazy_("Decide about a correction of an owner file"),
    "copy_days": lazy_("The link to an owner's copy opens for"),
    "proxy_share": lazy_("Answers on behalf of owners that count, at most"),
    "unsigned_sheets": lazy_("Survey sheets without a name count"),
}
LIMIT_GROUPS: tuple[tuple[Words, tuple[str, ...]], ...] = (
    (lazy_("From the owner's word to the measure"), ("report_hours", "notify_hours", "measure_hours")),
    (
        lazy_("Rectification"),
        (
            *("rectify_days_urgent", "rectify_days_ordinary", "rectify_days_major"),
            *("complaint_response_hours", "complaint_days_ordinary"),
            *("complaint_days_important", "complaint_days_major"),
        ),
    ),
    (
        lazy_("Back to the owner"),
        (
            *("callback_days", "complaint_callback_days", "complaint_callback_share", "order_callback_days"),
            *("order_callback_share", "explanation_days", "phone_attempts", "objection_days"),
        ),
    ),
    (
        lazy_("Plans and records"),
        (
            *("visit_cycle_months", "sign_days", "review_days", "correction_days", "copy_days"),
            *("proxy_share", "unsigned_sheets"),
        ),
    ),
    (lazy_("Escalation"), ("escalate_manager_days", "escalate_executive_days")),
)
UNITS: dict[LimitUnit, Words] = {
    LimitUnit.HOURS: lazy_("hours"),
    LimitUnit.DAYS: lazy_("days"),
    LimitUnit.MONTHS: lazy_("months"),
    LimitUnit.ATTEMPTS: lazy_("attempts"),
    LimitUnit.PERCENT: "%",
    LimitUnit.YES_NO: "",
}
YES_NO: dict[int, Words] = {1: lazy_("yes"), 0: lazy_("no")}
FACTS: dict[str, Words] = {
    "name_zh": lazy_("Estate, Chinese"),
    "name_en": lazy_("Estate, English"),
    "company_zh": lazy_("Company, Chinese"),
    "company_en": lazy_("Company, English"),
    "phone": lazy_("Telephone"),
    "time_zone": lazy_("Time zone"),
}
FIELDS: dict[str, Words] = {
    "name_zh": lazy_("name, Chinese"),
    "name_en": lazy_("name, English"),
    "icon": lazy_("picture"),
    "department": lazy_("department"),
    "warranty_part": lazy_("Warranty of a part"),
    "warranty_department": lazy_("Within that warranty it goes to"),
    "position": lazy_("place"),
    "retired_on": lazy_("retired"),
    "liable": lazy_("Company"),
    "repairs": lazy_("does rework"),
    "closed_on": lazy_("closed"),
}
"""What can be set of a category or a department."""
_LOCALES: dict[str, Words] = {"zh": lazy_("Chinese"), "en": lazy_("English")}
AREAS: tuple[tuple[str, Words], ...] = (
    ("", lazy_("All")),
    ("role.", lazy_("Titles")),
    ("chain.", lazy_("Approval chains")),
    ("limit.", lazy_("Time limits")),
    ("category.", lazy_("Categories")),
    ("title.", lazy_("Names of forms")),
    ("form.", lazy_("Names of other forms")),
    ("consent.", lazy_("Words above a signature")),
    ("department.", lazy_("Departments")),
    ("notices.", lazy_("Notices")),
)
"""What the history can be narrowed to: the beginning of a setting's name."""


@dataclass(frozen=True)
class Told:
    """One change in words: what, from, to, who, when."""

    what: str
    before: str
    after: str
    who: str
    when: str


@dataclass(frozen=True)
class _Known:
    """What codes and ids in the history mean."""

    categories: Mapping[str, Category]
    departments: Mapping[str, Department]
    staff: Mapping[uuid.UUID, str]
    when: When

    def department(self, department_id: Value) -> str:
        found = next((one for one in self.departments.values() if str(one.id) == department_id), None)
        return found.name(current_locale()) if found else _("none")


def tell_changes(changes: Iterable[SettingChange], when: When) -> list[Told]:
    """Changes of the estate that is looked at, in words."""
    rows = list(changes)
    estate = me().estate
    known = _Known(
        {one.code: one for one in categories(estate.id)},
        {one.code: one for one in departments(estate.id)},
        names({row.by_id for row in rows if row.by_id}),
        when,
    )
    return [
        Told(
            _what(row.setting, known),
            _value(row.setting, row.before, known),
            _value(row.setting, row.after, known),
            known.staff.get(row.by_id, "–") if row.by_id else "–",
            when.moment(row.at),
        )
        for row in rows
    ]


def called(things: Iterable[Category | Department]) -> str:
    """Their names, one after the other; "–" for none."""
    return " · ".join(thing.name(current_locale()) for thing in things) or "–"


def amount(name: str, n: Any) -> str:
    """A limit with its unit: `24 小时`; yes or no where it is one of these."""
    unit = BOUNDS[name].unit
    counted = {
        LimitUnit.HOURS: _("%(n)s hours", n=n),
        LimitUnit.DAYS: _("%(n)s days", n=n),
        LimitUnit.MONTHS: _("%(n)s months", n=n),
        LimitUnit.ATTEMPTS: _("%(n)s attempts", n=n),
        LimitUnit.PERCENT: f"{n} %",
        LimitUnit.YES_NO: YES_NO[int(bool(n))],
    }
    return str(counted[unit])


def chain_words(chain: Chain, profile: Profile | None = None) -> str:
    """`批阅（部门经理，3 天）→ …`; in the estate's words, or in those of a profile."""
    stages = [
        _("%(duty)s (%(role)s, %(n)s days)", duty=DUTIES[one.duty], role=_titled(one.role, profile), n=one.days)
        for one in chain
    ]
    return " → ".join(stages)


def _titled(role: Role, profile: Profile | None) -> Words:
    return role_words(role, profile) if profile and profile is not me().estate.profile else title_of(role, me().estate)


def _what(setting: str, known: _Known) -> str:
    area, *path = setting.split(".")
    match area:
        case "limit":
            return str(LIMITS.get(path[0], path[0]))
        case "role":
            return str(_("Title of %(role)s, %(language)s", role=_role(path[0]), language=_LOCALES[path[1]]))
        case "chain":
            return str(_("Chain: %(paper)s", paper=PAPERS[Paper(path[0])]))
        case "title":
            return str(_("Name of the visit record, %(language)s", language=_LOCALES[path[0]]))
        case "form":
            name = form_names(me().estate.profile, {})[path[0]][current_locale()]
            return str(_("Name of the form “%(form)s”, %(language)s", form=name, language=_LOCALES[path[1]]))
        case "consent":
            return str(_("Words above a signature, %(language)s", language=_LOCALES[path[0]]))
        case "category" | "department":
            return _of_a_thing(area, path, known)
        case "profile":
            return str(_("Profile"))
        case "notices":
            return str(SETTING_WORDS[path[0]])
        case _:
            return str(FACTS.get(area, area))


def _of_a_thing(area: str, path: list[str], known: _Known) -> str:
    thing = (known.categories if area == "category" else known.departments).get(path[0])
    name = thing.name(current_locale()) if thing else path[0]
    kind = _("Category %(name)s", name=name) if area == "category" else _("Department %(name)s", name=name)
    return str(_("%(thing)s: %(field)s", thing=kind, field=FIELDS[path[1]]) if len(path) > 1 else kind)


def _value(setting: str, value: Value, known: _Known) -> str:
    area, *path = setting.split(".")
    field = path[-1] if path else ""
    match area, field:
        case "limit", name:
            return amount(name, value) if name in BOUNDS else str(value)
        case "chain", _name:
            return chain_words(read_chain(value)) if value else str(_("the policy's"))
        case "role" | "form", _locale:
            return value or str(_("the profile's"))
        case "profile", _:
            return str(PROFILES[Profile(value)])
        case "notices", "services":
            return " · ".join(str(SERVICE_WORDS[code]) for code in value) or "–"
        case "notices", "hosts":
            return " · ".join(value) or "–"
        case "notices", "security":
            return str(SECURITY_WORDS[Security(value)]) if value else "–"
        case "category", "department" | "warranty_department":
            return known.department(value)
        case "category", "warranty_part":
            return str(PARTS[Part(value)]) if value else "–"
        case "department", "liable":
            return str(COMPANIES[Liable(value)])
        case _, "retired_on" | "closed_on":
            return known.when.on(date.fromisoformat(value)) if value else str(_("no"))
        case _:
            return _plain(value)


def _plain(value: Value) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, dict):
        return str(value.get(f"name_{current_locale()}", "–"))
    return str(value)


def _role(value: str) -> str:
    return str(role_meant(Role(value), me().estate.profile))
