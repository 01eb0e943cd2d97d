"""A supervisor puts the kind and the urgency of an issue right before its department has settled anything (R43)."""

from datetime import timedelta

import pytest

from app.core import journal, waits
from app.core.db import db
from app.core.errors import Refused
from app.core.ids import new_id
from app.issues.models import Category, Issue
from app.issues.routing import classify
from app.issues.rules import Move, State, Urgency
from tests.builders import NOBODY, NOW, a_category, an_estate
from tests.issues.conftest import Ground

LATER = NOW + timedelta(hours=5)
MORE = {"by": NOBODY, "at": LATER}


def put_right(issue: Issue, category: Category, urgency: Urgency = Urgency.ORDINARY, note: str = "看过现场") -> bool:
    return classify(issue, category, urgency, note=note, event_id=new_id(), **MORE)


@pytest.mark.clause("R43")
@pytest.mark.clause("R09")
def test_a_matter_of_another_kind_goes_to_that_kinds_department_whose_time_begins_now(ground: Ground) -> None:
    issue, structure = ground.an_issue(State.ROUTED), a_category(ground.estate, ground.other)

    put_right(issue, structure, Urgency.MAJOR)
    db.session.commit()

    [wait] = waits.on(issue.id)
    assert (issue.state, issue.category, issue.urgency) == (State.ROUTED, structure, Urgency.MAJOR)
    assert issue.department_id == wait.department_id == ground.other.id
    assert (wait.since, wait.due_at) == (LATER, LATER + timedelta(hours=24))
    assert journal.history(issue.id)[-1].data == {
        "round": 1,
        "category": structure.code,
        "urgency": "major",
        "note": "看过现场",
        "department": str(ground.other.id),
    }


def test_where_the_department_stays_the_same_its_time_runs_on(ground: Ground) -> None:
    issue, tiles = ground.an_issue(State.ROUTED), a_category(ground.estate, ground.department)

    put_right(issue, tiles)
    db.session.commit()

    [wait] = waits.on(issue.id)
    assert (wait.since, wait.due_at) == (NOW, NOW + timedelta(hours=24))
    assert "department" not in journal.history(issue.id)[-1].data


def test_a_kind_that_names_no_department_leaves_the_matter_where_it_is(ground: Ground) -> None:
    issue, other = ground.an_issue(State.ROUTED), a_category(ground.estate)

    put_right(issue, other)

    assert issue.department_id == ground.department.id


def test_what_was_reported_up_waits_for_the_supervisor_as_before(ground: Ground) -> None:
    issue = ground.an_issue(State.REPORTED)

    put_right(issue, ground.category, Urgency.URGENT)
    db.session.commit()

    [wait] = waits.on(issue.id)
    assert (issue.state, issue.department_id) == (State.REPORTED, None)
    assert wait.since == NOW


def test_the_owner_keeps_the_promise_that_was_given_at_the_door(ground: Ground) -> None:
    issue = ground.an_issue(State.ROUTED)
    promised = issue.promised_on

    put_right(issue, ground.category, Urgency.URGENT)

    assert issue.promised_on == promised


def test_what_would_change_nothing_or_says_too_little_is_refused(ground: Ground) -> None:
    issue, elsewhere = ground.an_issue(State.ROUTED), a_category(an_estate())
    refused = []

    for category, urgency, note in (
        (ground.category, Urgency.ORDINARY, "看过现场"),
        (ground.category, Urgency.MAJOR, "  "),
        (elsewhere, Urgency.MAJOR, "看过现场"),
    ):
        with pytest.raises(Refused) as refusal:
            put_right(issue, category, urgency, note)
        refused.append(refusal.value.code)

    assert refused == ["issue:same_class", "issue:reason_missing", "issue:category_unknown"]
    assert Move.CLASSIFY.value not in [line.kind for line in journal.history(issue.id)]
