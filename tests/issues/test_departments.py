"""Departments that are renamed, closed, opened; transfers; and the change of an estate's profile."""

import pytest
from flask import Flask

from app.core import journal, waits
from app.core.changes import changes, newest
from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.ids import new_id
from app.estates.actions import TITLES
from app.estates.rules import LIABLE, Profile
from app.estates.settings import set_words
from app.issues.departments import (
    add_department,
    change_department,
    change_profile,
    close_department,
    ends_with,
    open_with,
    reopen_department,
)
from app.issues.moving import ACCEPT
from app.issues.routing import route, send_on, transfer
from app.issues.rules import State
from app.people.queries import open_departments
from app.people.rules import Liable
from app.sync.documents import documents
from tests.builders import NOBODY, NOW, TODAY, a_department, an_estate
from tests.issues.conftest import Ground, ground, kinds, replayed

__all__ = ["ground"]

WHY = "漏在立管上，属管道"
MORE = {"by": NOBODY, "at": NOW}
DAY = {"today": TODAY, **MORE}


def test_a_renamed_department_is_called_so_on_every_tablet(ground: Ground) -> None:
    issue = ground.an_issue(State.ROUTED)
    as_before = ground.department.liable, ground.department.repairs

    changed = change_department(ground.department, ground.estate, "维修部", "Repairs", *as_before, seen=0, **MORE)
    db.session.commit()

    code = ground.department.code
    assert changed == [f"department.{code}.name_zh", f"department.{code}.name_en"]
    assert documents("issue", [issue.id], NOW)[issue.id]["department"] == {"zh": "维修部", "en": "Repairs"}
    versions = {
        one: db.session.get_one(journal.Feed, {"stream": ground.estate.id, "type": one, "id": id_}).version
        for one, id_ in (("estate", ground.estate.id), ("issue", issue.id))
    }
    assert set(versions.values()) == {journal.history(ground.department.id)[-1].seq}


def test_what_nobody_owns_is_on_no_tablet_whatever_its_department_is_called(ground: Ground) -> None:
    issue = ground.an_issue(State.ROUTED, owned=False)

    as_before = ground.department.liable, ground.department.repairs
    change_department(ground.department, ground.estate, "维修部", "Repairs", *as_before, seen=0, **MORE)
    db.session.commit()

    row = {"stream": ground.estate.id, "type": "issue", "id": issue.id}
    assert db.session.get(journal.Feed, row) is None


def test_a_new_department_is_open_from_today(context: Flask) -> None:
    estate = an_estate()

    added = add_department(estate, "工程部", "Engineering", Liable.DEVELOPER, **DAY)

    assert (added.opened_on, added.closed_on, open_departments(estate.id)) == (TODAY, None, [added])
    with pytest.raises(Refused) as refusal:
        add_department(estate, "工程部", "Another", Liable.PROPERTY, **DAY)
    assert refusal.value.code == "department:name_taken"


@pytest.mark.parametrize("state", [State.ROUTED, State.ACCEPTED, State.RECTIFIED])
def test_a_department_with_an_open_issue_cannot_be_closed(ground: Ground, state: State) -> None:
    issue = ground.an_issue(state)

    with pytest.raises(Refused) as refusal:
        close_department(ground.department, **DAY)

    assert (refusal.value.code, refusal.value.detail["issues"]) == ("department:issues_open", [issue.id])
    assert ground.department.closed_on is None


def test_a_department_that_categories_go_to_cannot_be_closed(ground: Ground) -> None:
    with pytest.raises(Refused) as refusal:
        close_department(ground.department, **DAY)

    assert refusal.value.code == "department:categories"


def test_nothing_is_routed_to_a_closed_department_by_hand_or_by_category(ground: Ground) -> None:
    reported, recorded = ground.an_issue(State.REPORTED), ground.an_issue(State.RECORDED)
    close_department(ground.other, **DAY)
    ground.department.closed_on = TODAY

    with pytest.raises(Refused) as refusal:
        route(reported, ground.other.id, event_id=new_id(), **MORE)
    send_on(recorded, event_id=new_id(), **MORE)

    assert refusal.value.code == "department:closed"
    assert (recorded.state, recorded.department_id) == (State.REPORTED, None)


def test_a_closed_department_opens_again_once(ground: Ground) -> None:
    close_department(ground.other, **DAY)
    with pytest.raises(Outdated):
        close_department(ground.other, **DAY)

    reopen_department(ground.other, ground.estate, **DAY)

    assert ground.other.closed_on is None
    with pytest.raises(Outdated):
        reopen_department(ground.other, ground.estate, **DAY)
    rows, _total = changes(ground.estate.id, f"department.{ground.other.code}.closed_on")
    assert [(row.before, row.after) for row in rows] == [(TODAY.isoformat(), None), (None, TODAY.isoformat())]


