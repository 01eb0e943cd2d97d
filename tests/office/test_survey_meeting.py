"""The special meeting in the office: called, read, written down; its measures settled, reported, read and collected."""

import re
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from app.core.clock import local_date, now
from app.core.db import db
from app.core.ids import new_id
from app.estates.models import Estate
from app.jobs.notices import send_notices
from app.people.models import Department, Staff, StaffRole
from app.people.rules import Role
from app.surveys.measure_rules import MeasureState, MeetingState
from app.surveys.measures import SurveyCall, SurveyMeasure, SurveyMeeting
from app.surveys.rules import SurveyMove
from tests.builders import a_department
from tests.office.a_survey_back import KIND, SLOW, Back, a_survey_back, staff
from tests.office.conftest import IN_TIME, Desk
from tests.office.test_notices import let, set_mine
from tests.office.test_survey_opinions import an_issue_of_it
from tests.receivers import a_web_receiver

TODAY = local_date(now(), "Asia/Shanghai")
READ = (SurveyMove.HAND_UP, SurveyMove.READ)


def call(desk: Desk, back: Back, who: str = "executive", **changes: object) -> TestResponse:
    """The executive calls the repairs' manager for tomorrow."""
    sent = {
        "call-event": str(uuid.uuid4()),
        "call-on": (TODAY + timedelta(days=1)).isoformat(),
        "call-at": "14:00",
        "call-place": "二楼会议室",
        "call-departments": [str(desk.department_id)],
        "call-note": "带上报修记录",
    }
    return desk.browser(who).post(f"/surveys/{back.survey_id}/meeting", data=sent | changes)


def the_id(desk: Desk, kind: type[SurveyMeeting | SurveyCall | SurveyMeasure]) -> uuid.UUID:
    with desk.app.app_context():
        return db.session.scalars(sa.select(kind.id).order_by(kind.id)).first()


def its_hour_comes(desk: Desk) -> None:
    """The meeting that was called is now."""
    with desk.app.app_context():
        called = SurveyMeeting.state == MeetingState.CALLED
        db.session.execute(sa.update(SurveyMeeting).where(called).values(meets_at=now()))
        db.session.commit()


def write_minutes(desk: Desk, who: str = "supervisor", **changes: object) -> TestResponse:
    """What was discussed, with one problem of the repairs."""
    its_hour_comes(desk)
    with desk.app.app_context():
        executive, head = str(staff(desk, "executive").id), str(staff(desk, "department_manager").id)
    sent = {
        "minutes-event": str(uuid.uuid4()),
        "minutes-held_on": TODAY.isoformat(),
        "minutes-chair": executive,
        "minutes-present": [executive, head],
        "minutes-others": "业委会李主任",
        "minutes-minutes": "逐项讨论",
        "minutes-of_departments-0-department": str(desk.department_id),
        "minutes-of_departments-0-problems": "报修后来得太慢\n\n不打招呼",
        "minutes-of_departments-0-plan": "夜间增派一人",
    }
    return desk.browser(who).post(f"/surveys/meetings/{the_id(desk, SurveyMeeting)}/minutes", data=sent | changes)


def a_measure(desk: Desk) -> str:
    """The address of a measure that the minutes set down."""
    back = a_survey_back(desk, *READ)
    assert call(desk, back).status_code == 302
    assert write_minutes(desk).status_code == 302
    return f"/surveys/measures/{the_id(desk, SurveyMeasure)}"


def answer_by(desk: Desk, who: str, address: str, **fields: str) -> TestResponse:
    return desk.browser(who).post(address, data={"event": str(uuid.uuid4())} | fields)


def settle(desk: Desk, address: str, who: str = "department_manager", **changes: str) -> TestResponse:
    with desk.app.app_context():
        worker = str(staff(desk, "handler").id)
    fields = {"measure": "夜间增派一人", "responsible": worker, "due_on": IN_TIME.isoformat()}
    return answer_by(desk, who, f"{address}/settle", **(fields | changes))


def send(desk: Desk) -> None:
    with desk.app.app_context():
        send_notices(now())


