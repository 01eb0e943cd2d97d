"""How long open issues have been open, on the first page: a row for each holder, a column for each round."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from app.core.clock import local_date
from app.core.i18n import _, current_locale, lazy_
from app.issues.ageing import LAST_ROUND, Age, Held, ages
from app.office.asked import Option
from app.office.door import estate_id, me
from app.office.issue_pages.issue_scope import in_scope
from app.office.words import title_of
from app.people.models import Department
from app.people.queries import departments
from app.people.rules import Role

ROUNDS: tuple[Option, ...] = (
    *(Option(str(number), lazy_("Round %(n)s", n=number)) for number in range(1, LAST_ROUND)),
    Option(str(LAST_ROUND), lazy_("Round %(n)s", n=f"{LAST_ROUND}+")),
)
_OFFICERS = "officers"
_HOLDERS = (Role.SUPERVISOR, Role.MANAGER, Role.PROPERTY_MANAGER, Role.EXECUTIVE)
"""The roles that something can wait for without a department."""


@dataclass(frozen=True)
class Cell:
    """How many are open, how many of them late, how old the oldest is, where they stand: of a round, or of all."""

    open: int
    late: int
    days: int
    url: str


@dataclass(frozen=True)
class HolderRow:
    """One holder, what they have in each round (nothing where there is none) and in all; where what is late stands."""

    name: str
    cells: list[Cell | None]
    total: Cell
    late_url: str


@dataclass(frozen=True)
class Ageing:
    """The table: a row for each holder that has any, and what all of them have in each round and together."""

    rows: list[HolderRow]
    by_round: list[int]
    open: int
    late: int


def held_by_options() -> list[Option]:
    """Everybody whom an issue can be with, for whoever asks."""
    only_of = in_scope().only_of
    known = [one for one in departments(estate_id()) if only_of is None or one.id in only_of]
    of_departments = [Option(str(one.id), one.name(current_locale())) for one in known]
    if only_of is not None:
        return of_departments
    roles = {str(title_of(role, me().estate)): role.value for role in _HOLDERS}  # one function has one title
    titles = [Option(role, title) for title, role in roles.items()]
    return [*of_departments, *titles, Option(_OFFICERS, _officers())]


def round_options() -> tuple[Option, ...]:
    """The rounds as a filter names them."""
    return ROUNDS


def held_asked_for(asked: str) -> Held | None:
    """The holder that a value of the filter stands for; blank is every one."""
    if not asked:
        return None
    if asked == _OFFICERS:
        return Held()
    if any(asked == role.value for role in _HOLDERS):
        return Held(role=asked)
    return Held(department_id=uuid.UUID(asked))


def where_with(department: Department) -> str:
    """Where the issues stand that are with a department."""
    return _address({"with": str(department.id)})


def ageing(at: datetime) -> Ageing:
    """The most overdue first."""
    by_holder: dict[Held, dict[int, Age]] = {}
    for age in ages(estate_id(), at, in_scope().only_of):
        by_holder.setdefault(age.held, {})[age.round] = age
    names = {one.id: one.name(current_locale()) for one in departments(estate_id())}
    most = sorted(by_holder, key=lambda held: (-_sum(by_holder[held], "late"), -_sum(by_holder[held], "open")))
    rows = [_row(held, by_holder[held], names, at) for held in most]
    return Ageing(
        rows,
        by_round=[sum(cell.open for row in rows if (cell := row.cells[n])) for n in range(LAST_ROUND)],
        open=sum(row.total.open for row in rows),
        late=sum(row.total.late for row in rows),
    )


def _sum(rounds: dict[int, Age], what: str) -> int:
    return sum(getattr(age, what) for age in rounds.values())


def _row(held: Held, rounds: dict[int, Age], names: dict[uuid.UUID, str], at: datetime) -> HolderRow:
    if held.department_id is not None:
        value, name = str(held.department_id), names.get(held.department_id, "–")
    elif held.role is not None:
        value, name = held.role, str(title_of(Role(held.role), me().estate))
    else:
        value, name = _OFFICERS, _officers()
    cells = [
        _cell([rounds[number]], {"with": value, "round": str(number)}, at) if number in rounds else None
        for number in range(1, LAST_ROUND + 1)
    ]
    total = _cell(list(rounds.values()), {"with": value}, at)
    return HolderRow(name, cells, total, _address({"with": value, "overdue": "yes"}))


def _cell(of: list[Age], filters: dict[str, str], at: datetime) -> Cell:
    zone = me().estate.time_zone
    oldest = min(age.oldest for age in of)
    days = (local_date(at, zone) - local_date(oldest, zone)).days
    return Cell(sum(age.open for age in of), sum(age.late for age in of), days, _address(filters))


def _address(filters: dict[str, Any]) -> str:
    return url_for("office.issues", **filters)


def _officers() -> str:
    return str(_("%(title)s (callback)", title=title_of(Role.OFFICER, me().estate)))
