"""A period in which nobody was visited can be archived too, if anything that an archive holds is of it."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from app.approvals.queries import review_of
from app.approvals.rules import Move
from app.core.clock import local_date, now
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.documents.archive.matters import months_to_archive
from app.documents.archive.periods import month_of, months_recorded, quarter_of, year_of
from app.documents.history import state_of
from app.estates.models import Estate, Unit
from app.issues.models import Issue
from app.issues.rules import State
from app.people.models import Department, Staff
from app.people.queries import staff_by_login
from app.people.rules import Role
from app.surveys.actions import Returned, collect
from app.surveys.calling_off import withdraw_survey
from app.surveys.handing_up import hand_up, move_result
from app.surveys.measures import SurveyMeasure
from app.surveys.rules import Filled, Level, SurveyMove
from app.visits.plans import propose_plan
from app.visits.rules import Method
from app.visits.specials import Order, order_special
from tests.builders import NOW, TODAY, a_new_version, a_survey, a_survey_out
from tests.documents.archived import QuickHand, files_in, made, ordered, something_beside_the_visits, taken, zipped
from tests.documents.test_archive_check import verified
from tests.office.a_survey_back import a_survey_back
from tests.office.conftest import Desk
from tests.office.orders_entered import enter as enter_order
from tests.office.test_bundles import OneHand
from tests.office.test_complaints import make as make_complaint
from tests.office.test_survey_meeting import call, settle, the_id, write_minutes
from tests.office.test_survey_result import BAD, GOOD, surveyed, the_survey

THIS_DAY = local_date(now(), "Asia/Shanghai").isoformat()
"""A model tablet's visits are of days before it."""


def at_the_office(desk: Desk, do: Callable[[Estate, Staff], object]) -> None:
    with desk.app.app_context():
        supervisor = staff_by_login(desk.logins["supervisor"])
        assert supervisor is not None
        do(db.session.get_one(Estate, desk.estate_id), supervisor)
        db.session.commit()


def a_plan_at_work(desk: Desk) -> None:
    at_the_office(desk, a_new_version)


def a_draft(desk: Desk) -> None:
    def propose(estate: Estate, supervisor: Staff) -> None:
        propose_plan(estate, f"{TODAY:%Y-%m}", today=TODAY, by=By(supervisor.id), at=NOW)

    at_the_office(desk, propose)


def a_special_visit(desk: Desk) -> None:
    def order(estate: Estate, supervisor: Staff) -> None:
        officer = staff_by_login(desk.logins["officer"])
        assert officer is not None
        wanted = Order("暖气打压前逐户确认", "阀门是否打开", Method.DOOR, TODAY, [desk.unit_id], [officer.id])
        order_special(wanted, estate, event_id=new_id(), by=By(supervisor.id), at=NOW)

    at_the_office(desk, order)


def an_order(desk: Desk) -> None:
    enter_order(desk, desk.browser("supervisor"), reported_at="2026-11-20T09:30")


def a_survey_that_came_back(desk: Desk) -> None:
    def ask(estate: Estate, supervisor: Staff) -> None:
        officer = staff_by_login(desk.logins["officer"])
        assert officer is not None
        department = db.session.get_one(Department, desk.department_id)
        survey = a_survey(estate, supervisor, (department, "维修是否及时"))
        [sheet] = a_survey_out(survey, [db.session.get_one(Unit, desk.unit_id)], officer)
        levels, opinions = {str(survey.questions[0].id): Level.BASIC}, {str(department.id): "来得太慢"}
        back = Returned(Filled.BY_PHONE, False, "", "owner", False, None, levels, opinions)
        collect(sheet, back, event_id=new_id(), by=By(officer.id), at=NOW, when=NOW)

    at_the_office(desk, ask)


ALONE: dict[str, tuple[Callable[[Desk], object], str, set[str]]] = {
    "an issue that goes on": (lambda desk: desk.issue(), THIS_DAY, {"issue"}),
    "a complaint": (make_complaint, THIS_DAY, {"issue", "complaint"}),
    "a work order": (an_order, "2026-11-20", {"register"}),
    "a plan": (a_plan_at_work, f"{TODAY:%Y-%m}-01", {"plan"}),
    "a special visit": (a_special_visit, TODAY.isoformat(), {"special"}),
    "a survey": (a_survey_that_came_back, TODAY.isoformat(), {"survey", "sheet"}),
    "tries and inspections": (something_beside_the_visits, TODAY.isoformat(), {"attempt", "inspection", "issue"}),
}


@pytest.mark.clause("V47")
@pytest.mark.parametrize("what", ALONE)
def test_a_period_without_a_visit_is_archived_for_what_else_is_of_it(desk: Desk, tmp_path: Path, what: str) -> None:
    happen, day, types = ALONE[what]
    happen(desk)

    address = ordered(desk, first=day, last=day)
    made(desk, QuickHand())
    files = files_in(taken(desk, address))

    manifest = json.loads(files["manifest.json"])
    assert manifest["records"] == []
    assert {entry["type"] for entry in manifest["entries"]} == types
    assert "Missing" not in verified(zipped(files, tmp_path / "a.zip")).output
    assert "这段时间没有走访任何住户" in files["index.html"].decode()
    assert "–" not in files["index.html"].decode().partition("</title>")[0], "one day is no span"
    assert "Nobody was visited in this period" in files["index-en.html"].decode()


