"""An estate in which issues go round: an officer, a department with its manager, a home, and a way into each state."""

import os
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings

from app.core import journal
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate, Unit
from app.issues.actions import Place, accept, make_move, notice_issue, raise_issue, report_rectified, send_back, verify
from app.issues.answering import take_owners_answer as take_answer
from app.issues.deferring import agree_to_defer, ask_to_defer, keep_the_date
from app.issues.disputing import decide_liability, dispute
from app.issues.ending import close_unsatisfied, object_to
from app.issues.explaining import cannot_be_solved, carry_on, owner_was_explained, refuse
from app.issues.merging import merge, unmerge
from app.issues.models import Category, Issue
from app.issues.owners_word import OwnersWord
from app.issues.routing import classify, route, transfer
from app.issues.rules import (
    NEXT_ROUND,
    Answer,
    Cannot,
    Ending,
    HowAnswered,
    Move,
    State,
    Urgency,
    step,
)
from app.issues.work import leader_of, together_with
from app.people.models import Department, Staff
from app.people.rules import Role
from tests.builders import NOW, TODAY, a_category, a_department, a_home, a_staff, an_estate


def so_many(walks: int) -> settings:
    """Settings of hypothesis for so many walks on one ground; seeded bugs need not be told in their shortest form."""
    shortened = [] if "WITHOUT_SHRINKING" in os.environ else [Phase.shrink]
    return settings(
        max_examples=walks,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate, *shortened],
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


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
                return transfer(issue, there, "属质保范围", away_from=issue.department_id, **more)
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
            case Move.ASK_TO_DEFER:
                return ask_to_defer(issue, TODAY + timedelta(days=60), "防水材料未到", **more)
            case Move.DEFER:
                return agree_to_defer(issue, "", **more)
            case Move.KEEP_DATE:
                return keep_the_date(issue, "业主已等两周", **more)
            case Move.CANNOT:
                return cannot_be_solved(issue, Cannot.FOR_NOW, "须等全楼外墙大修", None, **more)
            case Move.OWNER_AGREED:
                return self.explained(issue, Answer.AGREED, **more)
            case Move.OWNER_DISAGREED:
                return self.explained(issue, Answer.DISAGREED, **more)
            case Move.CARRY_ON:
                return carry_on(issue, "列入明年外墙预算", **more)
            case Move.REFUSE:
                return refuse(issue, "结构上做不到", None, **more)
            case Move.OWNER_OBJECTED:
                return object_to(issue, by_phone(Answer.OBJECTED, "又滴水了", at), **more)
            case Move.CLOSE_UNSATISFIED:
                return close_unsatisfied(
                    issue, Ending.WITHDRAWN, "业主来电说不用了", tries=0, heard=len(issue.answers), **more
                )
            case Move.DISPUTE:
                return dispute(issue, self.other_than(issue), "外墙属地产保修", **more)
            case Move.DECIDE_LIABILITY:
                roles = frozenset({Role.EXECUTIVE})
                return decide_liability(issue, self.other_than(issue), "按保修书", roles=roles, **more)
            case Move.MERGE:
                return merge(issue, self.an_issue(State.ACCEPTED), "同一处外墙", **more)
            case Move.UNMERGE:
                return unmerge(issue, "不是同一处", **more)
            case Move.RECTIFIED_TOO | Move.CANNOT_TOO | Move.WORKED_ON_AGAIN if step(
                issue.state, move, owned=issue.owned
            ):
                return self._take_together(issue, move, **more)
            case _:
                return make_move(issue, move, **more)

    def other_than(self, issue: Issue) -> Department:
        """The department that an issue is not with."""
        return self.other if issue.department_id == self.department.id else self.department

    def explained(self, issue: Issue, answer: Answer, **more: object) -> bool:
        """What the owner said to the explanation, by phone."""
        return owner_was_explained(issue, by_phone(answer, "知道了"), **more)

    def _take_together(self, issue: Issue, move: Move, event_id: uuid.UUID, **more: object) -> bool:
        """Let the work that an issue belongs to move, so that the issue does."""
        if journal.happened(event_id):
            return False
        for_the_work = {"event_id": event_id} | more
        if move is Move.WORKED_ON_AGAIN:
            other = self._together_with(issue)
            return self.owner_says(other, Answer.DISSATISFIED, **for_the_work)
        leader = leader_of(issue)
        assert leader is not None
        if move is Move.CANNOT_TOO:
            return cannot_be_solved(leader, Cannot.FOR_NOW, "须等全楼外墙大修", None, **for_the_work)
        return report_rectified(leader, "已重做防水层", **for_the_work)

    def _together_with(self, issue: Issue) -> Issue:
        """Another issue of the same work in the same state: one is merged for it if there is none."""
        known = next((one for one in together_with(issue) if one.state is issue.state), None)
        if known is not None:
            return known
        other = self.an_issue(State.RECTIFIED)
        other.work_id = issue.work_id = issue.work_id or issue.id
        db.session.flush()
        return other

    def owner_says(
        self,
        issue: Issue,
        answer: Answer,
        how: HowAnswered = HowAnswered.SIGNED,
        round_: int = 0,
        *,
        person_id: uuid.UUID | None = None,
        says_tenant: bool = False,
        said_at: datetime = NOW,
        **more: object,
    ) -> bool:
        """The owner's answer on the present round, unless another is named."""
        more = {"event_id": new_id(), "by": By(staff_id=self.officer.id), "at": NOW} | more
        word = OwnersWord(answer, how, said_at, person_id=person_id, visit_id=new_id(), says_tenant=says_tenant)
        return take_answer(issue, word, round_=round_ or issue.round, **more)


def by_phone(answer: Answer, words: str, at: datetime = NOW) -> OwnersWord:
    """What an owner says on the telephone, taken down in the office."""
    return OwnersWord.taken_down(answer, HowAnswered.PHONE, words, said_at=at)


WAY_TO: dict[State, tuple[Move, ...]] = {
    State.RECORDED: (),
    State.ANSWERED: (Move.ANSWER,),
    State.REPORTED: (Move.REPORT,),
    State.ROUTED: (Move.ROUTE,),
    State.ACCEPTED: (Move.ROUTE, Move.ACCEPT),
    State.RECTIFIED: (Move.ROUTE, Move.ACCEPT, Move.RECTIFY),
    State.CLOSED: (Move.ROUTE, Move.ACCEPT, Move.RECTIFY, Move.OWNER_SATISFIED),
    State.VERIFIED: (Move.ROUTE, Move.ACCEPT, Move.RECTIFY, Move.VERIFY),
    State.DISPUTED: (Move.ROUTE, Move.DISPUTE),
    State.DEFERRED: (Move.ROUTE, Move.ACCEPT, Move.ASK_TO_DEFER),
    State.EXPLAINED: (Move.ROUTE, Move.CANNOT),
    State.CARRIED_OVER: (Move.ROUTE, Move.CANNOT, Move.OWNER_AGREED),
    State.CLOSED_UNSATISFIED: (Move.ROUTE, Move.CLOSE_UNSATISFIED),
    State.MERGED: (Move.ROUTE, Move.MERGE),
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


__all__ = ["WAY_TO", "Ground", "ground", "kinds", "replayed", "so_many"]
