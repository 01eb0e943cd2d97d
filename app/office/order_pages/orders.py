"""The register of work orders (form 8): one line each, every column, filters in the address, as a file to take away."""

from dataclasses import replace
from datetime import datetime

from flask import render_template
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.i18n import current_locale, lazy_
from app.core.waits import Wait
from app.office.asked import Asked, Choice, Column, Days, ListOf, Option, Spoken
from app.office.door import estate_id, me, office
from app.office.exporting import take_away
from app.office.issue_pages.issues import company_options
from app.office.listing import Chip, Page, asked_of, days_asked_for
from app.office.moments import When
from app.office.order_pages.order_words import (
    ICONS,
    KINDS,
    STATES,
    TONES,
    department_of,
    money,
    orders_in_scope,
    turn_of,
)
from app.office.setting_pages.setting_words import COMPANIES
from app.office.words import ENDINGS, HOW, RATINGS, headline, masked
from app.people.access import may
from app.people.queries import departments
from app.people.rules import Act, Liable
from app.repairs.models import WorkOrder
from app.repairs.queries import (
    OPEN,
    Wanted,
    count_by_state,
    count_late,
    find_orders,
    order_ids,
    orders_with_waits,
)
from app.repairs.rules import ENDED, Kind, State
from app.visits.rules import Rating

Row = tuple[WorkOrder, Wait | None]
_ALL = "all"
_YES, _NO = "yes", "no"
_STATES: tuple[Option, ...] = (
    *(Option(state.value, words) for state, words in STATES.items()),
    Option(_ALL, lazy_("All")),
)


def _when() -> When:
    return When(me().estate.time_zone, now())


def _usual(asked: Asked) -> str:
    """What is open stands in the order to act; where nothing waits any more the newest comes first."""
    return "-reported" if asked.get("state") in (*(state.value for state in ENDED), _ALL) else "limit"


def _yes_no(is_so: bool) -> str:
    return str(lazy_("yes") if is_so else lazy_("no"))


def _departments() -> list[Option]:
    only_of = orders_in_scope().only_of
    known = departments(estate_id())
    return [Option(str(one.id), one.name(current_locale())) for one in known if only_of is None or one.id in only_of]


def _rating(order: WorkOrder) -> str:
    return str(RATINGS[Rating(order.rating)]) if order.rating else ""


def _signed(order: WorkOrder) -> str:
    """How the owner's satisfied answer was given: form 8's signature; blank until there is one."""
    return str(HOW[order.closed_how]) if order.closed_how else ""


def _ending(order: WorkOrder) -> str:
    """Why it ended though its owner has not called it good; blank for every other order."""
    return str(ENDINGS[order.ending]) if order.ending else ""


def _limit(row: Row) -> datetime | None:
    return row[1].due_at if row[1] else None


ORDERS: ListOf[Row] = ListOf(
    name="orders",
    title=lazy_("Work order register"),
    columns=(
        Column("number", lazy_("Number"), lambda row: row[0].number, sorts=True, shown=False),
        Column("outside", lazy_("Number elsewhere"), lambda row: row[0].outside_number, shown=False, width=18),
        Column("content", lazy_("Content"), lambda row: row[0].content, width=46),
        Column("reported", lazy_("Reported at"), lambda row: row[0].reported_at, sorts=True, width=17),
        Column("reporter", lazy_("Reported by"), lambda row: row[0].reported_by, shown=False),
        Column("phone", lazy_("Phone"), lambda row: masked(row[0].phone), shown=False, act=Act.SEE_OWNERS),
        Column("unit", lazy_("Unit"), lambda row: row[0].unit.short, sorts=True),
        Column("place", lazy_("Where in the home"), lambda row: row[0].place, shown=False),
        Column("kind", lazy_("Kind"), lambda row: str(KINDS[row[0].kind]), shown=False, width=20),
        Column("warranty", lazy_("Under warranty"), lambda row: _yes_no(row[0].under_warranty), shown=False),
        Column("liable", lazy_("Liable company"), lambda row: str(COMPANIES[row[0].liable]), shown=False, width=24),
        Column("state", lazy_("State"), lambda row: str(STATES[row[0].state]), sorts=True, width=24),
        Column("department", lazy_("With"), lambda row: department_of(row[0]), sorts=True, width=22),
        Column("worker", lazy_("Worker"), lambda row: row[0].worker, shown=False),
        Column("dispatched", lazy_("Dispatched"), lambda row: row[0].dispatched_at, shown=False, width=17),
        Column("arrived", lazy_("Arrived"), lambda row: row[0].arrived_at, shown=False, width=17),
        Column("finished", lazy_("Finished"), lambda row: row[0].finished_at, sorts=True, shown=False, width=17),
        Column("work", lazy_("Work done"), lambda row: row[0].work_done, shown=False, width=36),
        Column("fee", lazy_("Fee"), lambda row: row[0].fee_cents / 100, sorts=True, shown=False, width=10),
        Column("material", lazy_("Material"), lambda row: row[0].material, shown=False, width=18),
        Column("quantity", lazy_("Quantity"), lambda row: row[0].quantity, shown=False, width=10),
        Column("rounds", lazy_("Rework rounds"), lambda row: row[0].reworked, sorts=True, shown=False, width=10),
        Column("rating", lazy_("Rating"), lambda row: _rating(row[0]), shown=False),
        Column("signed", lazy_("Owner's satisfied answer"), lambda row: _signed(row[0]), shown=False, width=22),
        Column("limit", lazy_("Limit"), _limit, sorts=True, width=17),
        Column("closed", lazy_("Closed"), lambda row: row[0].closed_at, shown=False, width=17),
        Column("ending", lazy_("Why without satisfaction"), lambda row: _ending(row[0]), shown=False, width=22),
    ),
    filters=(
        Choice("state", lazy_("State"), lambda: _STATES),
        Choice("overdue", lazy_("Limit"), lambda: (Option(_YES, lazy_("Overdue")),)),
        Choice("pays", lazy_("Kind"), lambda: [Option(kind.value, words) for kind, words in KINDS.items()]),
        Choice("liable", lazy_("Liable company"), company_options),
        Choice("warranty", lazy_("Under warranty"), lambda: (Option(_YES, lazy_("yes")), Option(_NO, lazy_("no")))),
        Choice("department", lazy_("Department"), _departments, ids=True),
        Choice("rework", lazy_("Rework rounds"), lambda: (Option(_YES, lazy_("Reworked")),)),
        Days(lazy_("Reported")),
        Spoken(lazy_("Words")),
    ),
    usual=_usual,
)


