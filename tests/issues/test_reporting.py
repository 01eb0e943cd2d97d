"""Reporting upward: an issue to supervisor and manager, its result to those above, whose reading leaves a mark."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import journal, waits
from app.core.db import db
from app.core.errors import NotAllowed, Outdated, Refused
from app.core.ids import new_id
from app.core.journal import By, Feed
from app.core.waits import Holder
from app.estates.rules import Profile
from app.issues.models import Issue
from app.issues.reported import IssueResult, issues_about, reports_of, results_of
from app.issues.reporting import read_result, report_result, report_up, take_up
from app.issues.rules import ENDED, Move, State
from app.people.models import Staff
from app.people.rules import Role
from tests.at_once import at_the_same_moment
from tests.builders import NOW, a_staff
from tests.issues.conftest import Ground, kinds

DAY = timedelta(days=1)
OPEN_AND_SENT_ON = (State.ROUTED, State.ACCEPTED, State.RECTIFIED)


def report(ground: Ground, issue: Issue, at=NOW, event_id=None) -> bool:
    """The officer's one tap."""
    done = report_up(issue, event_id=event_id or new_id(), by=By(ground.officer.id), at=at)
    db.session.commit()
    return done


def tell_result(ground: Ground, issue: Issue, by: Staff, at=NOW) -> IssueResult:
    """What became of it, told upward."""
    report_result(issue, "防水已重做，业主满意", event_id=new_id(), by=By(by.id), at=at)
    db.session.commit()
    return results_of(issue.id)[0]


def waiting(ground: Ground, role: Role) -> list[str]:
    """What waits for somebody in this role."""
    return [wait.what for wait in waits.inbox(ground.estate.id, [Holder(role=role.value)])]


@pytest.mark.parametrize("state", OPEN_AND_SENT_ON, ids=lambda state: state.value)
@pytest.mark.clause("R10")
def test_any_open_issue_is_reported_in_one_tap_and_supervisor_and_manager_both_have_it(
    ground: Ground, state: State
) -> None:
    issue = ground.an_issue(state)
    [before] = [(wait.what, wait.due_at) for wait in waits.on(issue.id)]

    report(ground, issue)

    for role in (Role.SUPERVISOR, Role.MANAGER):
        assert "report:take_up" in waiting(ground, role)
    assert "report:take_up" not in waiting(ground, Role.EXECUTIVE)
    [wait] = waits.on(reports_of(issue.id)[0].id)
    assert wait.due_at == NOW + timedelta(hours=4)
    # Whoever holds it goes on with it.
    assert issue.state is state
    assert [(wait.what, wait.due_at) for wait in waits.on(issue.id)] == [before]
    assert kinds(issue)[-1] == "issue:reported_up"


@pytest.mark.clause("R10")
def test_what_no_category_routes_stands_with_supervisor_and_manager_until_it_is_routed(ground: Ground) -> None:
    issue = ground.an_issue(State.REPORTED)
    both = [waiting(ground, role) for role in (Role.SUPERVISOR, Role.MANAGER)]
    [reported] = reports_of(issue.id)
    assert reported.taken_up_at is None

    ground.take(issue, Move.ROUTE, at=NOW + DAY)
    db.session.commit()

    assert both == [["issue:route"], ["issue:route"]]
    assert [waiting(ground, role) for role in (Role.SUPERVISOR, Role.MANAGER)] == [[], []]
    assert (reports_of(issue.id)[0].taken_up_at, reported.by_id) == (NOW + DAY, ground.officer.id)


@pytest.mark.parametrize("state", [State.REPORTED, *sorted(ENDED, key=lambda state: state.value)])
def test_what_they_have_already_or_what_has_ended_is_not_reported(ground: Ground, state: State) -> None:
    issue = ground.an_issue(state)

    with pytest.raises(Outdated):
        report(ground, issue)


