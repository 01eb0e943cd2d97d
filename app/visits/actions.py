"""Everything that changes visits and attempts. The caller commits.

Work that was done is never refused because an assignment or a state moved on meanwhile: such a visit is kept, applied
as far as it goes, and marked for a person to look at.
"""

import uuid
from datetime import datetime
from typing import Any

from app.core import ahead
from app.core.clock import local_date
from app.core.db import Kept, attach, db
from app.core.errors import Refused
from app.core.i18n import _
from app.core.journal import By
from app.estates.models import Estate, Person, Unit
from app.issues.actions import answer_on_the_spot, raise_issue
from app.issues.answering import take_owners_answer
from app.issues.complaining import Matter, open_complaint
from app.issues.deferring import told_on_a_visit
from app.issues.owners_word import OwnersWord
from app.issues.queries import categories_by_code
from app.issues.reporting import report_up
from app.issues.routing import send_on
from app.issues.rules import Answer, HowAnswered, HowTold, Move, State
from app.people.models import Staff
from app.people.queries import all_roles
from app.people.rules import MAY, Act
from app.signatures.actions import keep_statement, read_evidence, read_statement
from app.signatures.rules import How
from app.visits.agreeing import agree, signed_as_it_must_be, signed_when_read, witnessed_as_it_must_be
from app.visits.answering import event_of, settle_tasks
from app.visits.arrival import Arrival, estate_of, note, number, took_place, write
from app.visits.copies import keep_link
from app.visits.differing import SummaryPart
from app.visits.messages import AttemptRecorded, IssueRaised, NumberCalled, VisitHeld
from app.visits.models import Attempt, Visit
from app.visits.pictured import missing, name_photos, photos_of
from app.visits.rules import Method, Relation, Review, how_answered
from app.visits.surveyed import take_sheets
from app.visits.who_was_met import are_others, met_at


def hold_visit(visit_id: uuid.UUID, held: VisitHeld, arrival: Arrival) -> Visit:
    """Keep a whole visit: what was said and signed, what was raised, what it settles (R07 to R09, R13).

    Raises Refused when the evidence does not hold together; then nothing of it is kept.
    """
    unit = _unit(held.unit_id)
    estate = estate_of(unit.estate_id)  # held here, so that whatever asks for it below does not read it again
    must_be_new(Visit, visit_id)
    signatures = [(read_evidence(raw), raw) for raw in held.signatures]
    statement = read_statement(held.statement)
    misquoted = agree(visit_id, held, statement, unit, arrival)
    signed_as_it_must_be(held, [evidence for evidence, _raw in signatures], arrival)
    witnessed_as_it_must_be(held, statement, [evidence for evidence, _raw in signatures])

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
    if held.copy_token_sha256:
        keep_link(visit, held.copy_token_sha256, estate, at=arrival.received_at)
    how = HowAnswered.TOLD  # whoever was shown what was never so has called nothing good
    if not misquoted:
        how = how_answered(
            held.method,
            _answers_as(visit, held, estate),
            signed=frozenset(evidence.role for evidence, _raw in signatures if signed_when_read(evidence)),
            marked=any(evidence.how is How.MARK for evidence, _raw in signatures),
        )
    for raised in held.issues:
        _raise(raised, visit, held, how, arrival)
    settle_tasks(visit, held, statement, how, arrival)
    never_so = {held.surveys[one.n - 1].sheet_id for one in misquoted if one.part is SummaryPart.SURVEY}
    take_sheets(visit, held, how, arrival, misquoted=never_so)
    _note_new_dates_told(visit, held, arrival)
    if not all(signed_when_read(evidence) for evidence, _raw in signatures):
        visit.review = Review.SIGNED_UNREAD
    if misquoted:
        visit.review = Review.MISQUOTED
    if visit.ended_at < visit.started_at:
        visit.review = visit.review or Review.CLOCK_TURNED
    if _worked_here_no_more(estate, visit.started_at, arrival):
        visit.review = visit.review or Review.WORKED_HERE_NO_MORE
    visit.complete = not (photos_of(held) and missing(visit_id))

    number(visit, estate, arrival.at)
    data = {"unit": str(unit.id), "categories": visit.categories, "review": visit.review}
    if misquoted:
        data["misquoted"] = [f"{one.part.value} {one.n}" for one in misquoted]
    note(visit, "visit:held", arrival, data | took_place(visit.started_at))
    return visit


def _answers_as(visit: Visit, held: VisitHeld, estate: Estate) -> Relation:
    """As what their word counts: who is called owner or tenant where the file knows others answers on their behalf."""
    if held.has_answers and are_others([met_at(visit)], estate.time_zone)[0]:
        return Relation.OTHER
    return held.interviewee.relation


