"""The sheets of a survey as a list: filters in the address, as a file to take away."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import g, render_template
from werkzeug.wrappers import Response

from app.core.errors import Words
from app.core.i18n import lazy_
from app.office.asked import Asked, Choice, Column, ListOf, Option, Spoken
from app.office.door import estate_id, office
from app.office.exporting import take_away
from app.office.listing import Chip, Page, asked_of
from app.office.plan_pages.specials import when_here
from app.office.survey_pages.survey_words import FILLED, RECEIPTS, sheet_looks, sheet_states
from app.office.words import RELATIONS
from app.people.access import may
from app.people.rules import Act
from app.surveys.models import Survey
from app.surveys.queries import the_survey
from app.surveys.rules import COLLECTING, SheetState
from app.surveys.sheets import (
    Shown,
    Wanted,
    buildings_with_sheets,
    count_by_state,
    count_late,
    find_sheets,
    officers_with_sheets,
    sheet_ids,
    sheets_shown,
)
from app.surveys.words import LEVELS
from app.visits.late_receipts import Taken, taken_late

_YES = "yes"


def relation_words(relation: str) -> Words | str:
    """Who somebody is to the unit; as it was written where that is none of ours."""
    return next((words for one, words in RELATIONS.items() if one.value == relation), relation)


def _yes_no(is_so: bool | None) -> str:
    return "" if is_so is None else str(lazy_("yes") if is_so else lazy_("no"))


def _bears_a_name(row: Shown) -> str:
    return _yes_no(row.sheet.signed if row.sheet.state is SheetState.COLLECTED else None)


def _why_not(row: Shown) -> str:
    """Whoever thought better of it takes part."""
    return row.sheet.declined_reason if row.sheet.state is SheetState.DECLINED else ""


def _overall(row: Shown) -> str:
    return str(LEVELS[row.sheet.overall]) if row.sheet.overall else ""


def _states() -> list[Option]:
    return [Option(state.value, words) for state, words in sheet_states(_survey()).items()]


def _with_receipts(rows: list[Shown]) -> list[Shown]:
    """These rows; receipts that came after the answers are known from now on in this request."""
    g.taken_late = g.get("taken_late", {}) | taken_late(row.sheet for row in rows)
    return rows


def _late(row: Shown) -> Taken | None:
    known: dict[uuid.UUID, Taken] = g.get("taken_late", {})
    return known.get(row.sheet.id)


def handed_out_at(row: Shown) -> datetime | None:
    """When its household took it, whenever the receipt for it came."""
    late = _late(row)
    return late.at if late else row.sheet.handed_out_at


def _receipt(row: Shown) -> str:
    late = _late(row)
    return _said(RECEIPTS, late.how if late else row.sheet.receipt)


def _taken_by(row: Shown) -> str:
    late = _late(row)
    return late.name if late else row.sheet.receipt_name


def _buildings() -> list[Option]:
    return [Option(str(id_), name) for id_, name in buildings_with_sheets(_survey())]


def _officers() -> list[Option]:
    return [Option(str(id_), name) for id_, name in officers_with_sheets(_survey())]


SHEETS: ListOf[Shown] = ListOf(
    name="survey_sheets",
    title=lazy_("Sheets of a survey"),
    columns=(
        Column("unit", lazy_("Unit"), lambda row: row.sheet.unit.short, sorts=True),
        Column("number", lazy_("Number"), lambda row: row.sheet.number, shown=False),
        Column("state", lazy_("State"), lambda row: str(sheet_looks(row.sheet)[0]), sorts=True, width=22),
        Column("officer", lazy_("Officer"), lambda row: row.officer, sorts=True),
        Column("due", lazy_("Due by"), lambda row: row.task.due_on if row.task else None, sorts=True),
        Column("handed_out", lazy_("Handed out"), handed_out_at, sorts=True, width=17),
        Column("receipt", lazy_("Receipt"), _receipt, shown=False, width=18),
        Column("taken_by", lazy_("Taken by"), _taken_by, shown=False, act=Act.SEE_OWNERS),
        Column("agreed", lazy_("Collection agreed"), lambda row: row.sheet.agreed_at, shown=False, width=17),
        Column("collected", lazy_("Collected"), lambda row: row.sheet.collected_at, sorts=True, width=17),
        Column("filled", lazy_("Filled in"), lambda row: _said(FILLED, row.sheet.filled), shown=False, width=18),
        Column("relation", lazy_("Answered by"), lambda row: str(relation_words(row.sheet.relation)), shown=False),
        Column("signed", lazy_("Bears a name"), _bears_a_name),
        Column("overall", lazy_("Overall"), _overall, width=16),
        Column("callback", lazy_("Callback welcome"), lambda row: _yes_no(row.sheet.callback_welcome), shown=False),
        Column("declined", lazy_("Why not"), _why_not, shown=False, width=30),
    ),
    filters=(
        Choice("state", lazy_("State"), _states),
        Choice("building", lazy_("Building"), _buildings, ids=True),
        Choice("officer", lazy_("Officer"), _officers, ids=True),
        Choice("late", lazy_("Limit"), lambda: (Option(_YES, lazy_("Overdue")),)),
        Spoken(lazy_("Words")),
    ),
    usual=lambda _asked: "unit",
)


@office.get("/surveys/<uuid:survey_id>/sheets")
@may(Act.SEE_SURVEYS)
def survey_sheets(survey_id: uuid.UUID) -> str:
    """Each household's sheet: where it is, with whom, by when."""
    shown, when = _look_at(survey_id), when_here()
    asked = asked_of(SHEETS)
    rows, total = find_sheets(shown, _wanted(asked), start=asked.start, count=asked.size)
    page = Page(SHEETS, asked, _with_receipts(rows), total)
    return render_template(
        "office/surveys/sheets.html",
        survey=shown,
        found=page,
        chips=_chips(page, shown),
        when=when,
        sheet_looks=sheet_looks,
        LEVELS=LEVELS,
        SheetState=SheetState,
        handed_out_at=handed_out_at,
    )


