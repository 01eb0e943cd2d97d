"""Everything that changes visits and attempts. The caller commits.

Work that was done is never refused because an assignment or a state moved on meanwhile: such a visit is kept, applied
as far as it goes, and marked for a person to look at.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.agenda.actions import settle
from app.agenda.models import Task
from app.agenda.queries import tasks_by_id
from app.agenda.rules import TaskKind
from app.core import blobs, journal
from app.core.blobs import Photo
from app.core.clock import local_date
from app.core.db import db
from app.core.errors import Refused
from app.core.i18n import _
from app.core.ids import derived_id
from app.core.journal import By, Doc
from app.estates.models import Estate, Unit
from app.issues.actions import answer_on_the_spot, raise_issue, send_on, take_owners_answer
from app.issues.models import Issue
from app.issues.queries import categories_by_code, issues_by_id
from app.issues.rules import Answer, HowAnswered, Move
from app.people.models import Device
from app.signatures.actions import keep_statement, read_statement
from app.signatures.messages import Evidence, StatementText
from app.signatures.rules import How, SignerRole
from app.visits.messages import AnswerGiven, AttemptRecorded, IssueRaised, VisitHeld
from app.visits.models import Attempt, Visit
from app.visits.rules import CATEGORY_OF, Category, Method, how_answered

REASSIGNED, MOVED_ON = "visit:reassigned", "visit:answer_kept"
"""Why a visit is for a person to look at."""


@dataclass(frozen=True)
class Arrival:
    """With what an operation came: its id, the tablet, who wrote it, when it arrived."""

    op_id: uuid.UUID
    device: Device
    author_id: uuid.UUID
    at: datetime

    @property
    def by(self) -> By:
        return By(staff_id=self.author_id, device_id=self.device.id)


def hold_visit(visit_id: uuid.UUID, held: VisitHeld, arrival: Arrival) -> Visit:
    """Keep a whole visit: what was said and signed, what was raised, what it settles (R07 to R09, R13).

    Raises Refused when the evidence does not hold together; then nothing of it is kept.
    """
    unit = _unit(held.unit_id)
    signatures = [(Evidence.model_validate(raw), raw) for raw in held.signatures]
    statement = read_statement(held.statement)
    _agree(visit_id, held, statement, arrival)
    _signed_as_it_must_be(held, [evidence for evidence, _raw in signatures])

    visit = _new_visit(visit_id, unit, held, arrival)
    keep_statement(
        held.statement,
        signatures,
        estate_id=unit.estate_id,
        record_id=visit_id,
        device=arrival.device,
        at=arrival.at,
    )
    how = how_answered(
        held.method,
        held.interviewee.relation,
        signed=any(evidence.role is SignerRole.OWNER for evidence, _raw in signatures),
        marked=any(evidence.how is How.MARK for evidence, _raw in signatures),
    )
    for raised in held.issues:
        _raise(raised, visit, held, how, arrival)
    _settle_tasks(visit, held, how, arrival)
    visit.complete = not missing(visit_id)

    _number(visit, _estate(unit), arrival.at)
    data = {"unit": str(unit.id), "categories": visit.categories, "review": visit.review}
    _note(visit, "visit:held", arrival, data)
    return visit


def record_attempt(attempt_id: uuid.UUID, tried: AttemptRecorded, arrival: Arrival) -> Attempt:
    """Keep an attempt that met nobody; what was due stays due."""
    unit = _unit(tried.unit_id)
    attempt = Attempt(
        id=attempt_id,
        estate_id=unit.estate_id,
        unit=unit,
        number=tried.number,
        officer_id=arrival.author_id,
        device_id=arrival.device.id,
        operation_id=arrival.op_id,
        method=tried.method,
        outcome=tried.outcome,
        note=tried.note,
        task_ids=[str(task_id) for task_id in tried.task_ids],
        tried_at=tried.tried_at,
        received_at=arrival.at,
    )
    db.session.add(attempt)
    _number(attempt, _estate(unit), arrival.at)
    _note(attempt, "attempt:recorded", arrival, {"unit": str(unit.id), "outcome": tried.outcome.value})
    return attempt


def photos_arrived(sealed: str, *, at: datetime) -> None:
    """A photo's bytes are here: mark every record that named it, and complete those that miss nothing more."""
    for photo in blobs.photos_sealed_as(sealed):
        if photo.arrived_at is None:
            photo.arrived_at = at
            visit = db.session.get(Visit, photo.record_id)
            if visit is not None and not visit.complete and not missing(visit.id):
                visit.complete = True
                by = By(device_id=visit.device_id)
                _write(visit, "visit:complete", {}, by=by, at=at)
            elif visit is not None:
                _write(
                    visit,
                    "visit:photo_arrived",
                    {"sha256": photo.sha256},
                    by=By(device_id=visit.device_id),
                    at=at,
                )


