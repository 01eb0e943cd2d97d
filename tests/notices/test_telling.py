"""From the journal to notices: who is told of what, once."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import journal, waits
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By, JournalLine
from app.core.waits import Holder
from app.estates.rules import Profile
from app.issues.actions import Place as Spot
from app.issues.actions import make_move, notice_issue, report_rectified
from app.issues.answering import take_owners_answer
from app.issues.owners_word import OwnersWord
from app.issues.reporting import report_up
from app.issues.routing import route
from app.issues.rules import Answer, HowAnswered, Move, Urgency
from app.notices.models import NoticeCursor
from app.notices.rules import Event
from app.notices.telling import tell_next
from app.people.rules import Role
from app.surveys.actions import Returned, collect
from app.surveys.calling_off import withdraw_survey
from app.surveys.handing_up import hand_up
from app.surveys.rules import Filled, Level
from tests.at_once import at_the_same_moment
from tests.builders import NOBODY, NOW, a_department, a_home, a_staff, a_survey, a_survey_out, an_estate
from tests.notices.conftest import AT_ONCE, MINUTE, Place, allow


def tell(place: Place) -> None:
    while tell_next(place.estate, at=NOW + MINUTE):
        db.session.commit()
    db.session.commit()


def told(place: Place) -> set[tuple[str, Event]]:
    """Who is told of what: the person's name, or the department's."""
    tell(place)
    return {
        (who.name if (who := notice.channel.staff) else notice.channel.department.name_zh, notice.event)
        for notice in place.notices()
    }


@pytest.mark.clause("R11", "R38")
def test_a_departments_manager_and_its_channel_are_told_of_a_new_issue(place: Place) -> None:
    other = a_department(place.estate, "保卫部")
    elsewhere = a_staff(place.estate, Role.DEPARTMENT_MANAGER, name="别人", department=other)
    for whose in (place.manager, place.department, elsewhere, other, place.officer):
        place.let_be_told(whose)

    place.an_issue()

    assert told(place) == {("赵刚", Event.WORK), ("工程维修部", Event.WORK)}


@pytest.mark.clause("R10")
def test_what_an_officer_cannot_solve_is_told_to_supervisor_and_manager(place: Place) -> None:
    manager = a_staff(place.estate, Role.MANAGER, name="周经理")
    for whose in (place.supervisor, manager, place.manager):
        place.let_be_told(whose)
    issue = place.an_issue(routed=False)

    make_move(issue, Move.REPORT, event_id=new_id(), by=By(staff_id=place.officer.id), at=NOW)
    db.session.commit()

    assert told(place) == {("王芳", Event.ROUTE), ("周经理", Event.ROUTE)}


@pytest.mark.clause("R13", "R40")
def test_the_officer_is_told_to_call_back_and_the_department_what_the_owner_said(place: Place) -> None:
    for whose in (place.officer, place.manager):
        place.let_be_told(whose, replace(AT_ONCE, wanted=frozenset({Event.CALL_BACK, Event.BACK})))
    issue = place.an_issue()
    place.rectified(issue)

    word = OwnersWord(Answer.DISSATISFIED, HowAnswered.SIGNED, NOW, "还在漏", visit_id=new_id())
    take_owners_answer(issue, word, round_=1, event_id=new_id(), by=By(staff_id=place.officer.id), at=NOW)
    db.session.commit()

    assert told(place) == {("李敏", Event.CALL_BACK), ("赵刚", Event.BACK)}


def test_a_survey_called_off_is_told_to_whoever_went_there_or_takes_or_reads_its_sheets_and_to_whom_it_asked_about(
    place: Place,
) -> None:
    """A draft to nobody: nobody had heard of it."""
    estate, supervisor = place.estate, By(staff_id=place.supervisor.id)
    desk, executive = a_staff(estate, Role.FRONT_DESK, name="孙前台"), a_staff(estate, Role.EXECUTIVE, name="何总")
    idle, other = a_staff(estate, Role.OFFICER, name="张华"), a_department(estate, "保卫部")
    for whose in (place.officer, idle, desk, executive, place.supervisor, place.manager, place.department, other):
        place.let_be_told(whose)
    draft, out = (a_survey(estate, place.supervisor, (place.department, "维修及时")) for _ in range(2))
    a_survey_out(out, [place.unit], place.officer)

    for survey in (draft, out):
        withdraw_survey(survey, "题目问错了", event_id=new_id(), by=supervisor, at=NOW)
    db.session.commit()

    off, not_asked = Event.CALLED_OFF, Event.NOT_ASKED
    assert told(place) == {
        ("李敏", off),
        ("孙前台", off),
        ("何总", off),
        ("赵刚", not_asked),
        ("工程维修部", not_asked),
    }


def test_a_survey_handed_up_is_told_to_officers_who_still_had_to_go_there(place: Place) -> None:
    idle = a_staff(place.estate, Role.OFFICER, name="张华")
    for whose in (place.officer, idle, place.department):
        place.let_be_told(whose)
    survey = a_survey(place.estate, place.supervisor, (place.department, "维修及时"))
    back, _out = a_survey_out(survey, [place.unit, a_home(place.estate)], place.officer)
    by = {"by": By(staff_id=place.supervisor.id), "at": NOW}
    returned = Returned(Filled.ON_PAPER, False, "", "owner", False, Level.SATISFIED)
    collect(back, returned, event_id=new_id(), when=NOW, **by)

    hand_up(survey, place.estate, "维修最慢", "年底前要结果", event_id=new_id(), **by)
    db.session.commit()

    assert told(place) == {("李敏", Event.COLLECTED)}


def test_what_nobody_owns_is_told_to_the_supervisor_instead(place: Place) -> None:
    for whose in (place.officer, place.supervisor):
        place.let_be_told(whose)
    by = By(staff_id=place.officer.id)
    issue = notice_issue(
        new_id(),
        place.estate,
        Spot(place.unit.building, "1", 2, "电梯厅"),
        "墙面瓷砖脱落",
        place.category,
        Urgency.ORDINARY,
        inspection_id=new_id(),
        noticed_by=place.officer,
        noticed_at=NOW,
        by=by,
        at=NOW,
    )
    make_move(issue, Move.ROUTE, event_id=new_id(), by=by, at=NOW)
    issue.department_id, issue.responsible_id, issue.due_on = place.department.id, place.manager.id, NOW.date()
    make_move(issue, Move.ACCEPT, event_id=new_id(), by=NOBODY, at=NOW)
    report_rectified(issue, "已重贴", event_id=new_id(), by=NOBODY, at=NOW)
    db.session.commit()

    assert ("王芳", Event.VERIFY) in told(place)
    assert ("李敏", Event.CALL_BACK) not in told(place)


def test_whatever_begins_to_wait_is_told_to_its_holder_though_no_rule_names_it(place: Place) -> None:
    place.let_be_told(place.supervisor)
    thing = new_id()

    waits.begin(place.estate.id, ("thing", thing), "thing:do", Holder(role="supervisor"), since=NOW, due_at=NOW)
    journal.write(place.estate.id, "thing:made", ("thing", thing), by=NOBODY, at=NOW)
    db.session.commit()
    journal.write(place.estate.id, "thing:read", ("thing", thing), by=NOBODY, at=NOW + MINUTE)
    db.session.commit()

    assert told(place) == {("王芳", Event.WAITING)}
    assert len(place.notices()) == 1


@pytest.mark.clause("R12")
def test_supervisor_and_manager_are_told_that_a_reported_issue_has_a_result_to_tell(place: Place) -> None:
    manager = a_staff(place.estate, Role.MANAGER, name="周经理")
    for whose in (place.supervisor, manager):
        place.let_be_told(whose, replace(AT_ONCE, wanted=frozenset(Event) - {Event.ROUTE}), at=NOW + MINUTE)
    never_reported, issue = place.an_issue(), place.an_issue()
    report_up(issue, event_id=new_id(), by=By(staff_id=place.officer.id), at=NOW)

    for one in (never_reported, issue):
        place.rectified(one, at=NOW + MINUTE)

    assert told(place) == {("王芳", Event.RESULT), ("周经理", Event.RESULT)}
    assert {notice.subject_id for notice in place.notices()} == {issue.id}


@pytest.mark.clause("R12")
@pytest.mark.parametrize(("profile", "event"), [(Profile.A, set()), (Profile.B, {("郑卫东", Event.OVERDUE)})])
def test_where_the_property_manager_is_the_executive_they_are_told_what_comes_up_to_one(
    place: Place, profile: Profile, event: set[tuple[str, Event]]
) -> None:
    place.estate.profile = profile
    place.let_be_told(a_staff(place.estate, Role.PROPERTY_MANAGER, name="郑卫东"), at=NOW + MINUTE)
    issue = place.an_issue()

    told_upward = {"what": "issue:accept", "level": "executive"}
    journal.write(place.estate.id, "wait:escalated", ("issue", issue.id), by=NOBODY, at=NOW + MINUTE, data=told_upward)
    db.session.commit()

    assert told(place) == event


def test_what_is_overdue_is_told_to_the_level_it_comes_up_to_and_to_whose_step_it_is(place: Place) -> None:
    manager = a_staff(place.estate, Role.MANAGER, name="周经理")
    for whose in (place.manager, place.department, manager, place.supervisor, place.officer):
        place.let_be_told(whose, at=NOW + MINUTE)
    issue = place.an_issue()

    told_upward = {"what": "issue:accept", "level": "manager"}
    journal.write(place.estate.id, "wait:escalated", ("issue", issue.id), by=NOBODY, at=NOW + MINUTE, data=told_upward)
    db.session.commit()

    assert told(place) == {("周经理", Event.OVERDUE), ("赵刚", Event.LATE), ("工程维修部", Event.LATE)}


def test_what_begins_to_wait_under_a_name_in_the_line_is_told_too(place: Place) -> None:
    place.let_be_told(place.supervisor)
    issue, result = place.an_issue(), new_id()

    waits.begin(
        place.estate.id, ("result", result), "result:read", Holder(role="supervisor"), since=NOW + MINUTE, due_at=NOW
    )
    data = {"result": str(result), "note": "no id"}
    journal.write(place.estate.id, "issue:told", ("issue", issue.id), by=NOBODY, at=NOW + MINUTE, data=data)
    db.session.commit()

    assert told(place) == {("王芳", Event.WAITING)}
    assert [notice.subject_id for notice in place.notices()] == [issue.id]


def test_nobody_is_told_what_they_did_themselves_or_turned_off_or_before_they_asked(place: Place) -> None:
    before = place.an_issue(at=NOW - timedelta(days=3))
    place.let_be_told(place.manager)
    place.let_be_told(place.officer, replace(AT_ONCE, wanted=frozenset(Event) - {Event.CALL_BACK}))

    place.rectified(place.an_issue())

    tell(place)
    about = {notice.subject_id for notice in place.notices()}
    assert {notice.event for notice in place.notices()} == {Event.WORK, Event.PROGRESS}
    assert before.id not in about


def test_who_left_or_lost_the_role_is_told_nothing(place: Place) -> None:
    gone = a_staff(place.estate, Role.DEPARTMENT_MANAGER, name="走了", department=place.department)
    for whose in (place.manager, gone):
        place.let_be_told(whose)
    gone.left_at = NOW
    place.manager.roles[0].until = NOW.date()
    db.session.commit()

    place.an_issue()

    assert told(place) == set()


def test_a_line_is_told_once_however_often_the_journal_is_read(place: Place) -> None:
    channel = place.let_be_told(place.manager)
    place.an_issue()
    tell(place)

    db.session.execute(sa.update(NoticeCursor).values(seq=0))
    db.session.commit()
    tell(place)

    assert [(notice.channel_id, notice.event) for notice in place.notices()] == [(channel.id, Event.WORK)]


def test_two_who_read_at_the_same_moment_tell_it_once(place: Place, app: Flask) -> None:
    place.let_be_told(place.manager)
    place.an_issue()
    place.an_issue()
    estate_id = place.estate.id

    def read() -> None:
        estate = db.session.get_one(type(place.estate), estate_id)
        tell_next(estate, at=NOW)

    assert at_the_same_moment(app, read, read) == ["done", "done"]
    assert len(place.notices()) == 2


def test_what_is_rolled_back_moves_no_cursor(place: Place) -> None:
    place.let_be_told(place.manager)
    place.an_issue()

    tell_next(place.estate, at=NOW)
    db.session.rollback()
    tell(place)

    assert len(place.notices()) == 1


@pytest.mark.parametrize("most", [1, 2, 3])
def test_the_journal_is_read_in_pieces_and_to_its_end(place: Place, most: int) -> None:
    """Wherever a piece ends: every second line is one that is told."""
    place.let_be_told(place.manager)
    by = By(staff_id=place.officer.id)
    for n in range(5):
        issue = place.an_issue(at=NOW + 2 * n * MINUTE, routed=False)
        route(issue, place.department.id, event_id=new_id(), by=by, at=NOW + (2 * n + 1) * MINUTE)
        db.session.commit()

    rounds = 1
    while tell_next(place.estate, at=NOW, most=most):
        db.session.commit()
        rounds += 1
    db.session.commit()

    last = db.session.scalar(sa.select(sa.func.max(JournalLine.seq)).where(JournalLine.stream == place.estate.id))
    assert rounds > 2
    assert len(place.notices()) == 5
    assert db.session.get_one(NoticeCursor, place.estate.id).seq == last


def test_one_estate_hears_nothing_of_another(place: Place) -> None:
    elsewhere = an_estate()
    somebody = a_staff(elsewhere, Role.SUPERVISOR, Role.DEPARTMENT_MANAGER, name="外人")
    db.session.commit()
    other = replace(place, estate=elsewhere)
    allow(elsewhere, place.web)
    other.let_be_told(somebody)

    place.an_issue()

    assert told(place) == set()
    assert told(other) == set()
