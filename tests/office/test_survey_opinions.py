"""Opinions of a survey in the office: counted by department, classified one by one or several at once."""

import re
import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.core.db import db
from app.issues.models import Category, Issue
from app.issues.rules import State
from app.surveys.measure_rules import Became
from app.surveys.opinions import SurveyOpinion
from tests.office.a_survey_back import KIND, SLOW, Back, a_survey_back
from tests.office.conftest import IN_TIME, Desk


def page_of(desk: Desk, back: Back) -> str:
    """Where the opinion of the first household about the repairs stands."""
    return f"/surveys/{back.survey_id}/opinions/{back.sheet_id}/{desk.department_id}"


def an_issue_of_it(desk: Desk, back: Back, browser: FlaskClient, **changes: str) -> Any:
    with desk.app.app_context():
        leak = db.session.scalars(sa.select(Category.id).where(Category.code == "leak")).one()
    sent = {
        "issue-event": str(uuid.uuid4()),
        "issue-category": str(leak),
        "issue-urgency": "ordinary",
        "issue-department": str(desk.department_id),
        "issue-promised_on": IN_TIME.isoformat(),
    }
    return browser.post(f"{page_of(desk, back)}/issue", data=sent | changes)


def became(desk: Desk) -> list[Became]:
    with desk.app.app_context():
        return sorted(db.session.scalars(sa.select(SurveyOpinion.became)), key=lambda one: one.value)


def test_opinions_wait_in_the_inbox_and_stand_by_department(desk: Desk) -> None:
    back, browser = a_survey_back(desk), desk.browser("english")

    inbox, page = browser.get("/").text, browser.get(f"/surveys/{back.survey_id}/opinions").text

    assert f"/surveys/{back.survey_id}/opinions?show=waiting" in inbox
    assert "Opinions to classify" in inbox
    assert page.index(SLOW) < page.index(KIND) or "to classify" in page
    assert [int(number) for number in re.findall(r'data-label="To classify">(\d+)<', page)] == [2, 1, 3]


@pytest.mark.clause("R32")
def test_one_becomes_an_issue_and_the_next_one_follows(desk: Desk) -> None:
    back, browser = a_survey_back(desk, welcome=False), desk.browser("english")
    page = browser.get(page_of(desk, back)).text
    assert SLOW in page
    assert "does not want to be called back" in page

    answer = an_issue_of_it(desk, back, browser)

    assert answer.location.endswith(f"/opinions/{back.other_id}/{desk.department_id}")
    with desk.app.app_context():
        issue = db.session.scalars(sa.select(Issue)).one()
        kept = (issue.id, issue.number, issue.state, issue.promised_on, issue.raised_by)
        assert kept[2:] == (State.ROUTED, IN_TIME, "陈建国")
    shown = browser.get(f"/issues/{kept[0]}").text
    assert f"{back.survey_id}/opinions" in shown
    assert "does not want to be called back" in shown
    assert "Written by the owner in a survey" in shown
    assert kept[1] in browser.get(f"/surveys/{back.survey_id}/opinions").text


def test_nothing_is_chosen_for_whoever_does_not_choose(desk: Desk) -> None:
    back, browser = a_survey_back(desk), desk.browser("english")

    answer = an_issue_of_it(desk, back, browser, **{"issue-category": ""})

    assert answer.status_code == 422
    assert "Choose a category first." in answer.text
    assert became(desk) == []


def test_several_need_no_action_at_once_and_what_others_classified_is_named(desk: Desk) -> None:
    back, browser = a_survey_back(desk), desk.browser("english")
    an_issue_of_it(desk, back, desk.browser("manager"))
    chosen = [
        f"{back.sheet_id}/{desk.department_id}",
        f"{back.sheet_id}/{desk.other_department_id}",
        f"{back.other_id}/{desk.department_id}",
    ]
    sent = {"event": str(uuid.uuid4()), "opinion": chosen, "became": "praise"}

    page = browser.post(f"/surveys/{back.survey_id}/opinions", data=sent, follow_redirects=True).text
    again = browser.post(f"/surveys/{back.survey_id}/opinions", data=sent, follow_redirects=True).text

    assert "Praise: 2" in page
    assert "Somebody else has classified this opinion already." in page
    assert "Praise: 2" in again
    assert became(desk) == [Became.ISSUE, Became.PRAISE, Became.PRAISE]