def state(desk: Desk, address: str) -> MeasureState:
    with desk.app.app_context():
        return db.session.get_one(SurveyMeasure, uuid.UUID(address.rsplit("/", 1)[1])).state


@pytest.mark.clause("R33")
def test_the_executive_is_asked_to_call_it_and_the_departments_are_told(desk: Desk) -> None:
    back = a_survey_back(desk, *READ)
    assert f"/surveys/{back.survey_id}/meeting#call" in desk.browser("executive").get("/").text

    assert call(desk, back).status_code == 302

    department = desk.browser("department_manager")
    assert "专项研讨会，明天 14:00" in desk.browser("supervisor").get("/").text, "its minutes are written from then on"
    assert "专项研讨会，明天 14:00" in department.get("/?what=meeting:attend").text
    assert "what=meeting:attend" in department.get("/").text.replace("%3A", ":")
    assert f"/surveys/{back.survey_id}/summary" in department.get("/?what=meeting:attend").text
    page = department.get(f"/surveys/{back.survey_id}/meeting").text
    assert "二楼会议室" in page
    assert "带上报修记录" in page
    address = f"/surveys/calls/{the_id(desk, SurveyCall)}"
    assert department.get(address).location.endswith(f"/surveys/{back.survey_id}/meeting")
    assert department.post(f"{address}/read").status_code == 302
    assert "what=meeting" not in department.get("/").text


def test_after_the_meeting_nobody_is_said_to_come_and_its_page_leads_to_its_survey(desk: Desk) -> None:
    back = a_survey_back(desk, *READ)
    call(desk, back)
    desk.browser("department_manager").post(f"/surveys/calls/{the_id(desk, SurveyCall)}/read")
    path = f"/surveys/{back.survey_id}/meeting"
    assert "将参会" in desk.browser("executive").get(path).text

    write_minutes(desk)

    held = desk.browser("executive").get(path).text
    crumb = f'<a href="/surveys/{back.survey_id}">'
    assert ("将参会" in held, "曾确认参会" in held) == (False, True)
    assert crumb in held
    assert crumb not in desk.browser("department_manager").get(path).text, "a department has no page of surveys"


def test_the_minutes_say_that_a_problem_is_needed_where_one_department_is_called(desk: Desk) -> None:
    back = a_survey_back(desk, *READ)
    call(desk, back)
    path = f"/surveys/{back.survey_id}/meeting"
    its_hour_comes(desk)
    optional = re.compile(r"问题，每行一项\s*<span[^>]*>（选填）")

    alone = desk.browser("supervisor").get(path).text
    with desk.app.app_context():
        meeting = db.session.scalars(sa.select(SurveyMeeting)).one()
        called = {"estate_id": meeting.estate_id, "meeting_id": meeting.id}
        db.session.add(SurveyCall(id=new_id(), department_id=desk.other_department_id, **called))
        db.session.commit()
    of_two = desk.browser("supervisor").get(path).text

    assert "问题，每行一项" in alone
    assert (bool(optional.search(alone)), bool(optional.search(of_two))) == (False, True)
    assert ("请至少填写一个部门的问题" in alone, "请至少填写一个部门的问题" in of_two) == (False, True)


def test_the_minutes_ask_who_answers_for_a_department_that_has_closed_since(desk: Desk) -> None:
    back = a_survey_back(desk, *READ)
    call(desk, back)
    with desk.app.app_context():
        estate = db.session.get_one(Estate, desk.estate_id)
        db.session.get_one(Department, desk.department_id).closed_on = TODAY
        heir = a_department(estate, "综合维修部").id
        db.session.commit()

    unsaid = write_minutes(desk)
    said = write_minutes(desk, **{"minutes-of_departments-0-answers": str(heir)})

    assert unsaid.status_code == 422
    assert "minutes-of_departments-0-answers" in unsaid.text
    assert "夜间增派一人" in unsaid.text, "what was typed stays"
    assert said.status_code == 302
    with desk.app.app_context():
        assert set(db.session.scalars(sa.select(SurveyMeasure.department_id))) == {heir}


