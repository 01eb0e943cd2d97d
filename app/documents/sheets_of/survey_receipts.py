"""Form 7 on paper: who took a household's sheet of a survey and when it came back; of one, and the list of all."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.core.db import db
from app.documents.letterhead import letterhead
from app.documents.queries import signatures_at
from app.documents.sheets import Bilingual, Language, Sheet, Signature
from app.documents.sheets_of.survey_forms import owners_then, visit_numbers
from app.estates.models import Estate
from app.signatures.queries import statement_of
from app.signatures.rules import SignerRole
from app.surveys.models import Survey, SurveyReceipt, SurveySheet
from app.surveys.receipts import receipts_beside
from app.surveys.rules import Receipt as How
from app.surveys.rules import SheetState
from app.visits.late_receipts import Taken, taken_late
from app.visits.models import Visit
from app.visits.queries import visits_by_id
from app.visits.words import headline

_SAID_AT_THE_DOOR = frozenset({How.SIGNED.value, How.WITNESSED.value})
"""What stands under the visit."""


@dataclass(frozen=True)
class Receipt:
    """One household's. `state`, `how`, `filled`: values of their enums, blank for nothing yet.

    `relation`: of whoever took it, seen from the owner. `at_once`: it was filled in when it was brought, and nothing
    was left there. `taken_at`: when it was handed out, or filled in at once. `visit`: at which it was, if at any.
    `nth` of `times`: which handing-out of the sheet it is. `is_beside`: not the one that the sheet itself tells of.
    """

    number: str
    unit: str
    owners: tuple[str, ...]
    state: str
    how: str
    signer: str
    relation: str
    taken_at: datetime | None
    at_once: bool
    given_by: str
    visit: str
    agreed_at: datetime | None
    returned_at: datetime | None
    filled: str
    declined_at: datetime | None
    declined_reason: str
    nth: int = 1
    times: int = 1
    is_beside: bool = False

    @property
    def is_open(self) -> bool:
        """Whether nobody has taken it: there is room to sign."""
        return self.taken_at is None


@dataclass(frozen=True)
class Totals:
    """Counted from the lines, each household once, by the handing-out that its sheet tells of. `handed_out`: with those
    filled in at once; `signed`: on the screen or on paper.
    """

    households: int
    handed_out: int
    signed: int
    returned: int
    declined: int

    @classmethod
    def of(cls, receipts: Sequence[Receipt]) -> "Totals":
        """Those of these lines."""
        receipts = [receipt for receipt in receipts if not receipt.is_beside]
        return cls(
            households=len(receipts),
            handed_out=sum(not receipt.is_open for receipt in receipts),
            signed=sum(receipt.how in (How.SIGNED.value, How.ON_PAPER.value) for receipt in receipts),
            returned=sum(receipt.returned_at is not None for receipt in receipts),
            declined=sum(receipt.state == SheetState.DECLINED.value for receipt in receipts),
        )


@dataclass(frozen=True)
class Document:
    """What is handed out. `kind`: a value of `FormKind`, `issue`: the survey's number."""

    issue: str
    kind: str
    title: Bilingual
    issue_from: date
    issue_until: date
    collect_until: date


