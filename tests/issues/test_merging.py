"""Several owners, one piece of work: each is called back and answers alone, and it is over with the last."""

from datetime import timedelta

import pytest

from app.agenda.queries import due_about
from app.agenda.rules import TaskKind
from app.core import waits
from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.ids import new_id
from app.core.journal import By
from app.issues.ageing import ages
from app.issues.complaining import Matter, open_complaint
from app.issues.complaint_rules import Grade, Nature
from app.issues.deferring import ask_to_defer, untold
from app.issues.merging import could_lead, merge, unmerge
from app.issues.models import Issue
from app.issues.moving import TELL
from app.issues.queries import OPEN, Wanted, find_issues, still_open
from app.issues.rules import Answer, HowAnswered, Move, State
from app.issues.work import followers_of, leader_of
from tests.builders import NOW, TODAY
from tests.issues.conftest import Ground, kinds, replayed


def more(ground: Ground) -> dict[str, object]:
    return {"event_id": new_id(), "by": By(staff_id=ground.officer.id), "at": NOW}


def a_work(ground: Ground, size: int = 3, until: tuple[Move, ...] = ()) -> list[Issue]:
    """Issues that are one piece of work, the one that leads it first; then the moves of the work."""
    leader, *others = (ground.an_issue(State.ROUTED) for _ in range(size))
    for one in others:
        assert merge(one, leader, "同一面外墙", **more(ground))
    for move in until:
        assert ground.take(leader, move)
    db.session.commit()
    return [leader, *others]


def states(work: list[Issue]) -> list[State]:
    return [one.state for one in work]


def test_the_department_has_one_thing_to_do_and_the_others_wait_for_it(ground: Ground) -> None:
    work = a_work(ground, until=(Move.ACCEPT,))

    assert states(work) == [State.ACCEPTED, State.MERGED, State.MERGED]
    assert [len(waits.on(one.id)) for one in work] == [1, 0, 0]
    assert {(one.measure, one.responsible_id, one.due_on) for one in work} == {
        (work[0].measure, ground.manager.id, work[0].due_on)
    }
    assert (leader_of(work[1]), followers_of(work[0])) == (work[0], work[1:])


@pytest.mark.parametrize(
    "until",
    [(), (Move.DISPUTE,), (Move.ACCEPT,), (Move.ACCEPT, Move.ASK_TO_DEFER)],
    ids=lambda moves: "-".join(move.name for move in moves) or "merged",
)
def test_every_open_issue_has_its_age_also_one_that_was_merged_into_newer_work(
    ground: Ground, until: tuple[Move, ...]
) -> None:
    _first, second, third = a_work(ground, until=until)
    second.raised_at = NOW - timedelta(days=90)
    third.round += 1
    ground.an_issue(State.REPORTED)
    ground.an_issue(State.CLOSED)
    db.session.commit()

    found = ages(ground.estate.id, NOW)

    assert sum(age.open for age in found) == still_open(ground.estate.id) == 4
    assert min(age.oldest for age in found) == second.raised_at
    for age in found:
        issues, _total = find_issues(ground.estate.id, Wanted(states=OPEN, held=age.held, round=age.round))
        assert (len(issues), min(issue.raised_at for issue, _wait in issues)) == (age.open, age.oldest)


@pytest.mark.clause("R13")
@pytest.mark.clause("R40")
def test_each_owner_is_called_back_and_answers_alone(ground: Ground) -> None:
    work = a_work(ground, until=(Move.ACCEPT, Move.RECTIFY))
    due = [len(due_about(one.id, TaskKind.ISSUE_CALLBACK)) for one in work]

    for one in work[:2]:
        ground.owner_says(one, Answer.SATISFIED, HowAnswered.PHONE)

    assert due == [1, 1, 1]
    assert states(work) == [State.CLOSED, State.CLOSED, State.RECTIFIED]


