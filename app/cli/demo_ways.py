"""What else becomes of issues in the demonstration estate than being put right."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.cli.demo_cast import Cast
from app.cli.demo_photos import a_wall
from app.core.clock import local_date
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.issues.complaining import Matter, grade_anew, open_complaint, respond, review, the_complaint, turn_back
from app.issues.complaint_rules import Grade, Nature, Standing
from app.issues.deferring import agree_to_defer, ask_to_defer
from app.issues.disputing import dispute
from app.issues.ending import close_unsatisfied, how_often_heard, object_to
from app.issues.explaining import cannot_be_solved, owner_was_explained
from app.issues.merging import merge
from app.issues.models import Issue
from app.issues.owners_word import OwnersWord
from app.issues.progress import Stage, note_progress
from app.issues.rules import WORKED_ON, Answer, Cannot, Ending, HowAnswered, State
from app.people.models import Staff
from app.people.rules import Role

Deed = Callable[[Cast, Issue, datetime], object]


@dataclass(frozen=True)
class Turn:
    """What somebody does with an issue so many hours after it was raised, if it then still stands there."""

    hours: float
    states: frozenset[State]
    deed: Deed


def progress(hours: float, note: str, *, pictures: int = 0) -> Turn:
    """Whoever does the work writes how far it is."""

    def deed(cast: Cast, issue: Issue, at: datetime) -> None:
        photos = [a_wall(is_damp=True)] * pictures
        note_progress(issue, note, photos, Stage.BEFORE, event_id=new_id(), by=_of(cast.hands, cast, issue), at=at)

    return Turn(hours, frozenset({State.ACCEPTED, State.DEFERRED}), deed)


def ask_for_days(hours: float, days: int, reason: str) -> Turn:
    """The department asks for a later date."""

    def deed(cast: Cast, issue: Issue, at: datetime) -> None:
        assert issue.due_on is not None, "an accepted issue has a date"
        to_on = max(issue.due_on, local_date(at, cast.estate.time_zone)) + timedelta(days=days)
        ask_to_defer(issue, to_on, reason, event_id=new_id(), by=_of(cast.heads, cast, issue), at=at)

    return Turn(hours, frozenset({State.ACCEPTED}), deed)


def agree(hours: float, note: str) -> Turn:
    """The supervisor agrees to it; the owner is to be told."""

    def deed(cast: Cast, issue: Issue, at: datetime) -> None:
        agree_to_defer(issue, note, event_id=new_id(), by=By(cast.supervisor.id), at=at)

    return Turn(hours, frozenset({State.DEFERRED}), deed)


def deny(hours: float, reason: str) -> Turn:
    """The department says that it is the other company's."""

    def deed(cast: Cast, issue: Issue, at: datetime) -> None:
        theirs = issue.department_id == cast.departments["developer"].id
        other = cast.departments["engineering" if theirs else "developer"]
        dispute(issue, other, reason, event_id=new_id(), by=_of(cast.heads, cast, issue), at=at)

    return Turn(hours, frozenset({State.ROUTED}), deed)


def cannot(hours: float, what: Cannot, reason: str, *, sends_officer: bool = False) -> Turn:
    """The supervisor finds that it cannot be solved, and is going to explain it or sends the officer."""

    def deed(cast: Cast, issue: Issue, at: datetime) -> None:
        by, sent = By(cast.supervisor.id), issue.officer if sends_officer else None
        cannot_be_solved(issue, what, reason, sent, event_id=new_id(), by=by, at=at)

    return Turn(hours, frozenset({State.REPORTED, State.ROUTED, State.ACCEPTED}), deed)


def explained(hours: float, words: str) -> Turn:
    """The owner agrees, on the telephone, to have it carried over."""

    def deed(cast: Cast, issue: Issue, at: datetime) -> None:
        by = By(cast.supervisor.id)
        word = OwnersWord.taken_down(Answer.AGREED, HowAnswered.PHONE, words, said_at=at)
        owner_was_explained(issue, word, event_id=new_id(), by=by, at=at)

    return Turn(hours, frozenset({State.EXPLAINED}), deed)