def _worked_here_no_more(estate: Estate, at: datetime, arrival: Arrival) -> bool:
    """Whether the author had left by then, or carried a tablet here until a day before: tablets send all the same."""
    author = arrival.author_id
    staff = ahead.once(("author", author), lambda: db.session.get(Staff, author))
    if staff is not None and staff.left_at is not None and staff.left_at <= at:
        return True
    day = local_date(at, estate.time_zone)
    held = ahead.once(("roles", author), lambda: all_roles(author))
    here = [one.until for one in held if one.estate_id == estate.id and one.role in MAY[Act.CARRY_TABLET]]
    return bool(here) and all(until is not None and until < day for until in here)


def _note_new_dates_told(visit: Visit, held: VisitHeld, arrival: Arrival) -> None:
    """An issue ticked as told whose date was put off: its owner knows that now (R39)."""
    if held.told.issues:
        how = HowTold.PHONE if held.method is Method.PHONE else HowTold.DOOR
        by, at = arrival.by, arrival.at
        when = {"told_at": arrival.happened_at(visit.ended_at), "at": at}
        told_on_a_visit(held.told.issues, visit.unit_id, how, visit_id=visit.id, by=by, **when)


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
        tried_at=arrival.happened_at(tried.tried_at),
        received_at=arrival.received_at,
        again_at=tried.again_at,
        left_note=tried.left_note,
    )
    if tried.number_called:
        _say_which_number(attempt, tried.number_called)
    db.session.add(attempt)
    attach(attempt, unit=unit)
    number(attempt, estate_of(unit.estate_id), arrival.at)
    data = {"unit": str(unit.id), "outcome": tried.outcome.value}
    note(attempt, "attempt:recorded", arrival, data | took_place(attempt.tried_at))
    return attempt


def _say_which_number(attempt: Attempt, called: NumberCalled) -> None:
    person = ahead.get(Person, called.person_id)
    if person is not None and person.estate_id == attempt.estate_id:
        attempt.called_id, attempt.called_index, attempt.called_ending = person.id, called.index, called.ending


def looked_at(visit: Visit, *, by: By, at: datetime) -> None:
    """A person has looked at a visit that asked for it; what it says stays as it is."""
    why, visit.review = visit.review, ""
    write(visit, "visit:looked_at", {"review": why}, by=by, at=at)


def must_be_new(kind: type[Kept], record_id: uuid.UUID) -> None:
    """Raises Refused if the office has it from another sending."""
    if ahead.get(kind, record_id) is not None:
        raise Refused("record:known", _("The office has this record already, from another sending."))


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
        set_right_at=arrival.set_right(held.started_at),
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
    db.session.add(visit)
    attach(visit, unit=unit)
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
        raised_by_tenant=visit.interviewee_relation is Relation.TENANT,
        raised_at=visit.met_at,
        promised_on=raised.promised_on,
        officer_id=arrival.author_id,
        by=arrival.by,
        at=arrival.at,
    )
    name_photos(raised.photos, raised.id, visit, arrival)
    if raised.complaint:
        made = raised.complaint
        matter = Matter(made.nature, made.grade, made.about_id)
        when = {"told_at": visit.met_at, "at": arrival.at}
        open_complaint(issue, matter, event_id=event_of(arrival, raised.id, "complaint"), by=arrival.by, **when)
    if raised.answered:
        answer_on_the_spot(
            issue,
            raised.answer,
            event_id=event_of(arrival, raised.id, Move.ANSWER),
            by=arrival.by,
            at=arrival.at,
        )
        # Whoever raised it a moment ago is the one who answers.
        word = OwnersWord(Answer.SATISFIED, how, arrival.happened_at(held.ended_at), visit_id=visit.id)
        event_id = event_of(arrival, raised.id, "answered")
        closed = take_owners_answer(issue, word, round_=issue.round, event_id=event_id, by=arrival.by, at=arrival.at)
        if closed:
            return
    send_on(issue, event_id=event_of(arrival, raised.id, Move.ROUTE), by=arrival.by, at=arrival.at)
    if raised.report_up and issue.state is not State.REPORTED:
        db.session.flush()
        report_up(issue, event_id=event_of(arrival, raised.id, Move.REPORT), by=arrival.by, at=arrival.at)


def _unit(unit_id: uuid.UUID) -> Unit:
    unit = ahead.get(Unit, unit_id)
    if unit is None:
        raise Refused("unit:unknown", _("This unit is not known in this estate."))
    return unit
