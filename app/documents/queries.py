"""Gathers a sheet: the frozen statement and its signatures, and beside them what the office knows by now."""

import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime

import sqlalchemy as sa

from app.core import blobs, pictures
from app.core.blobs import Photo as KeptPhoto
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import _
from app.core.journal import JournalLine
from app.documents import sheets
from app.documents.history import Known, entries, state_of
from app.documents.letterhead import letterhead
from app.documents.sheets import Language, SignOffSheet, Stroke
from app.estates.escalation import HANDED_OVER
from app.estates.models import Estate
from app.estates.queries import days_to_object
from app.issues.models import Issue
from app.issues.queries import issues_shown
from app.issues.rules import Cannot, State
from app.people.queries import departments, names
from app.signatures.messages import StatementText
from app.signatures.models import Signature, Statement
from app.signatures.queries import statement_of
from app.signatures.rules import SignerRole
from app.visits.models import Visit
from app.visits.queries import visits_by_id

_PHOTO_PIXELS = 640


def sign_off_sheet(
    visit: Visit, languages: tuple[Language, ...], *, printed_at: datetime, checked_at: Callable[[str], str]
) -> SignOffSheet:
    """
    The sheet of a visit, forms 1 and 11. `checked_at` makes the address of the verification from the statement's hash.

    Raises NotFound, code `document:nothing_signed`, for a visit without a statement. Only reads.
    """
    statement = statement_of(visit.id)
    if statement is None:
        raise NotFound("document:nothing_signed", _("Nothing was signed at this visit."))
    text = StatementText.model_validate_json(statement.text)

    return SignOffSheet(
        languages=languages,
        estate=_estate(visit, text, languages),
        number=text.visit.number,
        receipt=visit.receipt_number or "",
        unit=text.unit.label,
        date=text.visit.date,
        started_at=text.visit.started_at,
        method=text.visit.method,
        officer=text.officer.name,
        interviewee=sheets.Interviewee(text.interviewee.name, text.interviewee.relation),
        callbacks=tuple(_callback(shown) for shown in text.callbacks),
        issues=tuple(_issue(shown) for shown in text.issues),
        photos=_photos(visit, text),
        wishes=text.wishes,
        rating=text.rating,
        consent=text.consent.text,
        signatures=_signatures(visit, statement, text),
        progress=_progress(visit, text),
        statement=sheets.Statement(statement.text, statement.sha256, text.locale),
        surveys=surveyed(text),
        verification_url=checked_at(statement.sha256),
        printed_at=printed_at,
    )


def _estate(visit: Visit, text: StatementText, languages: tuple[Language, ...]) -> sheets.Estate:
    """Named as in what was signed, with no fewer days for an objection than were told then."""
    estate, signed = db.session.get_one(Estate, visit.estate_id), text.estate
    days = days_to_object(estate, visit.started_at)
    today = letterhead(estate, languages)
    return replace(today, name=signed.name, company=signed.company, phone=signed.phone, objection_days=days)


def _callback(shown: StatementText.CallbackShown) -> sheets.Callback:
    told = shown.told
    return sheets.Callback(
        number=shown.number,
        text=shown.text,
        round=shown.round,
        measure=shown.measure,
        answer=shown.answer,
        reason=shown.reason,
        told=told.what if told else "",
        words=told.words if told else "",
        for_now=told is not None and told.cannot == Cannot.FOR_NOW.value,
        from_on=_day(told.from_on if told else ""),
        to_on=_day(told.to_on if told else ""),
        on=_day(told.on if told else ""),
        done_on=_day(shown.done_on),
    )


def surveyed(text: StatementText) -> tuple[sheets.Surveyed, ...]:
    """What became of the sheets of surveys, as it stands in a statement."""
    return tuple(
        sheets.Surveyed(
            number=shown.number,
            title=shown.title,
            act=shown.act,
            purpose=shown.purpose,
            key_items=tuple(shown.key_items),
            collect_at=shown.collect_at or None,
            filled=shown.filled,
            signed_name=shown.signed_name,
            signed_relation=shown.signed_relation,
            asked=tuple(sheets.Asked(one.department, one.text, one.level) for one in shown.questions),
            opinions=tuple((one.department, one.text) for one in shown.opinions),
            overall=shown.overall,
            welcome=shown.callback_welcome,
            reason=shown.reason,
        )
        for shown in text.surveys
    )


def surveyed_at(visit: Visit) -> tuple[sheets.Surveyed, ...]:
    """The same of a visit; nothing where nothing was there to sign."""
    statement = statement_of(visit.id)
    return surveyed(StatementText.model_validate_json(statement.text)) if statement else ()


def _day(iso: str) -> date | None:
    return date.fromisoformat(iso) if iso else None


def _issue(shown: StatementText.IssueShown) -> sheets.Issue:
    return sheets.Issue(
        n=shown.n,
        text=shown.text,
        category=shown.category,
        department=shown.department,
        answered=shown.answered,
        answer=shown.answer,
        promised_on=_day(shown.promised_on),
        complaint=shown.complaint.grade if shown.complaint else "",
    )


def _photos(visit: Visit, text: StatementText) -> tuple[sheets.Photo, ...]:
    """The photos that the statement names, with those that have arrived."""
    lines = {issue.id: issue.n for issue in text.issues}
    kept = {(photo.subject_id, photo.sha256): photo for photo in blobs.photos_in(visit.id)}
    of_sheets = {shown.sheet_id for shown in text.surveys}
    photos = [
        (shown, _photo(lines.get(shown.issue_id, 0), shown.sha256, kept.get((shown.issue_id, shown.sha256))))
        for shown in text.photos
    ]
    return tuple(replace(photo, of_sheet=shown.issue_id in of_sheets) for shown, photo in photos)


