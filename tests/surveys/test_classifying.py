"""Opinions are classified once each, and become issues of their households with the usual loop (R32, R34, V52)."""

import uuid
from datetime import timedelta

import pytest
from flask import Flask

from app.agenda.queries import due_about
from app.agenda.rules import CALLBACKS
from app.core import waits
from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.ids import new_id
from app.core.journal import By
from app.issues.actions import accept, report_rectified
from app.issues.answer_queries import answers_of_visits
from app.issues.answering import take_owners_answer
from app.issues.became import Became as IssueBecame
from app.issues.explaining import cannot_be_solved
from app.issues.models import Issue
from app.issues.owners_word import OwnersWord
from app.issues.rules import Answer, Cannot, HowAnswered, State, Urgency
from app.people.rules import Role
from app.reports.queries import Year, facts_of
from app.surveys.actions import Returned, collect, hand_out
from app.surveys.classifying import Matter, becomes_issue, joins_issue, needs_no_action
from app.surveys.measure_rules import CLASSIFY, Became
from app.surveys.models import SurveySheet
from app.surveys.opinions import could_join, counted, gathered, opinions_of, source_of, the_opinion, unclassified
from app.surveys.receipts import Given
from app.surveys.rules import Filled, Level, Receipt
from app.visits.rules import Category
from tests.at_once import at_the_same_moment
from tests.builders import NOW, TODAY, a_category, an_estate, an_owner
from tests.surveys.followed import DARK, KIND, SLOW, Followed


def as_issue(followed: Followed, sheet: SurveySheet, **more: object) -> Issue:
    """What was written about the repairs becomes an issue."""
    matter = Matter(followed.category, Urgency.ORDINARY, followed.repairs.id, TODAY + timedelta(days=1))
    wanted = {"event_id": new_id(), "by": followed.by(followed.supervisor), "at": NOW} | more
    issue = becomes_issue(sheet, followed.repairs.id, matter, **wanted)
    assert issue is not None
    db.session.flush()
    return issue


def good(issue: Issue, visit_id: uuid.UUID | None = None, answer: Answer = Answer.SATISFIED) -> None:
    """Its owner calls it good on a callback."""
    word = OwnersWord(answer, HowAnswered.PHONE, NOW, words="还是慢", visit_id=visit_id or new_id())
    take_owners_answer(issue, word, round_=issue.round, event_id=new_id(), by=By(), at=NOW)


def done(followed: Followed, issue: Issue) -> None:
    """The department settles it and reports it."""
    more = {"by": followed.by(followed.head), "at": NOW}
    accept(issue, "增派人手", followed.worker, TODAY + timedelta(days=3), event_id=new_id(), **more)
    report_rectified(issue, "已增派", event_id=new_id(), **more)
    db.session.flush()


@pytest.mark.clause("R32")
def test_an_opinion_becomes_an_issue_of_whoever_wrote_it_and_goes_to_its_department(followed: Followed) -> None:
    sheet = followed.comes_back(0, {followed.repairs: SLOW})

    issue = as_issue(followed, sheet)

    assert (issue.text, issue.state, issue.department_id) == (SLOW, State.ROUTED, followed.repairs.id)
    assert (issue.unit_id, issue.raised_by, issue.raised_at) == (sheet.unit_id, "陈建国", NOW)
    assert issue.raised_by_id == followed.homes[0].ownerships[0].person_id
    assert (issue.officer_id, issue.visit_id, issue.owned) == (followed.officer.id, None, True)
    assert issue.promised_on == TODAY + timedelta(days=1)
    assert source_of(issue).sheet is sheet
    assert followed.kinds(issue.id) == ["issue:recorded", "issue:routed"]
    assert followed.kinds(sheet.id) == ["sheet:collected", "opinion:classified"]


@pytest.mark.clause("R34", "R35", "V52")
def test_it_is_rectified_and_called_back_until_its_owner_is_satisfied(followed: Followed) -> None:
    issue = as_issue(followed, followed.comes_back(0, {followed.repairs: SLOW}, callback_welcome=False))

    done(followed, issue)
    assert [task.assignee_id for task in due_about(issue.id, *CALLBACKS)] == [followed.officer.id]
    good(issue, answer=Answer.DISSATISFIED)
    assert (issue.state, issue.round) == (State.ROUTED, 2)
    done(followed, issue)
    good(issue)

    assert issue.state is State.CLOSED
    assert counted(opinions_of(followed.survey.id)).satisfied == 1


