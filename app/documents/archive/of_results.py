"""What a survey came to as an archive tells it: the analysis of its result, and the letter to its owners (V49, V50)."""

from app.approvals.queries import review_of
from app.core.rates import Rate
from app.documents.archive.matter import Facts, Matter, same
from app.documents.archive.of_papers import Printed, course
from app.documents.sheets import Bilingual
from app.documents.sheets_of.survey_analysis import analysis_sheet
from app.documents.sheets_of.survey_letter import letter_sheet, measures_told
from app.documents.words import both as _
from app.estates.models import Estate
from app.surveys.figures import Figures, kept_of
from app.surveys.models import Survey


def tell_result(survey: Survey, estate: Estate, printed: Printed) -> Matter:
    """A result that was read to the end, form 13, and who handed it up, passed it on and assessed it (R31, R32)."""
    facts, figures = Facts(estate.time_zone), _figures(survey)
    returns, items = figures.returns, figures.items
    return Matter(
        type="result",
        id=str(survey.id),
        number=f"MYD-{survey.number}",
        at=survey.counted_at or survey.made_at,
        where=same(""),
        about=_about(survey),
        who=survey.made_by.name,
        state=_("Assessed"),
        facts=(
            *facts.said("summary", _("What the survey comes to"), survey.summary),
            *facts.said("counted_on", _("Counted on"), figures.counted_on),
            *facts.said("distribution", _("Distribution"), _rate(returns.distribution)),
            *facts.said("response", _("Response"), _rate(returns.response)),
            *facts.said("valid", _("Valid"), _rate(returns.validity)),
            *facts.said("strict", _("All items"), _rate(items.strict)),
            *facts.said("broad", _("All items: with mostly satisfied"), _rate(items.broad)),
            *facts.when("read_at", _("Assessed on"), survey.read_at),
        ),
        history=tuple(course(facts, review_of(survey.id))),
        sheet=analysis_sheet(estate, survey, figures, printed.languages, printed_at=printed.at),
        paper="analysis.pdf",
    )


def tell_letter(survey: Survey, estate: Estate, printed: Printed) -> Matter:
    """The open letter, form 12, with what departments had settled when it was archived (R34, V52)."""
    facts, figures = Facts(estate.time_zone), _figures(survey)
    told = measures_told(survey, figures)
    sheet = letter_sheet(estate, figures, printed.languages, told, printed_at=printed.at, is_draft=False)
    settled = [
        fact
        for n, one in enumerate(told, start=1)
        for fact in facts.said(
            f"measure {n}",
            Bilingual(one.department.zh, one.department.en),
            one.text,
            one.by.isoformat() if one.by else "",
        )
    ]
    return Matter(
        type="letter",
        id=str(survey.id),
        number=sheet.number,
        at=survey.read_at or survey.made_at,
        where=same(""),
        about=_about(survey),
        who=survey.made_by.name,
        state=_("Assessed"),
        facts=(*facts.said("households", _("Households"), str(figures.returns.households)), *settled),
        sheet=sheet,
        paper="letter.pdf",
    )


def _figures(survey: Survey) -> Figures:
    figures = kept_of(survey)
    assert figures is not None, "it was read to the end"
    return figures


def _about(survey: Survey) -> Bilingual:
    return Bilingual(survey.title("zh"), survey.title("en"))


def _rate(rate: Rate) -> Bilingual:
    """With what it was counted from."""
    return same(f"{rate.part} / {rate.whole} · {rate.percent}")
