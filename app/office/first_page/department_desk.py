"""The first page of a department: what came, what is due, what came back; one list in the order to act."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import render_template, url_for

from app.core.errors import Words
from app.core.i18n import current_locale, lazy_
from app.core.ids import new_id
from app.core.waits import Holder, Wait, counts
from app.issues.department import Pile, Whose, count_work, why_back, with_the_owner, work_of
from app.issues.models import Issue
from app.issues.progress import photos_counted
from app.issues.rules import Move, State
from app.office.asked import Choice, ListOf, Option
from app.office.door import Me, estate_id, me, waiting_by_act
from app.office.first_page.ageing import ROUNDS, ageing
from app.office.issue_pages.issue_scope import open_moves
from app.office.issue_pages.issues import category_paths
from app.office.listing import Page, asked_of
from app.office.moments import Limit, When
from app.office.survey_pages.over_lately import over_lately
from app.office.words import GRADES, URGENCIES, headline, title_of
from app.people.queries import departments
from app.people.rules import Act, Role
from app.repairs.moving import FINISH, REWORK

_FRESH = timedelta(days=1)
_SOON = timedelta(days=2)
"""Until the end of tomorrow, from the beginning of today."""

PILES: dict[Pile, Words] = {
    Pile.MINE: lazy_("Mine to do"),
    Pile.LATE: lazy_("Overdue"),
    Pile.BACK: lazy_("Back, not right yet"),
    Pile.ACCEPT: lazy_("To accept"),
    Pile.DUE: lazy_("Due today or tomorrow"),
}


@dataclass(frozen=True)
class Offer:
    """What whoever looks does about a row: its words, its picture, where."""

    words: Words
    icon: str
    url: str


@dataclass(frozen=True)
class Row:
    """One issue that waits. `why_back`: what the owner said to the round before, blank in the first one."""

    issue: Issue
    wait: Wait
    limit: Limit
    act: Offer
    why_back: str
    photos: int
    is_mine: bool

    @property
    def is_back(self) -> bool:
        return self.issue.round > 1 and self.issue.state is State.ROUTED


@dataclass(frozen=True)
class Counter:
    """How much lies on a pile; a tap shows that alone, another one all again."""

    words: Words
    number: int
    tone: str
    note: int
    url: str
    current: bool


DESK: ListOf[Row] = ListOf(
    name="inbox",
    title=lazy_("My inbox"),
    columns=(),
    filters=(Choice("show", lazy_("Show"), lambda: [Option(pile.value, said) for pile, said in PILES.items()]),),
    usual=lambda _asked: "",
)


def stands_at_a_department(here: Me) -> bool:
    """Whether somebody's first page is a department's: they work in one, and not in customer service."""
    return bool(here.departments) and not here.may(Act.SEE_VISITS)


def department_desk(when: When, known: Mapping[str, Words]) -> str:
    """Counts, then what waits in the order to act, each with its one act.

    `known`: what else can wait for somebody, in words; the usual inbox shows that.
    """
    here, asked = me(), asked_of(DESK)
    is_handler = here.roles == {Role.HANDLER}
    whose = Whose(
        estate_id(),
        here.departments,
        here.id,
        at=when.now,
        soon=datetime.combine(when.today + _SOON, time(), ZoneInfo(when.zone)),
        fresh=when.now - _FRESH,
        mine_first=is_handler,
    )
    counted = count_work(whose)
    pile = next((one for one in Pile if one.value == asked.get("show")), None)
    found, seen = work_of(whose, pile, start=asked.start, count=asked.size), new_id()
    page = Page(DESK, asked, _rows(found, when, seen), counted.piles[pile] if pile else counted.all_of_it)
    return render_template(
        "office/department_desk.html",
        found=page,
        seen=seen,
        parts=_parts(page.rows, is_handler),
        counters=[
            _counter(page, one, counted.piles[one], counted.new if one is Pile.ACCEPT else 0)
            for one in PILES
            if one is not Pile.MINE or counted.piles[one] or is_handler
        ],
        surveys_over_lately=over_lately(when),
        others=_others(known, is_handler, when.now),
        with_the_owner=with_the_owner(whose),
        ageing=ageing(when.now) if here.may(Act.SEE_AGEING) else None,
        rounds=ROUNDS,
        titles=[title_of(role, here.estate) for role in here.titled],
        names=[one.name(current_locale()) for one in departments(estate_id()) if one.id in here.departments],
        category_paths=category_paths(),
        when=when,
        headline=headline,
        GRADES=GRADES,
        URGENCIES=URGENCIES,
    )


def _rows(found: list[tuple[Issue, Wait]], when: When, seen: uuid.UUID) -> list[Row]:
    issues = [issue for issue, _wait in found]
    said, photos = why_back(issues), photos_counted(issue.id for issue in issues)
    return [
        Row(
            issue,
            wait,
            when.limit(wait.due_at),
            _act(issue, seen),
            said.get(issue.id, ""),
            photos.get(issue.id, 0),
            issue.state is State.ACCEPTED and issue.responsible_id == me().id,
        )
        for issue, wait in found
    ]


def _act(issue: Issue, seen: uuid.UUID) -> Offer:
    """The first of what a department does that is open to whoever looks; else looking at it."""
    moves = open_moves(issue)
    if Move.ACCEPT in moves:
        return Offer(lazy_("Accept"), "check", url_for("office.accept_work", issue_id=issue.id, seen=seen))
    if Move.RECTIFY in moves:
        return Offer(
            lazy_("Report rectified"), "circle-check", url_for("office.rectify_work", issue_id=issue.id, seen=seen)
        )
    return Offer(lazy_("Look at it"), "eye", url_for("office.issue", issue_id=issue.id))


def _parts(rows: list[Row], is_handler: bool) -> list[tuple[Words | None, list[Row]]]:
    """For a handler what is theirs, then the others of the department; one list for everybody else."""
    mine = [row for row in rows if row.is_mine]
    if not is_handler or not mine or len(mine) == len(rows):
        return [(None, rows)] if rows else []
    return [(lazy_("Mine to do"), mine), (lazy_("Others of the department"), [row for row in rows if not row.is_mine])]


def _counter(page: Page[Row], pile: Pile, number: int, new: int) -> Counter:
    tone = {Pile.LATE: "late", Pile.BACK: "late", Pile.DUE: "wait"}.get(pile, "") if number else ""
    current = page.asked.get("show") == pile.value
    return Counter(PILES[pile], number, tone, new, page.address(show=None if current else pile.value), current)


def _others(known: Mapping[str, Words], is_handler: bool, at: datetime) -> list[tuple[Words, int, int, str]]:
    """What waits for them that is no issue of a department: words, how much, how much of it late, where it stands.

    Work orders wait for the department's manager; whoever does the work finds them too.
    """
    counted = waiting_by_act()
    mine = [
        (words, *counted[what], url_for("office.inbox", what=what))
        for what, words in known.items()
        if what in counted and not what.startswith("issue:")
    ]
    if not is_handler:
        return mine
    manager = Role.DEPARTMENT_MANAGER.value
    theirs = counts(estate_id(), [Holder(manager, department_id) for department_id in me().departments], at)
    orders = url_for("office.orders")
    return [*mine, *((known[what], *theirs[what], orders) for what in (FINISH, REWORK) if what in theirs)]
