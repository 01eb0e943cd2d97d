"""The list of issues in the order to act; its filters live in the address."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import render_template, request

from app.core.clock import now
from app.core.errors import Words
from app.core.i18n import current_locale, lazy_
from app.issues.queries import OPEN, Wanted, categories, count_by_state, find_issues
from app.issues.rules import State
from app.office.door import estate_id, me, office
from app.office.issue_scope import in_scope
from app.office.listing import Listing, first_row, id_asked_for, listing, words_asked_for
from app.office.moments import When
from app.office.turn import turn_of
from app.office.words import TONES, headline, state_words
from app.people.access import may
from app.people.queries import departments
from app.people.rules import Act

_ALL = "all"
_FILTERS: tuple[tuple[Words, str], ...] = (
    (lazy_("Open"), ""),
    (lazy_("To route"), State.REPORTED.value),
    (lazy_("To accept"), State.ROUTED.value),
    (lazy_("Being rectified"), State.ACCEPTED.value),
    (lazy_("To call back or see to"), State.RECTIFIED.value),
    (lazy_("Closed"), State.CLOSED.value),
    (lazy_("Verified"), State.VERIFIED.value),
)


@dataclass(frozen=True)
class Filter:
    """A filter as a chip: its words, how many it finds, where it leads."""

    words: Words
    count: int
    url: str
    current: bool


@office.get("/issues")
@may(Act.SEE_ISSUES)
def issues() -> str:
    """Issues in the order to act, by state, department, lateness and words."""
    when = When(me().estate.time_zone, now())
    noticed = request.args.get("source") == "inspection"
    scope = replace(in_scope(), department_id=id_asked_for("department"), words=words_asked_for(), noticed=noticed)
    state, late = request.args.get("state", ""), bool(request.args.get("overdue"))

    wanted = replace(scope, states=_states(state), late_at=when.now if late else None)
    rows = find_issues(estate_id(), wanted, start=first_row())
    found = listing(rows, "state", "department", "source", "overdue", "q")

    return render_template(
        "office/issues.html",
        found=found,
        turns={issue.id: turn_of(issue, wait, when) for issue, wait in found.rows},
        filters=_filters(found, scope, state, when.now),
        late=late,
        noticed=noticed,
        departments=_departments(),
        category_paths=category_paths(),
        when=when,
        state_words=state_words,
        TONES=TONES,
        headline=headline,
    )


def category_paths() -> dict[uuid.UUID, str]:
    """`工程 › 防水` for each category of the estate."""
    locale = current_locale()
    known = categories(estate_id())
    parents = {category.code: f"{category.name(locale)} › " for category in known}
    return {category.id: parents.get(category.parent_code or "", "") + category.name(locale) for category in known}


def _states(asked: str) -> tuple[State, ...]:
    """One state, every one (`all`), or those that are open."""
    if asked == _ALL:
        return ()
    return tuple(state for state in State if state.value == asked) or OPEN


def _filters(found: Listing[Any], scope: Wanted, state: str, moment: datetime) -> list[Filter]:
    """A chip for each state that is worth asking for, and one for what is late."""
    by_state = count_by_state(estate_id(), scope)
    late = count_by_state(estate_id(), replace(scope, states=OPEN, late_at=moment))
    chips = [
        Filter(
            words,
            sum(by_state.get(counted, 0) for counted in _states(value)),
            found.address(state=value, overdue=None),
            state == value and "overdue" not in found.kept,
        )
        for words, value in _FILTERS
    ]
    overdue = found.address(state=None, overdue="yes")
    return [*chips, Filter(lazy_("Overdue"), sum(late.values()), overdue, "overdue" in found.kept)]


def _departments() -> list[tuple[uuid.UUID, str]]:
    only_of = in_scope().only_of
    known = departments(estate_id())
    return [(one.id, one.name(current_locale())) for one in known if only_of is None or one.id in only_of]