def test_a_department_reads_its_own_summary_without_names_and_homes(desk: Desk) -> None:
    back = a_survey_back(desk, *READ)
    call(desk, back)

    own = desk.browser("department_manager").get(f"/surveys/{back.survey_id}/summary").text
    every = desk.browser("executive").get(f"/surveys/{back.survey_id}/summary").text

    assert SLOW in own
    assert "已阅汇总，准时参会" in own
    assert KIND not in own
    assert KIND in every
    assert "陈建国" not in own
    assert desk.browser("other_manager").get(f"/surveys/{back.survey_id}/summary").status_code == 404
    assert desk.browser("other_manager").get(f"/surveys/{back.survey_id}/meeting").status_code == 404
    assert desk.browser("other_manager").post(f"/surveys/calls/{the_id(desk, SurveyCall)}/read").status_code == 404


def test_nobody_is_called_of_a_department_that_has_closed_but_whoever_has_its_work(desk: Desk) -> None:
    back = a_survey_back(desk, *READ)
    with desk.app.app_context():
        estate = db.session.get_one(Estate, desk.estate_id)
        db.session.get_one(Department, desk.department_id).closed_on = TODAY
        heir = str(a_department(estate, "综合维修部").id)
        db.session.commit()
    page = desk.browser("executive").get(f"/surveys/{back.survey_id}/meeting").text

    assert [id_ in page for id_ in (str(desk.department_id), str(desk.other_department_id), heir)] == [
        False,
        True,
        True,
    ]
    assert call(desk, back).status_code == 422
    assert call(desk, back, **{"call-departments": [heir]}).status_code == 302
    assert "综合维修部" in desk.browser("supervisor").get(f"/surveys/{back.survey_id}/meeting").text


@pytest.mark.parametrize(("who", "status"), [("supervisor", 403), ("manager", 403), ("executive", 302)])
def test_only_the_executive_calls_it(desk: Desk, who: str, status: int) -> None:
    assert call(desk, a_survey_back(desk, *READ), who).status_code == status


def test_every_page_of_a_survey_leads_back_to_it_for_whoever_may_see_it(desk: Desk) -> None:
    measure = a_measure(desk)
    with desk.app.app_context():
        of = f"/surveys/{db.session.scalars(sa.select(SurveyMeeting.survey_id)).one()}"
    supervisor, department = desk.browser("supervisor"), desk.browser("department_manager")

    pages = [f"{of}/{name}" for name in ("sheets", "opinions", "meeting", "summary")] + [measure]
    above = [supervisor.get(page).text.split('class="crumbs"')[1].split("</p>")[0] for page in pages]

    assert all(f'href="{of}"' in one for one in above)
    assert all(f'href="{of}"' not in department.get(page).text for page in (f"{of}/meeting", f"{of}/summary", measure))


def test_before_the_result_is_handed_up_the_page_says_who_will_call_it(desk: Desk) -> None:
    back = a_survey_back(desk)

    page = desk.browser("english").get(f"/surveys/{back.survey_id}/meeting").text

    assert "No meeting yet" in page
    assert call(desk, back).status_code == 422


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"call-on": (TODAY - timedelta(days=1)).isoformat()}, "研讨会的时间已过"),
        ({"call-place": ""}, "地点"),
        ({"call-departments": []}, "相关部门"),
    ],
)
def test_a_meeting_that_cannot_be_called_so_keeps_what_was_typed(
    desk: Desk, changes: dict[str, object], words: str
) -> None:
    answer = call(desk, a_survey_back(desk, *READ), **changes)

    assert answer.status_code == 422
    assert "带上报修记录" in answer.text
    assert words in answer.text


def test_another_time_is_told_again(desk: Desk) -> None:
    back = a_survey_back(desk, *READ)
    call(desk, back)
    day = (TODAY + timedelta(days=4)).isoformat()
    sent = {"when-event": str(uuid.uuid4()), "when-on": day, "when-at": "09:30", "when-place": "三楼"}

    answer = desk.browser("executive").post(f"/surveys/meetings/{the_id(desk, SurveyMeeting)}/another-time", data=sent)

    assert answer.status_code == 302
    assert "三楼" in desk.browser("department_manager").get(f"/surveys/{back.survey_id}/meeting").text


