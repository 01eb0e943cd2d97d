"""The special meeting, departments' measures and their reports, until customer service has collected them."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.ids import new_id
from app.core.waits import on
from app.estates.escalation import escalate
from app.estates.rules import Profile, limits
from app.people.models import Staff
from app.people.rules import Role
from app.surveys.measure_rules import (
    ATTEND,
    CALL,
    COLLECT,
    MEASURE_STEPS,
    MINUTES,
    READ,
    REPORT,
    SETTLE,
    MeasureMove,
    MeasureState,
    MeetingState,
    measure_moves_open_to,
)
from app.surveys.measures import SurveyMeasure, SurveyMeeting, measures_of, measures_on
from app.surveys.measuring import ask_again, collect_report, drop, read_report, report, settle
from app.surveys.meeting import Called, Minutes, Problem, call_meeting, put_off, record_meeting, will_come
from app.surveys.models import Survey
from app.surveys.moving import move
from app.surveys.rules import SurveyMove
from tests.at_once import at_the_same_moment
from tests.builders import NOW, TODAY, a_department
from tests.surveys.followed import SLOW, Followed, followed_in

MEETS_AT = NOW + timedelta(days=2)
AFTER = NOW + timedelta(days=2, hours=3)


def called(followed: Followed, **more: object) -> SurveyMeeting:
    """The executive calls the meeting on a result that was handed up."""
    followed.comes_back(0, {followed.repairs: SLOW})
    followed.move(SurveyMove.HAND_UP, SurveyMove.READ)
    wanted = {"event_id": new_id(), "by": followed.by(followed.executive), "at": NOW} | more
    meeting = call_meeting(followed.survey, Called(MEETS_AT, "二楼会议室", "", [followed.repairs]), **wanted)
    assert meeting is not None
    return meeting


def minutes(followed: Followed, *problems: str) -> Minutes:
    """Written after it, with these problems of the repairs."""
    found = [Problem(followed.repairs.id, words, "增派人手") for words in problems or ("报修后来得太慢",)]
    there = [followed.executive.id, followed.head.id]
    return Minutes(TODAY + timedelta(days=2), followed.executive.id, there, "业委会李主任", "逐项讨论", found)


def measured(followed: Followed) -> SurveyMeasure:
    """A problem that the minutes set down."""
    meeting = called(followed)
    more = {"event_id": new_id(), "by": followed.by(followed.supervisor), "at": AFTER}
    assert record_meeting(meeting, minutes(followed), **more)
    return measures_on(followed.survey.id)[0]


def more_of(followed: Followed, who: Staff | None = None) -> dict[str, object]:
    return {"event_id": new_id(), "by": followed.by(who or followed.head), "at": AFTER}


@pytest.mark.clause("R33")
def test_the_executive_calls_the_managers_of_the_departments_concerned(followed: Followed) -> None:
    followed.move(SurveyMove.HAND_UP)
    assert CALL not in followed.waiting(followed.survey.id)
    followed.move(SurveyMove.READ)
    assert followed.waiting(followed.survey.id) == {CALL: (Role.EXECUTIVE.value, None)}
    wanted = {"event_id": new_id(), "by": followed.by(followed.executive), "at": NOW}

    meeting = call_meeting(followed.survey, Called(MEETS_AT, "二楼会议室", "", [followed.repairs]), **wanted)

    assert followed.waiting(followed.survey.id) == {}
    assert [followed.waiting(call.id) for call in meeting.calls] == [
        {ATTEND: (Role.DEPARTMENT_MANAGER.value, followed.repairs.id)},
        {ATTEND: (Role.PROPERTY_MANAGER.value, None)},
    ]
    assert followed.waiting(meeting.id) == {MINUTES: (Role.SUPERVISOR.value, None)}
    assert will_come(meeting.calls[0], by=followed.by(followed.head), at=NOW)
    assert not will_come(meeting.calls[0], by=followed.by(followed.head), at=NOW)
    assert followed.waiting(meeting.calls[0].id) == {}
    assert followed.kinds(meeting.id) == ["meeting:called"]
    assert followed.kinds(meeting.calls[0].id) == ["meeting:invited", "meeting:summary_read"]


def test_in_the_other_profile_the_property_manager_is_who_calls(app: Flask) -> None:
    with app.app_context():
        meeting = called(followed_in(Profile.B))

        assert len(meeting.calls) == 1


def test_there_is_no_meeting_before_a_result_nor_a_second_one(followed: Followed) -> None:
    with pytest.raises(Refused) as early:
        call_meeting(followed.survey, Called(MEETS_AT, "会议室", "", [followed.repairs]), **more_of(followed))
    assert early.value.code == "meeting:no_result"
    called(followed)
    for wanted, code in (
        (Called(MEETS_AT, "会议室", "", [followed.repairs]), "meeting:called"),
        (Called(MEETS_AT, "会议室", "", []), "meeting:called"),
    ):
        with pytest.raises(Outdated) as late:
            call_meeting(followed.survey, wanted, **more_of(followed))
        assert late.value.code == code


def test_put_off_everybody_is_told_again(followed: Followed) -> None:
    meeting, later = called(followed), MEETS_AT + timedelta(days=3)
    will_come(meeting.calls[0], by=followed.by(followed.head), at=NOW)

    assert put_off(meeting, later, "三楼", **(more_of(followed, followed.executive) | {"at": NOW}))

    assert meeting.calls[0].read_at is None
    assert [wait.due_at for wait in on(meeting.calls[0].id)] == [later]


@pytest.mark.clause("R33")
def test_the_minutes_set_down_each_problem_and_are_written_once(followed: Followed) -> None:
    meeting = called(followed)
    with pytest.raises(Refused):
        record_meeting(meeting, minutes(followed), **(more_of(followed) | {"at": NOW}))

    assert record_meeting(meeting, minutes(followed, "来得太慢", "不打招呼"), **more_of(followed, followed.supervisor))

    assert (meeting.state, meeting.minutes, meeting.others) == (MeetingState.HELD, "逐项讨论", "业委会李主任")
    first, second = measures_on(followed.survey.id)
    assert (first.problem, first.first_plan, second.problem) == ("来得太慢", "增派人手", "不打招呼")
    assert followed.waiting(first.id) == {SETTLE: (Role.DEPARTMENT_MANAGER.value, followed.repairs.id)}
    assert followed.waiting(meeting.id) == {}
    assert all(followed.waiting(call.id) == {} for call in meeting.calls)
    with pytest.raises(Outdated):
        record_meeting(meeting, minutes(followed), **more_of(followed))


@pytest.mark.parametrize(
    ("held_on", "at", "code"),
    [
        (TODAY + timedelta(days=2), MEETS_AT - timedelta(minutes=1), "meeting:not_held"),
        (TODAY, MEETS_AT - timedelta(minutes=1), "meeting:not_held"),
        (TODAY + timedelta(days=3), AFTER, "meeting:not_held"),
        (TODAY - timedelta(days=1), AFTER, "meeting:not_called_yet"),
        (TODAY + timedelta(days=2), MEETS_AT, ""),
        (TODAY, AFTER, ""),
    ],
)
def test_minutes_are_written_from_the_hour_of_the_meeting_on(
    followed: Followed, held_on: date, at: datetime, code: str
) -> None:
    """Not of a day to come where the estate stands, nor of one before it was called."""
    meeting = called(followed)
    written, more = replace(minutes(followed), held_on=held_on), more_of(followed, followed.supervisor) | {"at": at}

    if not code:
        assert record_meeting(meeting, written, **more)
        return

    with pytest.raises(Refused) as refused:
        record_meeting(meeting, written, **more)
    assert (refused.value.code, meeting.state) == (code, MeetingState.CALLED)


@pytest.mark.clause("R34", "R35", "V52")
def test_a_measure_is_settled_reported_read_and_collected(followed: Followed) -> None:
    measure = measured(followed)
    due_on = TODAY + timedelta(days=9)

    settle(measure, "夜间增派一人", followed.worker, due_on, met_on=TODAY, **more_of(followed))
    assert followed.waiting(measure.id) == {REPORT: (Role.DEPARTMENT_MANAGER.value, followed.repairs.id)}
    told = measures_of(followed.survey.id)[0]
    assert (told.measure, told.responsible, told.due_on) == ("夜间增派一人", "王师傅", due_on)
    report(measure, "已增派", **more_of(followed))
    assert followed.waiting(measure.id) == {
        READ: (Role.EXECUTIVE.value, None),
        COLLECT: (Role.SUPERVISOR.value, None),
    }
    collect_report(measure, **more_of(followed, followed.supervisor))
    assert followed.waiting(measure.id) == {READ: (Role.EXECUTIVE.value, None)}
    assert read_report(measure, by=followed.by(followed.executive), at=AFTER)
    assert not read_report(measure, by=followed.by(followed.executive), at=AFTER)

    assert (measure.state, followed.waiting(measure.id)) == (MeasureState.COLLECTED, {})
    assert followed.kinds(measure.id) == [
        "measure:set_down",
        "measure:settled",
        "measure:reported",
        "measure:collected",
        "measure:read_by_executive",
    ]


def test_asked_again_it_is_settled_and_reported_anew(followed: Followed) -> None:
    measure = measured(followed)
    settle(measure, "夜间增派一人", followed.worker, TODAY + timedelta(days=9), **more_of(followed))
    report(measure, "已增派", **more_of(followed))
    collect_report(measure, **more_of(followed, followed.supervisor))
    with pytest.raises(Refused):
        ask_again(measure, " ", **more_of(followed, followed.executive))

    ask_again(measure, "白天也慢", **more_of(followed, followed.executive))

    assert (measure.state, measure.round, measure.collected_at) == (MeasureState.SET_DOWN, 2, None)
    assert followed.waiting(measure.id) == {SETTLE: (Role.DEPARTMENT_MANAGER.value, followed.repairs.id)}


def test_what_the_executive_wants_more_than_is_not_told_to_owners_as_what_is_done(followed: Followed) -> None:
    measure = measured(followed)
    settle(measure, "夜间增派一人", followed.worker, TODAY + timedelta(days=9), **more_of(followed))
    report(measure, "已增派", **more_of(followed))
    [done] = measures_of(followed.survey.id)

    ask_again(measure, "白天也慢", **more_of(followed, followed.executive))

    [asked] = measures_of(followed.survey.id)
    assert (done.measure, done.due_on) == ("夜间增派一人", TODAY + timedelta(days=9))
    assert (asked.measure, asked.responsible, asked.due_on) == ("增派人手", "", None)


def test_what_was_dropped_is_not_told_to_owners(followed: Followed) -> None:
    measure = measured(followed)

    drop(measure, "重复", **more_of(followed, followed.executive))

    assert (measures_of(followed.survey.id), followed.waiting(measure.id)) == ([], {})


@pytest.mark.parametrize(
    ("words", "days", "code"),
    [(" ", 3, "measure:missing"), ("增派", -1, "measure:date_past")],
)
def test_a_measure_has_words_and_a_day_to_come(followed: Followed, words: str, days: int, code: str) -> None:
    measure = measured(followed)

    with pytest.raises(Refused) as refused:
        settle(measure, words, followed.worker, TODAY + timedelta(days=days), **more_of(followed))

    assert refused.value.code == code


def test_a_limit_in_days_ends_at_the_same_time_of_day_though_the_clocks_change_meanwhile(followed: Followed) -> None:
    """There the night to the 25th of October is an hour longer."""
    followed.estate.time_zone = "Europe/Berlin"
    friday = {"at": datetime(2026, 10, 23, 12, tzinfo=UTC)}
    followed.comes_back(0, {followed.repairs: SLOW})
    followed.move(SurveyMove.HAND_UP)

    move(followed.survey, SurveyMove.READ, **(more_of(followed) | friday))
    to_call = due(followed.survey.id)
    calls = Called(friday["at"] + timedelta(hours=1), "会议室", "", [followed.repairs])
    meeting = call_meeting(followed.survey, calls, **(more_of(followed, followed.executive) | friday))
    to_write = due(meeting.id)
    friday["at"] += timedelta(hours=2)
    record_meeting(meeting, replace(minutes(followed), held_on=date(2026, 10, 23)), **(more_of(followed) | friday))
    [measure] = measures_on(followed.survey.id)
    settle(measure, "增派一人", followed.worker, TODAY, **(more_of(followed) | friday))
    report(measure, "已增派", **(more_of(followed) | friday))

    limit = limits(followed.estate.settings)
    assert (to_call[CALL], to_write[MINUTES]) == (
        datetime(2026, 10, 23 + limit.review_days, 13, tzinfo=UTC),
        datetime(2026, 10, 23 + limit.review_days, 14, tzinfo=UTC),
    )
    assert due(measure.id) == {
        READ: datetime(2026, 10, 23 + limit.review_days, 15, tzinfo=UTC),
        COLLECT: datetime(2026, 10, 23 + limit.callback_days, 15, tzinfo=UTC),
    }


def due(subject_id: uuid.UUID) -> dict[str, datetime]:
    return {wait.what: wait.due_at for wait in on(subject_id)}


def test_an_overdue_measure_is_told_to_manager_and_executive(followed: Followed) -> None:
    measure = measured(followed)

    escalate(AFTER + timedelta(days=5))

    assert [(wait.what, bool(wait.manager_told_at), bool(wait.executive_told_at)) for wait in on(measure.id)] == [
        (SETTLE, True, True)
    ]


def test_of_two_who_report_at_once_one_is_told(app: Flask, followed: Followed) -> None:
    measure = measured(followed)
    settle(measure, "夜间增派一人", followed.worker, TODAY + timedelta(days=9), **more_of(followed))
    measure_id, by = measure.id, followed.by(followed.head)
    db.session.commit()

    def reports() -> object:
        return report(db.session.get_one(SurveyMeasure, measure_id), "已增派", event_id=new_id(), by=by, at=AFTER)

    assert at_the_same_moment(app, reports, reports) == ["done", "measure:moved_on"]


def test_of_two_who_call_the_meeting_at_once_one_is_told(app: Flask, followed: Followed) -> None:
    followed.move(SurveyMove.HAND_UP)
    survey_id, by = followed.survey.id, followed.by(followed.executive)
    repairs_id = followed.repairs.id
    db.session.commit()

    def calls() -> object:
        departments = [db.session.get_one(type(followed.repairs), repairs_id)]
        there = Called(MEETS_AT, "会议室", "", departments)
        return call_meeting(db.session.get_one(Survey, survey_id), there, event_id=new_id(), by=by, at=NOW)

    assert at_the_same_moment(app, calls, calls) == ["done", "meeting:called"]


def test_every_state_of_a_measure_has_a_way_in_and_only_the_end_none_out() -> None:
    assert {row.after for row in MEASURE_STEPS} == set(MeasureState)
    assert {row.before for row in MEASURE_STEPS} == set(MeasureState) - {MeasureState.DROPPED}
    assert len({(row.before, row.move) for row in MEASURE_STEPS}) == len(MEASURE_STEPS)


def test_only_its_department_settles_and_reports_a_measure() -> None:
    department = frozenset({Role.DEPARTMENT_MANAGER})
    assert measure_moves_open_to(department, MeasureState.SET_DOWN) == [MeasureMove.SETTLE]
    assert measure_moves_open_to(department, MeasureState.SETTLED) == [MeasureMove.REPORT]
    others = frozenset(Role) - department
    assert MeasureMove.REPORT not in measure_moves_open_to(others, MeasureState.SETTLED)


def test_what_a_department_that_closed_meanwhile_has_to_settle_another_one_does(followed: Followed) -> None:
    meeting = called(followed)
    followed.repairs.closed_on = TODAY
    heir = a_department(followed.estate, "综合维修部")
    db.session.flush()
    written = minutes(followed)

    with pytest.raises(Refused, match="meeting:department_closed"):
        record_meeting(meeting, written, **more_of(followed, followed.supervisor))
    answered = replace(written, problems=[replace(one, department_id=heir.id) for one in written.problems])
    assert record_meeting(meeting, answered, **more_of(followed, followed.supervisor))

    [measure] = measures_on(followed.survey.id)
    assert measure.department_id == heir.id
    assert followed.waiting(measure.id) == {SETTLE: (Role.DEPARTMENT_MANAGER.value, heir.id)}


def test_as_long_as_those_are_there_who_were_called_nobody_else_answers(followed: Followed) -> None:
    meeting = called(followed)
    written = minutes(followed)
    other = replace(written, problems=[replace(one, department_id=followed.cleaning.id) for one in written.problems])

    with pytest.raises(Refused, match="meeting:not_called"):
        record_meeting(meeting, other, **more_of(followed, followed.supervisor))
