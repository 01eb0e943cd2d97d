"""The first page: what waits for me."""

import uuid
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import render_template, url_for

from app.agenda.rules import EVERY_CALLBACK
from app.approvals.actions import MEND, WAITS
from app.approvals.queries import review_of
from app.approvals.rules import Duty, Paper
from app.core import waits
from app.core.clock import now
from app.core.db import db
from app.core.errors import Words
from app.core.i18n import current_locale, lazy_
from app.core.waits import FETCH, Wait
from app.estates.corrections import DECIDE as DECIDE_CORRECTION
from app.estates.file_queries import corrections_by_id
from app.estates.households import vacant_units
from app.estates.lived_in import SAY_WHO_LIVES_THERE
from app.estates.models import FileCorrection, Unit
from app.estates.queries import homes_by_id
from app.issues import complaints
from app.issues.ageing import ages
from app.issues.deferring import deferrals_by_id
from app.issues.models import Complaint, Issue
from app.issues.moving import ACCEPT, AGREE, CALL_BACK, DECIDE, EXPLAIN, RECTIFY, ROUTE, TELL, VERIFY
from app.issues.queries import Wanted, count_issues, issues_shown
from app.issues.report_rules import READ, READ_BY_COMPANY, RESULT, TAKE_UP
from app.issues.reported import issues_about
from app.office.asked import Choice, ListOf, Option
from app.office.door import estate_id, me, office, waiting_by_act
from app.office.first_page.ageing import ROUNDS, ageing, where_with
from app.office.first_page.department_desk import department_desk, stands_at_a_department
from app.office.first_page.elsewhere import holders_of, told_to_me
from app.office.first_page.first_steps import first_steps
from app.office.issue_pages.issues import IN_THIS_YEAR, INTO_THIS_YEAR, category_paths, year_began
from app.office.listing import PAGE_ROWS, Page, asked_of, first_row, listing
from app.office.made import KINDS, Made, made_by_id
from app.office.moments import When
from app.office.owner_pages.file_words import whose
from app.office.plan_pages.plans import progress_this_month
from app.office.survey_pages.in_the_inbox import FOLLOWS, Follows, follows
from app.office.survey_pages.over_lately import over_lately
from app.office.visit_pages.batch_page import left_to_another
from app.office.visit_pages.records import Row as KeptRow
from app.office.visit_pages.records import rows_of
from app.office.words import GRADES, OWED, headline, title_of
from app.people.access import may
from app.people.queries import departments
from app.people.rules import Act
from app.repairs.models import WorkOrder
from app.repairs.moving import CALL_BACK as ORDER_CALL_BACK
from app.repairs.moving import DISPATCH, FINISH, REWORK
from app.repairs.queries import orders_shown
from app.reports.models import YearReport
from app.reports.queries import reports_by_id, year_owed
from app.surveys.models import Survey
from app.surveys.progress import not_handed_up, survey_owed
from app.surveys.queries import results_by_id
from app.sync.keeping import DECIDE as DECIDE_RECORD
from app.sync.kept import kept_by_id
from app.visits.batches import MEND as MEND_RECORD
from app.visits.figures import due_in, households_met, judged
from app.visits.gathered import batches_by_id, lines_by_id
from app.visits.judging import Judged
from app.visits.models import Batch, BatchLine, Plan, PlanAmendment
from app.visits.queries import plans_by_id
from app.visits.versions import amendments_by_id

