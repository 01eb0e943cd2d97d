"""The one place that reads the clock. Doors call it; below a door the time is handed in."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

CLOCK_OFF = timedelta(minutes=2)
"""Less than that, and a tablet's clock is right."""


def now() -> datetime:
    """This moment, aware, in UTC, to the millisecond that the product keeps."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def local_date(at: datetime, zone: str) -> date:
    """The calendar day of `at` where the estate stands: limits and "today" follow the estate's zone."""
    return at.astimezone(ZoneInfo(zone)).date()


def days_later(at: datetime, days: int, zone: str) -> datetime:
    """The same time of day so many calendar days later, or earlier (-1), by the clock of where the estate stands."""
    return (at.astimezone(ZoneInfo(zone)) + timedelta(days=days)).astimezone(UTC)


def isoformat(at: datetime) -> str:
    """`2026-11-23T09:01:02.123Z`, the one form of a moment in JSON."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
