"""The result of a survey in the office: its figures, handed up, on their way to the executive, printed, taken away."""

import csv
import io
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest

from app.core import waits
from app.core.clock import local_date, now
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate
from app.estates.rules import Profile
from app.people.models import Department
from app.people.queries import staff_by_login
from app.people.rules import Role
from app.surveys.actions import Returned, collect, hand_out
from app.surveys.calling_off import withdraw_survey
from app.surveys.figures import from_text
from app.surveys.measure_rules import CALL, CLASSIFY
from app.surveys.meeting import Called, Minutes, Problem, call_meeting, record_meeting
from app.surveys.models import Survey
from app.surveys.queries import sheets_of
from app.surveys.receipts import Given
from app.surveys.rules import Filled, Level, Receipt, SurveyState
from tests.builders import a_home, a_staff, a_survey, a_survey_out
from tests.documents import reading
from tests.office.conftest import Desk
from tests.office.test_upward import let_be_overdue

GOOD, FAIR, BAD = Level.SATISFIED, Level.BASIC, Level.DISSATISFIED
SAID = "维修最慢，须增派人手"
OVER = {"collect_until": local_date(now(), "Asia/Shanghai") - timedelta(days=1)}


def surveyed(
    desk: Desk, *answers: Level, words: str = "电梯太慢", signed: bool = True, guards: Level = GOOD, **wanted: Any
) -> str:
    """The address of the result of a survey of three homes, as many of which answered as there are answers.

    They are of the repairs, which it asks about first; all of these homes judge the `guards` alike.
    """
    with desk.app.app_context():
        estate = db.session.get_one(Estate, desk.estate_id)
        supervisor, officer = (staff_by_login(desk.logins[who]) for who in ("supervisor", "officer"))
        assert supervisor is not None
        assert officer is not None
        repairs, patrols = (
            db.session.get_one(Department, id_) for id_ in (desk.department_id, desk.other_department_id)
        )
        homes = [a_home(estate) for _ in range(3)]
        db.session.flush()
        survey = a_survey(estate, supervisor, (repairs, "维修及时"), (patrols, "巡逻"), **(OVER | wanted))
        questions = [str(one.id) for one in survey.questions]
        sheets = a_survey_out(survey, homes, officer)
        for sheet in sheets:
            more = {"collector_id": officer.id, "collect_on": survey.collect_until, "event_id": new_id()}
            hand_out(sheet, Given(Receipt.SIGNED, "陈建国", "owner"), **more, by=By(officer.id), at=now(), when=now())
        for sheet, level in zip(sheets, answers, strict=False):
            returned = Returned(
                Filled.ON_PAPER,
                signed=signed,
                signed_name="陈建国" if signed else "",
                relation="owner",
                proxy=False,
                overall=level,
                levels={questions[0]: level, questions[1]: guards},
                opinions={str(repairs.id): words},
            )
            collect(sheet, returned, event_id=new_id(), by=By(officer.id), at=now(), when=now())
        db.session.commit()
        return f"/surveys/{survey.id}/result"


def hand_up(desk: Desk, path: str, **sent: str) -> int:
    form = {"event": str(new_id()), "summary": SAID} | sent
    return desk.browser("supervisor").post(f"{path}/hand-up", data=form).status_code


def moved(desk: Desk, who: str, path: str, move: str, after: int, note: str = "") -> int:
    sent = {f"{move}-event": str(new_id()), f"{move}-after": str(after), f"{move}-note": note}
    act = "take-back" if move == "take_back" else f"review/{move}"
    return desk.browser(who).post(f"{path}/{act}", data=sent).status_code


def the_survey(desk: Desk, path: str) -> Survey:
    return db.session.get_one(Survey, uuid.UUID(path.split("/")[2]))


@pytest.fixture
def desk_of_all(desk: Desk) -> Desk:
    """With a property manager, who stands on the chain of profile A."""
    with desk.app.app_context():
        estate = db.session.get_one(Estate, desk.estate_id)
        desk.logins["property_manager"] = a_staff(estate, Role.PROPERTY_MANAGER, name="郑卫东").login
        db.session.commit()
    return desk


@pytest.mark.clause("R31", "R32")
def test_while_it_is_out_the_page_counts_what_came_back_until_now(desk: Desk) -> None:
    path = surveyed(desk, BAD, FAIR)

    page = re.sub(r"\s+", " ", desk.browser("manager").get(path).text)

    for words in ("3 / 3", "2 / 3", "2 / 2", "电梯太慢", "工程维修部", "0 / 2", "1 / 2"):
        assert words in page, words
    assert page.index("工程维修部") < page.index("保卫部"), "the worst stands first"
    assert 'id="hand-up"' not in page
    assert 'id="hand-up"' in desk.browser("supervisor").get(path).text


