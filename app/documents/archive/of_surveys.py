"""Surveys as an archive tells them: whom one was given to and its course, and each sheet that came back (V47)."""

from collections.abc import Iterable
from datetime import datetime

from app.approvals.queries import review_of
from app.core import journal
from app.documents.archive.matter import Fact, Facts, Happened, Matter, same
from app.documents.archive.of_papers import Printed, course
from app.documents.sheets import Bilingual
from app.documents.sheets_of.survey_forms import form_of
from app.documents.sheets_of.survey_receipts import receipts_sheet
from app.documents.words import both as _
from app.estates.models import Estate
from app.people.queries import names
from app.surveys.homes import sheets_walked
from app.surveys.models import Survey, SurveySheet
from app.surveys.receipts import receipts_beside
from app.surveys.rules import Filled, Level, SurveyState
from app.visits.late_receipts import taken_late


def tell_survey(survey: Survey, estate: Estate, printed: Printed) -> Matter:
    """A survey with the list of its receipts, form 7, and who issued it and read its result (R24, R31, V50)."""
    facts = Facts(estate.time_zone)
    sheet = receipts_sheet(survey, sheets_walked(survey.id), printed.languages, printed_at=printed.at)
    totals, issued_at = sheet.totals, survey.issued_at or survey.made_at
    told = [*_happened(facts, survey), *course(facts, review_of(survey.id))]
    return Matter(
        type="survey",
        id=str(survey.id),
        number=f"DC-{survey.number}",
        at=issued_at,
        where=same(""),
        about=_title(survey),
        who=survey.made_by.name,
        state=_state(survey.state),
        facts=(
            *facts.said("purpose", _("Purpose of the survey"), Bilingual(survey.purpose("zh"), survey.purpose("en"))),
            *facts.when("issued_at", _("Issued on"), survey.issued_at),
            *facts.said("issue_until", _("To be handed out by"), survey.issue_until),
            *facts.said("collect_until", _("To be back by"), survey.collect_until),
            *facts.said("homes", _("Households"), str(totals.households)),
            *facts.said("handed_out", _("Given to households"), str(totals.handed_out)),
            *facts.said("signed", _("Signed for"), str(totals.signed)),
            *facts.said("returned", _("Came back"), str(totals.returned)),
            *facts.said("declined", _("Does not take part"), str(totals.declined)),
        ),
        history=tuple(sorted(told, key=lambda line: line.at)),
        sheet=sheet,
        paper="receipts.pdf",
    )


def tell_sheet(sheet: SurveySheet, estate: Estate, printed: Printed) -> Matter:
    """What a household answered, form 3 or 4, to the letter (R29, R30)."""
    facts, survey = Facts(estate.time_zone), sheet.survey
    at: datetime = sheet.collected_at or survey.made_at
    overall = _level(sheet.overall.value) if sheet.overall else None
    late = taken_late([sheet]).get(sheet.id)
    return Matter(
        type="sheet",
        id=str(sheet.id),
        number=f"DC-{sheet.number}",
        at=at,
        where=Bilingual(sheet.unit.label("zh"), sheet.unit.label("en")),
        about=_title(survey),
        who=sheet.collected_by.name if sheet.collected_by else "",
        state=_("Came back"),
        facts=(
            *facts.said("survey", _("Survey"), survey.number),
            *facts.when("handed_out_at", _("Handed out on"), late.at if late else sheet.handed_out_at),
            *_beside(facts, sheet),
            *facts.when("collected_at", _("Came back at"), sheet.collected_at),
            *facts.said("filled", _("Filled in"), _filled(sheet.filled), sheet.filled.value if sheet.filled else ""),
            *facts.said(
                "signed", _("Signed with a name"), sheet.signed_name or (_("yes") if sheet.signed else _("no"))
            ),
            *facts.said("proxy", _("On the owner's behalf"), _("yes") if sheet.proxy else _("no")),
            *facts.said("overall", _("All in all"), overall, sheet.overall.value if sheet.overall else ""),
            *_answers(facts, sheet),
        ),
        sheet=form_of(sheet, printed.languages, printed_at=printed.at),
        paper="questionnaire.pdf",
    )


def _title(survey: Survey) -> Bilingual:
    return Bilingual(survey.title("zh"), survey.title("en"))


def _answers(facts: Facts, sheet: SurveySheet) -> Iterable[Fact]:
    """Each question that was answered, then what was written about departments."""
    departments = {}
    for question in sheet.survey.questions:
        department, level = question.department, sheet.levels.get(str(question.id))
        departments[str(department.id)] = Bilingual(department.name("zh"), department.name("en"))
        if level:
            text = Bilingual(question.text("zh"), question.text("en"))
            yield from facts.said(f"question {question.place}", text, _level(level), level)
    for id_, words in sheet.opinions.items():
        yield from facts.said(f"opinion {id_}", departments.get(id_, same(id_)), words)


def _beside(facts: Facts, sheet: SurveySheet) -> Iterable[Fact]:
    """When else it was handed out, and who took it then."""
    for n, kept in enumerate(receipts_beside([sheet]).get(sheet.id, []), start=1):
        yield from facts.when(f"handed_out_at {n}", _("Handed out another time"), kept.handed_out_at)
        yield from facts.said(f"receipt {n}", _("Signed for by"), kept.receipt_name)


def _happened(facts: Facts, survey: Survey) -> Iterable[Happened]:
    lines = journal.history(survey.id)
    who = names({line.staff_id for line in lines if line.staff_id})
    words = {
        "survey:issued": _("Issued"),
        "survey:homes_added": _("Issued to more households"),
        "survey:withdrawn": _("Withdrawn"),
    }
    for line in lines:
        if line.kind in words:
            homes = _("Homes: %(n)s", n=line.data["homes"]) if isinstance(line.data.get("homes"), int) else None
            by, note = who.get(line.staff_id, "") if line.staff_id else "", str(line.data.get("reason", ""))
            yield facts.happened(line.at, words[line.kind], who=by, note=note, detail=homes)


def _state(state: SurveyState) -> Bilingual:
    return {
        SurveyState.DRAFT: _("Being drawn up"),
        SurveyState.OUT: _("Out with the households"),
        SurveyState.UNDER_REVIEW: _("On its way through the office"),
        SurveyState.BACK: _("Sent back"),
        SurveyState.READ: _("Assessed"),
        SurveyState.WITHDRAWN: _("Withdrawn"),
    }[state]


def _level(level: str) -> Bilingual:
    return {
        Level.VERY_SATISFIED: _("Very satisfied"),
        Level.SATISFIED: _("Satisfied"),
        Level.BASIC: _("Mostly satisfied"),
        Level.DISSATISFIED: _("Dissatisfied"),
        Level.VERY_DISSATISFIED: _("Very dissatisfied"),
        Level.NONE: _("No opinion"),
    }[Level(level)]


def _filled(filled: Filled | None) -> Bilingual | None:
    if filled is None:
        return None
    return {
        Filled.ON_PAPER: _("On paper by the owner, copied by the office"),
        Filled.ON_SCREEN: _("By the owner on the tablet"),
        Filled.BY_PHONE: _("Asked by phone, filled in by the office"),
    }[filled]
