"""What a visit says must be what its owner saw, and be signed by whom the record names."""

import uuid
from typing import Any

from app.core.clock import local_date
from app.core.errors import Refused
from app.core.i18n import _
from app.estates.models import Estate
from app.signatures.messages import Evidence, StatementText
from app.signatures.rules import How, SignerRole, WitnessIs
from app.visits.arrival import Arrival
from app.visits.messages import AnswerGiven, IssueRaised, VisitHeld
from app.visits.rules import Method


def agree(visit_id: uuid.UUID, held: VisitHeld, shown: StatementText, estate: Estate, arrival: Arrival) -> None:
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


def signed_as_it_must_be(held: VisitHeld, signatures: list[Evidence], arrival: Arrival) -> None:
    """Raises Refused where a signature is missing, or is somebody else\'s than the record says."""
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


def witnessed_as_it_must_be(held: VisitHeld, shown: StatementText, signatures: list[Evidence]) -> None:
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