@pytest.mark.parametrize(
    ("profile", "readers"),
    [(Profile.A, "部门经理、物业经理、分管领导"), (Profile.B, "项目经理、物业经理")],
)
def test_whoever_hands_it_up_is_told_who_reads_it_by_the_titles_of_the_estate(
    desk: Desk, profile: Profile, readers: str
) -> None:
    path = surveyed(desk, BAD, GOOD)
    with desk.app.app_context():
        db.session.get_one(Estate, desk.estate_id).profile = profile
        db.session.commit()

    page = desk.browser("supervisor").get(path).text

    assert f"审阅人：{readers}。" in page


@pytest.mark.clause("R32", "V50")
def test_a_result_goes_by_manager_and_property_manager_to_the_executive(desk_of_all: Desk) -> None:
    desk, path = desk_of_all, surveyed(desk_of_all, BAD, GOOD)
    assert hand_up(desk, path) == 302

    waiting = desk.browser("manager").get("/").text
    assert SAID[:6] in waiting
    assert path in waiting
    assert moved(desk, "executive", path, "hand_on", after=1) == 403
    assert moved(desk, "manager", path, "hand_on", after=1, note="先查维修") == 302
    assert moved(desk, "property_manager", path, "hand_on", after=2) == 302
    assert "已评审，提交专项研讨会" in desk.browser("executive").get(path).text
    assert moved(desk, "executive", path, "hand_on", after=3, note="下周开会") == 302

    call = f'href="{path.replace("result", "meeting")}#call"'
    assert call in desk.browser("executive").get(path).text, "and so on from here"
    page = desk.browser("officer").get(path).text
    assert call not in page
    for words in (SAID, "先查维修", "下周开会", "已评审"):
        assert words in page, words
    with desk.app.app_context():
        survey = the_survey(desk, path)
        assert survey.state is SurveyState.READ
        assert survey.read_at is not None
        assert {wait.what for wait in waits.on(survey.id)} - {CLASSIFY} == {CALL}
    assert hand_up(desk, path) == 409


def test_what_was_handed_up_stays_and_what_comes_in_later_is_told_beside_it(desk: Desk) -> None:
    path = surveyed(desk, GOOD)
    hand_up(desk, path)
    with desk.app.app_context():
        survey, officer = the_survey(desk, path), staff_by_login(desk.logins["officer"])
        assert officer is not None
        late = Returned(Filled.ON_PAPER, True, "王", "owner", False, BAD)
        collect(sheets_of(survey.id)[2], late, event_id=new_id(), by=By(officer.id), at=now(), when=now())
        db.session.commit()

    page = desk.browser("manager").get(path).text

    assert "统计之后又收到、未计入的调查表：1 份" in page
    with desk.app.app_context():
        assert from_text(the_survey(desk, path).figures or "").returns.collected == 1


def test_it_stands_beside_the_survey_before_it_department_by_department(desk: Desk) -> None:
    before = surveyed(desk, BAD, BAD)
    hand_up(desk, before)
    path = surveyed(desk, GOOD, BAD)
    with desk.app.app_context():
        the_survey(desk, path).issued_at = now() + timedelta(days=365)
        db.session.commit()

    page = re.sub(r"<[^>]+>|\s+", " ", desk.browser("manager").get(path).text)
    page = re.sub(r"\s+", " ", page).partition("各部门历次满意率")[2]

    assert "工程维修部 50.0 % 1 / 2 少 0.0 % 0 / 2 少" in page
    assert "各部门历次满意率" not in desk.browser("manager").get(before).text


def test_one_that_is_sent_back_is_counted_anew_with_the_words_that_were_said(desk: Desk) -> None:
    path = surveyed(desk, GOOD)
    hand_up(desk, path)
    assert moved(desk, "manager", path, "send_back", after=1) == 422
    assert moved(desk, "manager", path, "send_back", after=1, note="请核对三栋") == 302

    page = desk.browser("supervisor").get(path).text

    assert "请核对三栋" in page
    assert SAID in page
    with desk.browser("manager").get(path.replace("result", "analysis.pdf?lang=zh")) as answer:
        assert "仍在回收中" in re.sub(r"\s+", " ", reading.text(answer.data))
    assert hand_up(desk, path, summary="已核对") == 302
    assert moved(desk, "supervisor", path, "take_back", after=3) == 302
    with desk.app.app_context():
        assert the_survey(desk, path).state is SurveyState.BACK