def test_a_survey_is_archived_with_its_receipts_and_what_each_household_answered(desk: Desk) -> None:
    a_survey_that_came_back(desk)
    day = TODAY.isoformat()

    address = ordered(desk, first=day, last=day)
    made(desk, QuickHand())
    files = files_in(taken(desk, address))

    [survey], [sheet] = (
        [json.loads(files[path]) for path in files if path.endswith(f"/{type_}.json")] for type_ in ("survey", "sheet")
    )
    assert [line["what"]["zh"] for line in survey["history"]] == ["发出"]
    said = {fact["what"]["zh"]: fact["said"]["zh"] for fact in survey["facts"]}
    assert {"调查目的", "发出时间"} <= set(said)
    assert (said["户数"], said["已签收"], said["已回收"]) == ("1", "0", "1")
    answers = {fact["what"]["zh"]: (fact["said"]["zh"], fact["value"]) for fact in sheet["facts"]}
    assert answers["维修是否及时"] == ("基本满意", "basic")
    assert answers["工程维修部"] == ("来得太慢", "")
    assert answers["是否署名"] == ("否", "")
    papers = sorted(path.rpartition("/")[2] for path in files if path.endswith(".pdf"))
    assert papers == ["questionnaire.pdf", "receipts.pdf"]


def test_what_a_survey_came_to_is_archived_once_it_is_read_to_the_end(desk: Desk, tmp_path: Path) -> None:
    path = surveyed(desk, BAD, GOOD)

    def is_read(estate: Estate, supervisor: Staff) -> None:
        survey, by = the_survey(desk, path), By(supervisor.id)
        hand_up(survey, estate, "维修最慢", "国庆前开会", event_id=new_id(), by=by, at=now())
        while survey.read_at is None:
            more = {"after": len(review_of(survey.id).acts), "roles": frozenset(Role), "event_id": new_id()}
            move_result(survey, Move.HAND_ON, **more, by=by, at=now())

    def papers() -> dict[str, bytes]:
        address = ordered(desk, first=THIS_DAY, last=THIS_DAY)
        made(desk, OneHand())
        return files_in(taken(desk, address))

    before = papers()
    at_the_office(desk, is_read)
    files = papers()

    assert not [name for name in before if name.endswith(("/analysis.pdf", "/letter.pdf"))]
    [result] = [json.loads(content) for name, content in files.items() if name.endswith("/result.json")]
    [letter] = [name for name in files if name.endswith("/letter.json")]
    said = {fact["what"]["zh"]: fact["said"]["zh"] for fact in result["facts"]}
    assert (said["调查结论"], said["回收率"]) == ("维修最慢", "2 / 3 · 66.6 %")
    assert [line["what"]["zh"] for line in result["history"]][-1] == "已评审"
    assert [name.rpartition("/")[2] for name in files if "MYD-" in name and name.endswith(".pdf")] == ["analysis.pdf"]
    assert letter.replace(".json", ".pdf") in files
    assert verified(zipped(files, tmp_path / "a.zip")).exit_code == 0
    assert "满意度调查统计分析" in files["index.html"].decode()
    altered = files | {letter.replace(".json", ".pdf"): before["README.txt"]}
    assert "letter.pdf" in verified(zipped(altered, tmp_path / "b.zip")).output


@pytest.mark.clause("R33", "R34")
def test_the_minutes_of_a_special_meeting_are_archived_with_what_became_of_the_measures(
    desk: Desk, tmp_path: Path
) -> None:
    call(desk, a_survey_back(desk, SurveyMove.HAND_UP))
    write_minutes(desk)
    settle(desk, f"/surveys/measures/{the_id(desk, SurveyMeasure)}")

    address = ordered(desk, first=THIS_DAY, last=THIS_DAY)
    made(desk, QuickHand())
    files = files_in(taken(desk, address))

    [meeting] = [json.loads(content) for name, content in files.items() if name.endswith("/meeting.json")]
    said = [(fact["what"]["zh"], fact["said"]["zh"]) for fact in meeting["facts"]]
    assert ("会议纪要", "逐项讨论") in said
    settled, waiting = (words for what, words in said if what == "工程维修部")
    assert re.fullmatch(r"报修后来得太慢 · .+ · 王师傅 · \d{4}-\d\d-\d\d · 整改中", settled)
    assert waiting == "不打招呼 · 夜间增派一人 · 待定整改措施"
    assert [line["what"]["zh"] for line in meeting["history"]] == ["召集研讨会", "写成会议纪要", "已定整改措施"]
    assert "Missing" not in verified(zipped(files, tmp_path / "a.zip")).output


