"""What the press makes for whoever is at the desk: how far it is, on every page, and once it is there."""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import g, render_template, request, url_for

from app.core import waits
from app.core.clock import now
from app.core.db import db, writing
from app.core.errors import Words
from app.core.i18n import _, lazy_
from app.documents import how_far
from app.documents.archive.periods import Days
from app.documents.at_the_press import OPEN, seen
from app.documents.how_far import Step
from app.documents.models import Archive, Bundle, LongPaper, Progress
from app.office.door import estate_id, me, office
from app.office.moments import When, period_words
from app.people.access import may
from app.people.rules import Act

_Thing = Archive | Bundle | LongPaper

KINDS: dict[str, tuple[type[_Thing], Words]] = {
    "archive": (Archive, lazy_("Archive of visit records")),
    "bundle": (Bundle, lazy_("Sign-off sheets")),
    "long_paper": (LongPaper, lazy_("Printed list")),
}

PAPERS: dict[str, Words] = {
    "PlanSheet": lazy_("Monthly visit plan"),
    "BlankRecords": lazy_("Blank visit records"),
    "CallsSheet": lazy_("Summary of phone callbacks"),
    "RegisterSheet": lazy_("Work order register"),
    "YearSheet": lazy_("Annual visit statistics"),
    "SurveyForms": lazy_("Sheets of a survey"),
    "ReceiptsSheet": lazy_("Receipts of a survey"),
    "AnalysisSheet": lazy_("Survey analysis"),
}
"""What each form that is printed as a long list is called."""


@dataclass(frozen=True)
class Made:
    """One thing. `done` of `total` is made; where that is not known no `total`, and `step` says what is being done.

    `about`: its period in words.
    """

    id: uuid.UUID
    title: Words
    about: str
    url: str
    is_open: bool
    failed: bool
    done: int
    total: int
    step: str = ""


def made_by_id(subject_type: str, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Made]:
    """Things of a kind, as an inbox or a page shows them."""
    model, _title = KINDS[subject_type]
    found: Iterable[_Thing] = db.session.scalars(sa.select(model).where(model.id.in_(list(ids))))
    return {one.id: _as_made(subject_type, one) for one in found}


def being_made() -> list[Made]:
    """What is being made for whoever is here, and what was, of those the page showed; not what it is itself about."""
    page = _page_here()
    shown = [uuid.UUID(one) for one in request.args.getlist("made") if _is_id(one)]
    found: list[Made] = []
    for subject_type, (model, _title) in KINDS.items():
        theirs = sa.select(model).where(model.estate_id == estate_id(), model.staff_id == me().id)
        asked = theirs.where(sa.or_(model.state.in_(OPEN), model.id.in_(shown))).order_by(model.asked_at)
        things: Iterable[_Thing] = db.session.scalars(asked)
        found += [_as_made(subject_type, one) for one in things]
    return [one for one in found if one.url != page]


def _page_here() -> str:
    """Where whoever asks stands: a part of a page is asked for from the address of the whole."""
    try:
        return urlsplit(request.headers.get("HX-Current-URL", "")).path or request.path
    except ValueError:  # no address at all
        return request.path


def has_it(made: _Thing) -> None:
    """Whoever asked for it has taken it, or looks at why there is none: it waits for them no more."""
    if not waits.on(made.id):
        return
    db.session.rollback()
    with writing():
        seen(made)
        db.session.commit()


@office.get("/made")
@may(Act.SEE_ESTATE)
def made_for_me() -> str:
    """How far everything is that a page showed as being made."""
    return render_template("office/parts/made.html", made=being_made())


@office.app_context_processor
def _on_every_page() -> dict[str, object]:
    return {"being_made": lambda: being_made() if "me" in g else []}


def _as_made(subject_type: str, one: _Thing) -> Made:
    title, done, total, step = KINDS[subject_type][1], 0, 0, ""
    if isinstance(one, Archive):
        when = When(me().estate.time_zone, now())
        url = url_for("office.archive", archive_id=one.id)
        about = period_words(Days(one.first_on, one.last_on), when)
        # How much it comes to is known once its turn has come: until then `total` counts the visits alone.
        waits_its_turn = one.state is Progress.WAITING
        done, total, step = (0, 0, str(_("It waits for its turn."))) if waits_its_turn else (one.made, one.total, "")
    elif isinstance(one, Bundle):
        url, about = url_for("office.bundle", bundle_id=one.id), ""
        done, total = one.made, len(one.visits)
    else:
        title, url, about = PAPERS[one.form], url_for("office.long_paper", paper_id=one.id), paper_period(one)
        step = step_words(one.id)
    is_open, failed = one.state in OPEN, one.state is Progress.FAILED
    return Made(one.id, title, about, url, is_open, failed, done, total, step)


_OF_A_SURVEY = re.compile(r"(?:MYD|QS|DC)-(\d{4}-\d+)(?:-P(\d*))?")
"""The numbers of a survey's analysis, receipts and sheets: its own number, and which part of the sheets."""


def paper_period(paper: LongPaper) -> str:
    """What tells a long paper from others of its kind: the month or the survey that it is about, by its number, the day
    on which it was asked for where that says how its lines stood, and its languages.

    `JH-2610-2`, the second version of October's plan; `DH-2610-1103`, October's calls as of 3 November; `MYD-2026-1`,
    the analysis of the survey 2026-1; `DC-2026-1-P3`, the third part of its sheets.
    """
    return " · ".join(str(words) for words in (*_period(paper), _LANGUAGES.get(paper.languages, "")) if str(words))


def _period(paper: LongPaper) -> tuple[Words, ...]:
    when = When(me().estate.time_zone, now())
    asked_on = when.on(when.local(paper.asked_at).date())
    if of := _OF_A_SURVEY.fullmatch(paper.number):
        return of[1], _("Part %(n)s", n=of[2]) if of[2] else "", asked_on
    series, _dash, rest = paper.number.partition("-")
    if series not in ("JH", "DH"):
        return (asked_on,)
    month, _dash, last = rest.partition("-")
    words = when.month(date(2000 + int(month[:2]), int(month[2:]), 1))
    return words, _("Version %(n)s", n=last) if series == "JH" and last != "1" else ""


_LANGUAGES = {"both": lazy_("Chinese and English"), "zh": lazy_("Chinese"), "en": lazy_("English")}


def step_words(paper_id: uuid.UUID) -> str:
    """What is being done for a long paper, and with which page; "" where nobody prints it yet."""
    far = how_far.read(paper_id)
    return "" if far is None else str(_STEPS[far.step]) % {"n": far.pages}


_STEPS: dict[Step, Words] = {
    Step.PREPARING: lazy_("Step 1 of 4: the lines are prepared"),
    Step.LAYING_OUT: lazy_("Step 2 of 4: page %(n)s is laid out"),
    Step.DRAWING: lazy_("Step 3 of 4: %(n)s pages are drawn"),
    Step.SEALING: lazy_("Step 4 of 4: %(n)s pages are sealed"),
}


def _is_id(said: str) -> bool:
    try:
        return bool(uuid.UUID(said))
    except ValueError:
        return False