def test_a_tap_sent_twice_reports_once_and_another_is_refused_until_it_is_taken_up(ground: Ground) -> None:
    issue, event = ground.an_issue(State.ROUTED), new_id()

    done = [report(ground, issue, event_id=event) for _time in range(2)]

    assert done == [True, False]
    with pytest.raises(Outdated):
        report(ground, issue)
    take_up(issue, "已与工程部商定", event_id=new_id(), by=By(ground.manager.id), at=NOW)
    assert report(ground, issue)
    assert len(reports_of(issue.id)) == 2


def test_each_line_of_it_is_a_version_of_the_issue_on_tablets_which_show_its_history(ground: Ground) -> None:
    issue = ground.an_issue(State.ROUTED)
    before = len(kinds(issue))

    def told() -> tuple[int, bool]:
        lines = journal.history(issue.id)
        newest = sa.select(Feed.version).where(Feed.type == "issue", Feed.id == issue.id)
        return len(lines) - before, db.session.scalar(newest) == lines[-1].seq

    report(ground, issue)
    assert told() == (1, True)
    take_up(issue, "已与工程部商定", event_id=new_id(), by=By(ground.manager.id), at=NOW)
    result = tell_result(ground, issue, ground.manager)
    assert told() == (3, True)
    read_result(result, frozenset({Role.EXECUTIVE}), by=By(a_staff(ground.estate, Role.EXECUTIVE).id), at=NOW)
    db.session.commit()
    assert told() == (4, True)


@pytest.mark.clause("R11")
def test_either_takes_it_up_and_says_what_was_settled(ground: Ground) -> None:
    issue = ground.an_issue(State.ROUTED)
    report(ground, issue)
    boss = a_staff(ground.estate, Role.MANAGER)

    take_up(issue, "周三前完成注浆", event_id=new_id(), by=By(boss.id), at=NOW + DAY)
    db.session.commit()

    [taken] = reports_of(issue.id)
    assert (taken.taken_up_by_id, taken.taken_up_at, taken.note) == (boss.id, NOW + DAY, "周三前完成注浆")
    assert waiting(ground, Role.SUPERVISOR) == waiting(ground, Role.MANAGER) == []
    with pytest.raises(Outdated):
        take_up(issue, "再来一次", event_id=new_id(), by=By(boss.id), at=NOW + DAY)


def test_of_two_who_take_it_up_at_the_same_moment_one_does(app: Flask, ground: Ground) -> None:
    issue = ground.an_issue(State.ROUTED)
    report(ground, issue)
    issue_id = issue.id

    def takes_it_up() -> None:
        take_up(db.session.get_one(Issue, issue_id), "我来", event_id=new_id(), by=By(), at=NOW)

    outcomes = at_the_same_moment(app, takes_it_up, takes_it_up)

    assert outcomes == ["done", "issue:taken_up"]


@pytest.mark.clause("R12")
def test_when_a_reported_issue_gets_its_result_both_are_asked_to_report_it(ground: Ground) -> None:
    issue, other = ground.an_issue(State.ACCEPTED), ground.an_issue(State.ACCEPTED)
    report(ground, issue)

    for each in (issue, other):
        ground.take(each, Move.RECTIFY, at=NOW + DAY)
    db.session.commit()

    # The one that nobody reported asks nobody.
    for role in (Role.SUPERVISOR, Role.MANAGER):
        assert waiting(ground, role).count("report:result") == 1
    [wait] = [wait for wait in waits.on(reports_of(issue.id)[0].id) if wait.what == "report:result"]
    assert wait.due_at == NOW + DAY + timedelta(hours=4)


def test_a_result_that_did_not_hold_is_not_asked_for_any_more_and_its_next_one_is(ground: Ground) -> None:
    issue = ground.an_issue(State.ACCEPTED)
    report(ground, issue)
    ground.take(issue, Move.RECTIFY)
    ground.take(issue, Move.OWNER_DISSATISFIED)
    db.session.commit()
    between = waiting(ground, Role.MANAGER)

    for move in (Move.ACCEPT, Move.RECTIFY, Move.OWNER_SATISFIED):
        ground.take(issue, move)
    db.session.commit()

    assert between == ["report:take_up"]
    # Closed: there is nothing left to take up.
    assert waiting(ground, Role.MANAGER) == ["report:result"]
    assert reports_of(issue.id)[0].taken_up_at == NOW