ACTS: dict[str, tuple[Words, Words, str]] = {
    TAKE_UP: (lazy_("Reported up"), lazy_("Take it up"), "#take-up"),
    ROUTE: (lazy_("To route"), lazy_("Choose the department"), "#route"),
    ACCEPT: (lazy_("To accept"), lazy_("Accept and settle"), "#accept"),
    RECTIFY: (lazy_("To rectify"), lazy_("Report rectified"), "#rectified"),
    CALL_BACK: (lazy_("To call back"), lazy_("Look at it"), ""),
    VERIFY: (lazy_("To be verified"), lazy_("Verify or send back"), ""),
    AGREE: (lazy_("Dates to agree to"), lazy_("Agree or keep the date"), "#agree"),
    TELL: (lazy_("New dates to tell"), lazy_("Tell the owner"), "#tell"),
    EXPLAIN: (lazy_("To explain"), lazy_("Explain to the owner"), "#explained"),
    DECIDE: (lazy_("Liability to decide"), lazy_("Decide"), "#decide"),
    DECIDE_RECORD: (lazy_("Records to check"), lazy_("Look at it"), ""),
    RESULT: (lazy_("Results to report"), lazy_("Report the result"), "#result"),
    READ: (lazy_("Results to read"), lazy_("Read it"), "#results"),
    READ_BY_COMPANY: (lazy_("Results to read"), lazy_("Read it"), "#results"),
    complaints.RESPOND: (lazy_("Complaints to respond to"), lazy_("Give the first response"), "#complaint-respond"),
    complaints.REVIEW: (lazy_("Complaints to review"), lazy_("Review the complaint"), "#complaint-review"),
    DISPATCH: (lazy_("Orders to dispatch"), lazy_("Dispatch"), "#dispatch"),
    REWORK: (lazy_("Orders to rework"), lazy_("Report finished"), "#finish"),
    FINISH: (lazy_("Orders to finish"), lazy_("Report finished"), "#finish"),
    ORDER_CALL_BACK: (lazy_("Orders to call back"), lazy_("Look at it"), ""),
    DECIDE_CORRECTION: (lazy_("Corrections of owner files"), lazy_("Accept or refuse"), ""),
    SAY_WHO_LIVES_THERE: (lazy_("Let, without a tenant"), lazy_("Say who lives there"), "#who-lives-there"),
    WAITS[Duty.REVIEW]: (lazy_("To review"), lazy_("Read and review"), ""),
    WAITS[Duty.APPROVE]: (lazy_("To approve"), lazy_("Read and approve"), ""),
    WAITS[Duty.FILE]: (lazy_("To file"), lazy_("File and put to work"), "#pass"),
    WAITS[Duty.SIGN]: (lazy_("To review and sign"), lazy_("Read and sign"), ""),
    WAITS[Duty.ARCHIVE]: (lazy_("To archive"), lazy_("Archive"), "#pass"),
    WAITS[Duty.ASSESS]: (lazy_("To assess"), lazy_("Read and assess"), ""),
    **FOLLOWS,
    MEND: (lazy_("Sent back"), lazy_("Put right"), ""),
    MEND_RECORD: (lazy_("Records sent back"), lazy_("Add what is missing"), ""),
    FETCH: (lazy_("Made for you"), lazy_("Look at it"), ""),
}
"""What waits → the words of its count, of its button, where on the page the act stands."""


_OVERDUE_SHOWN = 8


@dataclass(frozen=True)
class Row:
    """One thing that waits, whatever it is; since when, until when, and the act as its button.

    `left_to_another`: it waits for a function of whoever looks, but a colleague does it.
    """

    wait: Wait
    act: Words
    url: str
    issue: Issue | None = None
    record: KeptRow | None = None
    plan: Plan | None = None
    batch: Batch | None = None
    left_to_another: bool = False
    line: BatchLine | None = None
    correction: FileCorrection | None = None
    home: Unit | None = None
    amendment: PlanAmendment | None = None
    order: WorkOrder | None = None
    made: Made | None = None
    year: YearReport | None = None
    follows: Follows | None = None
    survey: Survey | None = None


@dataclass(frozen=True)
class Count:
    """How much waits of one kind, how much of it late; where it stands alone, and whether it does so now."""

    words: Words
    number: int
    late: int
    url: str
    current: bool


@dataclass(frozen=True)
class Quarter:
    """This quarter in counts (policy, section 4): part and whole beside each other."""

    met: int
    households: int
    vacant: int
    in_time: int
    callbacks: int
    judged: Judged


INBOX: ListOf[Row] = ListOf(
    name="inbox",
    title=lazy_("My inbox"),
    columns=(),
    filters=(Choice("what", lazy_("Act"), lambda: [Option(what, said[0]) for what, said in ACTS.items()]),),
    usual=lambda _asked: "",
)


