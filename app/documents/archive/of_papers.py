"""The office's papers as an archive tells them: complaints, plans with each version, special visits, batches, lists."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.agenda.rules import EVERY_CALLBACK, TaskState
from app.approvals.models import Review, ReviewAct
from app.approvals.queries import review_of
from app.approvals.rules import Duty, Move
from app.core import journal
from app.core.clock import local_date
from app.core.db import db
from app.documents.archive.matter import Fact, Facts, Happened, Matter, joined, number_of, same
from app.documents.archive.of_records import method_words, outcome_words
from app.documents.archive.periods import Days
from app.documents.history import grade_words
from app.documents.sheets import Bilingual, Language, Sheet
from app.documents.sheets_of.calls_sheet import calls_sheet
from app.documents.sheets_of.complaint_record import complaint_sheet
from app.documents.sheets_of.order_sheets import register_sheet
from app.documents.sheets_of.plan_sheet import plan_sheet
from app.documents.sheets_of.year_sheet import signed_year_sheet
from app.documents.words import both as _
from app.estates.masking import masked
from app.estates.models import Estate
from app.issues.complaint_rules import Standing
from app.issues.models import Complaint
from app.people.queries import names
from app.repairs.models import WorkOrder
from app.reports.models import YearReport
from app.visits.amending import Change
from app.visits.calls import calls_between
from app.visits.figures import due_in
from app.visits.models import Batch, BatchLineAct, Plan, SpecialVisit
from app.visits.ordered import OrderedHome, homes_of
from app.visits.rules import LineMove, LineState
from app.visits.versions import Changed, changes_in, versions_of
from app.visits.words import headline


@dataclass(frozen=True)
class Printed:
    """How the papers of an archive are printed."""

    languages: tuple[Language, ...]
    at: datetime


def tell_complaint(complaint: Complaint, estate: Estate, printed: Printed) -> Matter:
    """A complaint with its record, form 6 (V46); its course stands with its issue. Only reads."""
    facts, issue = Facts(estate.time_zone), complaint.issue
    standing, grade, said = _standing(complaint.standing), grade_words(complaint.grade.value), headline(issue.text)
    return Matter(
        type="complaint",
        id=str(complaint.id),
        number=number_of(complaint.number, complaint.id),
        at=complaint.received_at,
        where=Bilingual(issue.where("zh"), issue.where("en")),
        about=Bilingual(f"{said} · {grade.zh}", f"{said} · {grade.en}"),
        who=complaint.receiver.name,
        state=standing,
        facts=(
            *facts.said("text", _("What was said"), issue.text),
            *facts.said("issue", _("Issue"), issue.number),
            *facts.said("grade", _("Grade"), grade, complaint.grade.value),
            *facts.when("received_at", _("Received on"), complaint.received_at),
            *facts.said("standing", _("How it stands"), standing, complaint.standing.value),
        ),
        sheet=complaint_sheet(complaint, printed.languages, contact=masked, printed_at=printed.at),
        paper="complaint-record.pdf",
    )


def _standing(standing: Standing) -> Bilingual:
    return {
        Standing.RECEIVED: _("First response to give"),
        Standing.RESPONDED: _("Being handled"),
        Standing.HANDLED: _("Handled, to be called back"),
        Standing.TO_REVIEW: _("To be reviewed"),
        Standing.REVIEWED: _("Complaint reviewed"),
        Standing.TURNED_BACK: _("Turned back into an issue"),
    }[standing]


# --- plans ---


def tell_plan(plan: Plan, estate: Estate, printed: Printed) -> Matter:
    """A month's plan, form 9: who drew it up, reviewed, approved and filed it and each change of it (V44)."""
    facts, sheet = Facts(estate.time_zone), plan_sheet(plan, printed.languages, printed_at=printed.at)
    history = [*course(facts, review_of(plan.id))]
    for amendment in reversed(versions_of(plan)):
        history += course(facts, review_of(amendment.id), _("Version %(n)s", n=amendment.version))
        for changed in changes_in(amendment):
            at = amendment.filed_at or amendment.made_at
            what, note = _changed(changed), changed.row.reason
            history.append(facts.happened(at, what, who=amendment.made_by.name, note=note))
    return Matter(
        type="plan",
        id=str(plan.id),
        number=f"JH-{plan.month[2:4]}{plan.month[5:]}",
        at=plan.made_at,
        where=same(""),
        about=_("Plan %(month)s", month=plan.month),
        who=plan.made_by.name,
        state=_("%(n)s of %(total)s visited", n=sheet.done, total=sheet.households),
        facts=(
            *facts.said("month", _("Month"), plan.month),
            *facts.said("version", _("Version"), plan.version),
            *facts.said("homes", _("Homes planned"), sheet.households),
            *facts.said("done", _("Homes visited"), str(sheet.done)),
        ),
        history=tuple(history),
        sheet=sheet,
        paper="plan.pdf",
    )


