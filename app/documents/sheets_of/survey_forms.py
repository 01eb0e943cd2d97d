"""Forms 3 and 4 on paper: what a survey asks, blank to copy, for each household, and as a household answered it."""

import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from app.core.clock import local_date
from app.core.db import db
from app.core.errors import NotFound, Refused
from app.core.i18n import _
from app.documents.letterhead import letterhead
from app.documents.sheets import Bilingual, Language, Sheet
from app.estates.models import Estate
from app.estates.queries import owners_on, units_with_people
from app.estates.rules import Profile
from app.people.models import Department
from app.surveys.homes import OPEN
from app.surveys.models import Survey, SurveyQuestion, SurveySheet
from app.surveys.rules import SheetState, SurveyState
from app.visits.queries import visits_by_id

MOST_COPIES = 60
"""How many households' sheets are printed in one paper: in both languages some 180 pages, half a minute, 700 MB."""


@dataclass(frozen=True)
class Item:
    """One question. `id` is that under which a copy keeps its answer."""

    id: str
    text: Bilingual


@dataclass(frozen=True)
class Asked:
    """What is asked about one department. `company`: a value of `Liable` where two companies are asked about."""

    id: str
    company: str
    name: Bilingual
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Questionnaire:
    """What stands on every copy. `kind`: a value of `FormKind`; `key_items`: in each language, perhaps not as many."""

    number: str
    kind: str
    title: Bilingual
    purpose: Bilingual
    key_items: tuple[tuple[Language, tuple[str, ...]], ...]
    departments: tuple[Asked, ...]
    collect_until: date
    draft: bool

    def items_in(self, language: Language) -> tuple[str, ...]:
        """The key items as one of the languages has them."""
        return dict(self.key_items)[language]


@dataclass(frozen=True)
class Answered:
    """What came back. `filled`, `overall`: values of their enums; `levels`: question → level; `opinions`: department →
    words. `visit`: the number of the visit at which it was collected; blank where a desk took it.
    """

    filled: str
    signed: bool
    signed_name: str
    relation: str
    proxy: bool
    callback_welcome: bool | None
    overall: str
    levels: tuple[tuple[str, str], ...]
    opinions: tuple[tuple[str, str], ...]
    at: datetime | None
    by: str
    visit: str

    def level_of(self, item: Item) -> str:
        """What was ticked; blank for nothing."""
        return dict(self.levels).get(item.id, "")

    def opinion_on(self, asked: Asked) -> str:
        """What was written about a department."""
        return dict(self.opinions).get(asked.id, "")


@dataclass(frozen=True)
class Copy:
    """One household's sheet, or one for any household: then it has no number, and all is written by hand."""

    number: str = ""
    unit: str = ""
    owners: tuple[str, ...] = ()
    agreed_at: datetime | None = None
    answered: Answered | None = None


@dataclass(frozen=True, kw_only=True)
class SurveyForms(Sheet):
    """Copies of one questionnaire, each with pages numbered from 1."""

    asks: Questionnaire
    copies: tuple[Copy, ...]


def paper_number(number: str) -> str:
    """What a paper of a survey, or of one sheet, is called: `DC-2026-1`, `DC-2026-1-0012`."""
    return f"DC-{number}"


def blank_form(survey: Survey, languages: tuple[Language, ...], *, printed_at: datetime) -> SurveyForms:
    """One copy for any household, to be copied; of a draft too, which says that it is one. Only reads."""
    return _forms(survey, (Copy(),), languages, number=paper_number(survey.number), printed_at=printed_at)


def form_of(sheet: SurveySheet, languages: tuple[Language, ...], *, printed_at: datetime) -> SurveyForms:
    """One household's: as it was answered, or to be filled in. For whoever may see owners. Only reads."""
    [copy] = _copies([sheet], sheet.survey, printed_at)
    return _forms(sheet.survey, (copy,), languages, number=paper_number(sheet.number), printed_at=printed_at)


def forms_of(
    survey: Survey,
    sheets: Sequence[SurveySheet],
    languages: tuple[Language, ...],
    *,
    part: int,
    without: Collection[uuid.UUID] = (),
    printed_at: datetime,
) -> SurveyForms:
    """To be filled in by those of these households that have not answered, each with its number and agreed time.

    For whoever may see owners. `without`: sheets of which no copy is wanted. `part`: from 1, of so many sheets as are
    printed at once; 0: all. It is the same homes however many of them answer meanwhile: who prints one part after
    another leaves none out. Raises NotFound, code `document:nothing_due`, for none, and Refused for more than
    MOST_COPIES.
    """
    of_part = sheets[(part - 1) * MOST_COPIES : part * MOST_COPIES] if part else sheets
    chosen = [sheet for sheet in of_part if sheet.state in OPEN and sheet.id not in without]
    if not chosen:
        raise NotFound("document:nothing_due", _("No household has a sheet of this survey to fill in there."))
    if len(chosen) > MOST_COPIES:
        words = _(
            "These are %(n)s sheets; at most %(most)s are printed at once. Choose one part of them as well.",
            n=len(chosen),
            most=MOST_COPIES,
        )
        raise Refused("document:too_many_pages", words)
    copies = tuple(_copies(chosen, survey, printed_at))
    number = f"{survey.number}-P{part}" if part else f"{survey.number}-P"
    return _forms(survey, copies, languages, number=paper_number(number), printed_at=printed_at)


