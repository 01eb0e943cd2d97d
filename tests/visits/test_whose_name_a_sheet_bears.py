"""Who answered a sheet: whether it is signed, whose name it bears, and on whose behalf (R29)."""

from datetime import date

import pytest
import sqlalchemy as sa

from app.agenda.rules import TaskState
from app.core.db import db
from app.estates.models import Ownership
from app.estates.rules import PersonKind
from app.signatures.messages import StatementText
from app.signatures.queries import statement_of
from app.surveys.rules import Level, SheetState
from app.visits.agreement import what_differs
from app.visits.models import Visit
from tests.visits.at_the_door import NOT_SIGNED
from tests.visits.survey_out import ON_PAPER, ON_SCREEN, Asked, Json


@pytest.mark.clause("R29")
@pytest.mark.parametrize(
    ("told", "wanted", "signed", "proxy"),
    [
        (ON_SCREEN, {}, "陈建国", False),
        (ON_SCREEN, NOT_SIGNED, "", False),
        (ON_SCREEN, {"interviewee": {"name": "李芳", "relation": "spouse"}}, "李芳", True),
        (ON_SCREEN, {"interviewee": {"name": "小周", "relation": "tenant"}}, "小周", True),
        (ON_SCREEN, {"interviewee": {"name": "小周", "relation": "owner"}}, "小周", True),
        (ON_PAPER, {}, "", False),
        (ON_PAPER | {"signed": True, "signed_name": "陈建国"}, NOT_SIGNED, "陈建国", False),
        ({"act": "collected", "filled": "by_phone"}, {"method": "phone", "by_owner": False}, "", False),
    ],
    ids=[
        "on the screen",
        "not signed",
        "by the spouse",
        "by a tenant",
        "by no owner of the file",
        "paper without a name",
        "paper with a name",
        "by phone",
    ],
)
def test_a_sheet_that_came_back_says_whether_it_is_signed_and_who_answered(
    asked: Asked, told: Json, wanted: Json, signed: str, proxy: bool
) -> None:
    receipt = asked.says(told | asked.answers(), **wanted)

    sheet = asked.sheet()
    assert receipt["status"] == "applied"
    assert sheet.state is SheetState.COLLECTED
    assert (sheet.signed, sheet.signed_name, sheet.proxy) == (bool(signed), signed, proxy)
    assert sheet.levels == {asked.questions[0]: "dissatisfied", asked.questions[1]: "none"}
    assert (sheet.opinions, sheet.overall) == ({asked.department_id: "来得太慢"}, Level.BASIC)
    assert sheet.callback_welcome is True
    assert {task.state for task in asked.tasks()} == {TaskState.DONE}


SPOUSE, TENANT = {"name": "李芳", "relation": "spouse"}, {"name": "小周", "relation": "tenant"}
NO_OWNER = {"name": "小周", "relation": "owner"}


def named(name: str, relation: str) -> Json:
    return ON_PAPER | {"signed": True, "signed_name": name, "signed_relation": relation}


@pytest.mark.clause("R29")
@pytest.mark.parametrize(
    ("told", "by", "relation", "proxy"),
    [
        (named("陈建国", "owner"), {}, "owner", False),
        (named("陈建国", "owner"), SPOUSE, "owner", False),
        (named("陈建国", "owner"), TENANT, "owner", False),
        (named("陈建国 ", "owner"), SPOUSE, "owner", False),
        (named("Chen", "owner"), {}, "owner", False),
        (named("Chen", "owner"), SPOUSE, "owner", True),
        (named("陈建国", "owner"), NO_OWNER, "owner", False),
        (named("小周", "owner"), NO_OWNER, "owner", True),
        (named("李芳", "spouse"), {}, "spouse", True),
        (named("小周", "tenant"), SPOUSE, "tenant", True),
        (ON_PAPER | {"signed": True, "signed_name": "陈建国"}, SPOUSE, "spouse", True),
        (ON_PAPER, SPOUSE, "spouse", True),
    ],
    ids=[
        "the owner's, from their own hand",
        "the owner's, from the spouse's hand",
        "the owner's, from a tenant's hand",
        "the owner's, with a blank behind it",
        "written otherwise, from the owner's own hand",
        "a name that the owner file does not know, from another's hand",
        "the owner's, from somebody who is called one",
        "of somebody who is called an owner",
        "the spouse's, from the owner's hand",
        "a tenant's, from the spouse's hand",
        "whose it is was not said",
        "without a name",
    ],
)
def test_a_sheet_of_paper_is_answered_by_whoevers_name_it_bears_and_in_doubt_by_a_proxy(
    asked: Asked, told: Json, by: Json, relation: str, proxy: bool
) -> None:
    wanted = {"interviewee": by} if by else {}

    receipt = asked.says(told | asked.answers(), **wanted)

    sheet = asked.sheet()
    assert (receipt["status"], sheet.relation, sheet.proxy) == ("applied", relation, proxy)
    with asked.app.app_context():
        [visit] = db.session.scalars(sa.select(Visit))
        shown = StatementText.model_validate_json(statement_of(visit.id).text)
        assert shown.surveys[0].signed_relation == told.get("signed_relation", "")
        assert what_differs(visit, shown) == []


@pytest.mark.parametrize(("name", "proxy"), [("启明科技有限公司", False), ("赵磊", True)], ids=["its own", "another"])
def test_for_a_company_only_its_own_name_stands_where_whoever_brings_the_sheet_does_not_own_it(
    asked: Asked, name: str, proxy: bool
) -> None:
    with asked.app.app_context():
        [held] = db.session.scalars(sa.select(Ownership).where(Ownership.unit_id == asked.world.unit_id))
        held.person.kind, held.person.name = PersonKind.COMPANY, "启明科技有限公司"
        db.session.commit()

    asked.says(named(name, "owner") | asked.answers(), interviewee=TENANT)

    assert asked.sheet().proxy is proxy


def test_a_name_in_another_hand_is_the_owners_only_as_long_as_they_own_it(asked: Asked) -> None:
    with asked.app.app_context():
        [held] = db.session.scalars(sa.select(Ownership).where(Ownership.unit_id == asked.world.unit_id))
        held.until = date(2026, 1, 1)
        db.session.commit()

    asked.says(named("陈建国", "owner") | asked.answers(), interviewee=SPOUSE)

    assert asked.sheet().proxy, "nobody knows them as the owner any more"
