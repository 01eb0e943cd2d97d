"""Issues of several owners that are one piece of work: what the others do when the one that leads it moves.

One of them at most is worked on; those merged into it follow. Each owner is called back and answers alone, and the
work is over with the last of them (policy, section 2).
"""

import uuid
from datetime import datetime

import sqlalchemy as sa

from app.core.db import db
from app.core.ids import derived_id
from app.core.journal import By
from app.issues.models import Issue
from app.issues.moving import begin_callback, count_limits_anew, end_callback, need_not_be_told, take, write_down
from app.issues.rules import WORKED_ON, Cannot, Move, State, step


def together_with(issue: Issue) -> list[Issue]:
    """The other issues of the same piece of work, whatever became of them; the one raised first comes first."""
    if issue.work_id is None:
        return []
    found = sa.select(Issue).where(Issue.work_id == issue.work_id, Issue.id != issue.id)
    return list(db.session.scalars(found.order_by(Issue.raised_at, Issue.id)))


def leader_of(issue: Issue) -> Issue | None:
    """The other issue whose work this one waits for; none unless it was merged into one."""
    if issue.state is not State.MERGED:
        return None
    return next((one for one in together_with(issue) if one.state in WORKED_ON), None)


def followers_of(issue: Issue) -> list[Issue]:
    """The issues that were merged into the work that this one leads."""
    if issue.state is State.MERGED:
        return []
    return [one for one in together_with(issue) if one.state is State.MERGED]


def join(
    issue: Issue, leader: Issue, note: str, *, event_id: uuid.UUID, by: By, at: datetime, of_itself: bool = False
) -> None:
    """Follow another issue's work from now on. There is a row for it, and both are of one piece of work already."""
    row = step(issue.state, Move.MERGE, owned=issue.owned)
    assert row is not None, "only what is worked on joins other work"
    need_not_be_told(issue, by=by, at=at, reason=Move.MERGE.value)
    _be_like(issue, leader)
    data = {"into": str(leader.id), "note": note} | ({"of_itself": True} if of_itself else {})
    take(row, issue, event_id=event_id, by=by, at=at, data=data)
    db.session.flush()
    count_limits_anew(leader)


def go_along(leader: Issue, *, by: By, at: datetime) -> None:
    """Department, measure, person and date are those of the work: its followers show them too."""
    for one in followers_of(leader):
        need_not_be_told(one, by=by, at=at, reason="issue:went_along")
        _be_like(one, leader)
        department = {"department": str(leader.department_id)} if leader.department_id else {}
        write_down(
            one, "issue:went_along", by=by, at=at, data={"round": one.round, "with": str(leader.id), **department}
        )


def rectified_too(leader: Issue, *, event_id: uuid.UUID, by: By, at: datetime) -> None:
    """The work is done: each owner is called back on."""
    for one in _followers_left_by(leader):
        _be_like(one, leader)
        one.rectified_at, one.rectified_note = leader.rectified_at, leader.rectified_note
        _move_too(one, Move.RECTIFIED_TOO, leader, {"note": one.rectified_note}, event_id=event_id, by=by, at=at)
        begin_callback(one, by=by, at=at)


def cannot_too(leader: Issue, cannot: Cannot, reason: str, *, event_id: uuid.UUID, by: By, at: datetime) -> None:
    """It cannot be solved: that is explained to each owner, who agrees or disagrees alone."""
    for one in _followers_left_by(leader):
        _be_like(one, leader)
        one.cannot, one.explainer_id = cannot, leader.explainer_id
        told = {"reason": reason, "cannot": cannot.value}
        _move_too(one, Move.CANNOT_TOO, leader, told, event_id=event_id, by=by, at=at)


def goes_on(issue: Issue, *, event_id: uuid.UUID, by: By, at: datetime) -> None:
    """There is more to be done for this issue's owner: it joins the work that is under way, or leads the next round.

    Owners who have not answered yet wait for that round; what others called good stays closed.
    """
    others = together_with(issue)
    under_way = next((one for one in others if one.state in WORKED_ON), None)
    if under_way is not None:
        joined = derived_id(event_id, issue.id, Move.MERGE.value)
        join(issue, under_way, "", event_id=joined, by=by, at=at, of_itself=True)
        return
    for one in others:
        if one.state is State.RECTIFIED:
            _move_too(one, Move.WORKED_ON_AGAIN, issue, {}, event_id=event_id, by=by, at=at)
            end_callback(one, by=by, at=at, reason="issue:worked_on_again")
    db.session.flush()
    count_limits_anew(issue)


def hand_over(issue: Issue, *, event_id: uuid.UUID, by: By, at: datetime) -> None:
    """It has ended without its work being done: the one raised first of those that followed leads the work now.

    Nothing where the work goes on under another one, as when what ended had been merged into it.
    """
    others = together_with(issue)
    following = [one for one in others if one.state is State.MERGED]
    if not following or any(one.state in WORKED_ON for one in others):
        return
    first = following[0]
    for before, move in ((State.MERGED, Move.UNMERGE), (State.REPORTED, Move.ROUTE)):
        row = step(before, move)
        assert row is not None, "the table has both rows"
        if move is Move.UNMERGE or first.department_id is not None:
            department = {"department": str(first.department_id)} if move is Move.ROUTE else {"leads": True}
            event = derived_id(event_id, first.id, move.value)
            take(row, first, event_id=event, by=by, at=at, data=department)


def _followers_left_by(leader: Issue) -> list[Issue]:
    """Those that wait for the work of an issue which has left the states of being worked on just now."""
    return [one for one in together_with(leader) if one.state is State.MERGED]


def _move_too(
    one: Issue, move: Move, leader: Issue, said: dict[str, str], *, event_id: uuid.UUID, by: By, at: datetime
) -> None:
    row = step(one.state, move, owned=one.owned)
    assert row is not None, "the table has a row for what follows"
    data = {"with": str(leader.id), **said}
    if one.department_id is not None:
        data["department"] = str(one.department_id)
    take(row, one, event_id=derived_id(event_id, one.id, move.value), by=by, at=at, data=data)


def _be_like(one: Issue, leader: Issue) -> None:
    one.department_id, one.measure = leader.department_id, leader.measure
    one.responsible_id, one.due_on, one.first_due_on = leader.responsible_id, leader.due_on, leader.first_due_on
    db.session.flush()
    db.session.expire(one, ["department", "responsible"])
