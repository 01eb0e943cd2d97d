"""A complaint wherever it stands, what people do with it, and what its history tells."""

import uuid
from datetime import datetime

import sqlalchemy as sa

from app.core import journal, waits
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.issues.complaining import Matter, grade_anew, name_person, open_complaint, respond, review, turn_back
from app.issues.complaint_rules import (
    ROWS,
    Act,
    Grade,
    Nature,
    Standing,
    complaint_row,
)
from app.issues.models import Complaint
from app.issues.rules import Move, State
from app.people.models import Staff
from tests.builders import NOW
from tests.issues.conftest import Ground

ALONE = [move for move in Move if move not in (Move.MERGE, Move.WORKED_ON_AGAIN)]
"""Moves that take no other issue."""

OF_PEOPLE = {row.act for row in ROWS if row.roles}
OF_THE_ISSUE = {row.act for row in ROWS if not row.roles}
WAY_TO = {
    Standing.RECEIVED: (),
    Standing.RESPONDED: ("respond",),
    Standing.HANDLED: (Move.ACCEPT, Move.RECTIFY),
    Standing.TO_REVIEW: ("respond", Move.ACCEPT, Move.RECTIFY, Move.OWNER_SATISFIED),
    Standing.REVIEWED: ("respond", Move.ACCEPT, Move.RECTIFY, Move.OWNER_SATISFIED, "review"),
    Standing.TURNED_BACK: ("turn_back",),
}


def more(by: Staff | None = None, at: datetime = NOW) -> dict[str, object]:
    return {"event_id": new_id(), "by": By(staff_id=by.id if by else None), "at": at}


def a_complaint(
    ground: Ground,
    standing: Standing = Standing.RECEIVED,
    *,
    grade: Grade = Grade.IMPORTANT,
    about: Staff | None = None,
    state: State = State.ROUTED,
) -> Complaint:
    """A complaint that was brought where it stands by the shortest way there is."""
    issue = ground.an_issue(state)
    matter = Matter(Nature.DELAY, grade, about.id if about else None)
    assert open_complaint(issue, matter, **more(ground.officer))
    complaint = issue.complaint
    assert complaint is not None
    for step in WAY_TO[standing]:
        assert ground.take(issue, step) if isinstance(step, Move) else act(complaint, Act(ACTS[step]))
    db.session.commit()
    return complaint


ACTS = {"respond": Act.RESPOND, "review": Act.REVIEW, "turn_back": Act.TURN_BACK}


def act(complaint: Complaint, what: Act, event_id: uuid.UUID | None = None, at: datetime = NOW) -> bool:
    """Do with a complaint what people do, by the action that belongs to it."""
    said = more(at=at) | ({"event_id": event_id} if event_id else {})
    match what:
        case Act.OPEN:
            return open_complaint(complaint.issue, Matter(Nature.DELAY, Grade.ORDINARY), **said)
        case Act.RESPOND:
            return respond(complaint, "已致歉，明天上午上门", **said)
        case Act.GRADE_UP:
            return grade_anew(complaint, Grade.MAJOR, "漏水已影响用电", seen=Grade.IMPORTANT, **said)
        case Act.GRADE_DOWN:
            return grade_anew(complaint, Grade.ORDINARY, "现场核实为轻微", seen=Grade.IMPORTANT, **said)
        case Act.NAME_PERSON:
            somebody = db.session.scalars(sa.select(Staff).where(Staff.name == "周强")).first()
            assert somebody is not None
            return name_person(complaint, somebody.id, **said)
        case Act.TURN_BACK:
            return turn_back(complaint, "业主确认是咨询", **said)
        case Act.REVIEW:
            return review(complaint, "处理及时，同意归档", **said)
    raise AssertionError(f"nobody does {what}")


def told(complaint: Complaint) -> list[str]:
    return [line.kind for line in journal.history(complaint.id)]


def standing_told(complaint: Complaint) -> Standing | None:
    """Where the complaint stands as it follows from the journal alone."""
    standing: Standing | None = None
    for kind in told(complaint):
        if kind not in {act.value for act in Act}:
            continue
        if standing is None:
            assert kind == Act.OPEN.value
            standing = Standing.RECEIVED
            continue
        row = complaint_row(standing, Act(kind))
        assert row is not None, f"the journal tells of {kind} in {standing}"
        standing = row.after
    return standing


def waiting(subject_id: uuid.UUID) -> dict[str, datetime]:
    db.session.expire_all()
    return {wait.what: wait.due_at for wait in waits.on(subject_id)}
