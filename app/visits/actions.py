"""Everything that changes visits and attempts. The caller commits.

Work that was done is never refused because an assignment or a state moved on meanwhile: such a visit is kept, applied
as far as it goes, and marked for a person to look at.
"""

import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.agenda.actions import note_late_visit, settle
from app.agenda.models import Task
from app.agenda.queries import due_about, due_at, tasks_by_id
from app.agenda.rules import CALLBACKS, TaskKind, TaskState
from app.core import ahead, blobs
from app.core.blobs import Photo
from app.core.clock import local_date
from app.core.db import Kept, attach, db, take_turn
from app.core.errors import Refused
from app.core.i18n import _
from app.core.ids import derived_id
from app.core.journal import By
from app.estates.models import Estate, Person, Unit
from app.issues.actions import answer_on_the_spot, raise_issue, send_on, take_owners_answer
from app.issues.complaining import Matter, open_complaint
from app.issues.complaint_rules import closing_answers
from app.issues.deferring import told_of_a_date, told_on_a_visit
from app.issues.ending import is_in_time, owner_objected_on_a_visit
from app.issues.models import Issue, OwnerAnswer
from app.issues.progress import TAKEN_AFTER, taken_on_a_visit
from app.issues.queries import categories_by_code, issues_by_id
from app.issues.rules import CONTENT, Answer, HowAnswered, HowTold, Move
from app.issues.who_answers import has_left, is_anothers
from app.repairs.actions import CALLBACK_KINDS
from app.repairs.actions import take_owners_answer as take_order_answer
from app.repairs.models import WorkOrder
from app.repairs.queries import orders_by_id
from app.repairs.rules import closes
from app.signatures.actions import keep_statement, read_evidence, read_statement
from app.signatures.messages import Evidence, StatementText
from app.signatures.rules import How, SignerRole, WitnessIs
from app.visits.arrival import Arrival, estate_of, note, number, write
from app.visits.messages import AnswerGiven, AttemptRecorded, IssueRaised, NumberCalled, PhotoTaken, VisitHeld
from app.visits.models import Attempt, Inspection, Visit
from app.visits.rules import DUE, Category, Method, Relation, how_answered

REASSIGNED, MOVED_ON, NOT_SIGNED = "visit:reassigned", "visit:answer_kept", "visit:answer_not_signed"
CALLED_OFF, HAS_LEFT, TENANT = "visit:called_off", "visit:owner_has_left", "visit:tenant_answered"
DATE_DISLIKED, OBJECTED_LATE = "visit:date_disliked", "visit:objected_late"
"""Why a visit is for a person to look at."""


def hold_visit(visit_id: uuid.UUID, held: VisitHeld, arrival: Arrival) -> Visit:
    """Keep a whole visit: what was said and signed, what was raised, what it settles (R07 to R09, R13).

    Raises Refused when the evidence does not hold together; then nothing of it is kept.
    """
    unit = _unit(held.unit_id)
    estate = estate_of(unit.estate_id)  # held here, so that whatever asks for it below does not read it again
    must_be_new(Visit, visit_id)
    signatures = [(read_evidence(raw), raw) for raw in held.signatures]
    statement = read_statement(held.statement)
    _agree(visit_id, held, statement, estate, arrival)
    _signed_as_it_must_be(held, [evidence for evidence, _raw in signatures], arrival)
    _witnessed_as_it_must_be(held, statement, [evidence for evidence, _raw in signatures])

    visit = _new_visit(visit_id, unit, held, arrival)
    keep_statement(
        held.statement,
        statement,
        signatures,
        estate_id=unit.estate_id,
        record_id=visit_id,
        device=arrival.device,
        at=arrival.received_at,
    )
    how = how_answered(
        held.method,
        held.interviewee.relation,
        signed=frozenset(evidence.role for evidence, _raw in signatures),
        marked=any(evidence.how is How.MARK for evidence, _raw in signatures),
    )
    for raised in held.issues:
        _raise(raised, visit, held, how, arrival)
    _settle_tasks(visit, held, how, arrival)
    _note_new_dates_told(visit, held, arrival)
    visit.complete = not (_photos_of(held) and missing(visit_id))

    number(visit, estate, arrival.at)
    data = {"unit": str(unit.id), "categories": visit.categories, "review": visit.review}
    note(visit, "visit:held", arrival, data)
    return visit