def test_what_is_answered_on_the_callback_stands_with_that_visit(followed: Followed) -> None:
    issue, visit_id = as_issue(followed, followed.comes_back(0, {followed.repairs: SLOW})), new_id()
    done(followed, issue)

    good(issue, visit_id)
    db.session.flush()

    assert [said.issue_id for said in answers_of_visits([visit_id])[visit_id]] == [issue.id]


def test_praise_and_what_needs_no_action_are_counted(followed: Followed) -> None:
    sheet = followed.comes_back(0, {followed.repairs: SLOW, followed.cleaning: KIND})
    other = followed.comes_back(1, {followed.cleaning: "没有意见"}, signed_name="林小雨")
    more = {"by": followed.by(followed.supervisor), "at": NOW}

    as_issue(followed, sheet)
    assert needs_no_action(sheet, followed.cleaning.id, Became.PRAISE, event_id=new_id(), **more)
    assert needs_no_action(other, followed.cleaning.id, Became.NO_ACTION, event_id=new_id(), **more)

    cleaning, repairs = gathered(opinions_of(followed.survey.id))
    assert (cleaning.department_id, cleaning.opinions, cleaning.praise, cleaning.no_action) == (
        followed.cleaning.id,
        2,
        1,
        1,
    )
    assert (repairs.opinions, repairs.classified, repairs.issues, repairs.open) == (1, 1, 1, 1)
    with pytest.raises(Refused):
        needs_no_action(sheet, followed.cleaning.id, Became.ISSUE, event_id=new_id(), **more)


@pytest.mark.clause("R32")
def test_opinions_wait_for_customer_service_until_the_last_one_is_classified(followed: Followed) -> None:
    followed.comes_back(0, {})
    assert followed.waiting(followed.survey.id) == {}

    sheet = followed.comes_back(1, {followed.repairs: SLOW, followed.cleaning: DARK})
    assert followed.waiting(followed.survey.id) == {CLASSIFY: (Role.SUPERVISOR.value, None)}
    as_issue(followed, sheet)
    assert unclassified(followed.survey.id) == 1
    assert CLASSIFY in followed.waiting(followed.survey.id)
    more = {"event_id": new_id(), "by": followed.by(followed.supervisor), "at": NOW}
    needs_no_action(sheet, followed.cleaning.id, Became.NO_ACTION, **more)

    assert followed.waiting(followed.survey.id) == {}


