"""Who is liable for a matter, by the date on which it was raised and not by memory (R01, R21; policy, section 2)."""

import enum
from collections.abc import Mapping
from datetime import date

from app.estates.file_rules import Part, warranties
from app.estates.rules import Profile


class Covered(enum.Enum):
    """Whether a part's warranty covered a matter on the day it was raised."""

    WITHIN = "within"
    AFTER = "after"
    UNKNOWN = "unknown"


def warranty_until(part: Part, handover_on: date | None, by_hand: Mapping[str, str]) -> date | None:
    """The last day of a part's warranty at a unit; none while the handover is not known."""
    return next(one.until for one in warranties(handover_on, by_hand) if one.part is part)


def covered(profile: Profile, part: Part | None, until: date | None, raised_on: date) -> Covered | None:
    """Within, the developer is liable; after, the property company. None where no date decides.

    The tablet has the same rule (`warranty.js`), since the owner signs where a matter goes; shared vectors hold both.
    """
    if part is None or profile is Profile.B:
        return None
    if until is None:
        return Covered.UNKNOWN
    return Covered.WITHIN if raised_on <= until else Covered.AFTER
