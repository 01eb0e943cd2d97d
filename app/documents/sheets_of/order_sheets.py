"""Form 8 on paper: one work order with its rounds and the owner's signature, and the register, one line each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from app.core import journal
from app.core.clock import local_date
from app.core.db import db
from app.documents.letterhead import letterhead
from app.documents.queries import signature_on_paper
from app.documents.sheets import Bilingual, Language, Sheet, Signature
from app.documents.words import both as _
from app.estates.models import Estate
from app.issues.rules import Answer
from app.repairs.models import WorkOrder, WorkOrderAnswer
from app.repairs.rules import ENDED, Move
from app.repairs.whose import is_of_former_people, is_owners
from app.signatures.messages import StatementText
from app.signatures.queries import statement_of
from app.signatures.rules import SignerRole
from app.visits.queries import visits_by_id

MOST_LINES = 200
"""How many lines a printed register holds; whoever has more filters, or takes the list away."""


@dataclass(frozen=True)
class OrderLine:
    """Every field of the form. `kind`, `liable`, `state`, `rating`, `signed` (how), `ending`: values of their enums."""

    number: str
    outside_number: str
    reported_at: datetime
    reported_by: str
    phone: str
    unit: str
    place: str
    kind: str
    under_warranty: bool
    liable: str
    content: str
    state: str
    department: Bilingual | None
    worker: str
    dispatched_at: datetime | None
    arrived_at: datetime | None
    finished_at: datetime | None
    work_done: str
    fee: str
    material: str
    quantity: str
    reworked: int
    rating: str
    signed: str
    closed_at: datetime | None
    ending: str


@dataclass(frozen=True)
class Said:
    """What the owner said of one round. `answer` and `how`: values of theirs; `by`: who said it, as far as is known."""

    round: int
    answer: str
    how: str
    reason: str
    by: str
    witness: str
    at: datetime


@dataclass(frozen=True)
class Repaired:
    """What was done in one round, and when it was finished."""

    round: int
    at: datetime
    work_done: str


@dataclass(frozen=True, kw_only=True)
class OrderSheet(Sheet):
    """One work order. `is_owners`: no tenant calls it good. `signature`: under being satisfied; nothing without one.

    `repaired`: round after round, where there was more than one.
    """

    order: OrderLine
    repaired: tuple[Repaired, ...]
    is_owners: bool
    answers: tuple[Said, ...]
    signature: Signature | None


@dataclass(frozen=True, kw_only=True)
class RegisterSheet(Sheet):
    """The register. `filters`: in words, as whoever prints reads them; `cut`: more was found than stands here."""

    orders: tuple[OrderLine, ...]
    filters: tuple[str, ...]
    cut: bool


def order_sheet(order: WorkOrder, languages: tuple[Language, ...], *, printed_at: datetime) -> OrderSheet:
    """One work order, for whoever may see it. Only reads."""
    estate = db.session.get_one(Estate, order.estate_id)
    visits = visits_by_id({said.visit_id for said in order.answers if said.visit_id})
    spoken_to = {visit_id: visit.interviewee_name for visit_id, visit in visits.items()}
    line = order_line(order, order.phone)

    def is_hidden(name: str, at: datetime) -> bool:
        """Whether the unit is theirs no more: whoever holds it now signs this paper, and reads no name of theirs."""
        then, today = (local_date(moment, estate.time_zone) for moment in (at, printed_at))
        return order.state not in ENDED and is_of_former_people(order.unit_id, name, then, today)

    former = _("a former owner or tenant")
    somebody = " / ".join(former.zh if language == "zh" else former.en for language in languages)
    if is_hidden(order.reported_by, order.reported_at):
        line = replace(line, reported_by=somebody, phone="")
    said_by = {one.id: one.said_by or spoken_to.get(one.visit_id or order.id, "") for one in order.answers}
    return OrderSheet(
        languages=languages,
        estate=letterhead(estate, languages),
        number=order.number or order.outside_number,
        printed_at=printed_at,
        order=line,
        repaired=_round_after_round(order) if order.reworked else (),
        is_owners=is_owners(order),
        answers=tuple(
            Said(
                round=said.round,
                answer=said.answer.value,
                how=said.how.value,
                reason=said.reason,
                by=somebody if is_hidden(said_by[said.id], said.answered_at) else said_by[said.id],
                witness=said.witness,
                at=said.answered_at,
            )
            for said in order.answers
        ),
        signature=_satisfied(order.answers) if order.closed_how else None,
    )


def register_sheet(
    estate: Estate,
    orders: Iterable[WorkOrder],
    languages: tuple[Language, ...],
    *,
    phone: Callable[[str], str],
    filters: tuple[str, ...],
    cut: bool,
    printed_at: datetime,
) -> RegisterSheet:
    """These work orders, one line each. `phone` makes a number what whoever prints may read of it."""
    return RegisterSheet(
        languages=languages,
        estate=letterhead(estate, languages),
        number=f"WX-{local_date(printed_at, estate.time_zone):%y%m%d}",
        printed_at=printed_at,
        orders=tuple(order_line(order, phone(order.phone)) for order in orders),
        filters=filters,
        cut=cut,
    )


def order_line(order: WorkOrder, phone: str) -> OrderLine:
    """A work order as the form has it, with as much of its telephone number as is given."""
    department = order.department
    return OrderLine(
        number=order.number or "",
        outside_number=order.outside_number,
        reported_at=order.reported_at,
        reported_by=order.reported_by,
        phone=phone,
        unit=order.unit.short,
        place=order.place,
        kind=order.kind.value,
        under_warranty=order.under_warranty,
        liable=order.liable.value,
        content=order.content,
        state=order.state.value,
        department=Bilingual(department.name("zh"), department.name("en")) if department else None,
        worker=order.worker,
        dispatched_at=order.dispatched_at,
        arrived_at=order.arrived_at,
        finished_at=order.finished_at,
        work_done=order.work_done,
        fee=f"{order.fee_cents / 100:,.2f}" if order.fee_cents else "",
        material=order.material,
        quantity=order.quantity,
        reworked=order.reworked,
        rating=order.rating,
        signed=order.closed_how.value if order.closed_how else "",
        closed_at=order.closed_at,
        ending=order.ending.value if order.ending else "",
    )


def _round_after_round(order: WorkOrder) -> tuple[Repaired, ...]:
    """What each round was reported finished with: the order itself holds the last one alone."""
    lines = (line for line in journal.history(order.id) if line.kind == Move.FINISH.value)
    return tuple(
        Repaired(line.data["round"], datetime.fromisoformat(line.data["finished_at"]), line.data["note"])
        for line in lines
    )


def _satisfied(answers: list[WorkOrderAnswer]) -> Signature | None:
    """The owner's signature at the visit at which they called it good."""
    said = next((one for one in reversed(answers) if one.answer is Answer.SATISFIED and one.visit_id), None)
    statement = statement_of(said.visit_id) if said and said.visit_id else None
    if statement is None:
        return None
    text = StatementText.model_validate_json(statement.text)
    owners = (kept for kept in statement.signatures if kept.role is SignerRole.OWNER)
    return next((signature_on_paper(kept, text) for kept in owners), None)