@pytest.mark.clause("R32")
def test_one_of_very_many_is_classified_without_reading_the_others(
    followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet, _other = followed.comes_back(0, {followed.repairs: SLOW}), followed.comes_back(1, {followed.repairs: DARK})
    monkeypatch.setattr("app.surveys.opinions.left_to_classify", lambda _survey_id: pytest.fail("reads them all"))

    assert needs_no_action(
        sheet, followed.repairs.id, Became.PRAISE, event_id=new_id(), by=followed.by(followed.supervisor), at=NOW
    )

    assert CLASSIFY in followed.waiting(followed.survey.id)


def test_another_owners_opinion_waits_for_the_same_work_and_each_answers_alone(followed: Followed) -> None:
    first = as_issue(followed, followed.comes_back(0, {followed.repairs: SLOW}))
    sheet = followed.comes_back(1, {followed.repairs: "等了三天"}, signed_name="林小雨")
    assert [one.id for one in could_join(the_opinion(followed.survey.id, sheet.id, followed.repairs.id))] == [first.id]
    more = {"event_id": new_id(), "by": followed.by(followed.supervisor), "at": NOW}

    second = joins_issue(sheet, followed.repairs.id, first, "同一件事", **more)

    assert (second.state, second.work_id, second.raised_by) == (State.MERGED, first.work_id, "林小雨")
    done(followed, first)
    assert [one.state for one in (first, second)] == [State.RECTIFIED] * 2
    good(first)
    assert [one.state for one in (first, second)] == [State.CLOSED, State.RECTIFIED]
    assert counted(opinions_of(followed.survey.id)).satisfied == 1


def test_what_the_household_itself_raised_already_is_not_raised_again(followed: Followed) -> None:
    sheet = followed.comes_back(0, {followed.repairs: SLOW, followed.cleaning: "维修也慢"})
    first = as_issue(followed, sheet)
    more = {"event_id": new_id(), "by": followed.by(followed.supervisor), "at": NOW}

    assert joins_issue(sheet, followed.cleaning.id, first, "同一件事", **more) is first

    assert db.session.query(Issue).count() == 1
    assert (first.state, first.work_id) == (State.ROUTED, None)
    all_of_it = counted(opinions_of(followed.survey.id))
    assert (all_of_it.classified, all_of_it.issues) == (2, 1)


def test_an_owner_answers_alone_for_what_they_wrote_though_their_tenant_raised_the_same(followed: Followed) -> None:
    of_tenant = as_issue(followed, followed.comes_back(0, {followed.repairs: SLOW}, relation="tenant", proxy=True))
    of_tenant.unit_id = followed.homes[1].id
    sheet = followed.comes_back(1, {followed.repairs: "等了三天"}, signed_name="林小雨")
    more = {"event_id": new_id(), "by": followed.by(followed.supervisor), "at": NOW}

    of_owner = joins_issue(sheet, followed.repairs.id, of_tenant, "同一件事", **more)

    assert (of_owner.state, of_owner.work_id, of_owner.raised_by) == (State.MERGED, of_tenant.work_id, "林小雨")
    done(followed, of_tenant)
    good(of_tenant)
    assert [one.state for one in (of_tenant, of_owner)] == [State.CLOSED, State.RECTIFIED]


def test_what_has_ended_takes_no_more_opinions_for_then_they_would_count_as_satisfied(followed: Followed) -> None:
    sheet = followed.comes_back(0, {followed.repairs: SLOW, followed.cleaning: "维修也慢"})
    first = as_issue(followed, sheet)
    done(followed, first)
    good(first)
    more = {"event_id": new_id(), "by": followed.by(followed.supervisor), "at": NOW}

    with pytest.raises(Outdated):
        joins_issue(sheet, followed.cleaning.id, first, "同一件事", **more)

    assert unclassified(followed.survey.id) == 1


def test_an_issue_of_another_estate_or_unknown_words_are_refused(followed: Followed) -> None:
    sheet = followed.comes_back(0, {followed.repairs: SLOW})
    elsewhere = an_estate()
    matter = Matter(a_category(elsewhere, None), Urgency.ORDINARY, followed.repairs.id, None)
    more = {"by": followed.by(followed.supervisor), "at": NOW}

    for department, chosen in ((followed.repairs, matter), (followed.cleaning, matter)):
        with pytest.raises(Refused):
            becomes_issue(sheet, department.id, chosen, event_id=new_id(), **more)


def test_no_owner_is_promised_an_answer_by_a_day_that_is_over(followed: Followed) -> None:
    sheet = followed.comes_back(0, {followed.repairs: SLOW})
    yesterday = Matter(followed.category, Urgency.ORDINARY, followed.repairs.id, TODAY - timedelta(days=1))

    with pytest.raises(Refused, match="issue:date_past"):
        becomes_issue(
            sheet, followed.repairs.id, yesterday, event_id=new_id(), by=followed.by(followed.supervisor), at=NOW
        )

    assert unclassified(followed.survey.id) == 1


@pytest.mark.clause("R37")
def test_what_cannot_be_solved_is_counted_for_manager_and_executive(followed: Followed) -> None:
    issue = as_issue(followed, followed.comes_back(0, {followed.repairs: SLOW}))
    more = {"event_id": new_id(), "by": followed.by(followed.head), "at": NOW}

    cannot_be_solved(issue, Cannot.FOR_NOW, "需更换电梯", None, **more)

    row = counted(opinions_of(followed.survey.id))
    assert (row.issues, row.cannot, row.open, row.satisfied) == (1, 1, 0, 0)


def test_a_sheet_without_a_name_speaks_for_its_household(followed: Followed) -> None:
    unsigned = {"signed": False, "signed_name": ""}
    issue = as_issue(followed, followed.comes_back(1, {followed.repairs: SLOW}, **unsigned))

    assert (issue.raised_by, issue.raised_by_id) == ("林小雨", None)


def test_what_a_buyer_wrote_without_a_name_is_not_the_sellers_who_took_the_sheet(followed: Followed) -> None:
    more = {"collector_id": followed.officer.id, "collect_on": TODAY, "event_id": new_id(), "when": NOW}
    taken = Given(Receipt.SIGNED, "陈建国", "owner")
    hand_out(followed.sheets[0], taken, by=followed.by(followed.officer), at=NOW, **more)
    [held] = followed.homes[0].ownerships
    held.until = TODAY + timedelta(days=1)
    an_owner(followed.homes[0], "赵买方", since=held.until)

    later = {"signed": False, "signed_name": "", "when": NOW + timedelta(days=2)}
    issue = as_issue(followed, followed.comes_back(0, {followed.repairs: SLOW}, **later))

    assert issue.raised_by == "赵买方"


@pytest.mark.parametrize(("relation", "name"), [("owner", "林小雨"), ("tenant", "–")])
def test_what_somebody_wrote_without_a_name_is_not_the_word_of_another_who_took_the_sheet(
    followed: Followed, relation: str, name: str
) -> None:
    more = {"collector_id": followed.officer.id, "collect_on": TODAY, "event_id": new_id(), "when": NOW}
    taken = Given(Receipt.SIGNED, "陈阿姨", "family")
    hand_out(followed.sheets[1], taken, by=followed.by(followed.officer), at=NOW, **more)

    unsigned = {"signed": False, "signed_name": "", "relation": relation}
    issue = as_issue(followed, followed.comes_back(1, {followed.repairs: SLOW}, **unsigned))

    assert issue.raised_by == name


def test_classified_twice_it_happens_once_and_somebody_else_is_told(followed: Followed) -> None:
    sheet, event = followed.comes_back(0, {followed.repairs: SLOW}), new_id()
    as_issue(followed, sheet, event_id=event)
    matter = Matter(followed.category, Urgency.ORDINARY, followed.repairs.id, None)
    more = {"by": followed.by(followed.supervisor), "at": NOW}

    assert becomes_issue(sheet, followed.repairs.id, matter, event_id=event, **more) is None
    with pytest.raises(Outdated):
        becomes_issue(sheet, followed.repairs.id, matter, event_id=new_id(), **more)

    assert db.session.query(Issue).count() == 1


def test_of_two_who_classify_the_same_at_once_one_is_told(app: Flask, followed: Followed) -> None:
    sheet = followed.comes_back(0, {followed.repairs: SLOW})
    sheet_id, repairs_id, by = sheet.id, followed.repairs.id, followed.by(followed.supervisor)
    db.session.commit()

    def classifies() -> object:
        there = db.session.get_one(SurveySheet, sheet_id)
        return needs_no_action(there, repairs_id, Became.NO_ACTION, event_id=new_id(), by=by, at=NOW)

    assert at_the_same_moment(app, classifies, classifies) == ["done", "opinion:classified"]


@pytest.mark.clause("R17")
def test_the_years_statistics_count_it_among_special_visits_and_never_as_answered_on_the_spot(
    followed: Followed,
) -> None:
    issue = as_issue(followed, followed.comes_back(0, {followed.repairs: SLOW}))
    done(followed, issue)
    good(issue)
    db.session.commit()

    raised = [*facts_of(followed.estate, Year(NOW.year, followed.estate.time_zone, NOW)).raised]

    assert [(set(one.categories), one.method, one.on_the_spot, one.became) for one in raised] == [
        ({Category.SPECIAL}, None, False, IssueBecame.CLOSED)
    ]


def test_what_comes_in_while_the_last_one_is_classified_still_waits(app: Flask, followed: Followed) -> None:
    sheet, other = followed.comes_back(0, {followed.repairs: SLOW}), followed.sheets[1]
    ids = sheet.id, other.id, followed.survey.id, followed.repairs.id
    supervisor, officer = followed.by(followed.supervisor), followed.by(followed.officer)
    db.session.commit()
    sheet_id, other_id, survey_id, repairs_id = ids

    def classifies() -> object:
        there = db.session.get_one(SurveySheet, sheet_id)
        return needs_no_action(there, repairs_id, Became.NO_ACTION, event_id=new_id(), by=supervisor, at=NOW)

    def collects() -> object:
        said = Returned(Filled.ON_PAPER, False, "", "owner", False, Level.BASIC, opinions={str(repairs_id): "等了三天"})
        there = db.session.get_one(SurveySheet, other_id)
        return collect(there, said, event_id=new_id(), by=officer, at=NOW, when=NOW)

    assert at_the_same_moment(app, classifies, collects) == ["done", "done"]

    assert unclassified(survey_id) == 1
    assert [wait.what for wait in waits.on(survey_id)] == [CLASSIFY]
