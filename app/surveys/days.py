"""The last moment of a day where an estate stands: limits that are a day end with it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def end_of_day(day: date, zone: str) -> datetime:
    """Midnight after `day`, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
