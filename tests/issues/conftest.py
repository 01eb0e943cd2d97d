"""An estate in which issues go round: an officer, a department with its manager, a home, and a way into each state."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from flask import Flask

from app.core import journal
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate, Unit
from app.issues.actions import (
    Place,
    accept,
    classify,
    make_move,
    notice_issue,
    raise_issue,
    report_rectified,
    route,
    send_back,
    transfer,
    verify,
)
from app.issues.actions import take_owners_answer as take_answer
from app.issues.models import Category, Issue
from app.issues.rules import NEXT_ROUND, Answer, HowAnswered, Move, State, Urgency, step
from app.people.models import Department, Staff
from app.people.rules import Role
from tests.builders import NOW, TODAY, a_category, a_department, a_home, a_staff, an_estate


@dataclass(frozen=True)
class Ground:
    """Everything an issue stands on."""

    estate: Estate
    unit: Unit
    category: Category
    department: Department
    other: Department
    officer: Staff
    manager: Staff

    def an_issue(
        self, state: State = State.RECORDED, urgency: Urgency = Urgency.ORDINARY, owned: bool | None = None
    ) -> Issue:
        """An issue that was brought into a state by the shortest way there is, numbered and in the journal.

        An owner raised it, unless `owned` says otherwise or the state is one that only nobody's issues have.
        """
        owned = state is not State.VERIFIED if owned is None else owned
        issue = self._raised(urgency) if owned else self._noticed(urgency)
        for move in WAY_TO[state]:
            assert self.take(issue, move)
        db.session.commit()
        return issue

    def _raised(self, urgency: Urgency) -> Issue:
        return raise_issue(
            new_id(),
            self.unit,
            "主卫天花板渗水",
            self.category,
            urgency,
            visit_id=new_id(),
            raised_by="陈建国",
            raised_by_id=None,
            raised_at=NOW,
            promised_on=TODAY,
            officer_id=self.officer.id,
            by=By(staff_id=self.officer.id),
            at=NOW,
        )

    def _noticed(self, urgency: Urgency) -> Issue:
        return notice_issue(
            new_id(),
            self.estate,
            Place(self.unit.building, "1", 2, "电梯厅"),
            "墙面瓷砖脱落",
            self.category,
            urgency,
            inspection_id=new_id(),
            noticed_by=self.officer,
            noticed_at=NOW,
            by=By(staff_id=self.officer.id),
            at=NOW,
        )

    def take(self, issue: Issue, move: Move, event_id: uuid.UUID | None = None, at: datetime = NOW) -> bool:
        """Make a move by the action that belongs to it."""
        more = {"event_id": event_id or new_id(), "by": By(staff_id=self.officer.id), "at": at}
        match move:
            case Move.ROUTE:
                return route(issue, self.department.id, **more)
            case Move.CLASSIFY:
                urgency = Urgency.MAJOR if issue.urgency is Urgency.ORDINARY else Urgency.ORDINARY
                return classify(issue, self.category, urgency, note="看过现场", **more)
            case Move.TRANSFER:
                there = self.other.id if issue.department_id == self.department.id else self.department.id
                return transfer(issue, there, away_from=issue.department_id, **more)
            case Move.ACCEPT:
                days = 5 if issue.complaint_grade is None else 0
                return accept(issue, "重做防水层", self.manager, TODAY + timedelta(days=days), **more)
            case Move.RECTIFY:
                return report_rectified(issue, "已重做防水层", **more)
            case Move.OWNER_SATISFIED:
                return self.owner_says(issue, Answer.SATISFIED, **more)
            case Move.OWNER_DISSATISFIED:
                return self.owner_says(issue, Answer.DISSATISFIED, **more)
            case Move.VERIFY:
                return verify(issue, "已到现场看过", **more)
            case Move.SEND_BACK:
                return send_back(issue, "还有两块松动", **more)
            case _:
                return make_move(issue, move, **more)

    def owner_says(
        self, issue: Issue, answer: Answer, how: HowAnswered = HowAnswered.SIGNED, round_: int = 0, **more: object
    ) -> bool:
        """The owner's answer on the present round, unless another is named."""
        more = {"event_id": new_id(), "by": By(staff_id=self.officer.id), "at": NOW} | more
        given = {"round_": round_ or issue.round, "reason": "", "visit_id": new_id(), "answered_at": NOW}
        return take_answer(issue, answer, how, **given, **more)


WAY_TO: dict[State, tuple[Move, ...]] = {
    State.RECORDED: (),
    State.ANSWERED: (Move.ANSWER,),
    State.REPORTED: (Move.REPORT,),
    State.ROUTED: (Move.ROUTE,),
    State.ACCEPTED: (Move.ROUTE, Move.ACCEPT),
    State.RECTIFIED: (Move.ROUTE, Move.ACCEPT, Move.RECTIFY),
    State.CLOSED: (Move.ROUTE, Move.ACCEPT, Move.RECTIFY, Move.OWNER_SATISFIED),
    State.VERIFIED: (Move.ROUTE, Move.ACCEPT, Move.RECTIFY, Move.VERIFY),
}


@pytest.fixture
def ground(context: Flask) -> Ground:
    """The estate, in the test's own session."""
    estate = an_estate()
    department, other = a_department(estate), a_department(estate, "地产公司工程部")
    ground = Ground(
        estate=estate,
        unit=a_home(estate),
        category=a_category(estate, department),
        department=department,
        other=other,
        officer=a_staff(estate, Role.OFFICER),
        manager=a_staff(estate, Role.DEPARTMENT_MANAGER, name="周强", department=department),
    )
    db.session.commit()
    return ground


def kinds(issue: Issue) -> list[str]:
    """What the journal tells of an issue, oldest first."""
    return [line.kind for line in journal.history(issue.id)]


def replayed(issue: Issue) -> tuple[State, int]:
    """State and round as they follow from the journal alone."""
    state, round_ = State.RECORDED, 1
    for line in journal.history(issue.id):
        if line.kind in {move.value for move in Move}:
            row = step(state, Move(line.kind), owned=issue.owned)
            assert row is not None, f"the journal tells of {line.kind} in {state}"
            state = row.after
            round_ += row.move in NEXT_ROUND
            assert line.data["round"] == round_
    return state, round_


__all__ = ["WAY_TO", "Ground", "ground", "kinds", "replayed"]
