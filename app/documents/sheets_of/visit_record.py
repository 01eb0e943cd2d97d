"""Form 1 on paper: the office's record of a visit, with how its issues went on and what those who read it said.

What the owner was shown and signed is form 11; here their signature stands as one field among the others.
"""

import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.agenda.models import Task
from app.agenda.rules import TaskKind
from app.approvals.models import Review, ReviewAct
from app.approvals.queries import review_of
from app.approvals.rules import Duty, Move, Paper, Stage, chain_of
from app.core.chain import day_of_line
from app.core.clock import local_date
from app.core.db import db
from app.core.journal import history
from app.documents.history import state_of
from app.documents.letterhead import letterhead
from app.documents.queries import progress_of, signatures_at, surveyed_at
from app.documents.sheets import (
    Bilingual,
    ChainHead,
    Enclosed,
    Interviewee,
    Language,
    Progress,
    Sheet,
    Signature,
    Surveyed,
)
from app.estates.models import Estate, Person
from app.estates.queries import owners_on
from app.issues.answer_queries import answers_of_visits
from app.issues.models import Category, Issue, OwnerAnswer
from app.issues.queries import categories, issues_of_visit
from app.people.models import Department
from app.repairs.models import WorkOrderAnswer
from app.repairs.queries import order_answers_of_visits
from app.signatures.models import DeskSignature
from app.signatures.queries import desk_signature_agrees, desk_signatures_under
from app.signatures.rules import canonical, sha256_hex
from app.visits.gathered import batch_of_visit
from app.visits.models import BatchLine, BatchLineAct, PlanLine, SpecialVisit, Visit
from app.visits.queries import addenda_to
from app.visits.rules import LineMove, LineState


@dataclass(frozen=True)
class Planned:
    """What the visit was planned as. `month`: of its plan, "" for a special visit; `purpose`: that one's title."""

    month: str
    due_on: date
    purpose: str


@dataclass(frozen=True)
class Rated:
    """What the owner said of an item, an earlier issue or a work order; values of theirs, `rating` an order's alone."""

    number: str
    text: str
    round: int
    answer: str
    how: str
    reason: str
    rating: str = ""


@dataclass(frozen=True)
class Raised:
    """An issue raised at the visit, as it stands now. `complaint`: its grade, if it is one."""

    n: int
    number: str
    text: str
    category: Bilingual
    department: Bilingual | None
    answered: bool
    answer: str
    promised_on: date | None
    state: Bilingual
    complaint: str


@dataclass(frozen=True)
class Opinion:
    """What somebody at a stage of the record's chain said to it; nothing before they did.

    `role`, `duty`: values of theirs. `broken`: there is a signature, but it does not agree with what it stands under.
    """

    role: str
    duty: str
    by: str = ""
    at: datetime | None = None
    words: str = ""
    signature: Signature | None = None
    broken: bool = False


@dataclass(frozen=True)
class Remark:
    """Words beside the record: an addendum, or what a reader wrote."""

    by: str
    at: datetime
    words: str


@dataclass(frozen=True, kw_only=True)
class VisitSheet(Sheet):
    """Every field of the form. `number` is the office's; `categories`, `method`, `rating`: values of their enums.

    `head`: the day of the journal that holds the archiving, once it is closed. It stays that, and so does the paper.
    """

    tablet_number: str
    archived_at: datetime | None
    head: ChainHead | None
    unit: str
    owners: tuple[str, ...]
    officer: str
    interviewee: Interviewee
    phone: str
    method: str
    started_at: datetime
    ended_at: datetime
    categories: tuple[str, ...]
    planned: tuple[Planned, ...]
    linked: tuple[str, ...]
    rated: tuple[Rated, ...]
    rating: str
    surveys: tuple[Surveyed, ...] = ()
    issues: tuple[Raised, ...]
    wishes: str
    progress: tuple[Progress, ...]
    signatures: tuple[Signature, ...]
    unsigned: str
    opinions: tuple[Opinion, ...]
    remarks: tuple[Remark, ...]

    @property
    def enclosed(self) -> Enclosed | None:
        """The head of the journal that stands on it, to be compared with the chain."""
        if self.head is None or self.archived_at is None:
            return None
        told = {"record": self.tablet_number, "day": self.head.day.isoformat(), "sha256": self.head.sha256}
        text = canonical(told)
        return Enclosed("journal-head.json", text.decode(), sha256_hex(text), self.archived_at)