@pytest.mark.clause("R13")
def test_a_dissatisfied_owner_opens_the_next_round_for_the_work_and_what_others_called_good_stays_closed(
    ground: Ground,
) -> None:
    first, second, third = work = a_work(ground, until=(Move.ACCEPT, Move.RECTIFY))
    ground.owner_says(first, Answer.SATISFIED, HowAnswered.PHONE)

    ground.owner_says(second, Answer.DISSATISFIED, HowAnswered.PHONE)
    db.session.commit()
    after_the_answer = states(work)
    callbacks = due_about(third.id, TaskKind.ISSUE_CALLBACK)
    for move in (Move.ACCEPT, Move.RECTIFY):
        ground.take(second, move)
    db.session.commit()

    assert after_the_answer == [State.CLOSED, State.ROUTED, State.MERGED]
    assert callbacks == []
    assert states(work) == [State.CLOSED, State.RECTIFIED, State.RECTIFIED]
    assert [one.round for one in work] == [1, 2, 2]
    assert [replayed(one) for one in work] == [(one.state, one.round) for one in work]


def test_the_next_round_of_the_work_has_the_limit_of_a_complaint_that_waits_for_it(ground: Ground) -> None:
    first, second = a_work(ground, 2, until=(Move.ACCEPT, Move.RECTIFY))
    open_complaint(second, Matter(Nature.DELAY, Grade.MAJOR), **more(ground))

    ground.owner_says(first, Answer.DISSATISFIED, HowAnswered.PHONE, at=NOW + timedelta(days=3))
    db.session.commit()

    [wait] = waits.on(first.id)
    assert states([first, second]) == [State.ROUTED, State.MERGED]
    assert second.complaint is not None
    assert wait.due_at <= second.complaint.deadline_at


def test_an_objection_joins_the_work_that_is_under_way(ground: Ground) -> None:
    first, second, third = work = a_work(ground, until=(Move.ACCEPT, Move.RECTIFY))
    ground.owner_says(first, Answer.SATISFIED, HowAnswered.PHONE)
    ground.owner_says(second, Answer.DISSATISFIED, HowAnswered.PHONE)

    ground.take(first, Move.OWNER_OBJECTED)

    assert states(work) == [State.MERGED, State.ROUTED, State.MERGED]
    assert leader_of(first) == second == leader_of(third)
    assert first.round == 2


def test_what_cannot_be_solved_is_explained_to_each_owner(ground: Ground) -> None:
    first, second, third = work = a_work(ground, until=(Move.CANNOT,))

    ground.explained(first, Answer.AGREED, **more(ground))
    ground.explained(second, Answer.DISAGREED, **more(ground))
    ground.explained(third, Answer.DISAGREED, **more(ground))

    assert states(work) == [State.CARRIED_OVER, State.REPORTED, State.MERGED]
    assert leader_of(third) == second


def test_a_new_date_is_told_to_each_owner(ground: Ground) -> None:
    work = a_work(ground, until=(Move.ACCEPT, Move.ASK_TO_DEFER, Move.DEFER))

    told = [[(one.agreed, len(waits.on(one.id))) for one in issue.deferrals] for issue in work]

    assert told == [[(True, 1)]] * 3
    assert len({issue.due_on for issue in work}) == 1


def test_when_the_leading_issue_ends_another_one_leads_the_work(ground: Ground) -> None:
    first, second, third = work = a_work(ground, until=(Move.ACCEPT,))

    ground.take(first, Move.CLOSE_UNSATISFIED)
    db.session.commit()

    assert states(work) == [State.CLOSED_UNSATISFIED, State.ROUTED, State.MERGED]
    assert leader_of(third) == second
    assert replayed(second) == (State.ROUTED, 1)


def test_when_an_issue_that_was_merged_ends_the_others_wait_for_the_work_as_before(ground: Ground) -> None:
    first, second, third = work = a_work(ground, until=(Move.ACCEPT,))

    ground.take(second, Move.CLOSE_UNSATISFIED)
    db.session.commit()

    assert states(work) == [State.ACCEPTED, State.CLOSED_UNSATISFIED, State.MERGED]
    assert leader_of(third) == first


