"""Rosters between preview and confirmation: what was read of the file, without what is never kept.

An identity number is in the file and not in what was read of it, so the file itself is thrown away.
"""

from app.core.i18n import lazy_
from app.core.previews import Previewed, Previews
from app.estates.roster.lines import Roster


class WaitingRoster(Previewed):
    """A roster that somebody uploaded for an estate and has not confirmed yet."""

    roster: Roster


unconfirmed = Previews(
    WaitingRoster,
    "application/vnd.doorstep.roster+json",
    "roster:gone",
    lazy_("This preview is not there any more. Rosters are kept for a day; upload the file again."),
)
