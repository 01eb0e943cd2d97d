"""What became of a survey's sheet at a door, wherever a visit is read: its page, a kept record, the owner's copy."""

import pytest

from app.core.clock import now
from app.core.db import db
from app.core.ids import new_id
from app.estates.models import Estate, Unit
from app.people.models import Staff
from app.people.queries import departments
from app.signatures.rules import sha256_hex
from app.surveys.calling_off import withdraw_survey
from app.surveys.models import Survey
from tests.builders import NOBODY, a_survey, a_survey_out, fetch
from tests.office.conftest import Desk
from tests.visits.kept import worded_anew

TOKEN = "7k3m9p2q4r6s8t0v1w3x5y7z9a"
SAID = ("2026 年业主满意度调查", "维修及时", "很不满意", "来得太慢", "基本满意")


@pytest.fixture
def told(desk: Desk) -> dict[str, object]:
    """What a household answered, given back on paper."""
    with desk.app.app_context():
        estate, officer = db.session.get_one(Estate, desk.estate_id), db.session.query(Staff).first()
        department = departments(estate.id)[0]
        survey = a_survey(estate, officer, (department, "维修及时"))
        [sheet] = a_survey_out(survey, [db.session.get_one(Unit, desk.unit_id)], officer)
        db.session.commit()
        return {
            "sheet_id": str(sheet.id),
            "survey_id": str(survey.id),
            "act": "collected",
            "filled": "on_paper",
            "signed": True,
            "signed_name": "陈建国",
            "signed_relation": "owner",
            "levels": {str(survey.questions[0].id): "very_dissatisfied"},
            "opinions": {str(department.id): "来得太慢"},
            "overall": "basic",
        }


def test_the_page_of_the_visit_and_the_owners_copy_say_what_was_answered(desk: Desk, told: dict[str, object]) -> None:
    visit_id = desk.visit(surveys=[told], copy_token_sha256=sha256_hex(TOKEN.encode()))

    page = desk.browser("supervisor").get(f"/visits/{visit_id}").text
    copy = desk.tablet.client.get(f"/c/{TOKEN}").text

    for words in SAID:
        assert words in page
        assert words in copy
    assert "陈建国 · 业主本人<" in page
    assert "陈建国 · 业主本人<" in copy
    assert f'href="/surveys/{told["survey_id"]}/sheets/{told["sheet_id"]}"' in page


def test_a_record_that_is_kept_says_what_was_answered_and_what_was_shown(desk: Desk, told: dict[str, object]) -> None:
    visit = desk.tablet.a_visit(desk.estate_id, desk.unit_id, surveys=[told])
    shown = worded_anew(desk, visit, lambda text: text["surveys"][0].update(overall="satisfied", title="另一份调查"))
    frozen = desk.tablet.freeze(shown)
    assert desk.tablet.receipts(frozen)[0]["status"] == "rejected"

    page = desk.browser("supervisor").get(f"/records/{frozen['op_id']}").text

    link = f'href="/surveys/{told["survey_id"]}/sheets/{told["sheet_id"]}"'
    for words in (*SAID, "陈建国 · 业主本人<", "另一份调查", link):
        assert words in page


def test_a_visit_whose_sheet_could_not_be_moved_says_so(desk: Desk, told: dict[str, object]) -> None:
    visit = desk.tablet.freeze(desk.tablet.a_visit(desk.estate_id, desk.unit_id, surveys=[told]))
    with desk.app.app_context():
        withdraw_survey(fetch(Survey, told["survey_id"]), "日期冲突", event_id=new_id(), by=NOBODY, at=now())
        db.session.commit()
    assert desk.tablet.receipts(visit)[0]["code"] == "visit:sheet_kept"

    page = desk.browser("supervisor").get("/records").text

    assert "不计入统计" in page