def objects(hours: float, words: str) -> Turn:
    """The owner rings and objects to what was closed."""

    def deed(cast: Cast, issue: Issue, at: datetime) -> None:
        word = OwnersWord.taken_down(Answer.OBJECTED, HowAnswered.PHONE, words, said_at=at)
        object_to(issue, word, event_id=new_id(), by=By(cast.supervisor.id), at=at)

    return Turn(hours, frozenset({State.CLOSED}), deed)


def withdrawn(hours: float, words: str) -> Turn:
    """The executive ends what its owner no longer wants."""

    def deed(cast: Cast, issue: Issue, at: datetime) -> None:
        by = By(cast.leaders[Role.EXECUTIVE].id)
        heard = how_often_heard(issue)
        close_unsatisfied(issue, Ending.WITHDRAWN, words, tries=0, heard=heard, event_id=new_id(), by=by, at=at)

    return Turn(hours, frozenset({State.REPORTED, State.ROUTED, State.ACCEPTED}), deed)


def joins(hours: float, note: str) -> Turn:
    """The supervisor merges it into the oldest open issue that says the same."""

    def deed(cast: Cast, issue: Issue, at: datetime) -> None:
        same = sa.select(Issue).where(
            Issue.estate_id == issue.estate_id,
            Issue.text == issue.text,
            Issue.id != issue.id,
            Issue.state.in_(WORKED_ON),
            Issue.unit_id.is_not(None),
        )
        leader = db.session.scalars(same.order_by(Issue.raised_at)).first()
        if leader is not None:
            merge(issue, leader, note, event_id=new_id(), by=By(cast.supervisor.id), at=at)

    return Turn(hours, frozenset({State.REPORTED, State.ROUTED, State.ACCEPTED}), deed)


def complains(hours: float, nature: Nature, grade: Grade = Grade.ORDINARY) -> Turn:
    """It amounts to a complaint."""

    def deed(_cast: Cast, issue: Issue, at: datetime) -> None:
        open_complaint(issue, Matter(nature, grade), event_id=new_id(), by=By(issue.officer_id), at=at)

    return Turn(hours, frozenset({State.REPORTED, State.ROUTED, State.ACCEPTED}), deed)


def responds(hours: float, words: str) -> Turn:
    """The supervisor answers the complainant first."""

    def deed(cast: Cast, issue: Issue, at: datetime) -> None:
        if issue.complaint is not None and issue.complaint.standing is Standing.RECEIVED:
            respond(the_complaint(issue), words, event_id=new_id(), by=By(cast.supervisor.id), at=at)

    return Turn(hours, frozenset({State.REPORTED, State.ROUTED, State.ACCEPTED}), deed)


def graver(hours: float, grade: Grade, reason: str) -> Turn:
    """The supervisor finds it graver."""

    def deed(cast: Cast, issue: Issue, at: datetime) -> None:
        known, by = the_complaint(issue), By(cast.supervisor.id)
        grade_anew(known, grade, reason, seen=known.grade, event_id=new_id(), by=by, at=at)

    return Turn(hours, frozenset({State.REPORTED, State.ROUTED, State.ACCEPTED}), deed)


def no_complaint(hours: float, reason: str) -> Turn:
    """The manager finds that it is an ordinary issue."""

    def deed(cast: Cast, issue: Issue, at: datetime) -> None:
        by = By(cast.leaders[Role.MANAGER].id)
        turn_back(the_complaint(issue), reason, event_id=new_id(), by=by, at=at)

    return Turn(hours, frozenset({State.REPORTED, State.ROUTED, State.ACCEPTED}), deed)


def reviewed(hours: float, opinion: str) -> Turn:
    """The manager's opinion after the owner's last word."""

    def deed(cast: Cast, issue: Issue, at: datetime) -> None:
        known = the_complaint(issue)
        if known.standing is Standing.TO_REVIEW:
            review(known, opinion, event_id=new_id(), by=By(cast.leaders[Role.MANAGER].id), at=at)

    return Turn(hours, frozenset({State.CLOSED}), deed)


def _of(people: dict[str, Staff], cast: Cast, issue: Issue) -> By:
    """Head or hand of the department that has it."""
    code = next(code for code, department in cast.departments.items() if department.id == issue.department_id)
    return By(people[code].id)