@office.get("/orders")
@may(Act.SEE_ORDERS)
def orders() -> str:
    """Work orders in the order to act, by state, kind, company, department, lateness, days and words."""
    asked, when = asked_of(ORDERS), _when()
    rows, total = find_orders(estate_id(), _wanted(asked, when), start=asked.start, count=asked.size)
    page = Page(ORDERS, asked, rows, total)
    return render_template(
        "office/orders.html",
        found=page,
        chips=_chips(page, when),
        turns={order.id: turn_of(order, wait, when) for order, wait in rows},
        when=when,
        STATES=STATES,
        TONES=TONES,
        ICONS=ICONS,
        KINDS=KINDS,
        Kind=Kind,
        money=money,
        headline=headline,
    )


@office.post("/orders/export/<kind>")
@may(Act.SEE_ORDERS)
def export_orders(kind: str) -> Response:
    """What the register shows, on all its pages and with every column of form 8, as a file to take away."""
    asked = asked_of(ORDERS)
    wanted = _wanted(asked, _when())
    return take_away(ORDERS, asked, lambda most: order_ids(estate_id(), wanted, most), orders_with_waits, kind)


def wanted_now(asked: Asked) -> Wanted:
    """What an address asks of the register, for whoever is at the desk."""
    return _wanted(asked, _when())


def _wanted(asked: Asked, when: When) -> Wanted:
    """What the query is asked for, never more than whoever is at the desk may see."""
    since, until = days_asked_for(asked, when.zone)
    warranty = asked.get("warranty")
    return replace(
        orders_in_scope(),
        states=_states(asked.get("state")),
        kind=next((one for one in Kind if one.value == asked.get("pays")), None),
        liable=next((one for one in Liable if one.value == asked.get("liable")), None),
        under_warranty=warranty == _YES if warranty else None,
        department_id=asked.id("department"),
        reworked=bool(asked.get("rework")),
        late_at=when.now if asked.get("overdue") else None,
        since=since,
        until=until,
        words=asked.words,
        order=ORDERS.order_of(asked),
    )


def _states(asked: str) -> tuple[State, ...]:
    """One state, every one (`all`), or those that are open."""
    if asked == _ALL:
        return ()
    return tuple(state for state in State if state.value == asked) or OPEN


def _chips(page: Page[Row], when: When) -> list[Chip]:
    """A chip for each state, and one for what is late; nobody counts where words are looked for."""
    counts = {} if page.asked.words else _counted(page.asked, when)
    overdue = bool(page.asked.get("overdue"))
    state = "" if overdue else page.asked.get("state")
    return [
        Chip(lazy_("Open"), counts.get(""), page.address(state=None, overdue=None), not state and not overdue),
        *(
            Chip(one.words, counts.get(one.value), page.address(state=one.value, overdue=None), state == one.value)
            for one in _STATES
        ),
        Chip(lazy_("Overdue"), counts.get("overdue"), page.address(state=None, overdue=_YES), overdue),
    ]


def _counted(asked: Asked, when: When) -> dict[str, int]:
    wanted = replace(_wanted(asked, when), states=(), late_at=when.now)
    by_state = count_by_state(estate_id(), wanted)
    return {
        "": sum(by_state.get(state, 0) for state in OPEN),
        _ALL: sum(by_state.values()),
        "overdue": count_late(estate_id(), wanted),
        **{state.value: by_state.get(state, 0) for state in State},
    }