def course(
    facts: Facts, review: Review | None, of: Bilingual | None = None, filed: Bilingual | None = None
) -> Iterable[Happened]:
    """Every act of a chain, oldest first. `of`: the version that it is about; `filed`: what its last act archived."""
    for act in review.acts if review else ():
        detail = filed if act.duty is Duty.ARCHIVE and act.move is Move.HAND_ON else of
        yield facts.happened(act.at, _act(act), who=act.by.name, note=act.note, detail=detail, round_=act.round)


def _act(act: ReviewAct) -> Bilingual:
    done = {
        Duty.REVIEW: _("Reviewed"),
        Duty.SIGN: _("Reviewed and signed"),
        Duty.APPROVE: _("Approved"),
        Duty.FILE: _("Filed"),
        Duty.ARCHIVE: _("Archived"),
        Duty.ASSESS: _("Assessed"),
    }
    moves = {Move.SUBMIT: _("Handed in"), Move.SEND_BACK: _("Sent back"), Move.TAKE_BACK: _("Taken back")}
    return done[act.duty] if act.duty and act.move is Move.HAND_ON else moves.get(act.move, _("Handed on"))


def _changed(changed: Changed) -> Bilingual:
    words = {Change.ADDED: _("Added"), Change.DROPPED: _("Taken out"), Change.CHANGED: _("Changed")}
    terms = changed.row.new or changed.row.old
    told = [words[changed.change], same(changed.unit.short), same(terms.due_on.isoformat() if terms else "")]
    return joined([*told, _("fell away") if changed.fell_away else same("")])


# --- special visits ---


def tell_special(special: SpecialVisit, estate: Estate, _printed: Printed) -> Matter:
    """An order to visit some homes about one thing, and what became of each home."""
    facts, homes = Facts(estate.time_zone), homes_of(special)
    met = sum(home.task.state is TaskState.DONE for home in homes)
    happened = (*_adjusted(facts, special), *(_home(facts, home) for home in homes))
    still = [home for home in homes if home.task.state is not TaskState.CANCELLED]
    return Matter(
        type="special",
        id=str(special.id),
        number=str(special.id),
        at=special.ordered_at,
        where=same(""),
        about=same(special.title),
        who=special.ordered_by.name,
        state=_("Withdrawn") if special.withdrawn_at else _("%(n)s of %(total)s visited", n=met, total=len(still)),
        facts=(
            *facts.said("title", _("What it is about"), special.title),
            *facts.said("ask", _("What is to be asked and told"), special.ask),
            *facts.said("ordered_by", _("Ordered by"), special.ordered_by.name),
            *facts.said("required_by", _("Asked for by"), special.required_by.name if special.required_by else ""),
            *facts.when("ordered_at", _("Ordered on"), special.ordered_at),
            *facts.said("due_on", _("To be done by"), special.due_on),
            *facts.said("method", _("Method"), method_words(special.method), special.method.value),
            *facts.said("homes", _("Homes planned"), len(still)),
            *facts.said("met", _("Homes visited"), str(met)),
        ),
        history=tuple(sorted(happened, key=lambda line: line.at)),
    )


def _adjusted(facts: Facts, special: SpecialVisit) -> Iterable[Happened]:
    """The order, and each change of it with its reason."""
    lines = journal.history(special.id)
    who = names({line.staff_id for line in lines if line.staff_id})
    words = {
        "special:ordered": _("Special visit ordered"),
        "special:given": _("Given to another officer"),
        "special:put_off": _("Put off"),
        "special:withdrawn": _("Withdrawn"),
    }
    for line in lines:
        homes = _("Homes: %(n)s", n=line.data["homes"]) if isinstance(line.data.get("homes"), int) else None
        by = who.get(line.staff_id, "") if line.staff_id else ""
        what = words.get(line.kind, same(line.kind))
        yield facts.happened(line.at, what, who=by, note=line.data.get("reason", ""), detail=homes)


def _home(facts: Facts, home: OrderedHome) -> Happened:
    task = home.task
    states = {TaskState.DUE: _("Still due"), TaskState.DONE: _("Has been visited"), TaskState.CANCELLED: _("Withdrawn")}
    tries = joined(outcome_words(outcome) for outcome in home.tries)
    unit, state = task.unit.short, states[task.state]
    what = Bilingual(f"{unit} · {state.zh}", f"{unit} · {state.en}")
    return facts.happened(task.done_at or task.made_at, what, who=task.assignee.name, detail=tries)


# --- batches of records ---


