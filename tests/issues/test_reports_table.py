"""What is reported upward, as a table: after each move of an issue, who is asked for what, and who no more (R10–R12).

The last report about an issue is open or taken up, and its result is to be told or not; a result is read by each who
must. What moves and acts mean for that is written down here anew, not read from what is tested.
"""

import enum
import os
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.core import journal, waits
from app.core.db import db
from app.core.errors import NotAllowed, Refused
from app.core.ids import new_id
from app.core.journal import By
from app.estates.rules import Profile
from app.issues.models import Issue
from app.issues.report_rules import READ, READ_BY_COMPANY, RESULT
from app.issues.reported import reports_of, results_of
from app.issues.reporting import read_result, report_result, report_up, take_up
from app.issues.rules import ENDED, STEPS, Move, State, Step, step
from app.people.rules import Role
from tests.builders import NOW, a_staff
from tests.issues.conftest import Ground, kinds, so_many

HOUR = timedelta(hours=1)
AT_ITS_VISIT = {State.RECORDED, State.ANSWERED}
WALKS = max(15, int(os.environ.get("WALKS", "0")) // 5)
"""How many walks are taken; a night takes many."""


class Report(enum.Enum):
    """What became of the last report about an issue."""

    NONE = "none"
    OPEN = "open"
    TAKEN_UP = "taken up"


class Act(enum.Enum):
    """What people do with reports."""

    REPORT = "report up"
    TAKE_UP = "take up"
    TELL = "tell the result"


Standing = tuple[Report, bool]
"""Where the last report stands, and whether its result is to be told."""


def follows(before: Standing, row: Step) -> Standing:
    """What a move means for what was reported."""
    report, asked = before
    if row.after is State.REPORTED and row.before is not State.REPORTED:
        return Report.OPEN, False
    sent_on = row.before is State.REPORTED and row.after is not State.REPORTED
    if report is Report.OPEN and (sent_on or row.after in ENDED):
        report = Report.TAKEN_UP
    if report is not Report.NONE and row.after in {*ENDED, State.RECTIFIED}:
        return report, True
    return report, asked and row.before not in {*ENDED, State.RECTIFIED}


def done(before: Standing, act: Act, state: State) -> Standing | None:
    """What an act means; nothing where it is refused."""
    report, asked = before
    if act is Act.REPORT:
        with_leaders = state is State.REPORTED or report is Report.OPEN
        return None if with_leaders or state in ENDED else (Report.OPEN, asked)
    if act is Act.TAKE_UP:
        return (Report.TAKEN_UP, asked) if report is Report.OPEN else None
    if report is Report.NONE:
        return None
    return (report if state is State.REPORTED else Report.TAKEN_UP), False


def stands(issue: Issue) -> Standing:
    """Where the last report about an issue stands. What is open waits to be taken up, but where the issue waits."""
    reports = reports_of(issue.id)
    asked = [wait.what for report in reports for wait in waits.on(report.id)]
    assert asked.count(RESULT) <= 1
    if not reports:
        return Report.NONE, False
    return Report.OPEN if reports[-1].taken_up_at is None else Report.TAKEN_UP, RESULT in asked


def an_issue_with(ground: Ground, report: Report, state: State, *, owned: bool = True) -> Issue:
    """An issue in a state, with a report that stands so."""
    issue = ground.an_issue(state, owned=owned)
    if report is not Report.NONE and state is not State.REPORTED:
        issue.state = State.ROUTED  # what has ended was reported while it was open
        db.session.flush()
        act(Act.REPORT, issue, ground)
        issue.state = state
    if report is Report.TAKEN_UP:
        act(Act.TAKE_UP, issue, ground)
    db.session.commit()
    return issue


def act(what: Act, issue: Issue, ground: Ground) -> bool:
    """Somebody's act, with its words."""
    more: dict[str, Any] = {"event_id": new_id(), "by": By(staff_id=ground.officer.id), "at": NOW}
    if what is Act.REPORT:
        return report_up(issue, **more)
    return (take_up if what is Act.TAKE_UP else report_result)(issue, "周三前完成注浆", **more)


def can_stand(report: Report, state: State) -> bool:
    """Before its visit is over nothing is reported; what is with the leaders was; what has ended was taken up."""
    if state in AT_ITS_VISIT:
        return report is Report.NONE
    if state is State.REPORTED:
        return report is not Report.NONE
    return not (report is Report.OPEN and state in ENDED)


@pytest.mark.clause("R10")
@pytest.mark.clause("R12")
@pytest.mark.parametrize("report", Report, ids=lambda report: report.value)
@pytest.mark.any_database
def test_each_move_means_for_what_was_reported_what_the_table_says(ground: Ground, report: Report) -> None:
    for row in [row for row in STEPS if can_stand(report, row.before) and not row.together]:
        issue = an_issue_with(ground, report, row.before, owned=row.owned is not False)
        before, told = stands(issue), len(reports_of(issue.id))

        assert ground.take(issue, row.move, at=NOW + HOUR)
        db.session.commit()

        expected = follows(before, row)
        if row.after is State.REPORTED and issue.state is State.ROUTED:  # and on to its department at once
            expected = follows(expected, Step(State.REPORTED, Move.ROUTE, State.ROUTED, frozenset()))
        is_new = row.after is State.REPORTED and row.before is not State.REPORTED
        assert (stands(issue), len(reports_of(issue.id))) == (expected, told + is_new), row


@pytest.mark.clause("R10")
@pytest.mark.clause("R11")
@pytest.mark.clause("R12")
@pytest.mark.parametrize("report", Report, ids=lambda report: report.value)
@pytest.mark.any_database
def test_each_act_is_done_where_the_table_has_it_and_else_refused_and_changes_nothing(
    ground: Ground, report: Report
) -> None:
    for state in [state for state in State if can_stand(report, state) and state not in AT_ITS_VISIT]:
        for what in Act:
            issue = an_issue_with(ground, report, state, owned=state is not State.VERIFIED)
            before, told = stands(issue), kinds(issue)
            expected = done(before, what, state)
            if expected is None:
                with pytest.raises(Refused):
                    act(what, issue, ground)
                db.session.rollback()
                assert (stands(issue), kinds(issue)) == (before, told), (state, what)
            else:
                assert act(what, issue, ground)
                db.session.commit()
                assert (stands(issue), len(kinds(issue))) == (expected, len(told) + 1), (state, what)
            assert issue.state is state, "a report moves nothing"


HAS_READ = [
    (Profile.A, Role.EXECUTIVE, {READ}),
    (Profile.A, Role.PROPERTY_MANAGER, {READ_BY_COMPANY}),
    (Profile.B, Role.EXECUTIVE, {READ}),
    (Profile.B, Role.PROPERTY_MANAGER, {READ}),
]
MUST_READ = {Profile.A: {READ, READ_BY_COMPANY}, Profile.B: {READ}}


@pytest.mark.clause("R12")
@pytest.mark.parametrize("profile", Profile, ids=lambda profile: profile.value)
@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_a_result_is_read_by_each_who_must_and_by_nobody_else(ground: Ground, profile: Profile, role: Role) -> None:
    ground.estate.profile = profile
    issue = an_issue_with(ground, Report.TAKEN_UP, State.RECTIFIED)
    act(Act.TELL, issue, ground)
    [result] = results_of(issue.id)
    reads = next((what for where, who, what in HAS_READ if (where, who) == (profile, role)), set())

    if reads:
        assert read_result(result, frozenset({role}), by=By(a_staff(ground.estate, role).id), at=NOW)
    else:
        with pytest.raises(NotAllowed):
            read_result(result, frozenset({role}), by=By(a_staff(ground.estate, role).id), at=NOW)

    assert {wait.what for wait in waits.on(result.id)} == MUST_READ[profile] - reads


MOVES = [move for move in Move if not any(row.together for row in STEPS if row.move is move) and move is not Move.MERGE]
"""Moves of one issue alone."""


@so_many(WALKS)
@example([Move.ACCEPT, Act.REPORT, Act.TAKE_UP, Move.RECTIFY, Act.REPORT, Move.OWNER_SATISFIED])
@example([Act.REPORT, Move.ACCEPT, Move.RECTIFY, Act.REPORT, Move.OWNER_DISSATISFIED])
@given(walked=st.lists(st.one_of(st.integers(0, 99), st.sampled_from([*MOVES, *Act])), min_size=4, max_size=20))
@pytest.mark.clause("R12")
def test_whatever_is_reported_in_whatever_order_the_table_tells_where_it_stands(
    ground: Ground, walked: list[int | Move | Act]
) -> None:
    issue = ground.an_issue(State.ROUTED)
    for choice in walked:
        what = choice
        if isinstance(choice, int):
            now = [*(row.move for row in STEPS if row.before is issue.state and row.move in MOVES), *Act]
            what = now[choice % len(now)]
        with suppress(Refused), db.session.begin_nested():
            act(what, issue, ground) if isinstance(what, Act) else ground.take(issue, what)
        db.session.commit()

        assert stands(issue) == replayed(issue), what


ACTS = {"issue:reported_up": Act.REPORT, "issue:report_taken_up": Act.TAKE_UP, "issue:result_reported": Act.TELL}


def replayed(issue: Issue) -> Standing:
    """Where the last report stands as it follows from the journal and the table alone."""
    state, standing = State.RECORDED, (Report.NONE, False)
    for line in journal.history(issue.id):
        if line.kind in ACTS:
            after = done(standing, ACTS[line.kind], state)
            assert after is not None, f"the journal tells of {line.kind} in {state}"
            standing = after
        elif row := step(state, Move(line.kind)) if line.kind in {move.value for move in Move} else None:
            state, standing = row.after, follows(standing, row)
    return standing
