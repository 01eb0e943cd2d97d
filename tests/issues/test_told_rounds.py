"""The rounds of an issue, told one after another out of its history."""

import pytest

from app.core import journal
from app.core.db import db
from app.core.ids import new_id
from app.issues.actions import accept
from app.issues.rounds import Round, rounds_of
from app.issues.rules import Answer, Move, State
from tests.builders import NOBODY, NOW, TODAY
from tests.issues.conftest import Ground

MORE = {"by": NOBODY, "at": NOW}


def told(ground: Ground, issue: object) -> list[Round]:
    return rounds_of(issue, journal.history(issue.id))


@pytest.mark.clause("R13")
def test_each_round_has_what_was_settled_what_was_reported_and_what_the_owner_said(ground: Ground) -> None:
    issue = ground.an_issue(State.RECTIFIED)
    ground.owner_says(issue, Answer.DISSATISFIED)
    accept(issue, "注浆", ground.manager, TODAY, method="两人一组", event_id=new_id(), **MORE)
    db.session.commit()

    first, second = told(ground, issue)

    assert (first.number, first.measure, first.note) == (1, "重做防水层", "已重做防水层")
    assert first.answer is issue.answers[0]
    assert first.rectified_at == NOW
    assert (second.measure, second.method, second.due_on, second.answer) == ("注浆", "两人一组", TODAY, None)
    assert (second.began, second.rectified_at) == (True, None)


@pytest.mark.clause("R38")
def test_measure_method_person_and_date_are_settled_together_and_told(ground: Ground) -> None:
    issue = ground.an_issue(State.ROUTED)

    accept(issue, "重做防水", ground.manager, TODAY, method=" 闭水试验 48 小时 ", event_id=new_id(), **MORE)
    db.session.commit()

    assert (issue.measure, issue.method, issue.responsible, issue.due_on) == (
        "重做防水",
        "闭水试验 48 小时",
        ground.manager,
        TODAY,
    )
    assert told(ground, issue)[0].responsible_id == ground.manager.id


def test_what_the_supervisor_saw_ends_a_round_of_what_nobody_owns(ground: Ground) -> None:
    issue = ground.an_issue(State.RECTIFIED, owned=False)
    ground.take(issue, Move.SEND_BACK)
    db.session.commit()

    first, second = told(ground, issue)

    assert (first.sent_back, first.ended_at) == ("还有两块松动", NOW)
    assert not second.began
