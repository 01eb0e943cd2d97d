"""Where a year's report stands, and when a year can be handed up."""

import enum
from datetime import date


class ReportState(enum.Enum):
    """A report that was sent back or taken back is counted anew before it is handed up again."""

    BACK = "back"
    UNDER_REVIEW = "under_review"
    ASSESSED = "assessed"


def is_ending(last: date) -> bool:
    """Whether a year that was counted until this day can be handed up: from its last month on."""
    return last.month == 12