def _note_new_dates_told(visit: Visit, held: VisitHeld, arrival: Arrival) -> None:
    """An issue ticked as told whose date was put off: its owner knows that now (R39)."""
    if held.told.issues:
        how = HowTold.PHONE if held.method is Method.PHONE else HowTold.DOOR
        by, at = arrival.by, arrival.at
        told_on_a_visit(held.told.issues, visit.unit_id, how, told_at=visit.ended_at, by=by, at=at)


def record_attempt(attempt_id: uuid.UUID, tried: AttemptRecorded, arrival: Arrival) -> Attempt:
    """Keep an attempt that met nobody; what was due stays due."""
    unit = _unit(tried.unit_id)
    must_be_new(Attempt, attempt_id)
    attempt = Attempt(
        id=attempt_id,
        estate_id=unit.estate_id,
        unit_id=unit.id,
        number=tried.number,
        officer_id=arrival.author_id,
        device_id=arrival.device.id,
        operation_id=arrival.op_id,
        method=tried.method,
        outcome=tried.outcome,
        note=tried.note,
        task_ids=[str(task_id) for task_id in tried.task_ids],
        tried_at=tried.tried_at,
        received_at=arrival.received_at,
        again_at=tried.again_at,
        left_note=tried.left_note,
    )
    if tried.number_called:
        _say_which_number(attempt, tried.number_called)
    attach(attempt, unit=unit)
    db.session.add(attempt)
    number(attempt, estate_of(unit.estate_id), arrival.at)
    note(attempt, "attempt:recorded", arrival, {"unit": str(unit.id), "outcome": tried.outcome.value})
    return attempt


def _say_which_number(attempt: Attempt, called: NumberCalled) -> None:
    person = ahead.get(Person, called.person_id)
    if person is not None and person.estate_id == attempt.estate_id:
        attempt.called_id, attempt.called_index, attempt.called_ending = person.id, called.index, called.ending


def photos_arrived(sealed: str, sha256: str, *, at: datetime) -> None:
    """The bytes named `sealed` are here and hold the picture `sha256`: complete the records that miss nothing more.

    A record that named another picture stays incomplete: it is not the one that its owner saw.
    """
    take_turn(sealed)
    for photo in blobs.photos_sealed_as(sealed):
        if photo.arrived_at is None and photo.sha256 == sha256:
            photo.arrived_at = at
            _note_photo(photo, at=at)
            if photo.subject_type == TAKEN_AFTER:
                _show_the_work(photo, at=at)


def looked_at(visit: Visit, *, by: By, at: datetime) -> None:
    """A person has looked at a visit that asked for it; what it says stays as it is."""
    why, visit.review = visit.review, ""
    write(visit, "visit:looked_at", {"review": why}, by=by, at=at)


def missing(visit_id: uuid.UUID) -> list[str]:
    """The sealed names of the photos that a visit still waits for."""
    return [photo.sealed for photo in blobs.photos_in(visit_id) if photo.arrived_at is None]


def _note_photo(photo: Photo, *, at: datetime) -> None:
    """Say that a photo came, and that its record is complete if it was the last."""
    # Locked, so that of two photos that come at the same moment the second one knows of the first.
    visit = db.session.get(Visit, photo.record_id, with_for_update=True)
    if visit is None:
        _note_photo_of_inspection(photo, at=at)
        return
    by = By(device_id=visit.device_id)
    if not visit.complete and not missing(visit.id):
        visit.complete = True
        write(visit, "visit:complete", {}, by=by, at=at)
    else:
        write(visit, "visit:photo_arrived", {"sha256": photo.sha256}, by=by, at=at)


def _show_the_work(photo: Photo, *, at: datetime) -> None:
    """A photo taken at a callback is here: it stands beside those that the department took of that round's work."""
    issue, visit = db.session.get(Issue, photo.subject_id), db.session.get(Visit, photo.record_id)
    if issue is None or visit is None or issue.unit_id != visit.unit_id:
        return
    asked = sa.select(OwnerAnswer.round).where(OwnerAnswer.issue_id == issue.id, OwnerAnswer.visit_id == visit.id)
    round_ = db.session.scalar(asked.order_by(OwnerAnswer.id).limit(1)) or issue.round
    by = By(staff_id=visit.officer_id, device_id=visit.device_id)
    taken_on_a_visit(issue, photo, round_, event_id=derived_id(photo.id, issue.id, "shows"), by=by, at=at)


