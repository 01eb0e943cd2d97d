"""Issues as an archive tells them: everything of their rectification, with the photos of the work."""

from collections.abc import Iterable

from app.core import blobs, journal
from app.core.blobs import Photo
from app.core.clock import isoformat
from app.core.db import db
from app.documents.archive.archive_format import Absent
from app.documents.archive.matter import Fact, Facts, Matter, Shown, number_of, same
from app.documents.history import entries, state_of
from app.documents.queries import known_to
from app.documents.sheets import Bilingual
from app.documents.words import both as _
from app.estates.models import Estate
from app.issues.liability import Covered
from app.issues.models import Issue
from app.issues.progress import WorkPhoto, work_photos
from app.issues.rules import Urgency
from app.people.models import Department
from app.people.queries import names
from app.surveys.opinions import source_of
from app.visits.models import Inspection, Visit
from app.visits.words import headline


def tell_issue(issue: Issue, estate: Estate, path: Bilingual) -> Matter:
    """An issue. `path`: its category, with the one above. Only reads."""
    facts, number = Facts(estate.time_zone), number_of(issue.number, issue.id)
    lines = journal.history(issue.id)
    if issue.complaint is not None:
        lines = sorted([*lines, *journal.history(issue.complaint.id)], key=lambda line: line.seq)
    told = entries(issue, lines, known_to(issue.estate_id, {issue.id: issue}, lines), inside=True)
    raised, work = blobs.photos_of(issue.id), work_photos(issue.id)
    return Matter(
        type="issue",
        id=str(issue.id),
        number=number,
        at=issue.raised_at,
        where=Bilingual(issue.where("zh"), issue.where("en")),
        about=same(headline(issue.text)),
        who=issue.officer.name,
        state=state_of(issue),
        facts=tuple(_facts(issue, facts, path)),
        history=tuple(
            facts.happened(one.at, one.what, who=one.who, note=one.note, detail=one.detail, round_=one.round)
            for one in told
        ),
        photos=tuple(_shown(raised, work)),
        here=tuple(dict.fromkeys((*arrived(raised), *(photo.sha256 for photo in work)))),
        absent=on_their_way(number, raised),
    )


def _facts(issue: Issue, facts: Facts, path: Bilingual) -> Iterable[Fact]:
    yield from facts.said("text", _("What was said"), issue.text)
    yield from facts.said("raised_by", _("Raised by"), issue.raised_by if issue.owned else "")
    yield from facts.when("raised_at", _("Raised on"), issue.raised_at)
    yield from facts.said("record", _("Record it comes from"), _record_of(issue))
    yield from facts.said("category", _("Category"), path, issue.category.code)
    yield from facts.said("urgency", _("Urgency"), _urgency(issue.urgency), issue.urgency.value)
    if issue.complaint is not None:
        yield from facts.said("complaint", _("Complaint"), issue.complaint.number)
    yield from facts.said("answer", _("Answered on the spot"), issue.answer)
    yield from facts.said("promised_on", _("Promised by"), issue.promised_on)
    if issue.warranty is not None:
        yield from facts.said("warranty", _("Warranty"), _covered(issue.warranty), issue.warranty.value)
    yield from facts.said("department", _("With"), _named(issue.department))
    yield from facts.said("measure", _("Measure"), issue.measure)
    yield from facts.said("method", _("How it is done"), issue.method)
    yield from facts.said("responsible", _("Responsible person"), issue.responsible.name if issue.responsible else "")
    yield from facts.said("due_on", _("To be done by"), issue.due_on)
    yield from facts.when("rectified_at", _("Reported as rectified on"), issue.rectified_at)
    yield from facts.said("state", _("How it stands"), state_of(issue), issue.state.value)
    yield from facts.said("round", _("Round"), issue.round)
    yield from facts.when("closed_at", _("Ended on"), issue.closed_at)


def _record_of(issue: Issue) -> str:
    """The number of the visit, the inspection or the sheet of a survey that it came from."""
    if source := source_of(issue):
        return source.sheet.number
    record = db.session.get(Visit, issue.visit_id) if issue.visit_id else None
    noticed = db.session.get(Inspection, issue.inspection_id) if issue.inspection_id else None
    of = record or noticed
    return (of.receipt_number or of.number) if of else ""


def _named(department: Department | None) -> Bilingual:
    return Bilingual(department.name("zh"), department.name("en")) if department else same("")


def _urgency(urgency: Urgency) -> Bilingual:
    return {Urgency.URGENT: _("Urgent"), Urgency.ORDINARY: _("Ordinary"), Urgency.MAJOR: _("Major work")}[urgency]


def _covered(covered: Covered) -> Bilingual:
    return {
        Covered.WITHIN: _("Within the warranty"),
        Covered.AFTER: _("After the warranty"),
        Covered.UNKNOWN: _("Liability unknown: no handover date"),
    }[covered]


# --- photos ---


def _shown(raised: list[Photo], work: list[WorkPhoto]) -> Iterable[Shown]:
    """What was shown when it was raised, then the work, in the order in which it came."""
    yield from (Shown(photo.sha256, "raised", 1, "", "") for photo in raised)
    known = names({photo.staff_id for photo in work if photo.staff_id})
    for photo in work:
        who = known.get(photo.staff_id, "") if photo.staff_id else ""
        yield Shown(photo.sha256, photo.stage.value, photo.round, isoformat(photo.at), who)


def on_their_way(number: str, photos: list[Photo]) -> tuple[Absent, ...]:
    """Those that are still on the tablet."""
    return tuple(
        Absent(of=number, what=photo.sha256, why="photo:on_its_way") for photo in photos if photo.arrived_at is None
    )


def arrived(photos: Iterable[Photo]) -> tuple[str, ...]:
    """The SHA-256 of those that have arrived."""
    return tuple(dict.fromkeys(photo.sha256 for photo in photos if photo.arrived_at is not None))
