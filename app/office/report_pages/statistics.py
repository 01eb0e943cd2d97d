"""A year's statistics (R17, form 10): its visits, callbacks, issues and ratings, by what somebody asks."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from flask import Response, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.approvals.rules import Chain, Paper, chain_of
from app.core.clock import now
from app.core.db import db
from app.core.errors import Refused
from app.core.i18n import _, current_locale, lazy_, name_of
from app.core.limits import limiter
from app.core.rates import Rate
from app.documents.sheets_of.officers_sheet import officers_sheet
from app.documents.sheets_of.year_sheet import year_sheet
from app.estates.households import vacant_units
from app.estates.queries import buildings_of
from app.office.act_form import leave_behind, typed_in
from app.office.asked import Asked, Choice, Column, ListOf, Option
from app.office.door import estate_id, me, office
from app.office.exporting import take_away
from app.office.listing import Chip, address_of, asked_of
from app.office.moments import When
from app.office.printed import OFTEN, answer_sheet, languages_asked_for
from app.office.report_pages.rows import AIMS, Row
from app.office.report_pages.year_report import HandUpForm
from app.office.words import title_of
from app.people.access import may
from app.people.queries import ever_in, who_ever_might
from app.people.rules import Act, Role
from app.reports.counting import Dimension, Key, Line, Wanted, count, count_by
from app.reports.figures import NamedLine, figures_of
from app.reports.handing_up import hand_up
from app.reports.models import YearReport
from app.reports.queries import Year, facts_of, first_year, keys_of, report_of
from app.reports.rules import ReportState
from app.reports.words import DIMENSIONS, Names
from app.visits.rules import Category, Method
from app.visits.words import CATEGORIES, METHODS

_NARROWING = ("month", "category", "method", "building", "officer")
"""Filters that leave a part of the year."""


def _part(of: Callable[[Line], Rate | None]) -> Callable[[Row], int | None]:
    return lambda row: counted.part if (counted := of(row.line)) else None


def _whole(of: Callable[[Line], Rate | None]) -> Callable[[Row], int | None]:
    return lambda row: counted.whole if (counted := of(row.line)) else None


def _percent(of: Callable[[Line], Rate | None]) -> Callable[[Row], str]:
    return lambda row: counted.percent if (counted := of(row.line)) else "–"


def _strict(line: Line) -> Rate:
    return line.satisfaction.strict


def _broad(line: Line) -> Rate:
    return line.satisfaction.broad


def _of_visits(line: Line) -> Rate | None:
    return line.visits


def _visits_in_time(line: Line) -> Rate | None:
    return line.visits_in_time


def _callbacks(line: Line) -> Rate | None:
    return line.callbacks


def _in_time(line: Line) -> Rate | None:
    return line.in_time


def _years() -> list[Option]:
    last = When(me().estate.time_zone, now()).today.year
    return [Option(str(year), str(year)) for year in range(last, first_year(me().estate) - 1, -1)]


def _months() -> list[Option]:
    names = Names(estate_id())
    return [Option(str(month), names.of(Dimension.MONTH, month, current_locale())) for month in range(1, 13)]


def _buildings() -> list[Option]:
    names = Names(estate_id())
    return [
        Option(str(one.id), names.of(Dimension.BUILDING, one.id, current_locale())) for one in buildings_of(estate_id())
    ]


def _officers() -> list[Option]:
    might = who_ever_might(Act.CARRY_TABLET, estate_id())
    return [Option(str(one.id), one.name) for one in ever_in(estate_id()) if one.id in might]


_LINE: Column[Row] = Column("line", lazy_("Part of the year"), lambda row: row.words, width=24)
_VISITS: tuple[Column[Row], ...] = (
    Column("in_scope", lazy_("Households"), lambda row: row.line.households.in_scope),
    Column("due", lazy_("Households due"), lambda row: row.line.households.due),
    Column("visited", lazy_("Gone to or rung"), lambda row: row.line.households.visited),
    Column("met", lazy_("Met at the door"), lambda row: row.line.households.met),
    Column("coverage", lazy_("Coverage"), _percent(lambda line: line.coverage)),
    Column("by_phone", lazy_("Heard by phone alone"), lambda row: row.line.households.by_phone),
    Column("tries", lazy_("Attempts"), lambda row: row.line.tries.whole),
    Column("tries_met", lazy_("Attempts met"), lambda row: row.line.tries.part),
    Column("contact", lazy_("Met ÷ attempts"), _percent(lambda line: line.tries)),
    Column("visits_due", lazy_("Visits due"), _whole(_of_visits)),
    Column("visits_held", lazy_("Visits held"), _part(_of_visits)),
    Column("visit_rate", lazy_("Visits held ÷ due"), _percent(_of_visits)),
    Column("visits_in_time", lazy_("Visits held in time"), _part(_visits_in_time)),
    Column("visit_timeliness", lazy_("Timeliness of visits"), _percent(_visits_in_time)),
    Column("callbacks", lazy_("Callbacks due"), _whole(_callbacks)),
    Column("held", lazy_("Callbacks held"), _part(_callbacks)),
    Column("callback_rate", lazy_("Callback rate"), _percent(_callbacks)),
    Column("in_time", lazy_("Held in time"), _part(_in_time)),
    Column("timeliness", lazy_("Timeliness"), _percent(_in_time)),
    Column("valid", lazy_("Valid answers"), _whole(_strict)),
    Column("satisfied", lazy_("Satisfied"), _part(_strict)),
    Column("strict", lazy_("Satisfaction rate, strict"), _percent(_strict)),
    Column("broadly", lazy_("With mostly satisfied"), _part(_broad)),
    Column("broad", lazy_("Satisfaction rate, broad"), _percent(_broad)),
    Column("phone_valid", lazy_("Of the valid, by phone"), _whole(lambda line: line.satisfaction.by_phone)),
    Column("few", lazy_("Fewer than 5 answers"), lambda row: str(_("few")) if row.line.satisfaction.is_small else ""),
    Column("no_opinion", lazy_("No opinion"), lambda row: row.line.satisfaction.no_opinion),
    Column("left_out", lazy_("Proxies above the share"), lambda row: row.line.satisfaction.left_out),
)
_ISSUES: tuple[Column[Row], ...] = (
    Column("raised", lazy_("Issues raised"), lambda row: row.line.issues.raised),
    Column("on_the_spot", lazy_("Answered on the spot"), lambda row: row.line.issues.on_the_spot),
    Column("there_rate", lazy_("On-the-spot rate"), _percent(lambda line: line.issues.answered_there)),
    Column("closed", lazy_("Closed by the owner"), lambda row: row.line.issues.closed),
    Column("closure", lazy_("Closure rate"), _percent(lambda line: line.issues.closure)),
    Column("open", lazy_("Open"), lambda row: row.line.issues.open),
    Column("for_now", lazy_("Cannot be solved for now"), lambda row: row.line.issues.for_now),
    Column("at_all", lazy_("Cannot be solved"), lambda row: row.line.issues.at_all),
    Column("ended", lazy_("Ended otherwise"), lambda row: row.line.issues.ended),
    Column("median", lazy_("Days to close, median"), lambda row: row.line.issues.median_days),
    Column("p90", lazy_("Days to close, nine of ten"), lambda row: row.line.issues.p90),
    Column("rounds", lazy_("Rounds per closed issue"), lambda row: row.line.issues.rounds_each),
)
"""What issues alone have, too: a department has no visits, not none of them."""

STATISTICS: ListOf[Row] = ListOf(
    name="statistics",
    title=lazy_("Statistics"),
    columns=(_LINE, *_VISITS, *_ISSUES),
    filters=(
        Choice("year", lazy_("Year"), _years),
        Choice("by", lazy_("Counted by"), lambda: [Option(one.value, words) for one, words in DIMENSIONS.items()]),
        Choice("month", lazy_("Month"), _months),
        Choice("category", lazy_("Category"), lambda: [Option(one.value, words) for one, words in CATEGORIES.items()]),
        Choice("method", lazy_("Method"), lambda: [Option(one.value, words) for one, words in METHODS.items()]),
        Choice("building", lazy_("Building"), _buildings),
        Choice("officer", lazy_("Officer"), _officers),
    ),
    usual=lambda _asked: "",
)


@office.get("/statistics")
@may(Act.SEE_STATISTICS)
def statistics() -> str:
    """A year by one thing, months for a beginning; of all of it, or of what the filters leave."""
    return _page()


def _page(form: HandUpForm | None = None) -> str:
    asked = asked_of(STATISTICS)
    year, by, wanted = _year(asked), _by(asked), _wanted(asked)
    rows, report = _rows(year, by, wanted), report_of(estate_id(), year.number)
    return render_template(
        "office/statistics.html",
        year=year,
        rows=rows,
        total=rows[-1].line,
        by=by,
        asked=asked,
        dimensions=_dimensions(asked, by),
        filters=_narrowing(),
        is_filtered=bool(wanted),
        before=_address(asked, year.number - 1) if year.number > first_year(me().estate) else "",
        after=_address(asked, year.number + 1) if year.is_over else "",
        all_of_it=address_of(STATISTICS, asked.with_(**dict.fromkeys(_NARROWING))),
        vacant=vacant_units(me().estate, year.last, asked.id("building")),
        aims=AIMS,
        report=report,
        hand_up=form or _hand_up_form(report) if _may_hand_up(year, report) else None,
        hand_up_now=form is not None,
        readers=[title_of(stage.role, me().estate) for stage in _chain()],
        executive=title_of(Role.EXECUTIVE, me().estate),
        ReportState=ReportState,
        Dimension=Dimension,
        when=When(me().estate.time_zone, year.now),
    )


def _chain() -> Chain:
    """The stages that a year passes here."""
    return chain_of(Paper.YEAR, me().estate.profile, me().estate.settings)


@office.post("/statistics/hand-up")
@may(Act.HAND_UP_YEAR)
def hand_up_year() -> AnyResponse | tuple[str, int]:
    """Count the year in the address as it stands and hand it up; from then on its figures stay."""
    form, year = HandUpForm(), _year(asked_of(STATISTICS))
    if not form.validate_on_submit():
        return _page(form), 422

    try:
        report = hand_up(me().estate, year, str(form.summary.data), event_id=form.event_id, by=me().by)
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        flash(str(refused.message), "refusal")
        if not _may_hand_up(year, report_of(estate_id(), year.number)):
            leave_behind(*typed_in(form))  # its form is gone
        return _page(form), refused.status

    flash(_("The year is handed up. Its figures stay as they were counted."), "good")
    return redirect(url_for("office.year_report", report_id=report.id))


def _may_hand_up(year: Year, report: YearReport | None) -> bool:
    """Whether whoever looks may hand this year up now."""
    is_free = report is None or report.state is ReportState.BACK
    return me().may(Act.HAND_UP_YEAR) and year.is_over and is_free


def _hand_up_form(report: YearReport | None) -> HandUpForm:
    """Fresh, or with what was said of the year when it came back."""
    return HandUpForm(summary=report.summary if report else "")


@office.post("/statistics/export/<kind>")
@may(Act.SEE_STATISTICS)
def export_statistics(kind: str) -> AnyResponse:
    """The same as a file to take away, every count and rate in a column of its own."""
    asked = asked_of(STATISTICS)
    year, by = _year(asked), _by(asked)
    asked = asked.with_(year=str(year.number), by=by.value)  # the file says so, also where nobody asked
    rows: dict[uuid.UUID, Row] = {}

    def ids(_most: int) -> list[uuid.UUID]:
        found = _rows(year, by, _wanted(asked))
        rows.update({uuid.UUID(int=n): row for n, row in enumerate(found)})
        return list(rows)

    list_ = replace(STATISTICS, columns=(_LINE, *_ISSUES)) if by is Dimension.DEPARTMENT else STATISTICS
    return take_away(list_, asked, ids, lambda some: [rows[id_] for id_ in some], kind)


@office.get("/statistics.pdf")
@may(Act.SEE_STATISTICS)
@limiter.limit(OFTEN)
def printed_statistics() -> Response:
    """Form 10: the whole year, by everything that it is counted by, and the carry-over list."""
    here, year = me(), _year(asked_of(STATISTICS))
    languages = languages_asked_for()
    sheet = year_sheet(here.estate, figures_of(here.estate, year), languages, printed_at=year.now)
    return answer_sheet(sheet, year.now)


@office.get("/statistics/officers.pdf")
@may(Act.SEE_STATISTICS)
@limiter.limit(OFTEN)
def printed_officers() -> Response:
    """The page by officer on paper, of the year or of what the filters leave: the basis of an appraisal (R42)."""
    asked, estate = asked_of(STATISTICS), me().estate
    year, wanted, names = _year(asked), _wanted(asked), Names(estate_id())
    lines, total = _lines(year, Dimension.OFFICER, wanted)
    sheet = officers_sheet(
        estate,
        languages_asked_for(),
        year=year.number,
        last=year.last,
        filters=tuple(said for one in _narrowing() if (said := one.say(asked.chosen))),
        lines=tuple(NamedLine(name_of(partial(names.of, Dimension.OFFICER, key)), line) for key, line in lines),
        total=total,
        printed_at=year.now,
    )
    return answer_sheet(sheet, year.now)


def _narrowing() -> list[Choice]:
    return [one for one in STATISTICS.filters if isinstance(one, Choice) and one.name in _NARROWING]


def _lines(year: Year, by: Dimension, wanted: Wanted) -> tuple[list[tuple[Key, Line]], Line]:
    """The lines of a part of a year, and their total."""
    estate = me().estate
    facts = facts_of(estate, year)
    keys = [wanted[by]] if by in wanted else keys_of(estate, year, by, facts)
    return count_by(facts, by, keys, wanted), count(facts, wanted)


def _rows(year: Year, by: Dimension, wanted: Wanted) -> list[Row]:
    names = Names(estate_id())
    lines, total = _lines(year, by, wanted)
    told = [Row(names.of(by, key, current_locale()), line) for key, line in lines]
    return [*told, Row(_("Total"), total, is_total=True)]


def _year(asked: Asked) -> Year:
    """The year in the address; this one for anything else."""
    zone, at = me().estate.time_zone, now()
    return Year(int(asked.get("year") or When(zone, at).today.year), zone, at)


def _by(asked: Asked) -> Dimension:
    return Dimension(asked.get("by") or Dimension.MONTH.value)


def _wanted(asked: Asked) -> Wanted:
    wanted: dict[Dimension, Key] = {}
    if month := asked.get("month"):
        wanted[Dimension.MONTH] = int(month)
    if category := asked.get("category"):
        wanted[Dimension.CATEGORY] = Category(category)
    if method := asked.get("method"):
        wanted[Dimension.METHOD] = Method(method)
    if building_id := asked.id("building"):
        wanted[Dimension.BUILDING] = building_id
    if officer_id := asked.id("officer"):
        wanted[Dimension.OFFICER] = officer_id
    return wanted


def _address(asked: Asked, year: int) -> str:
    return address_of(STATISTICS, asked.with_(year=str(year)))


def _dimensions(asked: Asked, by: Dimension) -> list[Chip]:
    return [
        Chip(words, None, address_of(STATISTICS, asked.with_(by=one.value)), one is by)
        for one, words in DIMENSIONS.items()
    ]
