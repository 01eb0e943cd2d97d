"""Forms 3, 4 and 7 as the office takes them away: what is in them, sealed, for whom, and who is known to have them."""

import re
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from markupsafe import Markup

from app.core.clock import now
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By, JournalLine
from app.documents import forms
from app.documents.sheets_of.survey_forms import SurveyForms
from app.documents.sheets_of.survey_receipts import ReceiptsSheet
from app.estates.models import Estate, Unit
from app.jobs.long_papers import LongPapers
from app.people.models import Department
from app.people.queries import staff_by_login
from app.signatures.models import Statement
from app.surveys.actions import Returned, collect, decline, hand_out
from app.surveys.calling_off import withdraw_survey
from app.surveys.handing_up import hand_up
from app.surveys.models import Survey, SurveySheet
from app.surveys.receipts import Given
from app.surveys.rules import Filled, Level, Receipt
from app.visits.models import Visit
from tests.builders import NOW, TODAY, a_survey, a_survey_out, a_unit, an_owner
from tests.documents import reading
from tests.office.conftest import Desk
from tests.office.filled_in import filled_in
from tests.office.test_bundles import OneHand
from tests.office.test_papers import must_be_sealed
from tests.office.told import told

pytestmark = pytest.mark.any_database

AGREED = NOW + timedelta(days=3)


@pytest.fixture
def survey(desk: Desk) -> Survey:
    """One that is out with two homes, asking about two departments; detached."""
    with desk.app.app_context():
        estate = db.session.get_one(Estate, desk.estate_id)
        supervisor, officer = (staff_by_login(desk.logins[who]) for who in ("supervisor", "officer"))
        assert supervisor is not None
        assert officer is not None
        asked = [(db.session.get_one(Department, id_), text) for id_, text in _asked(desk)]
        out = a_survey(estate, supervisor, *asked)
        other = a_unit(estate, building="5")
        an_owner(other, "吴晓")
        a_survey_out(out, [db.session.get_one(Unit, desk.unit_id), other], officer)
        db.session.commit()
        db.session.refresh(out)
        return out


def _asked(desk: Desk) -> list[tuple[uuid.UUID, str]]:
    return [(desk.department_id, "维修是否及时"), (desk.other_department_id, "夜间巡逻")]


def the_sheet(desk: Desk, survey: Survey) -> SurveySheet:
    return db.session.scalars(sa.select(SurveySheet).where(SurveySheet.unit_id == desk.unit_id)).one()


def handed_out(desk: Desk, survey: Survey, visit_id: uuid.UUID | None = None, how: Receipt = Receipt.SIGNED) -> str:
    """The address of the sheet of the desk's home, which its owner took."""
    with desk.app.app_context():
        sheet, officer = the_sheet(desk, survey), staff_by_login(desk.logins["officer"])
        assert officer is not None
        hand_out(
            sheet,
            Given(how, "陈建国", "owner", AGREED),
            visit_id=visit_id,
            collector_id=officer.id,
            collect_on=TODAY + timedelta(days=3),
            event_id=new_id(),
            by=By(officer.id),
            at=NOW,
            when=NOW,
        )
        db.session.commit()
        return f"/surveys/{survey.id}/sheets/{sheet.id}"


def came_back(desk: Desk, survey: Survey, visit_id: uuid.UUID | None = None) -> str:
    """The address of the sheet of the desk's home, which its owner filled in on paper."""
    with desk.app.app_context():
        sheet, officer = the_sheet(desk, survey), staff_by_login(desk.logins["officer"])
        assert officer is not None
        first, _second = db.session.get_one(Survey, survey.id).questions
        levels, opinions = {str(first.id): Level.DISSATISFIED}, {str(first.department_id): "报修三次才来"}
        returned = Returned(
            Filled.ON_PAPER, True, "陈建国", "owner", False, Level.BASIC, levels, opinions, callback_welcome=True
        )
        collect(sheet, returned, visit_id=visit_id, event_id=new_id(), by=By(officer.id), at=NOW, when=NOW)
        db.session.commit()
        return f"/surveys/{survey.id}/sheets/{sheet.id}"


def taken(desk: Desk) -> list[dict[str, object]]:
    with desk.app.app_context():
        return [
            line.data for line in db.session.scalars(sa.select(JournalLine).where(JournalLine.kind == "list:taken"))
        ]


