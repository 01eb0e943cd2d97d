"""Days and moments that somebody types: within our times, as far ones do not exist on every clock."""

from datetime import date

from wtforms import DateField, DateTimeLocalField

from app.core.i18n import _

_FIRST_YEAR, _LAST_YEAR = 1900, 8999


class DayField(DateField):
    """A day. One of another age is refused: nothing could be due some days after it, or on another clock."""

    def process_formdata(self, sent: list[str]) -> None:
        """Raises ValueError for what is none, or of another age."""
        super().process_formdata(sent)
        _must_be_of_our_times(self.data)


class MomentField(DateTimeLocalField):
    """A day and a time on the estate's clock."""

    def process_formdata(self, sent: list[str]) -> None:
        """Raises ValueError for what is none, or of another age."""
        super().process_formdata(sent)
        _must_be_of_our_times(self.data)


def _must_be_of_our_times(typed: date | None) -> None:
    if typed is not None and not _FIRST_YEAR <= typed.year <= _LAST_YEAR:
        raise ValueError(_("This is not within what is possible."))