def test_another_household_waits_for_the_same_work(desk: Desk) -> None:
    back, browser = a_survey_back(desk), desk.browser("english")
    an_issue_of_it(desk, back, browser)
    where = f"/surveys/{back.survey_id}/opinions/{back.other_id}/{desk.department_id}"
    with desk.app.app_context():
        first = db.session.scalars(sa.select(Issue.id)).one()

    sent = {"join-event": str(uuid.uuid4()), "join-into": str(first), "join-note": "同一件事"}
    answer = browser.post(f"{where}/join", data=sent)

    assert answer.status_code == 302
    with desk.app.app_context():
        assert sorted(one.state.value for one in db.session.scalars(sa.select(Issue))) == ["merged", "routed"]


@pytest.mark.parametrize(("typed", "status"), [("number", 302), ("WT-0000-9999", 422), ("", 422)])
def test_an_issue_that_is_not_at_hand_is_named_by_its_number(desk: Desk, typed: str, status: int) -> None:
    back, browser = a_survey_back(desk), desk.browser("english")
    an_issue_of_it(desk, back, browser)
    where = f"/surveys/{back.survey_id}/opinions/{back.other_id}/{desk.department_id}"
    with desk.app.app_context():
        number = str(db.session.scalars(sa.select(Issue.number)).one()).lower()
    sent = {"join-event": str(uuid.uuid4()), "join-into": "", "join-note": "同一件事"}

    answer = browser.post(f"{where}/join", data=sent | {"join-number": number if typed == "number" else typed})

    assert answer.status_code == status
    assert len(became(desk)) == (2 if status == 302 else 1)


def test_praise_is_one_press_and_after_the_last_one_comes_the_list(desk: Desk) -> None:
    back, browser = a_survey_back(desk), desk.browser("english")
    places = [
        (back.sheet_id, desk.department_id),
        (back.sheet_id, desk.other_department_id),
        (back.other_id, desk.department_id),
    ]

    answers = [
        browser.post(
            f"/surveys/{back.survey_id}/opinions/{sheet_id}/{department_id}/counted",
            data={"event": str(uuid.uuid4()), "became": "praise"},
        )
        for sheet_id, department_id in places
    ]

    assert answers[-1].location.endswith(f"/surveys/{back.survey_id}/opinions")
    assert "Opinions to classify" not in browser.get("/").text


def test_of_two_the_slower_is_told_and_sees_what_became_of_it(desk: Desk) -> None:
    back, browser = a_survey_back(desk), desk.browser("english")
    an_issue_of_it(desk, back, desk.browser("manager"))

    answer = an_issue_of_it(desk, back, browser)

    assert answer.status_code == 409
    assert "Somebody else has classified this opinion already." in answer.text
    assert "WT-" in answer.text


@pytest.mark.parametrize("who", ["officer", "executive"])
def test_only_supervisor_and_manager_classify(desk: Desk, who: str) -> None:
    back, browser = a_survey_back(desk), desk.browser(who)

    page = browser.get(page_of(desk, back))

    assert page.status_code == 200
    assert "issue-category" not in page.text
    assert an_issue_of_it(desk, back, browser).status_code == 403


def test_an_owner_who_called_it_good_is_counted(desk: Desk) -> None:
    back, browser = a_survey_back(desk), desk.browser("english")
    an_issue_of_it(desk, back, browser)
    with desk.app.app_context():
        issue_id = str(db.session.scalars(sa.select(Issue.id)).one())
    task_id, round_ = desk.rectified(issue_id)
    answer = {"task_id": task_id, "issue_id": issue_id, "round": round_, "answer": "satisfied", "reason": ""}

    visit_id = desk.visit(task_ids=[task_id], answers=[answer])

    page = browser.get(f"/surveys/{back.survey_id}/opinions").text
    assert [int(number) for number in re.findall(r'data-label="Satisfied">(\d+)<', page)] == [1, 0, 1]
    assert visit_id in browser.get(f"/issues/{issue_id}").text
    assert browser.get(f"/visits/{visit_id}").status_code == 200
