"""One act on several rows of a list: which were chosen, what happened to each, and how that is said."""

import uuid
from collections import defaultdict
from dataclasses import dataclass, field

from flask import flash, request

from app.core.errors import Refused
from app.core.i18n import _, in_a_row

MOST = 200
"""As many as the longest page holds."""
_NAMED = 3


@dataclass
class Judged:
    """How many were done, and the others by the reason why not."""

    done: int = 0
    others: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def refuse(self, reason: str, name: str) -> None:
        """This one was not done."""
        self.others[reason].append(name)


def chosen_ids(name: str) -> list[uuid.UUID]:
    """What was chosen on the page, in its order, each once. Raises Refused for nothing, and for too much."""
    try:
        chosen = list(dict.fromkeys(uuid.UUID(one) for one in request.form.getlist(name)))
    except ValueError as error:
        raise Refused("bulk:unreadable", _("Choose from the list first.")) from error
    if not chosen:
        raise Refused("bulk:nothing", _("Choose from the list first."))
    if len(chosen) > MOST:
        raise Refused("bulk:too_many", _("At most %(n)s at once.", n=MOST))
    return chosen


def event_of_form() -> uuid.UUID:
    """The event of the form, which makes one that was sent twice happen once."""
    try:
        return uuid.UUID(request.form.get("event", ""))
    except ValueError as error:
        raise Refused("bulk:unreadable", _("Choose from the list first.")) from error


def event_for(form_event: uuid.UUID, subject_id: uuid.UUID) -> uuid.UUID:
    """The event of one row: the same form sent twice is the same event for each."""
    return uuid.uuid5(form_event, str(subject_id))


def say_what_was_done(judged: Judged, done: str) -> None:
    """So many were done; so many were not, and why."""
    if judged.done:
        flash(done, "good")
    for reason, names in judged.others.items():
        named = _("%(names)s and %(n)s more", names=in_a_row(names[:_NAMED]), n=len(names) - _NAMED)
        told = named if len(names) > _NAMED else in_a_row(names)
        flash(_("Not done: %(n)s – %(reason)s (%(names)s)", n=len(names), reason=reason, names=told), "wait")