@office.post("/surveys/<uuid:survey_id>/sheets/export/<kind>")
@may(Act.SEE_SURVEYS)
def export_survey_sheets(survey_id: uuid.UUID, kind: str) -> Response:
    """What the list shows, on all its pages, as a file to take away."""
    shown, asked = _look_at(survey_id), asked_of(SHEETS)
    return take_away(SHEETS, asked, lambda most: sheet_ids(shown, _wanted(asked), most), _to_take_away, kind)


def _to_take_away(ids: Sequence[uuid.UUID]) -> list[Shown]:
    return _with_receipts(sheets_shown(ids))


def _look_at(survey_id: uuid.UUID) -> Survey:
    g.survey = the_survey(estate_id(), survey_id)
    return _survey()


def _survey() -> Survey:
    """The survey whose sheets are listed in this request."""
    found: Survey = g.survey
    return found


def _wanted(asked: Asked) -> Wanted:
    state = asked.get("state")
    return Wanted(
        states=tuple(one for one in SheetState if one.value == state),
        building_id=asked.id("building"),
        officer_id=asked.id("officer"),
        late_on=when_here().today if asked.get("late") else None,
        words=asked.words,
        order=SHEETS.order_of(asked),
    )


def _chips(page: Page[Shown], shown: Survey) -> list[Chip]:
    """A chip for all, for each state, and one for what is late as long as sheets are asked for."""
    wanted, asks = _wanted(page.asked), shown.state in COLLECTING
    by_state = count_by_state(shown, wanted)
    late = count_late(shown, replace(wanted, late_on=when_here().today))
    state, is_late = page.asked.get("state"), bool(page.asked.get("late"))
    return [
        Chip(
            lazy_("All"),
            sum(by_state.values()),
            page.address(state=None, late=None),
            not state and not is_late,
        ),
        *(
            Chip(
                one.words,
                by_state.get(SheetState(one.value), 0),
                page.address(state=one.value, late=None),
                state == one.value and not is_late,
            )
            for one in _states()
        ),
        *([Chip(lazy_("Overdue"), late, page.address(state=None, late=_YES), is_late)] if asks or is_late else []),
    ]


def _said(words: dict[Any, Words], value: Any) -> str:
    return str(words[value]) if value else ""
