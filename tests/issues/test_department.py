"""What waits for a department, in the order to act."""

from datetime import timedelta

import pytest

from app.core.db import db
from app.core.ids import new_id
from app.issues.actions import accept
from app.issues.department import Pile, Whose, count_work, settled_before, why_back, with_the_owner, work_of
from app.issues.models import Issue
from app.issues.routing import transfer
from app.issues.rules import Answer, Move, State
from app.people.models import Staff
from app.people.rules import Role
from tests.builders import NOBODY, NOW, TODAY, a_staff
from tests.issues.conftest import Ground

LATER = NOW + timedelta(hours=30)


def whose(ground: Ground, looks: Staff | None = None, *, mine_first: bool = False, hours: int = 0) -> Whose:
    at = NOW + timedelta(hours=hours)
    return Whose(
        ground.estate.id,
        frozenset({ground.department.id}),
        (looks or ground.manager).id,
        at=at,
        soon=at + timedelta(days=1, hours=12),
        fresh=at - timedelta(days=1),
        mine_first=mine_first,
    )


def accepted(ground: Ground, responsible: Staff, days: int) -> Issue:
    issue = ground.an_issue(State.ROUTED)
    due_on = TODAY + timedelta(days=days)
    accept(issue, "重做防水", responsible, due_on, method="涂两遍", event_id=new_id(), by=NOBODY, at=NOW)
    db.session.commit()
    return issue


def back(ground: Ground) -> Issue:
    issue = ground.an_issue(State.RECTIFIED)
    ground.owner_says(issue, Answer.DISSATISFIED)
    db.session.commit()
    return issue


def ids(rows: list[tuple[Issue, object]]) -> list[object]:
    return [issue.id for issue, _wait in rows]


def test_what_is_late_comes_first_then_what_came_back_then_by_limit(ground: Ground) -> None:
    soon, far = accepted(ground, ground.manager, 1), accepted(ground, ground.manager, 7)
    new, again = ground.an_issue(State.ROUTED), back(ground)
    late = accepted(ground, ground.manager, 0)

    assert ids(work_of(whose(ground, hours=20))) == [late.id, again.id, new.id, soon.id, far.id]


def test_a_handlers_own_work_stands_before_everything_else(ground: Ground) -> None:
    worker = a_staff(ground.estate, Role.HANDLER, name="王师傅", department=ground.department)
    mine, others = accepted(ground, worker, 7), accepted(ground, ground.manager, 1)

    assert ids(work_of(whose(ground, worker, mine_first=True))) == [mine.id, others.id]
    assert ids(work_of(whose(ground, worker), Pile.MINE)) == [mine.id]


def test_each_pile_is_counted_and_shown_alone(ground: Ground) -> None:
    again, new = back(ground), ground.an_issue(State.ROUTED)
    due, _far = accepted(ground, ground.manager, 1), accepted(ground, ground.manager, 7)
    ground.an_issue(State.RECTIFIED)

    counted = count_work(whose(ground))

    assert (counted.all_of_it, counted.new) == (4, 2)
    assert counted.piles == {Pile.LATE: 0, Pile.BACK: 1, Pile.ACCEPT: 2, Pile.DUE: 1, Pile.MINE: 2}
    assert with_the_owner(whose(ground)) == 1
    assert ids(work_of(whose(ground), Pile.BACK)) == [again.id]
    assert set(ids(work_of(whose(ground), Pile.ACCEPT))) == {again.id, new.id}
    assert ids(work_of(whose(ground), Pile.DUE)) == [due.id]


def test_another_departments_work_is_not_among_it(ground: Ground) -> None:
    issue = ground.an_issue(State.ROUTED)
    transfer(issue, ground.other.id, "是管道的事", away_from=ground.department.id, event_id=new_id(), by=NOBODY, at=NOW)
    db.session.commit()

    assert work_of(whose(ground)) == []
    assert count_work(whose(ground)).all_of_it == 0


@pytest.mark.clause("R13")
def test_what_came_back_says_why_be_it_the_owner_or_the_supervisor(ground: Ground) -> None:
    again, noticed = back(ground), ground.an_issue(State.RECTIFIED, owned=False)
    ground.take(noticed, Move.SEND_BACK)
    new = ground.an_issue(State.ROUTED)
    db.session.commit()

    assert why_back([again, noticed, new]) == {again.id: again.answers[0].reason, noticed.id: "还有两块松动"}


def test_what_was_settled_for_such_matters_is_proposed_once(ground: Ground) -> None:
    accepted(ground, ground.manager, 1)
    accepted(ground, ground.manager, 2)
    ground.an_issue(State.ACCEPTED)

    assert settled_before(ground.an_issue(State.ROUTED)) == [("重做防水", "涂两遍")]