def missing(visit_id: uuid.UUID) -> list[str]:
    """The sealed names of the photos that a visit still waits for."""
    return [photo.sealed for photo in blobs.photos_in(visit_id) if photo.arrived_at is None]


def _agree(visit_id: uuid.UUID, held: VisitHeld, shown: StatementText, arrival: Arrival) -> None:
    """What was stored must be what the owner saw."""
    agree = (
        shown.visit.id == visit_id
        and shown.visit.number == held.number
        and shown.unit.id == held.unit_id
        and shown.officer.id == arrival.author_id
        and shown.rating == held.rating.value
        and shown.wishes == held.wishes
        and shown.interviewee.name == held.interviewee.name
        and shown.interviewee.relation == held.interviewee.relation.value
        and [_shown_issue(issue) for issue in held.issues]
        == [(issue.id, issue.text, issue.answered, issue.answer, issue.promised_on) for issue in shown.issues]
        and [(given.issue_id, given.round, given.answer.value, given.reason) for given in held.answers]
        == [(given.issue_id, given.round, given.answer, given.reason) for given in shown.callbacks]
        and {(photo.sha256, issue.id) for issue in held.issues for photo in issue.photos}
        == {(photo.sha256, photo.issue_id) for photo in shown.photos}
    )
    if not agree:
        raise Refused(
            "statement:differs",
            _("The signed summary is not what the record says: somebody must look at it."),
        )


def _shown_issue(issue: IssueRaised) -> tuple[Any, ...]:
    promised = issue.promised_on.isoformat() if issue.promised_on else ""
    return issue.id, issue.text, issue.answered, issue.answer, promised


def _signed_as_it_must_be(held: VisitHeld, evidence: list[Evidence]) -> None:
    roles = [signature.role for signature in evidence]
    if SignerRole.OFFICER not in roles:
        raise Refused("signature:officer_missing", _("The officer has not signed."))
    needs_owner = held.method is Method.DOOR and held.unsigned is None
    if needs_owner and SignerRole.OWNER not in roles:
        raise Refused("signature:owner_missing", _("The owner has not signed, and no reason is given."))
    for signature in evidence:
        if signature.how is How.MARK and not (signature.witness.strip() and signature.read_aloud):
            raise Refused("signature:witness_missing", _("A mark needs a named witness and the summary read aloud."))


def _new_visit(visit_id: uuid.UUID, unit: Unit, held: VisitHeld, arrival: Arrival) -> Visit:
    visit = Visit(
        id=visit_id,
        estate_id=unit.estate_id,
        unit=unit,
        number=held.number,
        officer_id=arrival.author_id,
        device_id=arrival.device.id,
        operation_id=arrival.op_id,
        method=held.method,
        categories=[],
        started_at=held.started_at,
        ended_at=held.ended_at,
        received_at=arrival.at,
        interviewee_name=held.interviewee.name,
        interviewee_relation=held.interviewee.relation,
        interviewee_id=held.interviewee.person_id,
        script=held.script.model_dump(),
        wishes=held.wishes,
        rating=held.rating,
        unsigned=held.unsigned.reason if held.unsigned else None,
        unsigned_note=held.unsigned.note if held.unsigned else "",
        complete=False,
        review="",
    )
    db.session.add(visit)
    return visit


def _raise(raised: IssueRaised, visit: Visit, held: VisitHeld, how: HowAnswered, arrival: Arrival) -> None:
    """One line of the record: answered on the spot and signed as such, or on its way to a department."""
    category = categories_by_code(visit.estate_id).get(raised.category)
    if category is None:
        raise Refused("issue:category_unknown", _("This category is not known in this estate."))
    issue = raise_issue(
        raised.id,
        visit.unit,
        raised.text,
        category,
        raised.urgency,
        visit_id=visit.id,
        raised_by=held.interviewee.name,
        raised_by_id=held.interviewee.person_id,
        raised_at=held.started_at,
        promised_on=raised.promised_on,
        officer_id=arrival.author_id,
        by=arrival.by,
        at=arrival.at,
    )
    _name_photos(raised, visit, arrival)
    if raised.answered:
        answer_on_the_spot(
            issue,
            raised.answer,
            event_id=_event(arrival, raised.id, Move.ANSWER),
            by=arrival.by,
            at=arrival.at,
        )
        closed = take_owners_answer(
            issue,
            Answer.SATISFIED,
            how,
            round_=issue.round,
            reason="",
            visit_id=visit.id,
            answered_at=held.ended_at,
            event_id=_event(arrival, raised.id, "answered"),
            by=arrival.by,
            at=arrival.at,
        )
        if closed:
            return
    send_on(issue, event_id=_event(arrival, raised.id, Move.ROUTE), by=arrival.by, at=arrival.at)