def questionnaire(survey: Survey, estate: Estate) -> Questionnaire:
    """What a survey asks, department by department; where there are two companies, under their company."""
    return Questionnaire(
        number=survey.number,
        kind=survey.form.value,
        title=Bilingual(survey.title("zh"), survey.title("en")),
        purpose=Bilingual(survey.purpose("zh"), survey.purpose("en")),
        key_items=(("zh", tuple(survey.key_items("zh"))), ("en", tuple(survey.key_items("en")))),
        departments=tuple(_departments(survey.questions, estate)),
        collect_until=survey.collect_until,
        draft=survey.state is SurveyState.DRAFT,
    )


def _departments(questions: Iterable[SurveyQuestion], estate: Estate) -> Iterable[Asked]:
    of_both = estate.profile is Profile.A

    def company(question: SurveyQuestion) -> str:
        return question.department.liable.value if of_both else ""

    # The property management company first, as it is the one that asks; departments as they were put in order.
    places: dict[uuid.UUID, int] = {}
    for question in questions:
        places.setdefault(question.department_id, question.place)
    in_order = sorted(questions, key=lambda one: (company(one) == "developer", places[one.department_id], one.place))
    for department_id, theirs in groupby(in_order, key=lambda one: one.department_id):
        items = list(theirs)
        yield Asked(
            id=str(department_id),
            company=company(items[0]),
            name=_name(items[0].department),
            items=tuple(Item(str(one.id), Bilingual(one.text("zh"), one.text("en"))) for one in items),
        )


def _name(department: Department) -> Bilingual:
    return Bilingual(department.name("zh"), department.name("en"))


def _forms(
    survey: Survey, copies: tuple[Copy, ...], languages: tuple[Language, ...], *, number: str, printed_at: datetime
) -> SurveyForms:
    estate = db.session.get_one(Estate, survey.estate_id)
    return SurveyForms(
        languages=languages,
        estate=letterhead(estate, languages),
        number=number,
        printed_at=printed_at,
        asks=questionnaire(survey, estate),
        copies=copies,
    )


def _copies(sheets: Sequence[SurveySheet], survey: Survey, printed_at: datetime) -> Iterable[Copy]:
    estate = db.session.get_one(Estate, survey.estate_id)
    owners = owners_then(sheets, estate, lambda sheet: sheet.collected_at or printed_at)
    numbers = visit_numbers(sheet.visit_id for sheet in sheets)
    for sheet in sheets:
        yield Copy(
            number=sheet.number,
            unit=sheet.unit.short,
            owners=owners[sheet.id],
            agreed_at=sheet.agreed_at,
            answered=_answered(sheet, numbers) if sheet.state is SheetState.COLLECTED else None,
        )


def owners_then(
    sheets: Iterable[SurveySheet], estate: Estate, moment_of: Callable[[SurveySheet], datetime]
) -> dict[uuid.UUID, tuple[str, ...]]:
    """Sheet → who owned its home at the moment that it is about.

    Whoever bought the home since has nothing to do with what its seller took or answered, nor the seller with what is
    still to be filled in.
    """
    of, owned = {sheet.unit_id: sheet for sheet in sheets}, {}
    for unit in units_with_people(of):
        day = local_date(moment_of(of[unit.id]), estate.time_zone)
        owned[of[unit.id].id] = tuple(held.person.name for held in owners_on(unit, day))
    return owned


def visit_numbers(ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID | None, str]:
    """What visits are called; nothing for those that did not arrive."""
    found = visits_by_id({id_ for id_ in ids if id_})
    return {id_: visit.receipt_number or visit.number for id_, visit in found.items()}


def _answered(sheet: SurveySheet, visits: dict[uuid.UUID | None, str]) -> Answered:
    return Answered(
        filled=sheet.filled.value if sheet.filled else "",
        signed=sheet.signed,
        signed_name=sheet.signed_name,
        relation=sheet.relation,
        proxy=sheet.proxy,
        callback_welcome=sheet.callback_welcome,
        overall=sheet.overall.value if sheet.overall else "",
        levels=tuple(sheet.levels.items()),
        opinions=tuple(sheet.opinions.items()),
        at=sheet.collected_at,
        by=sheet.collected_by.name if sheet.collected_by else "",
        visit=visits.get(sheet.visit_id, ""),
    )