@pytest.mark.clause("R33")
def test_minutes_are_kept_with_each_problem_and_never_twice(desk: Desk) -> None:
    back = a_survey_back(desk, *READ)
    call(desk, back)
    assert write_minutes(desk, **{"minutes-minutes": ""}).status_code == 422

    first, second = write_minutes(desk), write_minutes(desk, "executive")

    assert (first.status_code, second.status_code) == (302, 409)
    page = desk.browser("supervisor").get(f"/surveys/{back.survey_id}/meeting").text
    assert all(words in page for words in ("逐项讨论", "业委会李主任", "报修后来得太慢", "不打招呼", "夜间增派一人"))
    with desk.app.app_context():
        assert db.session.query(SurveyMeasure).count() == 2
        assert db.session.query(SurveyMeeting).one().state is MeetingState.HELD


def test_before_its_hour_no_minutes_are_offered(desk: Desk) -> None:
    back = a_survey_back(desk, *READ)
    call(desk, back)
    browser, path = desk.browser("supervisor"), f"/surveys/{back.survey_id}/meeting"
    before = browser.get(path).text

    its_hour_comes(desk)

    after, executive = browser.get(path).text, desk.browser("executive").get(path).text
    assert ('id="minutes"' in before, "会议开始后方可填写纪要" in before) == (False, True)
    assert [('id="minutes"' in page, "会议开始后方可填写纪要" in page) for page in (after, executive)] == [
        (True, False)
    ] * 2


@pytest.mark.parametrize("department", ["other", "nobody", "nonsense"])
def test_minutes_set_down_nothing_for_a_department_that_was_not_called(desk: Desk, department: str) -> None:
    call(desk, a_survey_back(desk, *READ))
    named = {"other": str(desk.other_department_id), "nobody": str(uuid.uuid4())}.get(department, department)

    answer = write_minutes(desk, **{"minutes-of_departments-0-department": named})

    assert answer.status_code == 422
    assert "报修后来得太慢" in answer.text
    with desk.app.app_context():
        assert db.session.query(SurveyMeasure).count() == 0


def test_more_problems_than_anybody_settles_are_refused_and_none_is_lost(desk: Desk) -> None:
    call(desk, a_survey_back(desk, *READ))
    lines = "\n".join(f"问题 {n}" for n in range(21))

    answer = write_minutes(desk, **{"minutes-of_departments-0-problems": lines})

    assert answer.status_code == 422
    assert "问题 20" in answer.text


@pytest.mark.clause("R34", "R35", "V52")
def test_a_measure_goes_from_its_department_to_the_executive_and_to_customer_service(desk: Desk) -> None:
    address = a_measure(desk)
    assert f"{address}#settle" in desk.browser("department_manager").get("/?what=measure:settle").text
    assert settle(desk, address).status_code == 302
    assert "王师傅" in desk.browser("handler").get(address).text

    reported = answer_by(desk, "department_manager", f"{address}/report", done="已增派一人")

    assert reported.status_code == 302
    assert f'href="{address}"' in desk.browser("executive").get("/").text
    assert f'href="{address}"' in desk.browser("supervisor").get("/").text
    assert answer_by(desk, "supervisor", f"{address}/collect").status_code == 302
    assert answer_by(desk, "executive", f"{address}/read").status_code == 302
    assert state(desk, address) is MeasureState.COLLECTED
    assert f'href="{address}"' not in desk.browser("executive").get("/").text
    page = desk.browser("english").get(address).text
    assert "read by Executive" in page
    assert "Report collected" in page


@pytest.mark.clause("R35")
def test_customer_service_sees_which_issues_are_called_back_on_and_which_are_not_done(desk: Desk) -> None:
    back = a_survey_back(desk, *READ)
    an_issue_of_it(desk, back, desk.browser("english"))
    call(desk, back)
    write_minutes(desk)
    address = f"/surveys/measures/{the_id(desk, SurveyMeasure)}"
    settle(desk, address)
    answer_by(desk, "department_manager", f"{address}/report", done="已增派一人")
    browser = desk.browser("english")
    assert "has not reported as done: 1" in browser.get(address).text

    with desk.app.app_context():
        issue_id = str(db.session.scalars(sa.text("SELECT id FROM issue")).one())
    desk.rectified(str(uuid.UUID(issue_id)))

    page = browser.get(address).text
    assert "has not reported as done" not in page
    assert "李敏" in page


