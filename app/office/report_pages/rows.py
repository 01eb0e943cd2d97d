"""What pages of statistics share: a line as it is shown, and what the trade aims at."""

from dataclasses import dataclass

from app.reports.counting import Line

AIMS = {"coverage": 90, "satisfaction": 90}
"""In percent (policy, section 4)."""


@dataclass(frozen=True)
class Row:
    """One line, and what it is of; the last is of everything."""

    words: str
    line: Line
    is_total: bool = False