def test_when_an_issue_ends_whose_work_goes_on_under_another_that_one_leads_it_still(ground: Ground) -> None:
    first, second, third = work = a_work(ground, until=(Move.CANNOT,))
    ground.explained(second, Answer.DISAGREED, **more(ground))
    ground.explained(third, Answer.DISAGREED, **more(ground))

    ground.take(first, Move.CLOSE_UNSATISFIED)
    db.session.commit()

    assert states(work) == [State.CLOSED_UNSATISFIED, State.REPORTED, State.MERGED]
    assert leader_of(third) == second


def test_an_owner_need_not_be_told_a_date_that_counts_no_more_in_the_work_they_joined(ground: Ground) -> None:
    deferred, leader = ground.an_issue(State.DEFERRED), ground.an_issue(State.ACCEPTED)
    ground.take(deferred, Move.DEFER)
    before = [wait.what for wait in waits.on(deferred.deferrals[-1].id)]

    merge(deferred, leader, "同一处", **more(ground))

    assert before == [TELL]
    assert waits.on(deferred.deferrals[-1].id) == []


def test_a_date_that_was_put_off_and_then_given_up_is_told_to_nobody(ground: Ground) -> None:
    work = a_work(ground, until=(Move.ACCEPT, Move.ASK_TO_DEFER, Move.DEFER, Move.TRANSFER, Move.ACCEPT))

    assert [waits.on(issue.deferrals[-1].id) for issue in work] == [[], [], []]


def test_of_two_dates_one_after_the_other_only_the_last_is_told(ground: Ground) -> None:
    work = a_work(ground, until=(Move.ACCEPT, Move.ASK_TO_DEFER, Move.DEFER))
    at = {"event_id": new_id(), "by": By(), "at": NOW}

    assert ask_to_defer(work[0], TODAY + timedelta(days=90), "仍缺料", **at)
    assert ground.take(work[0], Move.DEFER)

    assert [[len(waits.on(one.id)) for one in issue.deferrals] for issue in work] == [[0, 1]] * 3


def test_what_leads_work_takes_those_that_follow_it_along(ground: Ground) -> None:
    work, other = a_work(ground), ground.an_issue(State.ACCEPTED)

    merge(work[0], other, "整栋外墙", **more(ground))

    assert states([*work, other]) == [State.MERGED] * 3 + [State.ACCEPTED]
    assert {leader_of(one) for one in work} == {other}


def test_taken_out_of_the_work_an_issue_goes_to_its_department_again(ground: Ground) -> None:
    _first, second, _third = a_work(ground)

    unmerge(second, "是另一面墙", **more(ground))
    db.session.commit()

    assert (second.state, second.work_id) == (State.ROUTED, None)
    assert kinds(second)[-2:] == ["issue:unmerged", "issue:routed"]
    assert [wait.what for wait in waits.on(second.id)] == ["issue:accept"]


@pytest.mark.parametrize("state", [State.CLOSED, State.RECTIFIED, State.EXPLAINED])
def test_nothing_is_merged_into_what_nobody_works_on(ground: Ground, state: State) -> None:
    issue, over = ground.an_issue(State.ROUTED), ground.an_issue(state)

    with pytest.raises(Outdated) as refusal:
        merge(issue, over, "同一处", **more(ground))

    assert refusal.value.code == "issue:nothing_to_join"
    assert (issue.state, over not in could_lead(issue)) == (State.ROUTED, True)


def test_an_issue_is_not_merged_into_itself_nor_into_its_own_work(ground: Ground) -> None:
    first, second, _third = a_work(ground)

    for into in (first, second):
        with pytest.raises(Refused) as refusal:
            merge(first, into, "同一处", **more(ground))
        assert refusal.value.code == "issue:one_work"
    assert states([first, second]) == [State.ROUTED, State.MERGED]


def test_a_date_of_an_earlier_round_is_not_told_while_the_work_waits_to_be_settled_anew(ground: Ground) -> None:
    _first, second, third = a_work(ground, until=(Move.ACCEPT, Move.ASK_TO_DEFER, Move.DEFER, Move.RECTIFY))

    ground.owner_says(second, Answer.DISSATISFIED)
    db.session.commit()

    assert (third.state, third.round) == (State.MERGED, 2)
    assert untold(third) is None