def tell_batch(batch: Batch, estate: Estate, _printed: Printed) -> Matter:
    """Records that were handed up together, and what everybody who read them did and wrote (R14 to R16)."""
    facts, review = Facts(estate.time_zone), review_of(batch.id)
    lines = sorted(
        (line for line in batch.lines if line.state is not LineState.OUT), key=lambda line: line.visit.started_at
    )
    numbers = {line.id: line.visit.receipt_number or line.visit.number for line in lines}
    acts = _acts_of(numbers)
    filed = _("Records: %(n)s", n=sum(act.move is LineMove.ARCHIVE for act in acts))
    told = [*course(facts, review, filed=filed), *_beside(facts, numbers, acts)]
    return Matter(
        type="batch",
        id=str(batch.id),
        number=number_of(batch.number, batch.id),
        at=batch.made_at,
        where=same(""),
        about=same(batch.summary or batch.officer.name),
        who=batch.officer.name,
        state=_("Archived") if batch.archived_at else _("On its way through the office"),
        facts=(
            *facts.said("summary", _("Summary"), batch.summary),
            *facts.said("officer", _("Officer"), batch.officer.name),
            *facts.said("records", _("Records"), ", ".join(numbers.values())),
            *facts.when("archived_at", _("Archived on"), batch.archived_at),
        ),
        history=tuple(sorted(told, key=lambda line: line.at)),
    )


def _acts_of(lines: Iterable[uuid.UUID]) -> Sequence[BatchLineAct]:
    found = sa.select(BatchLineAct).where(BatchLineAct.line_id.in_(list(lines))).options(joinedload(BatchLineAct.by))
    return db.session.scalars(found.order_by(BatchLineAct.at, BatchLineAct.line_id, BatchLineAct.number)).all()


def _beside(facts: Facts, numbers: dict[uuid.UUID, str], acts: Iterable[BatchLineAct]) -> Iterable[Happened]:
    """What was done with single records of a batch, and written beside them; its last act archives them all at once."""
    words = {
        LineMove.TAKE_OUT: _("Taken out"),
        LineMove.PUT_IN: _("Put in"),
        LineMove.REMARK: _("Remark"),
        LineMove.SEND_BACK: _("Sent back"),
        LineMove.MEND: _("Mended"),
        LineMove.SETTLE: _("Settled"),
    }
    for act in acts:
        if act.move is LineMove.ARCHIVE:
            continue
        number = same(numbers[act.line_id])
        yield facts.happened(act.at, words[act.move], who=act.by.name, note=act.note, detail=number)


def tell_year(report: YearReport, estate: Estate, printed: Printed) -> Matter:
    """A year's statistics as they were handed up, form 10, and what manager and executive said (R17 to R19)."""
    facts = Facts(estate.time_zone)
    return Matter(
        type="year",
        id=str(report.id),
        number=f"TJ-{report.year}",
        at=report.counted_at,
        where=same(""),
        about=_("Statistics of %(year)s", year=report.year),
        who=report.made_by.name,
        state=_("Assessed") if report.assessed_at else _("On its way through the office"),
        facts=(
            *facts.said("year", _("Year"), str(report.year)),
            *facts.said("summary", _("What the year comes to"), report.summary),
            *facts.when("assessed_at", _("Assessed on"), report.assessed_at),
        ),
        history=tuple(course(facts, review_of(report.id))),
        sheet=signed_year_sheet(estate, report, printed.languages, printed_at=printed.at),
        paper="statistics.pdf",
    )


# --- lists of a month ---


def tell_calls(month: Days, estate: Estate, printed: Printed) -> Matter:
    """The calls of a month, or of its days in the period: form 2."""
    name, (begin, end) = f"{month.first:%Y-%m}", month.moments(estate.time_zone)
    calls = calls_between(estate, begin, end)
    days, today = (month.first, month.last + timedelta(days=1)), local_date(printed.at, estate.time_zone)
    due = due_in(estate.id, EVERY_CALLBACK, days, today, estate.time_zone)
    sheet = calls_sheet(estate, name, calls, due, printed.languages, officer="", phone=masked, printed_at=printed.at)
    return _list(
        "calls",
        begin,
        _("Phone callbacks of %(month)s", month=name),
        len(calls),
        replace(sheet, number=f"DH-{month.first:%y%m}"),
    )


def tell_register(month: Days, estate: Estate, printed: Printed) -> Matter:
    """The work orders that were reported in a month, or on its days in the period: the register of form 8 (R20)."""
    name, (begin, end) = f"{month.first:%Y-%m}", month.moments(estate.time_zone)
    found = sa.select(WorkOrder).where(WorkOrder.estate_id == estate.id)
    found = found.where(WorkOrder.reported_at >= begin, WorkOrder.reported_at < end)
    orders = db.session.scalars(found.order_by(WorkOrder.reported_at, WorkOrder.id)).all()
    sheet = register_sheet(
        estate, orders, printed.languages, phone=masked, filters=(), cut=False, printed_at=printed.at
    )
    return _list(
        "register",
        begin,
        _("Work orders of %(month)s", month=name),
        len(orders),
        replace(sheet, number=f"DJ-{month.first:%y%m}"),
    )


def _list(type_: str, at: datetime, about: Bilingual, lines: int, sheet: Sheet) -> Matter:
    count = _("In all: %(n)s", n=lines)
    return Matter(
        type=type_,
        id=sheet.number,
        number=sheet.number,
        at=at,
        where=same(""),
        about=about,
        who="",
        state=count,
        facts=(Fact("lines", _("Lines"), same(str(lines))),),
        sheet=sheet,
        paper=f"{type_}.pdf",
    )