def _photo(n: int, sha256: str, kept: KeptPhoto | None) -> sheets.Photo:
    arrived = kept is not None and kept.arrived_at is not None
    image = pictures.shown(blobs.read(sha256), _PHOTO_PIXELS) if arrived else None
    return sheets.Photo(n=n, sha256=sha256, image=image, arrived=arrived)


def signatures_at(visit: Visit) -> tuple[sheets.Signature, ...]:
    """Who signed at a visit, the owner first, or why not; nothing where nothing was there to sign."""
    statement = statement_of(visit.id)
    if statement is None:
        return ()
    return _signatures(visit, statement, StatementText.model_validate_json(statement.text))


def _signatures(visit: Visit, statement: Statement, text: StatementText) -> tuple[sheets.Signature, ...]:
    """The owner first: signed, or why not; then who else signed."""
    signed = tuple(signature_on_paper(kept, text) for kept in statement.signatures)
    if any(kept.role is SignerRole.OWNER for kept in statement.signatures):
        return signed
    return (_not_signed(visit, text), *signed)


def signature_on_paper(kept: Signature, text: StatementText) -> sheets.Signature:
    """A signature under a statement, with its ink."""
    is_witness = kept.role is SignerRole.WITNESS
    evidence = json.loads(kept.evidence)
    ink = evidence["ink"]
    return sheets.Signature(
        role=kept.role.value,
        signer=kept.signer_name,
        relation=kept.relation if is_witness or kept.role is SignerRole.OWNER else "",
        how=kept.how.value,
        signed_at=kept.signed_at,
        strokes=tuple(_stroke(stroke) for stroke in ink["strokes"]),
        canvas=(ink["canvas"]["width"], ink["canvas"]["height"]),
        pointer=ink["pointer"],
        witness=kept.witness,
        read_aloud=bool(evidence.get("read_aloud")),
        under=text.unsigned.words if is_witness and text.unsigned else "",
    )


def _stroke(points: list[list[int]]) -> Stroke:
    return tuple((x, y, pressure, ms) for x, y, pressure, ms in points)


def _not_signed(visit: Visit, text: StatementText) -> sheets.Signature:
    return sheets.Signature(
        role=SignerRole.OWNER.value,
        signer=text.interviewee.name,
        relation=text.interviewee.relation,
        how=visit.unsigned.value if visit.unsigned else "phone",
        signed_at=None,
        reason=visit.unsigned_note,
    )


def _progress(visit: Visit, text: StatementText) -> tuple[sheets.Progress, ...]:
    """How each issue of the sheet stands now: those called back on, then those raised."""
    called_back = [shown.issue_id for shown in text.callbacks if shown.issue_id]
    return progress_of(visit, [*called_back, *(shown.id for shown in text.issues)])


def progress_of(visit: Visit, issue_ids: Iterable[uuid.UUID]) -> tuple[sheets.Progress, ...]:
    """How these issues of the visit's unit stand now, and how they came there."""
    ids = list(dict.fromkeys(issue_ids))
    issues = {issue.id: issue for issue in issues_shown(ids).values() if issue.unit_id == visit.unit_id}
    lines = _lines_about(visit.estate_id, ids)
    known = known_to(visit.estate_id, issues, [line for about in lines.values() for line in about])
    return tuple(
        sheets.Progress(
            number=issue.number or "",
            text=issue.text,
            state=state_of(issue),
            settled=issue.state is State.CLOSED,
            round=issue.round,
            entries=entries(issue, lines[issue.id], known),
        )
        for issue in (issues[issue_id] for issue_id in ids if issue_id in issues)
    )


def _lines_about(estate_id: uuid.UUID, ids: list[uuid.UUID]) -> dict[uuid.UUID, list[JournalLine]]:
    """Id → the journal's lines, oldest first."""
    found = sa.select(JournalLine).where(JournalLine.stream == estate_id, JournalLine.subject_id.in_(ids))
    lines: dict[uuid.UUID, list[JournalLine]] = {subject_id: [] for subject_id in ids}
    for line in db.session.scalars(found.order_by(JournalLine.seq)):
        lines[line.subject_id].append(line)
    return lines


def known_to(estate_id: uuid.UUID, issues: dict[uuid.UUID, Issue], lines: list[JournalLine]) -> Known:
    """What the ids in these lines mean, of these issues."""
    staff = {line.staff_id for line in lines if line.staff_id}
    staff |= _named(lines, "responsible", "assignee", "about")
    staff |= {uuid.UUID(line.data["from"]) for line in lines if line.kind == HANDED_OVER}
    visits = {issue.visit_id for issue in issues.values() if issue.visit_id}
    return Known(
        staff=names(staff),
        departments={department.id: department for department in departments(estate_id)},
        visits=visits_by_id(visits | _named(lines, "visit")),
        numbers={one.id: one.number or "" for one in issues_shown(_named(lines, "into", "with")).values()},
    )


def _named(lines: list[JournalLine], *keys: str) -> set[uuid.UUID]:
    return {uuid.UUID(line.data[key]) for line in lines for key in keys if line.data.get(key)}