def test_one_that_was_called_off_is_told_so_on_paper_and_where_its_meeting_would_stand(desk: Desk) -> None:
    path = surveyed(desk, GOOD)
    hand_up(desk, path)
    moved(desk, "manager", path, "send_back", after=1, note="题目问错了")
    with desk.app.app_context():
        survey = the_survey(desk, path)
        withdraw_survey(survey, "重做", event_id=new_id(), by=By(survey.made_by_id), at=now())
        db.session.commit()
    browser = desk.browser("manager")

    page, meeting = (browser.get(address).text for address in (path, path.replace("result", "meeting")))
    with browser.get(path.replace("result", "analysis.pdf?lang=zh")) as answer:
        paper = re.sub(r"\s+", " ", reading.text(answer.data))

    assert "其结果曾上报，后被退回" in page
    assert "本次调查已撤回，没有可供研讨的结果" in meeting
    assert "本次调查已撤回，没有结果" in paper
    assert "仍在回收中" not in paper


@pytest.mark.parametrize(("summary", "status"), [("", 422), ("  ", 422), ("字" * 4001, 422), (SAID, 302)])
def test_it_takes_fitting_words_to_hand_it_up(desk: Desk, summary: str, status: int) -> None:
    path = surveyed(desk, GOOD)

    assert hand_up(desk, path, summary=summary) == status


def test_before_its_last_day_collecting_ends_with_a_reason_that_is_asked_for(desk: Desk) -> None:
    path = surveyed(desk, GOOD, collect_until=local_date(now(), "Asia/Shanghai"))
    supervisor = desk.browser("supervisor")
    assert "现在结束回收的原因" in supervisor.get(path).text

    refused = supervisor.post(f"{path}/hand-up", data={"event": str(new_id()), "summary": SAID})

    assert refused.status_code == 422
    assert "请写明为何现在结束回收" in refused.text
    assert SAID in refused.text, "what was typed stays"
    assert hand_up(desk, path, early="月底开会") == 302
    assert "回收提前结束，原因：月底开会" in supervisor.get(path).text


def test_without_a_sheet_there_is_nothing_to_hand_up_and_rates_are_dashes(desk: Desk) -> None:
    path = surveyed(desk)

    page = desk.browser("supervisor").get(path).text

    assert hand_up(desk, path) == 422
    assert "–" in page
    assert "没有书面意见" in page


def test_where_sheets_without_a_name_do_not_count_the_page_says_how_many_they_are(desk: Desk) -> None:
    path = surveyed(desk, GOOD, signed=False)
    with desk.app.app_context():
        estate = db.session.get_one(Estate, desk.estate_id)
        estate.settings = {**estate.settings, "limits": {"unsigned_sheets": 0}}
        db.session.commit()

    page = re.sub(r"\s+", " ", desk.browser("manager").get(path).text)

    assert "未署名，不计入：1" in page
    assert "未署名的调查表不计入有效，电话答复计入。" in page
    assert "不评价 / 超份额代填 / 未署名" in page


def test_what_counts_by_a_later_setting_changes_no_page_of_a_result_that_was_handed_up(desk: Desk) -> None:
    path = surveyed(desk, GOOD, signed=False)
    hand_up(desk, path)
    with desk.app.app_context():
        estate = db.session.get_one(Estate, desk.estate_id)
        estate.settings = {**estate.settings, "limits": {"unsigned_sheets": 0}}
        db.session.commit()

    pages = [desk.browser("manager").get(page).text for page in (path, path.removesuffix("/result"))]

    assert ["未署名，不计入：1" in page for page in pages] == [False, False]


def test_households_without_a_sheet_stand_beside_the_rate_before_and_after_it_is_handed_up(desk: Desk) -> None:
    path = surveyed(desk, GOOD)
    with desk.app.app_context():
        a_home(db.session.get_one(Estate, desk.estate_id))
        db.session.commit()
    browser = desk.browser("supervisor")

    before = browser.get(path).text
    hand_up(desk, path)
    after = browser.get(path).text

    assert "发出后才入住、没有调查表，不计入：2" in before
    assert "发出后才入住、还没有调查表的住户：2 户" in before
    assert "发出后才入住、没有调查表，不计入：2" in after
    with browser.get(path.replace("result", "analysis.pdf?lang=zh")) as answer:
        assert re.search("没有调查表的 ?住户（不计） 2", reading.text(answer.data))


def test_before_it_goes_out_there_is_nothing_to_count(desk: Desk) -> None:
    with desk.app.app_context():
        supervisor = staff_by_login(desk.logins["supervisor"])
        assert supervisor is not None
        survey = a_survey(db.session.get_one(Estate, desk.estate_id), supervisor)
        db.session.commit()
        path = f"/surveys/{survey.id}/result"

    browser = desk.browser("supervisor")

    assert "暂无可统计的内容" in browser.get(path).text
    assert browser.get(path.replace("result", "analysis.pdf")).status_code == 404
    assert browser.post(f"{path}/export/csv").status_code == 404


@pytest.mark.parametrize("who", ["manager", "executive", "officer"])
def test_only_the_supervisor_hands_it_up(desk: Desk, who: str) -> None:
    path = surveyed(desk, GOOD)
    form = {"event": str(new_id()), "summary": SAID}

    assert desk.browser(who).post(f"{path}/hand-up", data=form).status_code == 403