def _note_photo_of_inspection(photo: Photo, *, at: datetime) -> None:
    """The same of an inspection: its row never changes, what has arrived says whether it is complete."""
    inspection = db.session.get(Inspection, photo.record_id, with_for_update=True)
    if inspection is None:
        return
    kind = "inspection:photo_arrived" if missing(inspection.id) else "inspection:complete"
    write(inspection, kind, {"sha256": photo.sha256}, by=By(device_id=inspection.device_id), at=at)


def _photos_of(held: VisitHeld) -> int:
    return sum(len(issue.photos) for issue in held.issues) + sum(len(given.photos) for given in held.answers)


def must_be_new(kind: type[Kept], record_id: uuid.UUID) -> None:
    """Raises Refused if the office has it from another sending."""
    if ahead.get(kind, record_id) is not None:
        raise Refused("record:known", _("The office has this record already, from another sending."))


def _agree(visit_id: uuid.UUID, held: VisitHeld, shown: StatementText, estate: Estate, arrival: Arrival) -> None:
    """What was stored must be what the owner saw."""
    said = {
        "estate": estate.id,
        "unit": held.unit_id,
        "visit": (visit_id, held.number, held.method.value),
        "time": (held.started_at, local_date(held.started_at, estate.time_zone)),
        "officer": arrival.author_id,
        "interviewee": (held.interviewee.name, held.interviewee.relation.value),
        "issues": [(n, *_as_shown(issue)) for n, issue in enumerate(held.issues, start=1)],
        "callbacks": [
            (given.issue_id, given.order_id, given.round, given.answer.value, given.reason, _new_date(given))
            for given in held.answers
        ],
        "photos": [(photo.sha256, issue.id) for issue in held.issues for photo in issue.photos]
        + [(photo.sha256, given.about) for given in held.answers for photo in given.photos],
        "wishes": held.wishes,
        "rating": held.rating.value,
        "unsigned": (held.unsigned.reason.value, held.unsigned.note) if held.unsigned and shown.unsigned else None,
    }
    seen = {
        "estate": shown.estate.id,
        "unit": shown.unit.id,
        "visit": (shown.visit.id, shown.visit.number, shown.visit.method),
        "time": (shown.visit.started_at, shown.visit.date),
        "officer": shown.officer.id,
        "interviewee": (shown.interviewee.name, shown.interviewee.relation),
        "issues": [
            (one.n, one.id, one.text, one.answered, one.answer, one.promised_on)
            + ((one.complaint.nature, one.complaint.grade) if one.complaint else ())
            for one in shown.issues
        ],
        "callbacks": [
            (given.issue_id, given.order_id, given.round, given.answer, given.reason, _date_shown(given))
            for given in shown.callbacks
        ],
        "photos": [(photo.sha256, photo.issue_id) for photo in shown.photos],
        "wishes": shown.wishes,
        "rating": shown.rating,
        "unsigned": (shown.unsigned.reason, shown.unsigned.note) if shown.unsigned else None,
    }
    differing = [part for part in said if said[part] != seen[part]]
    if differing:
        raise Refused(
            "statement:differs",
            _("The signed summary is not what the record says: somebody must look at it."),
            differing=differing,
        )


def _new_date(given: AnswerGiven) -> str:
    return given.new_date.isoformat() if given.new_date else ""


def _date_shown(given: StatementText.CallbackShown) -> str:
    return given.told.to_on if given.told else ""


def _as_shown(issue: IssueRaised) -> tuple[Any, ...]:
    promised = issue.promised_on.isoformat() if issue.promised_on else ""
    complained = (issue.complaint.nature.value, issue.complaint.grade.value) if issue.complaint else ()
    return issue.id, issue.text, issue.answered, issue.answer, promised, *complained


