"""An estate in which things break: a front desk, departments of both companies, a home, and a way into each state."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from app.core import journal
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate, Unit
from app.estates.rules import Profile
from app.issues.owners_word import OwnersWord
from app.issues.rules import Answer, Ending, HowAnswered
from app.people.models import Department, Staff
from app.people.rules import Liable, Role
from app.repairs.actions import Done, Reported, arrive, close_unsatisfied, dispatch, finish, report_order, transfer
from app.repairs.answering import take_objection, take_owners_answer
from app.repairs.models import WorkOrder
from app.repairs.rules import NEXT_ROUND, Kind, Move, State, step
from tests.builders import NOW, a_department, a_home, a_staff, an_estate


@dataclass(frozen=True)
class Yard:
    """Everything a work order stands on."""

    estate: Estate
    unit: Unit
    engineering: Department
    developer: Department
    desk: Staff
    worker: Staff

    def an_order(self, state: State = State.REPORTED, round_: int = 1, **wanted: Any) -> WorkOrder:
        """An order brought into a state by the shortest way, in its first round or after rework."""
        told = {"kind": Kind.FREE, "content": "厨房水槽漏水", "reported_at": NOW, "reported_by": "陈建国"} | wanted
        order = report_order(self.unit, Reported(**told), by=By(staff_id=self.desk.id), at=NOW)
        moves = list(WAY_TO[state])
        if round_ > 1:
            moves = [*TO_REWORK * (round_ - 1), *FROM_REWORK[state]]
            moves = [move for n, move in enumerate(moves) if move is not Move.DISPATCH or n == 0]
        for move in moves:
            assert self.take(order, move), (move, order.state)
        db.session.commit()
        return order

    def take(self, order: WorkOrder, move: Move, event_id: uuid.UUID | None = None, at: datetime = NOW) -> bool:
        """Make a move by the action that belongs to it."""
        more = {"event_id": event_id or new_id(), "by": By(staff_id=self.desk.id), "at": at}
        match move:
            case Move.DISPATCH:
                return dispatch(order, self.engineering, worker="王师傅", **more)
            case Move.TRANSFER:
                there = self.developer if order.department_id == self.engineering.id else self.engineering
                return transfer(order, there, "属于质保范围", **more)
            case Move.ARRIVE:
                return arrive(order, **more)
            case Move.FINISH:
                return finish(order, Done("更换软管", at), **more)
            case Move.OWNER_SATISFIED:
                return self.owner_says(order, Answer.SATISFIED, **more)
            case Move.OWNER_DISSATISFIED:
                return self.owner_says(order, Answer.DISSATISFIED, **more)
            case Move.OWNER_OBJECTS:
                word = OwnersWord.taken_down(Answer.OBJECTED, HowAnswered.PHONE, "又漏了", said_at=at)
                return take_objection(order, word, **more)
            case Move.CLOSE_UNSATISFIED:
                return close_unsatisfied(
                    order, Ending.UNREACHABLE, "三次无人接听", tries=3, heard=len(order.answers), **more
                )

    def owner_says(
        self,
        order: WorkOrder,
        answer: Answer,
        how: HowAnswered = HowAnswered.SIGNED,
        round_: int = 0,
        *,
        person_id: uuid.UUID | None = None,
        **more: Any,
    ) -> bool:
        """The owner's answer on the present round, unless another is named."""
        more = {"event_id": new_id(), "by": By(staff_id=self.desk.id), "at": NOW} | more
        word = OwnersWord(answer, how, NOW, "还在漏", person_id=person_id, visit_id=new_id())
        return take_owners_answer(order, word, round_=round_ or order.round, rating="satisfied", **more)


WAY_TO: dict[State, tuple[Move, ...]] = {
    State.REPORTED: (),
    State.DISPATCHED: (Move.DISPATCH,),
    State.FINISHED: (Move.DISPATCH, Move.FINISH),
    State.REWORK: (Move.DISPATCH, Move.FINISH, Move.OWNER_DISSATISFIED),
    State.CLOSED: (Move.DISPATCH, Move.FINISH, Move.OWNER_SATISFIED),
    State.CLOSED_UNSATISFIED: (Move.CLOSE_UNSATISFIED,),
}
TO_REWORK = (Move.DISPATCH, Move.FINISH, Move.OWNER_DISSATISFIED)
FROM_REWORK: dict[State, tuple[Move, ...]] = {
    State.REWORK: (),
    State.FINISHED: (Move.FINISH,),
    State.CLOSED: (Move.FINISH, Move.OWNER_SATISFIED),
    State.CLOSED_UNSATISFIED: (Move.CLOSE_UNSATISFIED,),
}


def a_yard(profile: Profile = Profile.A) -> Yard:
    """The estate, committed."""
    estate = an_estate(profile=profile)
    engineering = a_department(estate, "工程维修部")
    company = Liable.DEVELOPER if profile is Profile.A else Liable.PROPERTY
    developer = a_department(estate, "地产公司工程部", company, repairs=profile is Profile.A)
    yard = Yard(
        estate=estate,
        unit=a_home(estate),
        engineering=engineering,
        developer=developer,
        desk=a_staff(estate, Role.FRONT_DESK, name="林前台"),
        worker=a_staff(estate, Role.HANDLER, name="王师傅", department=engineering),
    )
    db.session.commit()
    return yard


@pytest.fixture
def yard(context: Flask) -> Yard:
    """The estate, in the test's own session."""
    return a_yard()


def kinds(order: WorkOrder) -> list[str]:
    """What the journal tells of an order, oldest first."""
    return [line.kind for line in journal.history(order.id)]


def replayed(order: WorkOrder) -> tuple[State, int]:
    """State and round as they follow from the journal alone."""
    state, round_ = State.REPORTED, 1
    for line in journal.history(order.id):
        if line.kind in {move.value for move in Move}:
            row = step(state, Move(line.kind))
            assert row is not None, f"the journal tells of {line.kind} in {state}"
            state = row.after
            round_ += row.move in NEXT_ROUND
            assert line.data["round"] == round_
    return state, round_