def a_survey_that_nobody_got(desk: Desk) -> None:
    def ask(estate: Estate, supervisor: Staff) -> None:
        survey = a_survey(estate, supervisor, (db.session.get_one(Department, desk.department_id), "维修是否及时"))
        withdraw_survey(survey, "重复", event_id=new_id(), by=By(supervisor.id), at=NOW)

    at_the_office(desk, ask)


@pytest.mark.parametrize(
    "happen",
    [a_draft, a_survey_that_nobody_got, lambda _desk: None],
    ids=["a draft that nobody handed in", "a survey that was called off before anybody got it", "nothing"],
)
def test_where_nothing_is_there_is_no_archive(desk: Desk, happen: Callable[[Desk], object]) -> None:
    happen(desk)
    days = {"period": str(month_of(TODAY)), "lang": "zh"}

    answer = desk.browser("supervisor").post("/batches/archives", data=days)

    assert answer.status_code == 422
    assert "该期间没有任何记录" in answer.text


def test_a_month_in_which_nobody_was_visited_is_offered_by_its_name_and_says_so(desk: Desk) -> None:
    an_order(desk)
    browser = desk.browser("supervisor")

    page = browser.get("/batches/archives").text

    for period in (month_of(TODAY), quarter_of(TODAY), year_of(TODAY)):
        assert f'value="{period}"' in page
        assert browser.post("/batches/archives", data={"period": str(period)}).status_code == 302
    assert page.count("没有走访") == 3


def test_until_its_turn_has_come_nobody_is_told_how_much_it_is(desk: Desk) -> None:
    an_order(desk)
    supervisor = desk.browser("supervisor")
    address = ordered(desk, first="2026-11-20", last="2026-11-20")

    for page in (address, "/batches/archives", "/made"):
        text = supervisor.get(page).text
        assert "排队等候" in text, page
        assert "0 / 0" not in text


def test_the_months_in_which_something_began_are_offered_newest_first(desk: Desk) -> None:
    desk.visit()
    desk.visit(
        started_at="2026-08-31T16:30:00.000Z", ended_at="2026-08-31T16:45:00.000Z"
    )  # in September, at the estate
    an_order(desk)
    enter_order(desk, desk.browser("supervisor"), reported_at="2026-02-28T23:30")
    desk.visit(started_at="1900-01-02T00:00:00.000Z", ended_at="1900-01-02T00:10:00.000Z")
    desk.visit(started_at="8999-12-01T00:00:00.000Z", ended_at="8999-12-01T00:10:00.000Z")

    with desk.app.app_context():
        months = months_recorded(db.session.get_one(Estate, desk.estate_id), TODAY)

    assert {f"{month:%Y-%m}": held for month, held in months.items()} == {
        "2026-11": (1, 0),
        "2026-09": (1, 0),
        "2026-02": (0, 0),
    }
    assert list(months) == sorted(months, reverse=True)
    assert desk.browser("supervisor").get("/batches/archives").status_code == 200


@pytest.mark.any_database
def test_a_month_in_which_older_issues_only_went_on_can_be_chosen(desk: Desk) -> None:
    raised = desk.tablet.an_issue()
    desk.visit(issues=[raised], started_at="2026-08-03T06:32:00.000Z", ended_at="2026-08-03T06:47:00.000Z")
    today, supervisor = local_date(now(), "Asia/Shanghai"), desk.browser("supervisor")

    with desk.app.app_context():
        estate = db.session.get_one(Estate, desk.estate_id)
        began, offered = months_recorded(estate, today), months_to_archive(estate, today)
    page = supervisor.get("/batches/archives").text

    assert [f"{month:%Y-%m}" for month in began] == ["2026-08"]
    assert offered == {month_of(today).first: (0, 0), **began}
    assert f'value="{month_of(today)}"' in page
    assert supervisor.post("/batches/archives", data={"period": str(month_of(today))}).status_code == 302


def test_what_nobody_owns_waits_to_be_seen_to_for_no_owner_is_called_back() -> None:
    nobodys = Issue(id=new_id(), state=State.RECTIFIED, inspection_id=new_id())

    assert (state_of(nobodys).zh, state_of(nobodys).en) == ("已整改，待核实", "Rectified, to be verified")


def test_the_list_of_a_month_has_a_day_and_no_hour(desk: Desk) -> None:
    an_order(desk)
    address = ordered(desk, first="2026-11-01", last=THIS_DAY)
    made(desk, QuickHand())

    files = files_in(taken(desk, address))

    assert "2026-11-01" in files["orders.html"].decode()
    assert "00:00" not in files["orders.html"].decode()


def test_a_plan_is_offered_once_its_month_has_begun(desk: Desk) -> None:
    a_plan_at_work(desk)
    first = TODAY.replace(day=1)

    with desk.app.app_context():
        estate = db.session.get_one(Estate, desk.estate_id)
        before, then = (months_recorded(estate, day) for day in (first - timedelta(days=1), first))

    assert (list(before), list(then)) == ([], [first])