@pytest.mark.parametrize("who", ["department_manager", "handler"])
def test_whoever_may_not_see_owners_finds_no_page_of_what_they_wrote(desk: Desk, who: str) -> None:
    path = surveyed(desk, GOOD)

    assert desk.browser(who).get(path).status_code == 403


@pytest.mark.clause("V49")
def test_the_analysis_is_printed_at_any_time_and_the_letter_once_it_is_handed_up(desk: Desk) -> None:
    path = surveyed(desk, BAD)
    analysis, letter = path.replace("result", "analysis.pdf?lang=zh"), path.replace("result", "letter.pdf?lang=zh")
    browser = desk.browser("manager")
    with browser.get(analysis) as answer:
        said = re.sub(r"\s+", " ", reading.text(answer.data))
    assert "仍在回收中" in said
    assert "客服统计 已批阅 已批阅 已评审" in said, "whoever has it in hand next"
    assert browser.get(letter).status_code == 404

    hand_up(desk, path)

    with browser.get(analysis) as answer:
        said = re.sub(r"\s+", " ", reading.text(answer.data))
    for words in (SAID, "电梯太慢", "客服统计 孙主管"):
        assert words in said, words
    with browser.get(letter) as answer:
        told = reading.text(answer.data)
    assert "草稿" in told
    assert "电梯太慢" not in told


def test_every_line_can_be_taken_away_with_its_counts(desk: Desk) -> None:
    path = surveyed(desk, BAD, GOOD)

    with desk.browser("english").post(f"{path}/export/csv") as answer:
        rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))

    parts = [row["Part of the result"] for row in rows]
    assert parts[:2] == ["Whole survey", "Whole survey"]
    whole, repairs = rows[0], next(row for row in rows if row["Part of the result"] == "Department")
    assert (whole["Households"], whole["Sheets that came back"], whole["Response rate"]) == ("3", "2", "66.6 %")
    assert (repairs["Dissatisfied"], repairs["Satisfaction rate, strict"]) == ("1", "50.0 %")
    assert repairs["Written opinions"] == "2"
    with desk.browser("manager").post(f"{path}/export/xlsx") as answer:
        assert answer.status_code == 200


def test_a_form_sent_twice_hands_up_once(desk: Desk) -> None:
    path, event = surveyed(desk, GOOD), str(new_id())

    assert [hand_up(desk, path, event=event) for _ in range(2)] == [302, 302]
    assert hand_up(desk, path) == 409


def test_a_result_and_a_year_that_are_overdue_with_others_are_called_by_their_names(desk: Desk) -> None:
    path = surveyed(desk, GOOD)
    hand_up(desk, path)
    with desk.app.app_context():
        number, last_year = the_survey(desk, path).number, local_date(now(), "Asia/Shanghai").year - 1
    at = f"{last_year}-06-01T02:00:00.000Z"
    desk.visit(started_at=at, ended_at=at)
    year = {"event": str(new_id()), "summary": "全年平稳"}
    assert desk.browser("supervisor").post(f"/statistics/hand-up?year={last_year}", data=year).status_code == 302

    let_be_overdue(desk, 4)

    told = desk.browser("executive").get("/overdue").text
    assert f"调查 {number} 的结果" in told
    assert f"{last_year} 年度统计" in told


def test_the_letter_tells_owners_what_departments_do_the_worst_first(desk_of_all: Desk) -> None:
    desk, path = desk_of_all, surveyed(desk_of_all, GOOD, GOOD, guards=BAD)
    assert hand_up(desk, path) == 302
    with desk.app.app_context():
        executive = staff_by_login(desk.logins["executive"])
        assert executive is not None
        guards, repairs = (
            db.session.get_one(Department, id_) for id_ in (desk.other_department_id, desk.department_id)
        )
        who: dict[str, Any] = {"by": By(executive.id), "at": now()}
        called = Called(now() + timedelta(days=1), "会议室", "", [guards, repairs])
        meeting = call_meeting(the_survey(desk, path), called, event_id=new_id(), **who)
        assert meeting is not None
        problems = [
            Problem(repairs.id, "来得慢", "增派两名维修工"),
            Problem(guards.id, "夜里无人值守", "东门夜班加一人"),
        ]
        today = local_date(now(), "Asia/Shanghai")
        minutes = Minutes(today, executive.id, [executive.id], "", "逐项讨论", problems)
        record_meeting(meeting, minutes, event_id=new_id(), **(who | {"at": called.meets_at}))
        db.session.commit()

    with desk.browser("manager").get(path.replace("result", "letter.pdf?lang=zh")) as answer:
        told = reading.text(answer.data)

    assert told.index("东门夜班加一人") < told.index("增派两名维修工")