def visit_sheet(
    visit: Visit, languages: tuple[Language, ...], *, phone: Callable[[str], str], printed_at: datetime
) -> VisitSheet:
    """The record of a visit. `phone` makes a number what whoever prints may read of it. Only reads."""
    estate = db.session.get_one(Estate, visit.estate_id)
    owners = [held.person for held in owners_on(visit.unit, local_date(visit.started_at, estate.time_zone))]
    raised, answers = issues_of_visit(visit.id), answers_of_visits([visit.id])[visit.id]
    of_orders = order_answers_of_visits([visit.id])[visit.id]
    line, surveys = batch_of_visit(visit.id), surveyed_at(visit)
    return VisitSheet(
        languages=languages,
        estate=letterhead(estate, languages),
        number=visit.receipt_number or visit.number,
        printed_at=printed_at,
        tablet_number=visit.number,
        archived_at=visit.archived_at,
        head=_head(visit),
        unit=visit.unit.label(languages[0]),
        owners=tuple(owner.name for owner in owners),
        officer=visit.officer.name,
        interviewee=Interviewee(visit.interviewee_name, visit.interviewee_relation.value),
        phone=phone(_phone(visit, owners)),
        method=visit.method.value,
        started_at=visit.started_at,
        ended_at=visit.ended_at,
        categories=tuple(visit.categories),
        planned=_planned(visit),
        linked=_linked([*raised, *(said.issue for said in answers)], of_orders) + tuple(one.number for one in surveys),
        surveys=surveys,
        rated=(*(_rated(said) for said in answers), *(_rated_order(said) for said in of_orders)),
        rating=visit.rating.value,
        issues=_raised(raised, category_paths(visit.estate_id)),
        wishes=visit.wishes,
        progress=progress_of(visit, [*(said.issue_id for said in answers), *(issue.id for issue in raised)]),
        signatures=signatures_at(visit),
        unsigned=visit.unsigned.value if visit.unsigned else "",
        opinions=_opinions(visit, line, estate),
        remarks=_remarks(visit, line),
    )


def _head(visit: Visit) -> ChainHead | None:
    """The first head of the estate's chain that covers the archiving of a record."""
    archived = [line.seq for line in history(visit.id) if line.kind == f"record:{LineMove.ARCHIVE.value}"]
    day = day_of_line(visit.estate_id, archived[-1]) if archived else None
    return ChainHead(day.day, day.sha256) if day else None


def _phone(visit: Visit, owners: list[Person]) -> str:
    spoken_to = db.session.get(Person, visit.interviewee_id) if visit.interviewee_id else None
    return next((person.phone for person in (spoken_to, *owners) if person), "")


def _planned(visit: Visit) -> tuple[Planned, ...]:
    """The line of the plan, or the special visit, that this visit settled."""
    settled = sa.select(Task).where(Task.visit_id == visit.id, Task.subject_id.is_not(None))
    planned = []
    for task in db.session.scalars(settled.order_by(Task.due_on, Task.id)):
        if task.kind is TaskKind.PLANNED_VISIT and (line := db.session.get(PlanLine, task.subject_id)):
            planned.append(Planned(line.plan.month, task.due_on, line.purpose))
        elif task.kind is TaskKind.SPECIAL_VISIT and (special := db.session.get(SpecialVisit, task.subject_id)):
            planned.append(Planned("", task.due_on, special.title))
    return tuple(planned)


def _linked(issues: Iterable[Issue], of_orders: Iterable[WorkOrderAnswer]) -> tuple[str, ...]:
    complaints = [issue.complaint.number for issue in issues if issue.complaint_grade and issue.complaint]
    orders = [said.order.number or said.order.outside_number for said in of_orders]
    return tuple(dict.fromkeys(number for number in (*orders, *complaints) if number))


def _rated(said: OwnerAnswer) -> Rated:
    issue = said.issue
    return Rated(issue.number or "", issue.text, said.round, said.answer.value, said.how.value, said.reason)


def _rated_order(said: WorkOrderAnswer) -> Rated:
    order = said.order
    number = order.number or order.outside_number
    return Rated(number, order.content, said.round, said.answer.value, said.how.value, said.reason, said.rating)