@dataclass(frozen=True, kw_only=True)
class ReceiptSheet(Sheet):
    """The receipt of one household. `signatures`: what was drawn under the visit, whose hash is `sha256`. `beside`:
    the other times that it was handed out.
    """

    document: Document
    receipt: Receipt
    signatures: tuple[Signature, ...] = ()
    sha256: str = ""
    beside: tuple[Receipt, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReceiptsSheet(Sheet):
    """The list: a line for each household, and for each time that it was handed out; room to sign where nobody has yet.

    `building`, `officer`: the name of the one whose households these are, where it is not all of them.
    """

    document: Document
    receipts: tuple[Receipt, ...]
    totals: Totals
    building: str = ""
    officer: str = ""


def receipt_sheet(sheet: SurveySheet, languages: tuple[Language, ...], *, printed_at: datetime) -> ReceiptSheet:
    """One household's receipt. For whoever may see owners. Only reads."""
    estate = db.session.get_one(Estate, sheet.estate_id)
    receipts = list(_receipts([sheet], estate, printed_at))
    [receipt] = (one for one in receipts if not one.is_beside)
    late = taken_late([sheet]).get(sheet.id)
    visit_id = late.visit.id if late else sheet.handed_out_visit_id
    visit = visits_by_id([visit_id]).get(visit_id) if visit_id else None
    sha256, signatures = _signed_at(visit, sheet, receipt.how)
    return ReceiptSheet(
        languages=languages,
        estate=letterhead(estate, languages),
        number=f"QS-{sheet.number}",
        printed_at=printed_at,
        document=_document(sheet.survey),
        receipt=receipt,
        signatures=signatures,
        sha256=sha256,
        beside=tuple(one for one in receipts if one.is_beside),
    )


def receipts_sheet(
    survey: Survey,
    sheets: Sequence[SurveySheet],
    languages: tuple[Language, ...],
    *,
    building: str = "",
    officer: str = "",
    printed_at: datetime,
) -> ReceiptsSheet:
    """The receipts of these sheets of a survey, a line for each handing-out. For whoever may see owners. Only reads."""
    estate = db.session.get_one(Estate, survey.estate_id)
    receipts = tuple(
        replace(receipt, declined_reason=headline(receipt.declined_reason))
        for receipt in _receipts(sheets, estate, printed_at)
    )
    return ReceiptsSheet(
        languages=languages,
        estate=letterhead(estate, languages),
        number=f"QS-{survey.number}",
        printed_at=printed_at,
        document=_document(survey),
        receipts=receipts,
        totals=Totals.of(receipts),
        building=building,
        officer=officer,
    )


def _document(survey: Survey) -> Document:
    return Document(
        issue=survey.number,
        kind=survey.form.value,
        title=Bilingual(survey.title("zh"), survey.title("en")),
        issue_from=survey.issue_from,
        issue_until=survey.issue_until,
        collect_until=survey.collect_until,
    )


def _receipts(sheets: Sequence[SurveySheet], estate: Estate, at: datetime) -> Iterable[Receipt]:
    late = taken_late(sheets)

    def begun_at(sheet: SurveySheet) -> datetime:
        return late[sheet.id].at if sheet.id in late else sheet.handed_out_at or sheet.collected_at or at

    owners, beside = owners_then(sheets, estate, begun_at), receipts_beside(sheets)
    visits = visit_numbers(
        [*map(_visit_of, sheets), *(one.handed_out_visit_id for known in beside.values() for one in known)]
    )
    for sheet in sheets:
        receipt = _receipt(sheet, owners[sheet.id], visits.get(_visit_of(sheet), ""))
        own = _as_taken(receipt, late[sheet.id]) if sheet.id in late else receipt
        others = (_beside(own, one, sheet, estate, visits) for one in beside.get(sheet.id, []))
        yield from _counted([own, *others])


def _counted(receipts: Sequence[Receipt]) -> Sequence[Receipt]:
    """Those of one sheet in the order in which it was handed out."""
    if len(receipts) == 1:
        return receipts
    in_time = sorted(receipts, key=_when_taken)
    return [replace(receipt, nth=n, times=len(receipts)) for n, receipt in enumerate(in_time, start=1)]


def _when_taken(receipt: Receipt) -> datetime:
    assert receipt.taken_at is not None, "what stands beside another was handed out, and so was that"
    return receipt.taken_at


def _beside(
    own: Receipt, kept: SurveyReceipt, sheet: SurveySheet, estate: Estate, visits: dict[uuid.UUID | None, str]
) -> Receipt:
    """Another time that the same sheet was handed out; what its household declined after that, if it did."""
    declined_at = None if sheet.state is SheetState.DECLINED else sheet.declined_at
    if declined_at and own.taken_at and not kept.handed_out_at <= declined_at <= own.taken_at:
        declined_at = None
    return replace(
        own,
        owners=owners_then([sheet], estate, lambda _sheet: kept.handed_out_at)[sheet.id],
        how=kept.receipt.value,
        signer=kept.receipt_name,
        relation=kept.receipt_relation,
        taken_at=kept.handed_out_at,
        at_once=False,
        given_by=kept.handed_out_by.name if kept.handed_out_by else "",
        visit=visits.get(kept.handed_out_visit_id, ""),
        agreed_at=kept.agreed_at,
        returned_at=None,
        filled="",
        declined_at=declined_at,
        declined_reason=sheet.declined_reason if declined_at else "",
        is_beside=True,
    )


def _receipt(sheet: SurveySheet, owners: tuple[str, ...], visit: str) -> Receipt:
    at_once = sheet.state is SheetState.COLLECTED and sheet.handed_out_at is None
    gave = sheet.collected_by if at_once else sheet.handed_out_by
    declined = sheet.state is SheetState.DECLINED
    return Receipt(
        number=sheet.number,
        unit=sheet.unit.short,
        owners=owners,
        state=sheet.state.value,
        how=sheet.receipt.value if sheet.receipt else "",
        signer=sheet.receipt_name,
        relation=sheet.receipt_relation,
        taken_at=sheet.collected_at if at_once else sheet.handed_out_at,
        at_once=at_once,
        given_by=gave.name if gave else "",
        visit=visit,
        agreed_at=sheet.agreed_at,
        returned_at=sheet.collected_at,
        filled=sheet.filled.value if sheet.filled else "",
        declined_at=sheet.declined_at if declined else None,
        declined_reason=sheet.declined_reason if declined else "",
    )


def _as_taken(receipt: Receipt, late: Taken) -> Receipt:
    """It was handed out after all, only that its receipt came when the answers were in."""
    return replace(
        receipt,
        how=late.how.value,
        signer=late.name,
        relation=late.relation,
        taken_at=late.at,
        at_once=False,
        given_by=late.visit.officer.name,
        visit=late.visit.receipt_number or late.visit.number,
        agreed_at=late.agreed_at,
    )


def _visit_of(sheet: SurveySheet) -> uuid.UUID | None:
    return sheet.handed_out_visit_id or (sheet.visit_id if sheet.handed_out_at is None else None)


def names_it(text: str, sheet: SurveySheet) -> bool:
    """Whether a statement is about this sheet, too."""
    return str(sheet.id) in text


def _signed_at(visit: Visit | None, sheet: SurveySheet, how: str) -> tuple[str, tuple[Signature, ...]]:
    """The hash of what was signed at the visit at which it was handed out, and the owner's and the witness's ink.

    Nothing where that text does not name this sheet: nobody signed for it there.
    """
    statement = statement_of(visit.id) if visit and how in _SAID_AT_THE_DOOR else None
    if visit is None or statement is None or not names_it(statement.text, sheet):
        return "", ()
    drawn = (one for one in signatures_at(visit) if one.role != SignerRole.OFFICER.value and one.strokes)
    return statement.sha256, tuple(drawn)