def _signed_as_it_must_be(held: VisitHeld, signatures: list[Evidence], arrival: Arrival) -> None:
    roles = [signature.role for signature in signatures]
    if SignerRole.OFFICER not in roles:
        raise Refused("signature:officer_missing", _("The officer has not signed."))
    if SignerRole.OWNER not in roles and held.unsigned is None and held.method is Method.DOOR:
        raise Refused("signature:owner_missing", _("The owner has not signed, and no reason is given."))
    for signature in signatures:
        if signature.how is How.MARK and not (signature.witness.strip() and signature.read_aloud):
            raise Refused("signature:witness_missing", _("A mark needs a named witness and the summary read aloud."))
        if not _is_who_they_say(signature, held, arrival):
            raise Refused("signature:other_signer", _("The signature is somebody else's than the record says."))


def _witnessed_as_it_must_be(held: VisitHeld, shown: StatementText, signatures: list[Evidence]) -> None:
    """A witness signs under words that say what they witness, and is neither the owner nor the officer."""
    for witness in (signature for signature in signatures if signature.role is SignerRole.WITNESS):
        if held.method is not Method.DOOR or held.unsigned is None or shown.unsigned is None:
            raise Refused("signature:nothing_witnessed", _("A witness signed, but not that the owner did not sign."))
        name = witness.signer.name.strip()
        known = witness.signer.relation in {one.value for one in WitnessIs}
        if not known or name in (held.interviewee.name.strip(), shown.officer.name.strip()):
            raise Refused("signature:no_witness", _("A witness is somebody else than the owner and the officer."))


def _is_who_they_say(signature: Evidence, held: VisitHeld, arrival: Arrival) -> bool:
    if signature.role is SignerRole.OWNER:
        spoken_with = (held.interviewee.name, held.interviewee.relation.value)
        return (signature.signer.name, signature.signer.relation) == spoken_with
    if signature.role is SignerRole.OFFICER:
        return signature.signer.staff_id in (None, arrival.author_id)
    return True


def _new_visit(visit_id: uuid.UUID, unit: Unit, held: VisitHeld, arrival: Arrival) -> Visit:
    visit = Visit(
        id=visit_id,
        estate_id=unit.estate_id,
        unit_id=unit.id,
        number=held.number,
        officer_id=arrival.author_id,
        device_id=arrival.device.id,
        operation_id=arrival.op_id,
        method=held.method,
        categories=[],
        started_at=held.started_at,
        ended_at=held.ended_at,
        received_at=arrival.received_at,
        interviewee_name=held.interviewee.name,
        interviewee_relation=held.interviewee.relation,
        interviewee_id=_person_met(held, unit),
        script=_said(held),
        wishes=held.wishes,
        rating=held.rating,
        unsigned=held.unsigned.reason if held.unsigned else None,
        unsigned_note=held.unsigned.note if held.unsigned else "",
        complete=False,
        review="",
    )
    attach(visit, unit=unit)
    db.session.add(visit)
    return visit


def _said(held: VisitHeld) -> dict[str, Any]:
    """The script's ticks, and what in particular was told, where that was noted."""
    told = held.told.model_dump(mode="json")
    return held.script.model_dump() | ({"told": told} if any(told.values()) else {})


def _person_met(held: VisitHeld, unit: Unit) -> uuid.UUID | None:
    """Whoever was spoken with, if the office knows them; the name stands on the record in any case."""
    person_id = held.interviewee.person_id
    person = ahead.get(Person, person_id) if person_id else None
    return person.id if person and person.estate_id == unit.estate_id else None


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
        raised_by_id=visit.interviewee_id,
        raised_at=held.started_at,
        promised_on=raised.promised_on,
        officer_id=arrival.author_id,
        by=arrival.by,
        at=arrival.at,
    )
    name_photos(raised.photos, raised.id, visit, arrival)
    if raised.complaint:
        made = raised.complaint
        matter = Matter(made.nature, made.grade, made.about_id)
        open_complaint(issue, matter, event_id=_event(arrival, raised.id, "complaint"), by=arrival.by, at=arrival.at)
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