# --- transfer ---


@pytest.mark.parametrize("state", [State.ROUTED, State.ACCEPTED])
def test_a_transferred_issue_waits_for_the_other_department_to_settle_its_measure(ground: Ground, state: State) -> None:
    issue = ground.an_issue(state)

    assert transfer(issue, ground.other.id, WHY, away_from=ground.department.id, event_id=new_id(), **MORE)
    db.session.commit()

    assert (issue.state, issue.department_id, issue.round) == (State.ROUTED, ground.other.id, 1)
    assert kinds(issue)[-1] == "issue:transferred"
    assert journal.history(issue.id)[-1].data["reason"] == WHY
    assert replayed(issue) == (issue.state, issue.round)
    [wait] = waits.on(issue.id)
    assert (wait.what, wait.department_id) == (ACCEPT, ground.other.id)


def test_of_two_who_transfer_one_wins_and_the_same_form_twice_happens_once(ground: Ground) -> None:
    issue, event_id = ground.an_issue(State.ROUTED), new_id()
    third = a_department(ground.estate, "保卫部")
    here = ground.department.id

    assert transfer(issue, ground.other.id, WHY, away_from=here, event_id=event_id, **MORE)
    assert not transfer(issue, ground.other.id, WHY, away_from=here, event_id=event_id, **MORE)
    with pytest.raises(Outdated) as refusal:
        transfer(issue, third.id, WHY, away_from=here, event_id=new_id(), **MORE)

    assert refusal.value.code == "issue:with_another"
    assert issue.department_id == ground.other.id


@pytest.mark.parametrize(
    ("elsewhere", "reason", "code"), [(False, "属于管道", "issue:same_department"), (True, " ", "issue:reason_missing")]
)
def test_an_issue_is_transferred_to_another_department_and_never_without_a_reason(
    ground: Ground, elsewhere: bool, reason: str, code: str
) -> None:
    issue, here = ground.an_issue(State.ROUTED), ground.department.id

    with pytest.raises(Refused) as refusal:
        transfer(issue, ground.other.id if elsewhere else here, reason, away_from=here, event_id=new_id(), **MORE)

    assert refusal.value.code == code
    assert issue.department_id == here


# --- profile ---


def test_a_profile_waits_for_open_issues_and_then_closes_what_it_does_not_have(ground: Ground) -> None:
    estate, developers = ground.estate, ground.department
    developers.liable = Liable.DEVELOPER
    issue = ground.an_issue(State.ACCEPTED)
    assert ends_with(estate, Profile.B) == [developers]

    with pytest.raises(Refused) as refusal:
        change_profile(estate, Profile.B, seen=0, **DAY)
    assert (refusal.value.detail["issues"], estate.profile) == ([issue.id], Profile.A)

    transfer(issue, ground.other.id, WHY, away_from=developers.id, event_id=new_id(), **MORE)
    changed = change_profile(estate, Profile.B, seen=0, **DAY)
    db.session.commit()

    assert changed == ["profile", "title.zh", "title.en"]
    assert (estate.profile, estate.settings["title"]) == (Profile.B, TITLES[Profile.B])
    assert (developers.closed_on, ground.category.department_id) == (TODAY, None)
    assert [one for one in open_departments(estate.id) if one.liable not in LIABLE[Profile.B]] == []
    assert documents("estate", [estate.id], NOW)[estate.id]["profile"] == "B"
    told = {row.setting for row in changes(estate.id)[0]}
    code = ground.category.code
    assert told == {*changed, f"category.{code}.department", f"department.{developers.code}.closed_on"}


def test_a_title_of_the_estates_own_stays_when_the_profile_changes(context: Flask) -> None:
    estate = an_estate()
    set_words(estate, {"title.zh": "业主走回访记录表"}, seen=0, **MORE)

    assert change_profile(estate, Profile.B, seen=newest(estate.id), **DAY) == ["profile"]
    assert estate.settings["title"]["zh"] == "业主走回访记录表"


def test_without_a_developer_there_is_no_department_of_one(context: Flask) -> None:
    estate = an_estate(profile=Profile.B)

    with pytest.raises(Refused) as refusal:
        add_department(estate, "地产工程部", "Developer's", Liable.DEVELOPER, **DAY)

    assert refusal.value.code == "department:company"
    assert open_with([]) == []


def test_two_who_change_to_the_same_profile_agree(context: Flask) -> None:
    estate = an_estate()
    change_profile(estate, Profile.B, seen=0, **DAY)

    assert change_profile(estate, Profile.B, seen=0, **DAY) == []
    assert estate.profile is Profile.B
