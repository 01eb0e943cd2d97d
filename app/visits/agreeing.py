"""What a visit says must be what its owner saw, and be signed by whom the record names."""

import uuid
from collections.abc import Iterator
from typing import Any

from app.core.clock import local_date
from app.core.errors import Refused
from app.core.i18n import _
from app.estates.models import Unit
from app.signatures.messages import Evidence, StatementText
from app.signatures.rules import How, SignerRole, WitnessIs
from app.visits.arrival import Arrival, estate_of
from app.visits.called_back import misquoted
from app.visits.differing import Differing, SummaryPart, parts_words
from app.visits.messages import AnswerGiven, IssueRaised, SurveyGiven, VisitHeld
from app.visits.questions_shown import misquoted as surveys_misquoted
from app.visits.quoting import (
    consent_is_newer,
    names_the_category,
    names_the_department,
    names_the_estate,
    names_the_officer,
    names_the_unit,
    quotes_the_consent,
    tells_what_is_witnessed,
)
from app.visits.rules import Method


def agree(visit_id: uuid.UUID, held: VisitHeld, shown: StatementText, unit: Unit, arrival: Arrival) -> list[Differing]:
    """What was stored must be what the owner saw. Returns in what the owner saw what was never so: the record is kept
    all the same, and nothing closes by it. Raises Refused.
    """
    differing = _differing(visit_id, held, shown, unit, arrival.author_id)
    if differing:
        raise Refused(
            "statement:differs",
            _(
                "The signed summary is not what the record says: somebody must look at it. It is about: %(parts)s",
                parts=parts_words(differing),
            ),
            differing=[f"{one.part.value} {one.n}" for one in differing],
        )
    if consent_is_newer(shown, estate_of(unit.estate_id)):
        raise Refused(
            "statement:consent_unknown",
            _("The owner signed under words that this office does not know: somebody must look at it."),
            version=shown.consent.version,
        )
    return list(_misquoted(held, shown, unit, arrival.author_id, found=set(), settles=True))


def what_differs(
    visit_id: uuid.UUID, held: VisitHeld, shown: StatementText, unit: Unit, author_id: uuid.UUID
) -> list[Differing]:
    """Everything in which a summary is not what its record says, or quotes what was never so."""
    differing = _differing(visit_id, held, shown, unit, author_id)
    found = {one.part for one in differing}
    return differing + [
        one for one in _misquoted(held, shown, unit, author_id, found, settles=False) if one.part not in found
    ]


def _differing(
    visit_id: uuid.UUID, held: VisitHeld, shown: StatementText, unit: Unit, author_id: uuid.UUID
) -> list[Differing]:
    said, seen = _said(visit_id, held, unit, author_id, witnessed=shown.unsigned is not None), _seen(shown)
    return [Differing(part) for part in said if said[part] != seen[part]]


def _said(
    visit_id: uuid.UUID, held: VisitHeld, unit: Unit, author_id: uuid.UUID, *, witnessed: bool
) -> dict[SummaryPart, Any]:
    """What the record says."""
    estate = estate_of(unit.estate_id)
    return {
        SummaryPart.ESTATE: estate.id,
        SummaryPart.UNIT: held.unit_id,
        SummaryPart.VISIT: (visit_id, held.number, held.method.value),
        SummaryPart.TIME: held.started_at,
        SummaryPart.OFFICER: author_id,
        SummaryPart.INTERVIEWEE: (held.interviewee.name, held.interviewee.relation.value),
        SummaryPart.ISSUES: [(n, *_as_shown(issue)) for n, issue in enumerate(held.issues, start=1)],
        SummaryPart.CALLBACKS: [
            (given.issue_id, given.order_id, given.round, given.answer.value, given.reason, _new_date(given))
            for given in held.answers
        ],
        SummaryPart.SURVEYS: [_sheet_said(given) for given in held.surveys],
        SummaryPart.PHOTOS: [(photo.sha256, issue.id) for issue in held.issues for photo in issue.photos]
        + [(photo.sha256, given.about) for given in held.answers for photo in given.photos]
        + [(photo.sha256, given.sheet_id) for given in held.surveys for photo in given.photos],
        SummaryPart.WISHES: held.wishes,
        SummaryPart.RATING: held.rating.value,
        SummaryPart.UNSIGNED: (held.unsigned.reason.value, held.unsigned.note) if held.unsigned and witnessed else None,
    }