@pytest.mark.clause("R23")
def test_a_survey_is_printed_once_to_be_copied_also_while_it_is_drawn_up(desk: Desk, survey: Survey) -> None:
    with desk.app.app_context():
        estate, supervisor = db.session.get_one(Estate, desk.estate_id), staff_by_login(desk.logins["supervisor"])
        assert supervisor is not None
        asked = (db.session.get_one(Department, desk.department_id), "维修是否及时")
        draft = a_survey(estate, supervisor, asked).id
        db.session.commit()
    browser = desk.browser("supervisor")

    out, drawn_up = (
        must_be_sealed(desk, browser.get(f"/surveys/{id_}/blank.pdf?lang=zh")) for id_ in (survey.id, draft)
    )

    for words in ("业主满意度调查表", "2026 年业主满意度调查", "工程维修部 物业公司", "维修是否及时", "总体评价"):
        assert words in out, (words, out)
    assert "陈建国" not in out
    assert ("草稿" in out, "草稿" in drawn_up) == (False, True)


def test_each_household_that_has_not_answered_gets_a_sheet_and_the_journal_says_who_took_them(
    desk: Desk, survey: Survey
) -> None:
    browser = desk.browser("officer")
    both = must_be_sealed(desk, browser.post(f"/surveys/{survey.id}/forms.pdf", data={"lang": "zh"}))
    came_back(desk, survey)

    one = must_be_sealed(desk, browser.post(f"/surveys/{survey.id}/forms.pdf", data={"lang": "zh"}))

    assert [number in both for number in (f"{survey.number}-0001", f"{survey.number}-0002")] == [True, True]
    assert "陈建国" in both
    assert [number in one for number in (f"{survey.number}-0001", f"{survey.number}-0002")] == [False, True]
    facts = {"list": "survey_forms", "format": "pdf", "filters": {}, "survey": str(survey.id)}
    assert taken(desk) == [{**facts, "rows": 2}, {**facts, "rows": 1}]