def test_what_its_owner_objects_to_has_no_result_to_tell_until_there_is_another(ground: Ground) -> None:
    issue = ground.an_issue(State.ACCEPTED)
    report(ground, issue)
    for move in (Move.RECTIFY, Move.OWNER_SATISFIED):
        ground.take(issue, move)
    closed = waiting(ground, Role.MANAGER)

    ground.take(issue, Move.OWNER_OBJECTED)
    objected = waiting(ground, Role.MANAGER)
    for move in (Move.ACCEPT, Move.RECTIFY):
        ground.take(issue, move)
    db.session.commit()

    assert (closed, objected) == (["report:result"], [])
    assert waiting(ground, Role.MANAGER) == ["report:result"]


A = {Role.EXECUTIVE: ["result:read"], Role.PROPERTY_MANAGER: ["result:read_by_company"]}
# One function there: whoever is the one sees what waits for the other.
B: dict[Role, list[str]] = {Role.EXECUTIVE: [], Role.PROPERTY_MANAGER: ["result:read"]}


@pytest.mark.parametrize(("profile", "told"), [(Profile.A, A), (Profile.B, B)], ids=["A", "B"])
@pytest.mark.clause("R12")
def test_the_result_is_told_to_those_of_the_profile(
    ground: Ground, profile: Profile, told: dict[Role, list[str]]
) -> None:
    ground.estate.profile = profile
    issue = ground.an_issue(State.RECTIFIED)
    report(ground, issue)

    result = tell_result(ground, issue, a_staff(ground.estate, Role.SUPERVISOR))

    assert {role: waiting(ground, role) for role in told} == told
    assert waiting(ground, Role.SUPERVISOR) == []
    assert (result.state, result.round, result.note) == (State.RECTIFIED, 1, "防水已重做，业主满意")
    assert issues_about([result.id, reports_of(issue.id)[0].id]).keys() == {result.id, reports_of(issue.id)[0].id}
    assert issues_about([]) == {}


@pytest.mark.clause("R12")
def test_reading_leaves_a_mark_once_and_the_other_has_still_to_read(ground: Ground) -> None:
    issue = ground.an_issue(State.RECTIFIED)
    report(ground, issue)
    result = tell_result(ground, issue, ground.manager)
    above = a_staff(ground.estate, Role.EXECUTIVE, name="方振华")

    read = [
        read_result(result, frozenset({Role.EXECUTIVE}), by=By(above.id), at=NOW + number * DAY) for number in (1, 2)
    ]
    db.session.commit()
    db.session.expire_all()

    assert read == [True, False]
    assert [(mark.staff.name, mark.at) for mark in result.readings] == [("方振华", NOW + DAY)]
    assert (waiting(ground, Role.EXECUTIVE), waiting(ground, Role.PROPERTY_MANAGER)) == ([], ["result:read_by_company"])
    assert kinds(issue).count("issue:result_read") == 1


def test_a_result_is_read_by_those_it_was_told_to_alone(ground: Ground) -> None:
    issue = ground.an_issue(State.RECTIFIED)
    report(ground, issue)
    result = tell_result(ground, issue, ground.manager)

    with pytest.raises(NotAllowed):
        read_result(result, frozenset({Role.OFFICER, Role.SUPERVISOR}), by=By(ground.officer.id), at=NOW)


def test_nothing_is_told_of_what_was_never_reported_nor_without_words(ground: Ground) -> None:
    issue, never = ground.an_issue(State.ROUTED), ground.an_issue(State.ROUTED)
    report(ground, issue)
    by = {"by": By(ground.manager.id), "at": NOW}

    for act, about, note in (
        (report_result, never, "好了"),
        (report_result, issue, "  "),
        (take_up, issue, ""),
    ):
        with pytest.raises(Refused):
            act(about, note, event_id=new_id(), **by)
    assert results_of(issue.id) == []
    assert [line.kind for line in journal.history(never.id)][-1] == "issue:routed"
