"""Issues that went some way, what an owner says to them at the door, and how they stand then."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.core.clock import now
from app.core.db import db
from app.core.ids import new_id
from app.issues.actions import accept, report_rectified
from app.issues.answering import take_owners_answer
from app.issues.complaining import Matter, open_complaint
from app.issues.complaint_rules import Grade, Nature
from app.issues.deferring import agree_to_defer, ask_to_defer
from app.issues.ending import close_unsatisfied, object_to
from app.issues.explaining import cannot_be_solved, owner_was_explained
from app.issues.models import Issue, OwnerAnswer
from app.issues.owners_word import OwnersWord
from app.issues.rules import Answer, Cannot, Ending, HowAnswered, State
from app.people.models import Staff
from tests.builders import NOBODY, fetch
from tests.visits.kept import pushed
from tests.world import World

Json = dict[str, Any]
NEW_DATE = now().date() + timedelta(days=30)
NOT_SIGNED = {"unsigned": {"reason": "refused", "note": "赶时间"}}
OWNER_SAYS = "下雨又渗水"
ENDED = {"what": "closed", "words": ""}
EXPLAINED = {"what": "explained", "words": "须等外墙大修", "cannot": "for_now"}


def an_issue(app: Flask, world: World, *acts: str, at: datetime | None = None, raised_by: Json | None = None) -> str:
    """An issue of the unit that went this way: what the owner (or who else) raised, and what was done about it."""
    raised = world.tablet.an_issue()
    met = {"interviewee": raised_by} if raised_by else {}
    pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, issues=[raised], **met))
    for act in acts:
        does(app, raised["id"], act, at or now())
    return str(raised["id"])


def does(app: Flask, issue_id: str, act: str, at: datetime) -> None:
    with app.app_context():
        issue = db.session.get_one(Issue, uuid.UUID(issue_id))
        _ACTS[act](issue, {"event_id": new_id(), "by": NOBODY, "at": at})
        db.session.commit()


def _accepted(issue: Issue, more: Json) -> None:
    accept(
        issue, "重做防水层", db.session.get_one(Staff, issue.officer_id), more["at"].date() + timedelta(days=2), **more
    )


def _closed(issue: Issue, more: Json) -> None:
    word = OwnersWord(Answer.SATISFIED, HowAnswered.PHONE, more["at"])
    take_owners_answer(issue, word, round_=issue.round, **more)


def _about_its_officer(issue: Issue, more: Json) -> None:
    open_complaint(issue, Matter(Nature.ATTITUDE, Grade.ORDINARY, issue.officer_id), **more)


def _closed_signed(issue: Issue, more: Json) -> None:
    word = OwnersWord(Answer.SATISFIED, HowAnswered.SIGNED, more["at"], visit_id=new_id())
    take_owners_answer(issue, word, round_=issue.round, **more)


def _by_phone(answer: Answer, words: str, more: Json) -> OwnersWord:
    return OwnersWord.taken_down(answer, HowAnswered.PHONE, words, said_at=more["at"])


def _put_off(issue: Issue, more: Json) -> None:
    ask_to_defer(issue, NEW_DATE, "防水材料未到", **more)
    agree_to_defer(issue, "", **more | {"event_id": new_id()})


_ACTS: dict[str, Any] = {
    "accepted": _accepted,
    "rectified": lambda issue, more: report_rectified(issue, "已重做防水层", **more),
    "closed": _closed,
    "complained about its officer": _about_its_officer,
    "closed, signed": _closed_signed,
    "put off": _put_off,
    "cannot": lambda issue, more: cannot_be_solved(issue, Cannot.FOR_NOW, "须等外墙大修", None, **more),
    "cannot, worded anew": lambda issue, more: cannot_be_solved(issue, Cannot.FOR_NOW, "须等屋面大修", None, **more),
    "disagreed": lambda issue, more: owner_was_explained(issue, _by_phone(Answer.DISAGREED, "太久", more), **more),
    "carried over": lambda issue, more: owner_was_explained(issue, _by_phone(Answer.AGREED, "可以等", more), **more),
    "closed unsatisfied": lambda issue, more: close_unsatisfied(
        issue, Ending.WITHDRAWN, "说不用了", tries=0, heard=len(issue.answers), **more
    ),
    "objected": lambda issue, more: object_to(issue, _by_phone(Answer.OBJECTED, "又滴水", more), **more),
}
CLOSED = ("accepted", "rectified", "closed")


def owner_says(world: World, issue_id: str, answer: str, reason: str = "", **wanted: Any) -> Json:
    """The receipt of a visit at which the owner said this."""
    given = {"issue_id": issue_id, "round": wanted.pop("round", 1), "answer": answer, "reason": reason}
    given |= {name: wanted.pop(name) for name in ("new_date", "task_id", "photos") if name in wanted}
    if answer in ("agreed", "disagreed") and "new_date" not in given:
        wanted.setdefault("had_been_told", {issue_id: EXPLAINED})
    return pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, answers=[given], **wanted))


def standing(app: Flask, issue_id: str) -> tuple[State, int]:
    with app.app_context():
        issue = fetch(Issue, issue_id)
        return issue.state, issue.round


def said(app: Flask, issue_id: str) -> list[tuple[str, str, str, bool]]:
    """What the owner said on visits: which answer, how it was given, in what words, whether it moved the issue."""
    with app.app_context():
        found = sa.select(OwnerAnswer).where(
            OwnerAnswer.issue_id == uuid.UUID(issue_id), OwnerAnswer.visit_id.is_not(None)
        )
        return [(one.answer.value, one.how.value, one.reason, one.moved) for one in db.session.scalars(found)]