def _name_photos(raised: IssueRaised, visit: Visit, arrival: Arrival) -> None:
    for position, photo in enumerate(raised.photos):
        db.session.add(
            Photo(
                estate_id=visit.estate_id,
                record_id=visit.id,
                subject_type="issue",
                subject_id=raised.id,
                position=position,
                sha256=photo.sha256,
                sealed=photo.sealed,
                width=photo.width,
                height=photo.height,
                size=photo.bytes,
                # The bytes may have come before the record that names them.
                arrived_at=arrival.at if blobs.held(photo.sha256) else None,
            )
        )


def _settle_tasks(visit: Visit, held: VisitHeld, how: HowAnswered, arrival: Arrival) -> None:
    """Let the visit settle what was due, each task by its kind; answers whose task is gone are kept all the same."""
    tasks = tasks_by_id(held.task_ids)
    answers = {given.task_id: given for given in held.answers}
    issues = issues_by_id(given.issue_id for given in held.answers)
    categories = {CATEGORY_OF[task.kind] for task in tasks.values()} or {Category.SCHEDULED}
    visit.categories = sorted(category.value for category in categories)

    for task_id in held.task_ids:
        task = tasks.get(task_id)
        if task is None or task.unit_id != visit.unit_id:
            visit.review = MOVED_ON
            continue
        if task.assignee_id != arrival.author_id:
            visit.review = visit.review or REASSIGNED
        _SETTLE[task.kind](task, visit, arrival, issues, answers.pop(task_id, None), how)
    for given in answers.values():
        _keep_answer(given, visit, arrival, issues, how)


def _settle_planned(task: Task, visit: Visit, arrival: Arrival, *_rest: object) -> None:
    settle(task, visit.id, by=arrival.by, at=arrival.at)


def _settle_callback(
    task: Task,
    visit: Visit,
    arrival: Arrival,
    issues: dict[uuid.UUID, Issue],
    given: AnswerGiven | None,
    how: HowAnswered,
) -> None:
    if given is None:
        return  # the owner was met but not asked: the callback stays due
    if _keep_answer(given, visit, arrival, issues, how):
        settle(task, visit.id, by=arrival.by, at=arrival.at)


def _keep_answer(
    given: AnswerGiven, visit: Visit, arrival: Arrival, issues: dict[uuid.UUID, Issue], how: HowAnswered
) -> bool:
    issue = issues.get(given.issue_id)
    if issue is None or issue.unit_id != visit.unit_id:
        visit.review = MOVED_ON
        return False
    moved = take_owners_answer(
        issue,
        given.answer,
        how,
        round_=given.round,
        reason=given.reason,
        visit_id=visit.id,
        answered_at=visit.ended_at,
        event_id=_event(arrival, issue.id, "owner"),
        by=arrival.by,
        at=arrival.at,
    )
    if not moved:
        visit.review = MOVED_ON
    return moved


_Settle = Callable[
    [Task, Visit, Arrival, dict[uuid.UUID, Issue], AnswerGiven | None, HowAnswered],
    None,
]
_SETTLE: dict[TaskKind, _Settle] = {
    TaskKind.PLANNED_VISIT: _settle_planned,
    TaskKind.ISSUE_CALLBACK: _settle_callback,
}
"""From the kind of a task to the function that settles it."""


def _number(record: Visit | Attempt, estate: Estate, at: datetime) -> None:
    """Have the office's receipt number taken at commit: `HF-2611-0342`."""
    series = f"HF-{local_date(at, estate.time_zone):%y%m}"

    def assign(number: int) -> None:
        record.receipt_number = f"{series}-{number:04}"

    journal.take_number(estate.id, series, assign)


def _note(record: Visit | Attempt, kind: str, arrival: Arrival, data: dict[str, Any]) -> None:
    _write(record, kind, data, by=arrival.by, at=arrival.at)


def _write(record: Visit | Attempt, kind: str, data: dict[str, Any], *, by: By, at: datetime) -> None:
    subject = ("visit" if isinstance(record, Visit) else "attempt", record.id)
    changes = (
        Doc("record", record.id, only_for=record.officer_id),
        Doc("unit", record.unit_id or record.unit.id),
    )
    journal.write(record.estate_id, kind, subject, by=by, at=at, data=data, changes=changes)


def _event(arrival: Arrival, thing: uuid.UUID, what: object) -> uuid.UUID:
    """The same operation makes the same events, however often it comes."""
    return derived_id(arrival.op_id, thing, what)


def _unit(unit_id: uuid.UUID) -> Unit:
    unit = db.session.get(Unit, unit_id)
    if unit is None:
        raise Refused("unit:unknown", _("This unit is not known in this estate."))
    return unit


def _estate(unit: Unit) -> Estate:
    return db.session.get_one(Estate, unit.estate_id)
