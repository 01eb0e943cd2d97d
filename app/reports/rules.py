"""Where a year's report stands."""

import enum


class ReportState(enum.Enum):
    """A report that was sent back or taken back is counted anew before it is handed up again."""

    BACK = "back"
    UNDER_REVIEW = "under_review"
    ASSESSED = "assessed"