@office.get("/")
@may(Act.SEE_ESTATE)
def inbox() -> str:
    """Counts, then one list in the order to act."""
    here, when, asked = me(), When(me().estate.time_zone, now()), asked_of(INBOX)
    if stands_at_a_department(here) and not asked.get("what"):
        return department_desk(when, {what: said[0] for what, said in ACTS.items()})
    counted = waiting_by_act()
    waiting = waits.inbox(estate_id(), here.holders, what=asked.get("what"), start=asked.start, count=asked.size)
    elsewhere, overdue_elsewhere = told_to_me(0, _OVERDUE_SHOWN)
    rows = _rows([*waiting, *elsewhere])
    kinds = [asked.get("what")] if asked.get("what") else list(counted)
    page = Page(
        INBOX,
        asked,
        [rows[wait.id] for wait in waiting if wait.id in rows],
        sum(counted.get(what, (0, 0))[0] for what in kinds),
    )
    return render_template(
        "office/inbox.html",
        found=page,
        elsewhere=_elsewhere(elsewhere, rows),
        overdue_elsewhere=overdue_elsewhere,
        holders=holders_of(elsewhere),
        owes=owes,
        ageing=ageing(when.now) if here.may(Act.SEE_AGEING) else None,
        rounds=ROUNDS,
        carried=_carried(when) if here.may(Act.SEE_AGEING) else None,
        rows=page.rows,
        steps=first_steps(when),
        year_owed=year_owed(here.estate, when.today) if here.may(Act.HAND_UP_YEAR) else None,
        survey_owed=survey_owed(estate_id(), when.today) if here.may(Act.MAKE_SURVEY) else None,
        surveys_over_lately=over_lately(when),
        surveys_over=not_handed_up(estate_id(), when.today) if here.may(Act.MAKE_SURVEY) else [],
        counts=_counts(page, counted),
        all_of_it=sum(number for number, _late in counted.values()),
        category_paths=category_paths(),
        with_departments=None if here.may(Act.SEE_AGEING) else _with_departments(when.now),
        progress=progress_this_month() if here.may(Act.SEE_PLAN) else None,
        quarter=_quarter(when) if here.may(Act.SEE_VISITS) else None,
        titles=[title_of(role, here.estate) for role in here.titled],
        when=when,
        headline=headline,
        GRADES=GRADES,
        whose=whose,
    )


def _carried(when: When) -> list[tuple[Words, int, str]]:
    """What stood on the carry-over list as the year began, and what was put there since (R18)."""
    year = year_began(when)
    asked: tuple[tuple[Words, str, Wanted], ...] = (
        (lazy_("Carried into this year"), INTO_THIS_YEAR, Wanted(carried_at=year)),
        (lazy_("Put on the list this year"), IN_THIS_YEAR, Wanted(carried_since=year)),
    )
    return [
        (words, count_issues(estate_id(), wanted), url_for("office.issues", carried=name))
        for words, name, wanted in asked
    ]


@office.get("/overdue")
@may(Act.SEE_ESTATE)
def overdue() -> str:
    """All that is overdue with others and was told to whoever looks."""
    waiting, total = told_to_me(first_row(), PAGE_ROWS)
    return render_template(
        "office/overdue.html",
        found=listing((_elsewhere(waiting, _rows(waiting)), total)),
        holders=holders_of(waiting),
        owes=owes,
        when=When(me().estate.time_zone, now()),
        headline=headline,
        whose=whose,
    )


def _elsewhere(waiting: list[Wait], rows: dict[uuid.UUID, Row]) -> list[Row]:
    """A row for each, also for what whoever looks cannot open."""
    return [rows.get(wait.id) or Row(wait, ACTS[wait.what][1], "") for wait in waiting]


def owes(wait: Wait) -> Words:
    """What whoever holds it has to do."""
    return OWED.get(wait.what) or ACTS[wait.what][1]


