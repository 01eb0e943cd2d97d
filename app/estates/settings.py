"""What an estate sets for itself: every setting by its dotted name, and everything that changes one.

Names are the history's vocabulary: `name_zh`, `time_zone`, `role.manager.zh`, `limit.measure_hours`, `chain.plan`,
`title.en`, `form.register.zh`, `consent.zh`. The caller commits.
"""

import copy
import string
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from app.core.changes import Value, begin_setting, note_changes, weigh
from app.core.db import db
from app.core.errors import Refused
from app.core.i18n import _
from app.core.journal import By
from app.estates.actions import note_estate
from app.estates.models import Estate
from app.estates.rules import FORM_NAMES, Profile, limits, out_of_bounds, out_of_order
from app.people.rules import Role

LONGEST = {"name_zh": 80, "name_en": 80, "company_zh": 120, "company_en": 120, "phone": 40}
"""The facts of an estate that are set here, and how long each may be."""
LONGEST_TITLE = 40
LONGEST_ROLE = 40
LONGEST_CONSENT = 1000
GAPS = frozenset({"phone", "days"})
"""What the words above a signature leave open for the estate's own telephone and days."""

_SHELVES = {"limit": "limits", "role": "roles", "chain": "chains", "title": "title", "form": "forms"}
"""Where in `Estate.settings` the settings of a name stand."""


def values_of(estate: Estate) -> dict[str, Value]:
    """Every setting of an estate as it is now. An own title of a role or a form is blank where the profile's stands."""
    kept = estate.settings
    own, forms = kept.get("roles", {}), kept.get("forms", {})
    return {
        "profile": estate.profile.value,
        "time_zone": estate.time_zone,
        **{name: getattr(estate, name) for name in LONGEST},
        **{f"limit.{name}": value for name, value in asdict(limits(kept)).items()},
        **{f"role.{role.value}.{locale}": own.get(role.value, {}).get(locale, "") for role in Role for locale in _BOTH},
        **{f"chain.{paper}": stages for paper, stages in kept.get("chains", {}).items()},
        **{f"title.{locale}": kept["title"][locale] for locale in _BOTH},
        **{f"form.{form}.{locale}": forms.get(form, {}).get(locale, "") for form in FORM_NAMES for locale in _BOTH},
        **{f"consent.{locale}": kept["consent"]["text"][locale] for locale in _BOTH},
    }


def set_organisation(estate: Estate, wanted: Mapping[str, str], *, seen: int, by: By, at: datetime) -> list[str]:
    """Names, telephone and titles of roles. Returns what changed. Raises Refused, or Outdated as `weigh`."""
    for name, value in wanted.items():
        longest = LONGEST.get(name, LONGEST_ROLE)
        if (name in LONGEST and not value.strip()) or len(value) > longest:
            raise Refused("settings:text", _("This must not be empty, and not longer than %(n)s signs.", n=longest))
    return keep(estate, {name: value.strip() for name, value in wanted.items()}, seen=seen, by=by, at=at)


def set_limits(estate: Estate, wanted: Mapping[str, int], *, seen: int, by: By, at: datetime) -> list[str]:
    """Time limits by their names in `Limits`. As `set_organisation`."""
    values = asdict(limits(estate.settings)) | dict(wanted)
    if out_of_bounds(values):
        raise Refused(
            "settings:out_of_bounds", _("A limit lies outside what is possible."), limits=out_of_bounds(values)
        )
    if out_of_order(values):
        raise Refused(
            "settings:out_of_order",
            _("What is more urgent cannot have more time than what is less so."),
            pairs=out_of_order(values),
        )
    return keep(estate, {f"limit.{name}": value for name, value in wanted.items()}, seen=seen, by=by, at=at)


def set_words(estate: Estate, wanted: Mapping[str, str], *, seen: int, by: By, at: datetime) -> list[str]:
    """The printed title of the visit record, those of other forms, the words above a signature. As `set_organisation`.

    Other words are a new version: what was signed under the earlier ones keeps them.
    """
    for name, value in wanted.items():
        if name.startswith("title.") and not 0 < len(value.strip()) <= LONGEST_TITLE:
            raise Refused("settings:title", _("A form needs a name of at most %(n)s signs.", n=LONGEST_TITLE))
        if name.startswith("form.") and len(value.strip()) > LONGEST_TITLE:
            raise Refused("settings:title", _("A form needs a name of at most %(n)s signs.", n=LONGEST_TITLE))
        if name.startswith("consent."):
            check_consent(value)
    return keep(estate, {name: value.strip() for name, value in wanted.items()}, seen=seen, by=by, at=at)


def check_consent(text: str) -> None:
    """Raises Refused for words that cannot stand above a signature."""
    if not 0 < len(text.strip()) <= LONGEST_CONSENT:
        raise Refused("settings:consent", _("Write the words above a signature, at most 1000 signs."))
    try:
        gaps = [part[1:] for part in string.Formatter().parse(text) if part[1] is not None]
    except ValueError:
        gaps = [("", "", None)]
    if any(name not in GAPS or how or turn for name, how, turn in gaps):
        raise Refused("settings:consent_gap", _("In braces only {phone} and {days} can stand."))


def keep(estate: Estate, wanted: Mapping[str, Value], *, seen: int, by: By, at: datetime) -> list[str]:
    """Set what is wanted and write down what it was; tablets learn of it. Returns what really changed.

    `seen`: the number of the last change that whoever sets it was shown. Raises Outdated as `weigh`. Whether the
    values make sense is said by whoever calls.
    """
    begin_setting(estate.id)
    db.session.refresh(estate, with_for_update=True)
    new = weigh(estate.id, values_of(estate), wanted, seen=seen)
    if not new:
        return []
    for name, (_before, after) in new.items():
        _put(estate, name, after)
    if any(name.startswith("consent.") for name in new):
        consent = estate.settings["consent"]
        estate.settings = {**estate.settings, "consent": {**consent, "version": consent["version"] + 1}}
    names = note_changes(estate.id, new, by=by, at=at)
    note_estate(estate, "estate:settings_changed", by=by, at=at, data={"settings": names})
    return names


_BOTH = ("zh", "en")


def _put(estate: Estate, name: str, value: Value) -> None:
    """Write one value where it stands; nothing (None, a blank title of a role or a form) makes way for the default."""
    if name in LONGEST or name == "time_zone":
        setattr(estate, name, value)
        return
    if name == "profile":
        estate.profile = Profile(value)
        return
    settings: dict[str, Any] = copy.deepcopy(estate.settings)
    shelf, *path = name.split(".")
    place = settings["consent"]["text"] if shelf == "consent" else settings.setdefault(_SHELVES[shelf], {})
    for part in path[:-1]:
        place = place.setdefault(part, {})
    if value in (None, ""):
        place.pop(path[-1], None)
    else:
        place[path[-1]] = value
    estate.settings = settings
