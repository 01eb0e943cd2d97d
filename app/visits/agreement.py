"""Whether a visit still says what was signed: the record as it is kept now against its frozen statement."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from app.core import blobs, journal
from app.core.db import db
from app.core.ids import derived_id
from app.issues.models import Issue, OwnerAnswer
from app.repairs.models import WorkOrderAnswer
from app.signatures.messages import StatementText
from app.signatures.queries import statement_of
from app.signatures.rules import SignerRole, sha256_hex
from app.surveys.models import SurveySheet
from app.surveys.queries import sheets_by_id
from app.visits.models import Visit
from app.visits.rules import Method, SheetAct


class RecordPart(enum.Enum):
    """What of a record can differ from what was signed."""

    VISIT = "visit"
    ISSUE = "issue"
    CALLBACK = "callback"
    PHOTO = "photo"
    SURVEY = "survey"
    WORDS = "words"
    SIGNATURE = "signature"


@dataclass(frozen=True)
class Difference:
    """`n`: which issue, callback, survey or photo of the statement, from 1; 0 for the visit itself."""

    part: RecordPart
    n: int = 0


def what_differs(visit: Visit, signed: StatementText) -> list[Difference]:
    """Everything in which the kept record is not what was signed. What came of an issue later is no difference."""
    about_each = (_visit, _issues, _callbacks, _surveys, _photos)
    found = [difference for of_each in about_each for difference in of_each(visit, signed)]
    return found if _is_signed(visit) else [*found, Difference(RecordPart.SIGNATURE)]


def _visit(visit: Visit, signed: StatementText) -> Iterator[Difference]:
    if _facts(visit) != _facts_shown(signed):
        yield Difference(RecordPart.VISIT)
    if (visit.wishes, visit.rating.value) != (signed.wishes, signed.rating):
        yield Difference(RecordPart.WORDS)


def _is_signed(visit: Visit) -> bool:
    """Whether everybody's signature is there that the record says was given."""
    statement = statement_of(visit.id)
    given = {signature.role for signature in statement.signatures} if statement else set()
    owner = {SignerRole.OWNER} if visit.method is Method.DOOR and visit.unsigned is None else set()
    return given >= {SignerRole.OFFICER} | owner


def _facts(visit: Visit) -> tuple[object, ...]:
    where = (visit.id, visit.unit_id, visit.estate_id, visit.number, visit.method.value, visit.started_at)
    return (*where, visit.officer_id, visit.interviewee_name, visit.interviewee_relation.value)


def _facts_shown(signed: StatementText) -> tuple[object, ...]:
    shown, met = signed.visit, signed.interviewee
    where = (shown.id, signed.unit.id, signed.estate.id, shown.number, shown.method, shown.started_at)
    return (*where, signed.officer.id, met.name, met.relation)


def _issues(visit: Visit, signed: StatementText) -> Iterator[Difference]:
    named = sa.select(Issue).where(Issue.id.in_([shown.id for shown in signed.issues]))
    kept = {issue.id: issue for issue in db.session.scalars(named)}
    for shown in signed.issues:
        issue = kept.get(shown.id)
        wanted = (visit.id, visit.unit_id, shown.text, shown.promised_on, shown.answer if shown.answered else "")
        if issue is None or _raised(issue, answered=shown.answered) != wanted:
            yield Difference(RecordPart.ISSUE, shown.n)
    raised_there = db.session.scalars(sa.select(Issue.id).where(Issue.visit_id == visit.id))
    if set(raised_there) - {shown.id for shown in signed.issues}:
        yield Difference(RecordPart.VISIT)


def _raised(issue: Issue, *, answered: bool) -> tuple[object, ...]:
    """What was raised, as it stood that day."""
    promised = issue.promised_on.isoformat() if issue.promised_on else ""
    return (issue.visit_id, issue.unit_id, issue.text, promised, issue.answer if answered else "")


def _callbacks(visit: Visit, signed: StatementText) -> Iterator[Difference]:
    about_issues = sa.select(OwnerAnswer).where(OwnerAnswer.visit_id == visit.id)
    about_orders = sa.select(WorkOrderAnswer).where(WorkOrderAnswer.visit_id == visit.id)
    kept = {(one.issue_id, one.round, one.answer.value, one.reason) for one in db.session.scalars(about_issues)}
    kept |= {(one.order_id, one.round, one.answer.value, one.reason) for one in db.session.scalars(about_orders)}
    for n, shown in enumerate(signed.callbacks, start=1):
        about = shown.issue_id or shown.order_id
        wanted = {(about, shown.round, shown.answer, reason) for reason in (shown.reason, shown.reason.strip())}
        if not wanted & kept:
            yield Difference(RecordPart.CALLBACK, n)


def _surveys(visit: Visit, signed: StatementText) -> Iterator[Difference]:
    """What a sheet that this visit moved says of itself. One that it could not move any more says another's."""
    if not signed.surveys:
        return
    kept = sheets_by_id(shown.sheet_id for shown in signed.surveys)
    for n, shown in enumerate(signed.surveys, start=1):
        if not journal.happened(derived_id(visit.operation_id, shown.sheet_id, shown.act)):
            continue
        sheet = kept.get(shown.sheet_id)
        if sheet is None or sheet.number != shown.number or not _sheet_says(sheet, visit, shown):
            yield Difference(RecordPart.SURVEY, n)


def _sheet_says(sheet: SurveySheet, visit: Visit, shown: StatementText.SurveyShown) -> bool:
    """What was answered never changes; who took it stands until it is handed out once more after it was declined."""
    if shown.act == SheetAct.HANDED_OUT.value and sheet.handed_out_visit_id == visit.id:
        taken = (sheet.receipt_name, sheet.receipt_relation)
        return taken == (visit.interviewee_name, visit.interviewee_relation.value)
    if shown.act != SheetAct.COLLECTED.value:
        return True
    welcome = {None: "", True: "yes", False: "no"}[sheet.callback_welcome]
    said = (sheet.visit_id, sheet.filled.value if sheet.filled else "", sheet.relation, welcome)
    levels = {str(one.id): one.level for one in shown.questions if one.level}
    opinions = {str(one.department_id): one.text.strip() for one in shown.opinions if one.text.strip()}
    overall = sheet.overall.value if sheet.overall else ""
    relation = shown.signed_relation or visit.interviewee_relation.value
    wanted = (visit.id, shown.filled, relation, shown.callback_welcome, shown.overall, levels, opinions)
    return (*said, overall, sheet.levels, sheet.opinions) == wanted


def _photos(visit: Visit, signed: StatementText) -> Iterator[Difference]:
    """A photo that is still on its way is none that differs."""
    kept = {photo.sha256: photo.arrived_at is not None for photo in blobs.photos_in(visit.id)}
    for n, shown in enumerate(signed.photos, start=1):
        if shown.sha256 not in kept or (kept[shown.sha256] and not _is_itself(shown.sha256)):
            yield Difference(RecordPart.PHOTO, n)


def _is_itself(sha256: str) -> bool:
    """Whether the picture of this name is here and still the one."""
    try:
        return sha256_hex(blobs.read(sha256)) == sha256
    except FileNotFoundError:
        return False