def _rows(waiting: list[Wait]) -> dict[uuid.UUID, Row]:
    """Wait → its row, for what whoever looks can open."""
    deferrals = deferrals_by_id(wait.subject_id for wait in waiting if wait.what == TELL)
    reports = issues_about(wait.subject_id for wait in waiting if wait.subject_type in ("issue_report", "issue_result"))
    about = reports | {one.id: one.issue_id for one in deferrals.values()}
    issues = issues_shown(about.get(wait.subject_id, wait.subject_id) for wait in waiting)
    complained = _complained(waiting)
    records, plans = _records(waiting), plans_by_id(wait.subject_id for wait in waiting if wait.subject_type == "plan")
    batches = batches_by_id(wait.subject_id for wait in waiting if wait.subject_type == Paper.RECORDS.value)
    amended = amendments_by_id(wait.subject_id for wait in waiting if wait.subject_type == Paper.AMENDMENT.value)
    counted = _counted(waiting)
    lines = lines_by_id(wait.subject_id for wait in waiting if wait.subject_type == "batch_line")
    orders = orders_shown(wait.subject_id for wait in waiting if wait.subject_type == "order")
    made = _made(waiting)
    rows = _of_surveys(waiting) | _of_owner_files(waiting)
    for wait in waiting:
        id_, (_words, act, anchor) = about.get(wait.subject_id, wait.subject_id), ACTS[wait.what]
        if id_ in issues:
            rows[wait.id] = Row(wait, act, url_for("office.issue", issue_id=id_) + anchor, issue=issues[id_])
        elif id_ in complained:
            issue = complained[id_]
            rows[wait.id] = Row(wait, act, url_for("office.issue", issue_id=issue.id) + anchor, issue=issue)
        elif id_ in orders:
            rows[wait.id] = Row(wait, act, url_for("office.order", order_id=id_) + anchor, order=orders[id_])
        elif id_ in records:
            rows[wait.id] = Row(wait, act, url_for("office.record", op_id=id_), record=records[id_])
        elif id_ in made:
            rows[wait.id] = Row(wait, act, made[id_].url, made=made[id_])
        elif id_ in plans:
            rows[wait.id] = Row(wait, act, url_for("office.plan", plan_id=id_) + anchor, plan=plans[id_])
        elif id_ in amended:
            url = url_for("office.amendment", amendment_id=id_) + anchor
            rows[wait.id] = Row(wait, act, url, amendment=amended[id_])
        elif id_ in batches:
            rows[wait.id] = _of_a_batch(wait, batches[id_])
        elif id_ in counted:
            rows[wait.id] = replace(counted[id_], wait=wait, act=act, url=counted[id_].url + anchor)
        elif id_ in lines:
            line = lines[id_]
            url = url_for("office.batch", batch_id=line.batch_id, _anchor=f"record-{line.id}")
            rows[wait.id] = Row(wait, act, url, line=line)
    return rows


def _of_a_batch(wait: Wait, batch: Batch) -> Row:
    """Records on their way; those of one's own visits are read by somebody else who can."""
    _words, act, anchor = ACTS[wait.what]
    left = batch.officer_id == me().id and left_to_another(batch, review_of(batch.id))
    return Row(wait, act, url_for("office.batch", batch_id=batch.id) + anchor, batch=batch, left_to_another=left)


def _of_owner_files(waiting: list[Wait]) -> dict[uuid.UUID, Row]:
    """Corrections from the door, and homes of which it is asked who lives there."""
    corrections = corrections_by_id(wait.subject_id for wait in waiting if wait.subject_type == "correction")
    homes = homes_by_id(wait.subject_id for wait in waiting if wait.subject_type == "unit")
    rows = {}
    for wait in waiting:
        id_, (_words, act, anchor) = wait.subject_id, ACTS[wait.what]
        if id_ in corrections:
            noted = corrections[id_]
            url = url_for("office.unit", unit_id=noted.unit_id, _anchor=f"correction-{id_}")
            rows[wait.id] = Row(wait, act, url, correction=noted)
        elif id_ in homes:
            rows[wait.id] = Row(wait, act, url_for("office.unit", unit_id=id_) + anchor, home=homes[id_])
    return rows