def _seen(shown: StatementText) -> dict[SummaryPart, Any]:
    """The same as it stood on the screen."""
    return {
        SummaryPart.ESTATE: shown.estate.id,
        SummaryPart.UNIT: shown.unit.id,
        SummaryPart.VISIT: (shown.visit.id, shown.visit.number, shown.visit.method),
        SummaryPart.TIME: shown.visit.started_at,
        SummaryPart.OFFICER: shown.officer.id,
        SummaryPart.INTERVIEWEE: (shown.interviewee.name, shown.interviewee.relation),
        SummaryPart.ISSUES: [
            (one.n, one.id, one.text, one.answered, one.answer, one.promised_on)
            + ((one.complaint.nature, one.complaint.grade) if one.complaint else ())
            for one in shown.issues
        ],
        SummaryPart.CALLBACKS: [
            (given.issue_id, given.order_id, given.round, given.answer, given.reason, _date_shown(given))
            for given in shown.callbacks
        ],
        SummaryPart.SURVEYS: [_sheet_shown(one) for one in shown.surveys],
        SummaryPart.PHOTOS: [(photo.sha256, photo.issue_id) for photo in shown.photos],
        SummaryPart.WISHES: shown.wishes,
        SummaryPart.RATING: shown.rating,
        SummaryPart.UNSIGNED: (shown.unsigned.reason, shown.unsigned.note) if shown.unsigned else None,
    }


def _misquoted(
    held: VisitHeld, shown: StatementText, unit: Unit, author_id: uuid.UUID, found: set[SummaryPart], *, settles: bool
) -> Iterator[Differing]:
    """What the summary quotes beside the record, and was never so."""
    estate = estate_of(unit.estate_id)
    if not names_the_estate(shown, estate):
        yield Differing(SummaryPart.ESTATE)
    if not names_the_unit(shown, unit):
        yield Differing(SummaryPart.UNIT)
    # A tablet that was offline reckons days by the zone that it was told: they can differ though no clock was wrong.
    if shown.visit.date != local_date(shown.visit.started_at, estate.time_zone):
        yield Differing(SummaryPart.TIME)
    if not names_the_officer(shown, author_id):
        yield Differing(SummaryPart.OFFICER)
    if SummaryPart.ISSUES not in found:
        for seen, raised in zip(shown.issues, held.issues, strict=True):
            if not names_the_category(seen, raised, shown.locale, estate.id):
                yield Differing(SummaryPart.CATEGORY, seen.n)
            if not names_the_department(seen, raised, shown.locale, estate.id):
                yield Differing(SummaryPart.DEPARTMENT, seen.n)
    if SummaryPart.CALLBACKS not in found:
        wrong = misquoted(shown.callbacks, shown.locale, estate, settles=settles)
        yield from (Differing(SummaryPart.CALLBACK, n) for n in wrong)
    if SummaryPart.SURVEYS not in found:
        wrong = surveys_misquoted(shown.surveys, shown.locale, estate)
        yield from (Differing(SummaryPart.SURVEY, n) for n in wrong)
    if held.unsigned is not None and shown.unsigned is not None and not tells_what_is_witnessed(shown, held.unsigned):
        yield Differing(SummaryPart.UNSIGNED)
    if not (consent_is_newer(shown, estate) or quotes_the_consent(shown, estate)):
        yield Differing(SummaryPart.CONSENT)


def _new_date(given: AnswerGiven) -> str:
    return given.new_date.isoformat() if given.new_date else ""


def _date_shown(given: StatementText.CallbackShown) -> str:
    return given.told.to_on if given.told else ""


def _sheet_said(given: SurveyGiven) -> tuple[Any, ...]:
    what = (given.sheet_id, given.survey_id, given.act.value, given.purpose_told, given.key_items_told)
    whose = given.signed_relation.value if given.signed_relation else ""
    back = (given.filled.value if given.filled else "", given.signed, given.signed_name, whose)
    levels = sorted((str(question), level.value) for question, level in given.levels.items())
    opinions = sorted((str(department), words) for department, words in given.opinions.items())
    welcome = {None: "", True: "yes", False: "no"}[given.callback_welcome]
    overall = given.overall.value if given.overall else ""
    return (*what, given.collect_at or "", *back, levels, opinions, overall, welcome, given.reason)


def _sheet_shown(one: StatementText.SurveyShown) -> tuple[Any, ...]:
    what = (one.sheet_id, one.survey_id, one.act, one.purpose_told, one.key_items_told)
    levels = sorted((str(asked.id), asked.level) for asked in one.questions if asked.level)
    opinions = sorted((str(said.department_id), said.text) for said in one.opinions)
    back = (one.filled, one.signed, one.signed_name, one.signed_relation)
    return (*what, one.collect_at, *back, levels, opinions, one.overall, one.callback_welcome, one.reason)


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
        if signature.how is How.MARK and signature.witness.strip() in _nobody_else(held, signatures):
            raise Refused("signature:no_witness", _("A witness is somebody else than the owner and the officer."))
        if not _is_who_they_say(signature, held, arrival):
            raise Refused("signature:other_signer", _("The signature is somebody else's than the record says."))


def _nobody_else(held: VisitHeld, signatures: list[Evidence]) -> set[str]:
    """Whoever was spoken with, and the officers who signed: what they say of themselves nobody witnesses."""
    officers = {one.signer.name.strip() for one in signatures if one.role is SignerRole.OFFICER}
    return {held.interviewee.name.strip()} | officers


def signed_when_read(signature: Evidence) -> bool:
    """Whether by its own times it was given after the summary was shown, and read to its end."""
    return signature.shown_at <= signature.end_seen_at <= signature.signed_at


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
