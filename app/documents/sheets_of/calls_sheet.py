"""Form 2, the summary of phone callbacks on paper: every call of a month, its counts and rates below."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.core.clock import local_date
from app.documents.letterhead import letterhead
from app.documents.sheets import Language, Sheet
from app.estates.models import Estate
from app.issues.models import Issue
from app.visits.calls import Call, Foot, foot
from app.visits.figures import Due
from app.visits.models import Attempt, Visit
from app.visits.words import headline


@dataclass(frozen=True)
class CalledAbout:
    """A matter that a call was about: its number, or its first words; what the owner said of it."""

    number: str
    timely: bool | None
    solved: bool | None
    opinion: str
    round: int


@dataclass(frozen=True)
class CallLine:
    """One call. `result`: reached, or a value of `Outcome`; `rating`: one of `Rating`, blank if nobody was reached."""

    number: str
    unit: str
    owners: tuple[str, ...]
    rung: str
    phone: str
    categories: tuple[str, ...]
    about: tuple[CalledAbout, ...]
    nth: int
    at: datetime
    result: str
    rating: str
    wishes: str
    raised: int
    again_at: datetime | None
    note: str
    caller: str


@dataclass(frozen=True, kw_only=True)
class CallsSheet(Sheet):
    """The calls of a month, of all officers or of one, oldest first as they were made."""

    month: str
    officer: str
    calls: tuple[CallLine, ...]
    foot: Foot


def calls_sheet(
    estate: Estate,
    month: str,
    calls: list[Call],
    due: Due,
    languages: tuple[Language, ...],
    *,
    officer: str,
    phone: Callable[[str], str],
    printed_at: datetime,
) -> CallsSheet:
    """These calls of a month (`2026-11`), and the callbacks that were due in it.

    `phone` makes a number what whoever prints may read of it.
    """
    in_order = sorted(calls, key=lambda call: (call.at, call.record.id))
    return CallsSheet(
        languages=languages,
        estate=letterhead(estate, languages),
        number=f"DH-{month[2:4]}{month[5:]}-{local_date(printed_at, estate.time_zone):%m%d}",
        printed_at=printed_at,
        month=month,
        officer=officer,
        calls=tuple(_line(call, phone) for call in in_order),
        foot=foot(estate, calls, due),
    )


def _line(call: Call, phone: Callable[[str], str]) -> CallLine:
    record, owners = call.record, tuple(person.name for person in call.owners)
    visit = record if isinstance(record, Visit) else None
    attempt = record if isinstance(record, Attempt) else None
    rung = visit.interviewee_name if visit else (call.person.name if call.person else "")
    return CallLine(
        number=record.receipt_number or "",
        unit=record.unit.short,
        owners=owners,
        rung="" if rung in owners else rung,
        phone=phone(call.number) or (f"**** {attempt.called_ending}" if attempt and attempt.called_ending else ""),
        categories=tuple(call.categories),
        about=tuple(
            CalledAbout(
                number=matter.about.number or headline(_words(matter.about)),
                timely=matter.timely,
                solved=matter.solved,
                opinion=matter.opinion,
                round=matter.about.round,
            )
            for matter in call.matters
        ),
        nth=call.nth,
        at=call.at,
        result="reached" if visit else (attempt.outcome.value if attempt else ""),
        rating=visit.rating.value if visit else "",
        wishes=visit.wishes if visit else "",
        raised=call.raised,
        again_at=attempt.again_at if attempt else None,
        note=attempt.note if attempt else "",
        caller=record.officer.name,
    )


def _words(about: object) -> str:
    return about.text if isinstance(about, Issue) else str(getattr(about, "content", ""))