def name_photos(
    photos: list[PhotoTaken],
    issue_id: uuid.UUID,
    record: Visit | Inspection,
    arrival: Arrival,
    subject_type: str = "issue",
) -> None:
    """Expect the photos of an issue that a record names; those that came before it are here already."""
    for position, photo in enumerate(photos):
        take_turn(photo.sealed)
        db.session.add(
            Photo(
                estate_id=record.estate_id,
                record_id=record.id,
                subject_type=subject_type,
                subject_id=issue_id,
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
    if held.answers:
        db.session.flush()  # they may be about what an operation before this one in its group has done
    tasks = tasks_by_id(held.task_ids)
    issues = issues_by_id(given.issue_id for given in held.answers if given.issue_id)
    orders = orders_by_id(given.order_id for given in held.answers if given.order_id)
    categories = {DUE[task.kind].category for task in tasks.values()} or {Category.SCHEDULED}
    visit.categories = sorted(category.value for category in categories)

    for given in held.answers:
        if given.order_id is None:
            _keep_answer(given, visit, arrival, issues, how)
            _keep_photos_after(given, visit, arrival)
        else:
            _keep_order_answer(given, visit, arrival, orders, how)
    for task_id in held.task_ids:
        task = tasks.get(task_id)
        if task is None or task.unit_id != visit.unit_id:
            visit.review = visit.review or MOVED_ON
            continue
        if task.assignee_id != arrival.author_id and not DUE[task.kind].by_anybody:
            visit.review = visit.review or REASSIGNED
        SETTLE[task.kind](task, visit, arrival)


def _settle_planned(task: Task, visit: Visit, arrival: Arrival) -> None:
    """A visit that was moved to a later plan, while the tablet did not know, is settled where it stands now.

    One that was taken out of its plan stays out, and says who was there all the same.
    """
    if settle(task, visit.id, by=arrival.by, at=arrival.at) or task.state is TaskState.DONE:
        return
    moved = [due for due in due_at(visit.unit_id) if due.kind is task.kind]
    for due in moved:
        settle(due, visit.id, by=arrival.by, at=arrival.at)
    if not moved:
        note_late_visit(task, visit.id, by=arrival.by, at=arrival.at)


def _settle_special(task: Task, visit: Visit, arrival: Arrival) -> None:
    """One that was withdrawn, while the tablet did not know, stays withdrawn: a person looks at what was said."""
    if settle(task, visit.id, by=arrival.by, at=arrival.at) or task.state is TaskState.DONE:
        return
    note_late_visit(task, visit.id, by=arrival.by, at=arrival.at)
    visit.review = visit.review or CALLED_OFF


def _leave_to_the_answer(_task: Task, _visit: Visit, _arrival: Arrival) -> None:
    """A callback is settled by the owner's answer; the owner was met but not asked: it stays due."""


def _keep_answer(
    given: AnswerGiven, visit: Visit, arrival: Arrival, issues: dict[uuid.UUID, Issue], how: HowAnswered
) -> None:
    issue = issues.get(given.about)
    if issue is None or issue.unit_id != visit.unit_id:
        visit.review = MOVED_ON
        return
    if given.new_date is not None:
        _keep_answer_to_a_date(given, given.new_date, issue, visit, arrival, how)
        return
    today = local_date(arrival.at, estate_of(visit.estate_id).time_zone)  # by our clock, never by the tablet's
    left = has_left(issue.unit_id, visit.interviewee_id, today)
    late = given.answer is Answer.OBJECTED and not is_in_time(issue, visit.ended_at, arrival.at)
    says_tenant = visit.interviewee_relation is Relation.TENANT
    if given.answer is Answer.OBJECTED:
        moved = owner_objected_on_a_visit(issue, how, given.reason, **_said_on(visit, given, arrival))
    else:
        moved = take_owners_answer(
            issue, given.answer, how, reason=given.reason, says_tenant=says_tenant, **_said_on(visit, given, arrival)
        )
    if not moved:
        closing = closing_answers(complaint=issue.complaint_grade is not None)
        only_told = given.answer in CONTENT and how not in closing
        anothers = given.answer in CONTENT and is_anothers(
            issue.unit_id, issue.raised_by_id, visit.interviewee_id, today, says_tenant=says_tenant
        )
        why = HAS_LEFT if left else TENANT if anothers else NOT_SIGNED if only_told else MOVED_ON
        visit.review = OBJECTED_LATE if late and not left else why
        return
    for task in due_about(issue.id, *CALLBACKS):
        settle(task, visit.id, by=arrival.by, at=arrival.at)


def _keep_answer_to_a_date(
    given: AnswerGiven, new_date: date, issue: Issue, visit: Visit, arrival: Arrival, how: HowAnswered
) -> None:
    """The owner knows another date, and what they say to it is kept; it moves nothing, but a person looks at a "no"."""
    told_how = HowTold.PHONE if visit.method is Method.PHONE else HowTold.DOOR
    known = told_of_a_date(issue, new_date, given.round, told_how, told_at=visit.ended_at, by=arrival.by, at=arrival.at)
    said = _said_on(visit, given, arrival)
    take_owners_answer(issue, given.answer, how, reason=given.reason, new_date=new_date, **said)
    if not known:
        visit.review = visit.review or MOVED_ON
    elif given.answer is Answer.DISAGREED:
        visit.review = visit.review or DATE_DISLIKED


def _said_on(visit: Visit, given: AnswerGiven, arrival: Arrival) -> dict[str, Any]:
    """Where, when and by whom an answer was given."""
    return {
        "round_": given.round,
        "visit_id": visit.id,
        "answered_at": visit.ended_at,
        "answered_by": visit.interviewee_id,
        "event_id": _event(arrival, given.about, "owner"),
        "by": arrival.by,
        "at": arrival.at,
    }


def _keep_photos_after(given: AnswerGiven, visit: Visit, arrival: Arrival) -> None:
    """Photos of how the work has become: of the issue from now on, or as soon as they come."""
    if not given.photos:
        return
    name_photos(given.photos, given.about, visit, arrival, TAKEN_AFTER)
    db.session.flush()
    for photo in blobs.photos_in(visit.id):
        if photo.subject_type == TAKEN_AFTER and photo.subject_id == given.about and photo.arrived_at is not None:
            _show_the_work(photo, at=arrival.at)


def _keep_order_answer(
    given: AnswerGiven, visit: Visit, arrival: Arrival, orders: dict[uuid.UUID, WorkOrder], how: HowAnswered
) -> None:
    """The same of a work order; the visit's rating is that of the repair, and after rework a signature is needed."""
    order = orders.get(given.about)
    if order is None or order.unit_id != visit.unit_id:
        visit.review = MOVED_ON
        return
    today = local_date(arrival.at, estate_of(visit.estate_id).time_zone)
    left = has_left(order.unit_id, visit.interviewee_id, today)
    moved = take_order_answer(
        order,
        given.answer,
        how,
        round_=given.round,
        reason=given.reason,
        rating=visit.rating.value,
        visit_id=visit.id,
        answered_at=visit.ended_at,
        event_id=_event(arrival, order.id, "owner"),
        by=arrival.by,
        at=arrival.at,
        answered_by=visit.interviewee_id,
    )
    if not moved:
        only_told = given.answer is Answer.SATISFIED and order.round == given.round and not closes(how, order.round)
        visit.review = HAS_LEFT if left else NOT_SIGNED if only_told else MOVED_ON
        return
    for kind in CALLBACK_KINDS.values():
        for task in due_about(order.id, kind):
            settle(task, visit.id, by=arrival.by, at=arrival.at)


SETTLE: dict[TaskKind, Callable[[Task, Visit, Arrival], None]] = {
    TaskKind.PLANNED_VISIT: _settle_planned,
    TaskKind.SPECIAL_VISIT: _settle_special,
    TaskKind.ISSUE_CALLBACK: _leave_to_the_answer,
    TaskKind.COMPLAINT_CALLBACK: _leave_to_the_answer,
    TaskKind.ORDER_CALLBACK: _leave_to_the_answer,
    TaskKind.SERVICE_CALLBACK: _leave_to_the_answer,
}
"""From the kind of a task to the function that settles it."""


def _event(arrival: Arrival, thing: uuid.UUID, what: object) -> uuid.UUID:
    """The same operation makes the same events, however often it comes."""
    return derived_id(arrival.op_id, thing, what)


def _unit(unit_id: uuid.UUID) -> Unit:
    unit = ahead.get(Unit, unit_id)
    if unit is None:
        raise Refused("unit:unknown", _("This unit is not known in this estate."))
    return unit