def _of_surveys(waiting: list[Wait]) -> dict[uuid.UUID, Row]:
    """What follows of surveys: opinions, meetings, measures."""
    found = follows(waiting)
    return {
        wait.id: Row(wait, ACTS[wait.what][1], found[wait.id].url + ACTS[wait.what][2], follows=found[wait.id])
        for wait in waiting
        if wait.id in found
    }


def _counted(waiting: list[Wait]) -> dict[uuid.UUID, Row]:
    """What was counted and handed up, a year or a survey, each with its page."""
    found: dict[uuid.UUID, Row] = {}
    years = reports_by_id(wait.subject_id for wait in waiting if wait.subject_type == Paper.YEAR.value)
    surveys = results_by_id(wait.subject_id for wait in waiting if wait.subject_type == Paper.SURVEY.value)
    for wait in waiting:
        id_ = wait.subject_id
        if id_ in years:
            found[id_] = Row(wait, "", url_for("office.year_report", report_id=id_), year=years[id_])
        elif id_ in surveys:
            found[id_] = Row(wait, "", url_for("office.survey_result", survey_id=id_), survey=surveys[id_])
    return found


def _made(waiting: list[Wait]) -> dict[uuid.UUID, Made]:
    """What the press has made for whoever looks, or could not make."""
    found: dict[uuid.UUID, Made] = {}
    for subject_type in KINDS:
        ids = [wait.subject_id for wait in waiting if wait.subject_type == subject_type]
        found |= made_by_id(subject_type, ids) if ids else {}
    return found


def _complained(waiting: list[Wait]) -> dict[uuid.UUID, Issue]:
    """Complaint → the issue that it is, with what a list shows of it; each stands under its complaint's own act."""
    ids = [wait.subject_id for wait in waiting if wait.subject_type == "complaint"]
    found = sa.select(Complaint.id, Complaint.issue_id).where(Complaint.id.in_(ids))
    pairs = [(row.id, row.issue_id) for row in db.session.execute(found)] if ids else []
    issues = issues_shown(issue_id for _id, issue_id in pairs)
    return {id_: issues[issue_id] for id_, issue_id in pairs if issue_id in issues}


def _records(waiting: list[Wait]) -> dict[uuid.UUID, KeptRow]:
    """The kept records that wait for whoever looks, if they may decide about them."""
    ids = [wait.subject_id for wait in waiting if wait.what == DECIDE_RECORD]
    if not ids or not me().may(Act.DECIDE_RECORDS):
        return {}
    return {row.id: row for row in rows_of(list(kept_by_id(ids).values()))}


def _counts(page: Page[Row], counted: dict[str, tuple[int, int]]) -> list[Count]:
    """Each kind of act that waits, in its order; a click shows that kind alone, another one all again."""
    now_shown = page.asked.get("what")
    return [
        Count(words, *counted[what], page.address(what=None if what == now_shown else what), what == now_shown)
        for what, (words, _act, _anchor) in ACTS.items()
        if what in counted
    ]


def _quarter(when: When) -> Quarter:
    """From the quarter's first day until now, by the estate's calendar."""
    here, today = me(), when.today
    first = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    since = datetime.combine(first, time(), ZoneInfo(when.zone))
    met, households = households_met(here.estate, since, when.now, today)
    called_back = due_in(here.estate.id, EVERY_CALLBACK, (first, date.max), today, when.zone)
    vacant = vacant_units(here.estate, today)
    return Quarter(met, households, vacant, called_back.in_time, called_back.due, judged(here.estate, since, when.now))


def _with_departments(at: datetime) -> list[tuple[str, int, int, str]]:
    """Department, open issues with it, late ones among them, where they stand; the fullest first."""
    counted: Counter[uuid.UUID | None] = Counter()
    late: Counter[uuid.UUID | None] = Counter()
    for age in ages(estate_id(), at):
        counted[age.held.department_id] += age.open
        late[age.held.department_id] += age.late
    rows = [
        (one.name(current_locale()), counted[one.id], late[one.id], where_with(one))
        for one in departments(estate_id())
        if one.id in counted
    ]
    return sorted(rows, key=lambda row: -row[1])