def _raised(raised: list[Issue], paths: dict[uuid.UUID, Bilingual]) -> tuple[Raised, ...]:
    return tuple(
        Raised(
            n=n,
            number=issue.number or "",
            text=issue.text,
            category=paths[issue.category_id],
            department=_named(issue.department),
            answered=bool(issue.answer),
            answer=issue.answer,
            promised_on=issue.promised_on,
            state=state_of(issue),
            complaint=issue.complaint_grade.value if issue.complaint_grade else "",
        )
        for n, issue in enumerate(raised, start=1)
    )


def _named(department: Department | None) -> Bilingual | None:
    return Bilingual(department.name("zh"), department.name("en")) if department else None


def category_paths(estate_id: uuid.UUID) -> dict[uuid.UUID, Bilingual]:
    """`工程 › 防水` for each category."""
    known = categories(estate_id)
    parents = {category.code: category for category in known}

    def path(category: Category, locale: str) -> str:
        parent = parents.get(category.parent_code or "")
        return f"{parent.name(locale)} › {category.name(locale)}" if parent else category.name(locale)

    return {category.id: Bilingual(path(category, "zh"), path(category, "en")) for category in known}


def _opinions(visit: Visit, line: BatchLine | None, estate: Estate) -> tuple[Opinion, ...]:
    """What each stage but the archive said, of the chain that the record goes through or would go through."""
    stands = line is not None and line.state in (LineState.IN, LineState.ARCHIVED)
    review = review_of(line.batch_id) if line and stands else None
    chain = review.chain if review else chain_of(Paper.RECORDS, estate.profile, estate.settings)
    acts = _handed_on(review) if review else []
    signatures = desk_signatures_under(review.subject_id) if review else {}
    return tuple(
        _opinion(stage, act, signatures.get(act.id) if act else None, visit)
        for stage, act in zip_longest(chain, acts)
        if stage and stage.duty is not Duty.ARCHIVE
    )


def _handed_on(review: Review) -> list[ReviewAct]:
    """The acts by which it has come as far as it is: those of earlier rounds are over."""
    acts: list[ReviewAct] = []
    for act in review.acts:
        acts = [*acts, act] if act.move is Move.HAND_ON else []
    return acts


def _opinion(stage: Stage, act: ReviewAct | None, signed: DeskSignature | None, visit: Visit) -> Opinion:
    role, duty = stage.role.value, stage.duty.value
    if act is None:
        return Opinion(role, duty)
    if stage.duty is not Duty.SIGN:
        return Opinion(role, duty, act.by.name, act.at, act.note)
    if signed is None or not desk_signature_agrees(signed) or str(visit.id) not in _under(signed):
        return Opinion(role, duty, act.by.name, act.at, act.note, broken=True)
    return Opinion(role, duty, act.by.name, act.at, act.note, _drawn(signed, role))


def _under(signed: DeskSignature) -> set[str]:
    """The visits whose records somebody signed."""
    return {line["visit_id"] for line in json.loads(signed.text)["contents"]["lines"]}


def _drawn(signed: DeskSignature, role: str) -> Signature:
    ink = json.loads(signed.ink)
    return Signature(
        role=role,
        signer=signed.signer_name,
        relation="",
        how="signed",
        signed_at=signed.signed_at,
        strokes=tuple(tuple((x, y, pressure, ms) for x, y, pressure, ms in stroke) for stroke in ink["strokes"]),
        canvas=(ink["canvas"]["width"], ink["canvas"]["height"]),
        pointer=ink["pointer"],
    )


def _remarks(visit: Visit, line: BatchLine | None) -> tuple[Remark, ...]:
    """Addenda, and what readers wrote beside the record, in the order in which they were written."""
    remarks = [Remark(added.author.name, added.written_at, added.text) for added in addenda_to(visit.id)]
    if line is not None:
        beside = sa.select(BatchLineAct).where(
            BatchLineAct.line_id == line.id, BatchLineAct.move.in_([LineMove.REMARK, LineMove.SEND_BACK])
        )
        acts = db.session.scalars(beside.options(joinedload(BatchLineAct.by)))
        remarks += [Remark(act.by.name, act.at, act.note) for act in acts]
    return tuple(sorted(remarks, key=lambda remark: remark.at))