def test_sheets_can_be_had_of_one_building_one_officer_or_one_part(
    desk: Desk, survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("documents.sheets_of.survey_forms", "office.survey_pages.paper_choices"):
        monkeypatch.setattr(f"app.{module}.MOST_COPIES", 1)
    browser = desk.browser("supervisor")
    with desk.app.app_context():
        building = str(db.session.get_one(Unit, desk.unit_id).building_id)
        officer = staff_by_login(desk.logins["officer"])
        assert officer is not None
        officer_id = str(officer.id)

    def print_them(**data: str):
        return browser.post(f"/surveys/{survey.id}/forms.pdf", data={"lang": "zh", **data})

    assert re.findall(r">(\d–\d)</option>", browser.get(f"/surveys/{survey.id}").text) == ["1–1", "2–2"]
    assert print_them().status_code == 422
    assert print_them(officer=officer_id).status_code == 422
    assert f"{survey.number}-0001" in must_be_sealed(desk, print_them(building=building, officer=officer_id))
    second = must_be_sealed(desk, print_them(part="2"))
    assert f"{survey.number}-0002" in second
    assert f"{survey.number}-0001" not in second
    assert print_them(part="3").status_code == 404
    came_back(desk, survey)
    assert print_them(part="1").status_code == 404, "nobody there has it still to fill in"
    for chosen in ({}, {"officer": officer_id}):
        again = print_them(part="2", **chosen)
        assert f"{survey.number}-0002" in must_be_sealed(desk, again), "the same homes as before"
    assert print_them(building=str(new_id())).status_code == 404
    assert print_them(officer="nobody").status_code == 404


def test_of_more_than_one_paper_holds_the_parts_are_offered_with_what_was_chosen(
    desk: Desk, survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("documents.sheets_of.survey_forms", "office.survey_pages.paper_choices"):
        monkeypatch.setattr(f"app.{module}.MOST_COPIES", 1)
    with desk.app.app_context():
        building_id = db.session.get_one(Unit, desk.unit_id).building_id
        db.session.scalars(sa.select(Unit).where(Unit.id != desk.unit_id)).one().building_id = building_id
        db.session.commit()
    browser = desk.browser("supervisor")

    page = browser.post(f"/surveys/{survey.id}/forms.pdf", data={"lang": "zh", "building": str(building_id)})

    assert page.status_code == 422
    form = filled_in(page.text)
    assert (form["building"], form["part"]) == ([str(building_id)], ["1"])
    assert "请再选择其中一批" in told(page)
    one = must_be_sealed(desk, browser.post(f"/surveys/{survey.id}/forms.pdf", data={**form, "lang": "zh"}))
    assert f"{survey.number}-0001" in one


@pytest.mark.clause("R29")
def test_a_sheet_is_printed_to_be_filled_in_and_then_as_it_was_answered(desk: Desk, survey: Survey) -> None:
    address, browser = (
        handed_out(desk, survey),
        desk.browser("officer"),
    )

    open_ = must_be_sealed(desk, browser.get(f"{address}/form.pdf?lang=zh"))
    came_back(desk, survey)
    answered = browser.get(f"{address}/form.pdf?lang=zh")

    assert "您的姓名（签字）" in open_
    assert "上门回收本表" in open_
    said = must_be_sealed(desk, answered)
    for words in ("报修三次才来", "业主填写纸质表", "是否署名 陈建国", "业主本人", "服务台", "是否愿意接受回访？ 是"):
        assert words in said, (words, said)
    assert said.count("✓") == 2
    assert "您的姓名（签字）" not in said


def test_after_a_sale_the_seller_stands_on_what_they_took_and_answered_the_buyer_on_what_is_to_be_filled_in(
    desk: Desk, survey: Survey
) -> None:
    address, browser = handed_out(desk, survey), desk.browser("officer")
    with desk.app.app_context():
        home = db.session.get_one(Unit, desk.unit_id)
        [held] = home.ownerships
        held.until = TODAY + timedelta(days=1)
        an_owner(home, "赵买方", since=held.until)
        db.session.commit()

    def owner_on(paper: str) -> str:
        said = must_be_sealed(desk, browser.get(f"{address}/{paper}.pdf?lang=zh"))
        return "".join(name for name in ("陈建国", "赵买方") if f"业主 {name}" in said)

    open_ = owner_on("form"), owner_on("receipt")
    came_back(desk, survey)

    assert open_ == ("赵买方", "陈建国")
    assert (owner_on("form"), owner_on("receipt")) == ("陈建国", "陈建国")


@pytest.mark.clause("R24")
def test_a_receipt_is_to_be_signed_by_hand_until_somebody_took_the_sheet(desk: Desk, survey: Survey) -> None:
    with desk.app.app_context():
        address = f"/surveys/{survey.id}/sheets/{the_sheet(desk, survey).id}"
    browser = desk.browser("officer")

    before = must_be_sealed(desk, browser.get(f"{address}/receipt.pdf?lang=zh"))
    handed_out(desk, survey, how=Receipt.ON_PAPER)
    after = must_be_sealed(desk, browser.get(f"{address}/receipt.pdf?lang=zh"))

    assert "本人已收到本次调查表一份" in before
    assert "签收人 陈建国 本人或代收 本人 签收方式 纸上签字" in after
    assert "本人已收到" not in after


@pytest.mark.clause("R24")
def test_the_signature_under_the_visit_is_drawn_on_the_receipt_that_it_is(desk: Desk, survey: Survey) -> None:
    with desk.app.app_context():
        sheet_id = the_sheet(desk, survey).id
    told = {
        "sheet_id": str(sheet_id),
        "survey_id": str(survey.id),
        "act": "handed_out",
        "purpose_told": True,
        "key_items_told": True,
        "collect_at": "2026-11-26T11:30:00.000Z",
    }
    visit_id = uuid.UUID(desk.visit(surveys=[told]))

    with desk.browser("officer").get(f"/surveys/{survey.id}/sheets/{sheet_id}/receipt.pdf?lang=zh") as printed:
        said, drawn = must_be_sealed(desk, printed), reading.alternatives(printed.data)

    with desk.app.app_context():
        number = db.session.get_one(Visit, visit_id).receipt_number
        digest = db.session.scalars(sa.select(Statement.sha256).where(Statement.record_id == visit_id)).one()
    assert f"该签字签于走访记录 {number}" in said
    assert digest[:8] in said
    assert drawn == ["陈建国的签名"]


def test_a_visit_whose_summary_does_not_name_the_sheet_lends_it_no_signature(desk: Desk, survey: Survey) -> None:
    visit_id = uuid.UUID(desk.visit())
    address = handed_out(desk, survey, visit_id)

    with desk.browser("officer").get(f"{address}/receipt.pdf?lang=zh") as printed:
        said, drawn = must_be_sealed(desk, printed), reading.alternatives(printed.data)

    with desk.app.app_context():
        assert f"走访 {db.session.get_one(Visit, visit_id).receipt_number}" in said
    assert "平板电子签收" not in said
    assert drawn == []


@pytest.mark.clause("R24", "R25")
def test_the_list_of_receipts_has_a_line_for_each_household_and_its_counts(desk: Desk, survey: Survey) -> None:
    handed_out(desk, survey)
    browser = desk.browser("supervisor")

    said = must_be_sealed(desk, browser.post(f"/surveys/{survey.id}/receipts.pdf", data={"lang": "zh", "part": "1"}))

    for words in (
        f"{survey.number}-0001",
        f"{survey.number}-0002",
        "陈建国 电子 本人",
        "户数 2 已发放 1 已签收 1 已回收 0 不参加 0",
    ):
        assert words in said, (words, said)
    assert [(line["list"], line["filters"]) for line in taken(desk)] == [("survey_receipts", {})], "of all its parts"


@pytest.mark.clause("R24")
def test_a_sheet_that_was_handed_out_anew_has_both_receipts_on_every_paper_and_counts_once(
    desk: Desk, survey: Survey
) -> None:
    address = handed_out(desk, survey)
    with desk.app.app_context():
        sheet = the_sheet(desk, survey)
        decline(sheet, "没空填", event_id=new_id(), by=By(), at=NOW, when=NOW + timedelta(hours=1))
        given = Given(Receipt.ON_PAPER, "王秀兰", "spouse", AGREED)
        more = {"collector_id": staff_by_login(desk.logins["officer"]).id, "collect_on": TODAY, "by": By(), "at": NOW}
        hand_out(sheet, given, event_id=new_id(), when=NOW + timedelta(hours=2), **more)
        db.session.commit()
    browser = desk.browser("supervisor")

    listed = must_be_sealed(desk, browser.post(f"/surveys/{survey.id}/receipts.pdf", data={"lang": "zh", "part": "1"}))
    alone = must_be_sealed(desk, browser.get(f"{address}/receipt.pdf?lang=zh"))
    page = Markup(browser.get(address).text).striptags()

    first, _comma, second = listed.partition("共发放 2 次，此为第 1 次")
    assert "陈建国 电子 本人" in first
    assert "没空填" in first
    assert "王秀兰 纸质 代收 配偶" in second
    assert "共发放 2 次，此为第 2 次" in second
    assert "户数 2 已发放 1 已签收 1 已回收 0 不参加 0" in listed
    assert "签收人 王秀兰" in alone
    assert re.search("另一次发放 .*签收人 陈建国", alone)
    assert re.search(r"另一次发放 \S+ \S+ · 李敏 陈建国 · 业主本人 · 平板上签收", page)


@pytest.mark.parametrize("paper", ["forms", "receipts"])
def test_of_a_draft_and_of_one_that_was_withdrawn_no_household_has_a_sheet(
    desk: Desk, survey: Survey, paper: str
) -> None:
    with desk.app.app_context():
        supervisor = staff_by_login(desk.logins["supervisor"])
        assert supervisor is not None
        again = db.session.get_one(Survey, survey.id)
        withdraw_survey(again, "重做", event_id=new_id(), by=By(supervisor.id), at=NOW)
        db.session.commit()

    answer = desk.browser("supervisor").post(f"/surveys/{survey.id}/{paper}.pdf")

    assert answer.status_code == 422
    assert taken(desk) == []


@pytest.mark.parametrize("is_called_off", [False, True])
def test_once_it_is_over_no_sheet_is_printed_to_be_filled_in(desk: Desk, survey: Survey, is_called_off: bool) -> None:
    """Its owner would fill it in for nobody; what was answered, and who signed for it, is printed as before."""
    address, browser = handed_out(desk, survey), desk.browser("supervisor")
    [other] = {f"/surveys/{survey.id}/sheets/{sheet}" for sheet in _sheets(desk, survey)} - {address}
    came_back(desk, survey)
    with desk.app.app_context():
        again, by = db.session.get_one(Survey, survey.id), By(survey.made_by_id)
        more = {"event_id": new_id(), "by": by, "at": NOW}
        if is_called_off:
            withdraw_survey(again, "重做", **more)
        else:
            hand_up(again, db.session.get_one(Estate, desk.estate_id), "维修最慢", "年底前要结果", **more)
        db.session.commit()

    pages = [browser.get(page).text for page in (f"/surveys/{survey.id}", other)]

    assert [bool(re.search("待填调查表|各户调查表", page)) for page in pages] == [False, False]
    assert browser.get(f"{other}/form.pdf").status_code == 422
    assert browser.post(f"/surveys/{survey.id}/forms.pdf").status_code == 422
    assert [browser.get(f"{address}/{paper}.pdf").status_code for paper in ("form", "receipt")] == [200, 200]


def _sheets(desk: Desk, survey: Survey) -> list[uuid.UUID]:
    with desk.app.app_context():
        return list(db.session.scalars(sa.select(SurveySheet.id).where(SurveySheet.survey_id == survey.id)))


def test_many_sheets_are_printed_by_the_press(desk: Desk, survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(forms.FORMS, SurveyForms, replace(forms.FORMS[SurveyForms], at_once=1))
    browser = desk.browser("supervisor")

    asked = browser.post(f"/surveys/{survey.id}/forms.pdf", data={"lang": "zh"})
    with LongPapers(desk.app, OneHand(), now) as papers:
        papers.look()
        papers.look()

    assert asked.status_code == 302
    page = browser.get(asked.location).text
    assert f'<a href="/surveys/{survey.id}">' in page, "it leads back to the survey where it was asked for"
    assert f"{survey.number}-0002" in must_be_sealed(desk, browser.get(f"{asked.location}.pdf"))


def test_papers_of_one_survey_are_told_apart_by_their_part_and_their_languages(
    desk: Desk, survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    for sheet in (SurveyForms, ReceiptsSheet):
        monkeypatch.setitem(forms.FORMS, sheet, replace(forms.FORMS[sheet], at_once=0))
    browser = desk.browser("supervisor")

    for language in ("both", "zh", "en"):
        browser.post(f"/surveys/{survey.id}/receipts.pdf", data={"lang": language})
    browser.post(f"/surveys/{survey.id}/forms.pdf", data={"lang": "zh", "part": "1"})

    strip = Markup(browser.get("/surveys").text).striptags()
    for words in ("中英文", "中文", "英文"):
        assert re.search(rf"{survey.number} · [^·]+ · {words}\b", strip), (words, strip)
    assert re.search(rf"{survey.number} · 第 1 批 · [^·]+ · 中文\b", strip)


def test_who_works_in_a_department_has_no_papers_of_a_survey(desk: Desk, survey: Survey) -> None:
    address, browser = handed_out(desk, survey), desk.browser("department_manager")

    asked: list[tuple[FlaskClient, str]] = [
        (browser.get, f"/surveys/{survey.id}/blank.pdf"),
        (browser.post, f"/surveys/{survey.id}/forms.pdf"),
        (browser.post, f"/surveys/{survey.id}/receipts.pdf"),
        (browser.get, f"{address}/form.pdf"),
        (browser.get, f"{address}/receipt.pdf"),
    ]

    assert {ask(path).status_code for ask, path in asked} == {403}


def test_a_sheet_is_not_found_under_another_survey(desk: Desk, survey: Survey) -> None:
    sheet = handed_out(desk, survey).rsplit("/", 1)[1]

    answer = desk.browser("supervisor").get(f"/surveys/{new_id()}/sheets/{sheet}/form.pdf")

    assert answer.status_code == 404


def test_the_page_of_a_survey_and_that_of_a_sheet_offer_their_papers(desk: Desk, survey: Survey) -> None:
    address = came_back(desk, survey)

    shown = [desk.browser("supervisor").get(page).text for page in (f"/surveys/{survey.id}", address)]

    assert f"/surveys/{survey.id}/blank.pdf" in shown[0]
    assert f'formaction="/surveys/{survey.id}/forms.pdf"' in shown[0]
    assert f'formaction="/surveys/{survey.id}/receipts.pdf"' in shown[0]
    assert f"{address}/form.pdf?lang=zh" in shown[1]
    assert f"{address}/receipt.pdf" in shown[1]
