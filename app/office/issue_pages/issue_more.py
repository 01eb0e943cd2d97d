"""What the page of an issue tells beside its facts: other dates, disputes, explanations, ends, same work, a sale."""

from dataclasses import dataclass
from datetime import datetime

from app.core import journal
from app.core.clock import local_date, now
from app.core.i18n import current_locale
from app.estates.models import Unit
from app.estates.queries import owners_on
from app.issues.answering import may_object_until
from app.issues.deferring import asked_for, untold
from app.issues.disputing import claimed_by
from app.issues.models import Deferral, Issue
from app.issues.moving import who_decides
from app.issues.rules import Move, State
from app.issues.who_answers import has_left
from app.issues.work import leader_of, together_with
from app.office.door import me
from app.office.words import CANNOT, ENDINGS, title_of


@dataclass(frozen=True)
class More:
    """Each blank where there is nothing to be told.

    `leader`: the issue whose work this one waits for; `together`: the others of the same work. `now_with`: who holds
    the unit since whoever raised it has left.
    """

    asked: Deferral | None
    untold: Deferral | None
    claimed: str
    decider: str
    cannot: str
    why: str
    ending: str
    object_until: datetime | None
    leader: Issue | None
    together: list[Issue]
    now_with: list[str]


def more_about(issue: Issue) -> More:
    """What there is to be told of an issue."""
    claimed = claimed_by(issue) if issue.state is State.DISPUTED else None
    is_to_explain = issue.state in (State.EXPLAINED, State.CARRIED_OVER)
    is_closed = issue.state in (State.CLOSED, State.CLOSED_UNSATISFIED)
    return More(
        asked=asked_for(issue),
        untold=untold(issue) if issue.owned else None,
        claimed=claimed.name(current_locale()) if claimed else "",
        decider=str(title_of(who_decides(issue), me().estate)) if claimed else "",
        cannot=str(CANNOT[issue.cannot]) if issue.cannot and is_to_explain else "",
        why=_why(issue),
        ending=str(ENDINGS[issue.ending]) if issue.ending else "",
        object_until=may_object_until(issue) if is_closed else None,
        leader=leader_of(issue),
        together=together_with(issue),
        now_with=_now_with(issue, issue.unit),
    )


_TOLD_WHY = {
    State.EXPLAINED: (Move.CANNOT, Move.REFUSE, Move.CANNOT_TOO),
    State.CARRIED_OVER: (Move.CANNOT, Move.REFUSE, Move.CANNOT_TOO),
    State.DISPUTED: (Move.DISPUTE,),
    State.CLOSED_UNSATISFIED: (Move.CLOSE_UNSATISFIED,),
}


def _why(issue: Issue) -> str:
    """In the words of whoever brought it to where it stands."""
    kinds = {move.value for move in _TOLD_WHY.get(issue.state, ())}
    if not kinds:
        return ""
    told = [line.data.get("reason", "") for line in journal.history(issue.id) if line.kind in kinds]
    return told[-1] if told else ""


def _now_with(issue: Issue, unit: Unit | None) -> list[str]:
    today = local_date(now(), me().estate.time_zone)
    if unit is None or not has_left(unit.id, issue.raised_by_id, today):
        return []
    return [held.person.name for held in owners_on(unit, today)]