def test_asked_again_it_is_back_with_the_department(desk: Desk) -> None:
    address = a_measure(desk)
    settle(desk, address)
    answer_by(desk, "department_manager", f"{address}/report", done="已增派一人")

    assert answer_by(desk, "executive", f"{address}/again", reason="白天也慢").status_code == 302

    assert state(desk, address) is MeasureState.SET_DOWN
    assert "白天也慢" in desk.browser("department_manager").get(address).text
    assert answer_by(desk, "executive", f"{address}/drop", reason="重复").status_code == 302
    assert state(desk, address) is MeasureState.DROPPED


def test_who_may_not_act_on_a_measure_is_turned_away(desk: Desk) -> None:
    address = a_measure(desk)

    assert settle(desk, address, "supervisor").status_code == 403
    assert settle(desk, address, "handler").status_code == 403
    assert settle(desk, address, "other_manager").status_code == 404
    assert answer_by(desk, "officer", f"{address}/collect").status_code == 403
    assert settle(desk, address, due_on=(TODAY - timedelta(days=1)).isoformat()).status_code == 422
    assert state(desk, address) is MeasureState.SET_DOWN


def test_whoever_is_called_and_whoever_acts_next_is_told(desk: Desk) -> None:
    with a_web_receiver() as web:
        let(desk, hosts=web.host)
        for who in ("department_manager", "supervisor", "executive"):
            with desk.app.app_context():
                locale = sa.update(Staff).where(Staff.login == desk.logins[who]).values(locale="en")
                db.session.execute(locale)
                db.session.commit()
            set_mine(desk.browser(who), address=web.address, on_meeting="y", on_measure="y", on_back="y")
        call(desk, a_survey_back(desk, *READ))
        send(desk)
        write_minutes(desk)
        send(desk)

    told = " ".join(str(got) for got in web.got)
    assert "You are called to a special meeting" in told
    assert "A measure that follows from a survey waits for you" in told
    assert "来得" not in told


def test_a_department_finds_the_meetings_and_measures_that_concern_it_those_that_ended_too(desk: Desk) -> None:
    back = a_survey_back(desk, *READ)
    department = desk.browser("department_manager")
    assert "暂无调查整改" in department.get("/surveys/measures").text

    call(desk, back)
    called = department.get("/surveys/measures").text
    write_minutes(desk)
    measure_id = the_id(desk, SurveyMeasure)
    with desk.app.app_context():
        db.session.get_one(SurveyMeasure, measure_id).state = MeasureState.COLLECTED
        db.session.commit()
    followed = department.get("/surveys/measures").text

    assert 'href="/surveys/measures"' in department.get("/").text
    assert f'href="/surveys/{back.survey_id}/meeting"' in called
    assert ("会议纪要尚未形成" in called, "会议纪要尚未形成" in followed) == (True, False)
    assert f'href="/surveys/measures/{measure_id}"' in followed
    assert ("报修后来得太慢" in followed, "不打招呼" in followed) == (True, True)
    assert 'href="/surveys/measures">调查整改</a>' in department.get(f"/surveys/measures/{measure_id}").text
    assert desk.browser("supervisor").get("/surveys/measures").status_code == 403


def test_another_department_finds_nothing_of_it(desk: Desk) -> None:
    back = a_survey_back(desk, *READ)
    call(desk, back)
    write_minutes(desk)
    with desk.app.app_context():
        measure = db.session.scalars(sa.select(SurveyMeasure)).first()
        other = a_department(db.session.get_one(Estate, desk.estate_id), "秩序维护部")
        db.session.execute(
            sa.update(StaffRole).where(StaffRole.role == Role.DEPARTMENT_MANAGER).values(department_id=other.id)
        )
        db.session.commit()
        title = measure.survey.title_zh

    assert title not in desk.browser("department_manager").get("/surveys/measures").text
