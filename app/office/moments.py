"""How days, hours and limits are said: in the reader's language and the estate's time zone."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask_babel import get_locale

from app.core.i18n import _, current_locale
from app.documents.archive.periods import Days, month_of, quarter_of, year_of

# No line breaks inside a day.
_DAY = {"zh": "M月d日", "en": "d\u00a0MMM"}
_DAY_OF_YEAR = {"zh": "y年M月d日", "en": "d\u00a0MMM\u00a0y"}
_NEAR = timedelta(hours=24)


@dataclass(frozen=True)
class Limit:
    """A time limit in words. `tone`: late, wait (less than a day is left) or blank."""

    words: str
    tone: str

    @property
    def icon(self) -> str:
        return {"late": "alert-triangle", "wait": "hourglass"}.get(self.tone, "")


@dataclass(frozen=True)
class When:
    """Says moments and days as somebody in `zone` says them at `now`."""

    zone: str
    now: datetime

    @property
    def today(self) -> date:
        return self.local(self.now).date()

    def local(self, at: datetime) -> datetime:
        """The same moment on the estate's clock."""
        return at.astimezone(ZoneInfo(self.zone))

    def day(self, day: date | None) -> str:
        """`今天`, `11月23日`; with the year where it is another one; "–" for no day."""
        if day is None:
            return "–"
        near = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}.get((day - self.today).days)
        return str(near or self.on(day))

    def on(self, day: date) -> str:
        """`11月23日`, `23 Nov`; with the year where it is another one."""
        if day.year != self.today.year:
            return self.of_year(day)
        return str(format_date(day, _DAY[current_locale()], locale=get_locale()))

    def of_year(self, day: date) -> str:
        """`2026年11月23日`, `23 Nov 2026`: a day in a row of days of other years."""
        return str(format_date(day, _DAY_OF_YEAR[current_locale()], locale=get_locale()))

    def month(self, day: date) -> str:
        """The month of a day: `2026年11月`, `Nov 2026`."""
        pattern = {"zh": "y年M月", "en": "MMM\u00a0y"}[current_locale()]
        return str(format_date(day, pattern, locale=get_locale()))

    def weekday(self, day: date | None = None) -> str:
        """A day, or today, in full: `11月23日 周一`, `Mon 23 Nov`."""
        pattern = {"zh": "M月d日 EEE", "en": "EEE d\u00a0MMM"}[current_locale()]
        return str(format_date(day or self.today, pattern, locale=get_locale()))

    def moment(self, at: datetime) -> str:
        """`今天 14:41`, `11月20日 16:30`."""
        local = self.local(at)
        return f"{self.day(local.date())} {local:%H:%M}"

    def deadline(self, at: datetime) -> str:
        """A limit: the moment, or the whole day where the limit is that day's end."""
        if self.local(at).time() == time():
            return self.day((self.local(at) - timedelta(seconds=1)).date())
        return self.moment(at)

    def clock(self, at: datetime) -> str:
        """`14:41`."""
        return f"{self.local(at):%H:%M}"

    def since(self, at: datetime) -> str:
        """How long ago: `1 天 6 小时`."""
        return span(self.now - at)

    def between(self, start: datetime, end: datetime) -> str:
        """How long it took."""
        return span(end - start)

    def limit(self, due_at: datetime) -> Limit:
        """`逾期 6 小时`, `还剩 4 小时`, or the moment itself while it is far."""
        left = due_at - self.now
        if left < timedelta():
            return Limit(_("%(time)s overdue", time=span(-left)), "late")
        if left < _NEAR:
            return Limit(_("%(time)s left", time=span(left)), "wait")
        return Limit(self.deadline(due_at), "")

    def limit_on(self, due_on: date) -> Limit:
        """The same for a limit that is a day: late from the next day on."""
        days = (due_on - self.today).days
        if days < 0:
            return Limit(_("%(time)s overdue", time=_("%(n)s d", n=-days)), "late")
        return Limit(self.day(due_on), "wait" if days == 0 else "")


def span(lasted: timedelta) -> str:
    """The two largest parts of how long it lasted: `1 天 6 小时`, `40 分钟`. No part is rounded up."""
    minutes = int(lasted.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return _two(_("%(n)s d", n=days), _("%(n)s h", n=hours) if hours and days < 7 else "")
    if hours:
        return _two(_("%(n)s h", n=hours), _("%(n)s min", n=minutes) if minutes and hours < 4 else "")
    return str(_("%(n)s min", n=minutes))


def _two(large: str, small: str) -> str:
    return f"{large} {small}".rstrip()


def period_words(days: Days, when: When) -> str:
    """A month, a quarter or a year by its name, anything else by its days, a single one by itself."""
    first, last = days.first, days.last
    if days == month_of(first):
        return when.month(first)
    if days == quarter_of(first):
        return str(_("Quarter %(n)s of %(year)s", n=(first.month + 2) // 3, year=first.year))
    if days == year_of(first):
        return str(_("Year %(year)s", year=first.year))
    return when.on(first) if first == last else f"{when.on(first)} – {when.on(last)}"
