"""Forms of very many lines: how far the press is with one, and the paper itself once it is printed."""

import uuid
from dataclasses import dataclass

from flask import Response, render_template, url_for

from app.core.clock import now
from app.core.errors import NotFound, Words
from app.core.i18n import _, current_locale, lazy_
from app.documents import shelf
from app.documents.at_the_press import OPEN
from app.documents.bundles import KEPT_FOR
from app.documents.long_papers import papers_of, the_paper
from app.documents.models import LongPaper, Progress
from app.office.door import estate_id, me, office
from app.office.made import PAPERS, has_it, paper_period, step_words
from app.office.moments import When
from app.office.printed import answer_paper
from app.office.visit_pages.bundles import LEFT_OUT
from app.people.access import logged_in
from app.people.rules import Act
from app.surveys.queries import the_survey


@dataclass(frozen=True)
class _List:
    """Where such forms are asked for."""

    title: Words
    endpoint: str


@dataclass(frozen=True)
class _Kind:
    """What such a form is called, who may see it, and the list where it is asked for."""

    title: Words
    act: Act
    asked_at: _List


_PLANS = _List(lazy_("Plans"), "office.plans")
_SURVEYS = _List(lazy_("Surveys"), "office.surveys")
_KINDS: dict[str, _Kind] = {
    "PlanSheet": _Kind(PAPERS["PlanSheet"], Act.SEE_PLAN, _PLANS),
    "BlankRecords": _Kind(PAPERS["BlankRecords"], Act.SEE_PLAN, _PLANS),
    "CallsSheet": _Kind(PAPERS["CallsSheet"], Act.SEE_VISITS, _List(lazy_("Phone callbacks"), "office.calls")),
    "RegisterSheet": _Kind(PAPERS["RegisterSheet"], Act.SEE_ORDERS, _List(lazy_("Work orders"), "office.orders")),
    "YearSheet": _Kind(PAPERS["YearSheet"], Act.SEE_STATISTICS, _List(lazy_("Statistics"), "office.statistics")),
    "SurveyForms": _Kind(PAPERS["SurveyForms"], Act.SEE_SURVEYS, _SURVEYS),
    "ReceiptsSheet": _Kind(PAPERS["ReceiptsSheet"], Act.SEE_SURVEYS, _SURVEYS),
    "AnalysisSheet": _Kind(PAPERS["AnalysisSheet"], Act.SEE_SURVEYS, _SURVEYS),
}


@office.get("/papers/<uuid:paper_id>")
@logged_in
def long_paper(paper_id: uuid.UUID) -> str:
    """How far a paper is; those asked for earlier."""
    here, shown = me(), _shown(paper_id)
    if shown.state is Progress.FAILED:
        has_it(shown)
    return render_template(
        "office/long_paper.html",
        paper=shown,
        kind=_KINDS[shown.form],
        back=_way_back(shown),
        others=[one for one in papers_of(here.staff, estate_id()) if one.id != shown.id and _may_see(one)],
        kinds=_KINDS,
        period_of=paper_period,
        ends_at=shown.asked_at + KEPT_FOR,
        is_open=shown.state in OPEN,
        step=step_words(shown.id),
        Progress=Progress,
        refusal=LEFT_OUT.get(shown.refused, ""),
        when=When(here.estate.time_zone, now()),
    )


@office.get("/papers/<uuid:paper_id>.pdf")
@logged_in
def long_paper_file(paper_id: uuid.UUID) -> Response:
    """The paper, once it is printed."""
    shown = _shown(paper_id)
    if shown.state is not Progress.READY:
        raise NotFound("paper:not_ready", _("This paper is not printed yet."))
    sealed = shelf.take(shown.mark)
    if sealed is None:
        raise NotFound("paper:gone", _("This paper is not here any more. Ask for it again."))
    has_it(shown)
    return answer_paper(sealed, shown.number)


def _shown(paper_id: uuid.UUID) -> LongPaper:
    """Raises NotFound for what others asked for, and for what somebody may not see any more."""
    paper = the_paper(me().staff, estate_id(), paper_id)
    if not _may_see(paper):
        raise NotFound("paper:not_yours", _("Your role in this estate does not include this."))
    return paper


def _way_back(paper: LongPaper) -> list[tuple[Words | str, str]]:
    """Words and address of the list where it is asked for, and of the survey that it is of, if it is of one."""
    list_ = _KINDS[paper.form].asked_at
    way: list[tuple[Words | str, str]] = [(list_.title, url_for(list_.endpoint))]
    if paper.survey_id is not None:
        survey = the_survey(estate_id(), paper.survey_id)
        way.append((survey.title(current_locale()), url_for("office.survey", survey_id=survey.id)))
    return way


def _may_see(paper: LongPaper) -> bool:
    return me().may(_KINDS[paper.form].act)
