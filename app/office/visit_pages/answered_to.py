"""What an owner's answer was to, where that is no work done: as the tablet showed it when they answered."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.core.i18n import _
from app.issues.rules import Cannot
from app.office.moments import When
from app.signatures.messages import StatementText
from app.signatures.queries import texts_of


@dataclass(frozen=True)
class AnsweredTo:
    """`what`: as a statement names it. `words`: what the owner was told, in a sentence. `new_date`: where it is one."""

    what: str
    words: str = ""
    new_date: date | None = None


EXPLAINED = AnsweredTo("explained")
"""What an owner answered to who "agreed" or "disagreed" and so moved an issue: what is said to a date moves none."""


def answered_at(visit_ids: Iterable[uuid.UUID], when: When) -> dict[tuple[uuid.UUID, uuid.UUID], AnsweredTo]:
    """Visit and issue → what the owner answered to there; nothing for callbacks."""
    return {
        (visit_id, issue_id): to
        for visit_id, text in texts_of(visit_ids).items()
        for issue_id, to in answered_in(text, when).items()
    }


def answered_in(statement: str, when: When) -> dict[uuid.UUID, AnsweredTo]:
    """Issue → what the owner answered to, out of the text that was shown; nothing where it cannot be read."""
    try:
        shown = [StatementText.CallbackShown.model_validate(one) for one in json.loads(statement)["callbacks"]]
        return {one.issue_id: _answered_to(one.told, when) for one in shown if one.issue_id and one.told}
    except (ValueError, TypeError, KeyError):
        return {}


def _answered_to(told: StatementText.ToldShown, when: When) -> AnsweredTo:
    new_date = date.fromisoformat(told.to_on) if told.to_on else None
    return AnsweredTo(told.what, _sentence(told, when), new_date)


def _sentence(told: StatementText.ToldShown, when: When) -> str:
    """In the tablet's own words; blank where it says no more than the answer does."""
    why, on = told.words, when.on(date.fromisoformat(told.on)) if told.on else ""
    if told.what == "new_date" and told.from_on and told.to_on:
        days = {"to": when.on(date.fromisoformat(told.to_on)), "from": when.on(date.fromisoformat(told.from_on))}
        return str(_("To be done by %(to)s instead of %(from)s: %(why)s", why=why, **days))
    if told.what == "explained" and why:
        at_all = told.cannot == Cannot.AT_ALL.value
        return str(
            _("It cannot be solved: %(why)s", why=why) if at_all else _("It cannot be solved for now: %(why)s", why=why)
        )
    if told.what == "carried_over" and on:
        return str(_("Put on the list for the yearly review on %(day)s, as agreed", day=on))
    if told.what == "closed_unsatisfied" and on:
        return str(_("Closed on %(day)s by the company: %(why)s", day=on, why=why))
    if told.what == "closed" and on:
        return str(_("Closed on %(day)s with the answer “satisfied”", day=on))
    return ""
