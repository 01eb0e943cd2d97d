"""Whatever owners, departments and leaders do, in whatever order: what must hold of issues holds after each step.

`WALKS` says how many walks are taken; `make test` takes few, a night many.
"""

import os
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.agenda.queries import due_about
from app.agenda.rules import TaskKind
from app.core import journal, waits
from app.core.db import db
from app.core.errors import Refused
from app.core.ids import new_id
from app.core.journal import By
from app.issues.merging import merge
from app.issues.models import Issue, OwnerAnswer
from app.issues.rules import ENDED, WORKED_ON, Answer, HowAnswered, Move, State
from app.issues.work import together_with
from tests.builders import NOW
from tests.issues.conftest import Ground, replayed

WALKS = int(os.environ.get("WALKS", "25"))
ISSUES = 4
_LIKELY = (Move.ROUTE, Move.ACCEPT, Move.RECTIFY, Move.MERGE, Move.MERGE)
MOVES = [
    *(move for move in Move if move not in (Move.RECTIFIED_TOO, Move.CANNOT_TOO, Move.WORKED_ON_AGAIN)),
    *_LIKELY,
    *_LIKELY,
]
"""What can be tried; what carries issues through their rounds is tried more often."""

steps = st.tuples(
    st.integers(0, ISSUES - 1), st.sampled_from(MOVES), st.integers(0, ISSUES - 1), st.sampled_from(list(HowAnswered))
)


@settings(max_examples=WALKS, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=st.lists(steps, min_size=8, max_size=40))
def test_what_must_hold_of_issues_holds_after_every_step(
    ground: Ground, walk: list[tuple[int, Move, int, HowAnswered]]
) -> None:
    issues = [ground.an_issue() for _ in range(ISSUES)]

    for which, move, other, how in walk:
        before = {issue.id: issue.state for issue in issues}
        try:
            with db.session.begin_nested():
                tried(ground, issues[which], move, issues[other], how)
        except Refused:
            assert {issue.id: issue.state for issue in issues} == before
        db.session.flush()
        for issue in issues:
            closes_only_by_its_owner(issue, before[issue.id])
        one_leads_at_most(issues)
        waits_as_it_must(issues)

    db.session.commit()
    for issue in issues:
        assert replayed(issue) == (issue.state, issue.round)
        answers_are_all_kept(issue)


def tried(ground: Ground, issue: Issue, move: Move, other: Issue, how: HowAnswered) -> None:
    """One step, as it would come: a desk's act, or an owner's answer however it was given."""
    more: dict[str, Any] = {"event_id": new_id(), "by": By(staff_id=ground.officer.id), "at": NOW + timedelta(hours=1)}
    if move is Move.MERGE:
        merge(issue, other, "同一处外墙", **more)
    elif move is Move.OWNER_SATISFIED:
        ground.owner_says(issue, Answer.SATISFIED, how, **more)
    elif move is Move.OWNER_DISSATISFIED:
        ground.owner_says(issue, Answer.DISSATISFIED, how, **more)
    else:
        ground.take(issue, move, **{name: value for name, value in more.items() if name != "by"})


def closes_only_by_its_owner(issue: Issue, before: State) -> None:
    """Closed is what its owner called good in this round, and carried over what they agreed to."""
    if issue.state is before or issue.state not in (State.CLOSED, State.CARRIED_OVER):
        return
    said = _answers(issue)
    assert any(one.moved and one.answer in (Answer.SATISFIED, Answer.AGREED) for one in said), "nobody said so"
    assert before not in ENDED


def one_leads_at_most(issues: list[Issue]) -> None:
    """Of one piece of work one issue at most is worked on; what was merged waits for exactly one."""
    for issue in issues:
        worked_on = [one for one in [issue, *together_with(issue)] if one.state in WORKED_ON]
        if issue.work_id is not None:
            assert len(worked_on) <= 1, "two are worked on"
        if issue.state is State.MERGED:
            assert len(worked_on) == 1, "it waits for nothing"


def waits_as_it_must(issues: list[Issue]) -> None:
    """Whoever owes something has it in the inbox; where an owner is to be called back on, that is due."""
    for issue in issues:
        waiting = {State.RECTIFIED, State.EXPLAINED, *WORKED_ON}
        assert len(waits.on(issue.id)) == (issue.state in waiting), issue.state
        called = [task for task in due_about(issue.id, TaskKind.ISSUE_CALLBACK) if task.round == issue.round]
        assert issue.state is not State.RECTIFIED or called, "nobody calls back"
        assert (issue.closed_at is not None) == (issue.state in ENDED)


def answers_are_all_kept(issue: Issue) -> None:
    """Each answer that the journal tells of stands among the answers, whether it moved the issue or not."""
    told = [line for line in journal.history(issue.id) if line.data.get("answer") in {one.value for one in Answer}]
    assert len(told) == len(_answers(issue))


def _answers(issue: Issue) -> list[OwnerAnswer]:
    found = db.session.query(OwnerAnswer).filter_by(issue_id=issue.id)
    return list(found.order_by(OwnerAnswer.id))
