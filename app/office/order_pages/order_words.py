"""Work orders in words: states, kinds, whose turn it is, what happened; and which of them somebody may see."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from app.core.errors import NotFound, Words
from app.core.i18n import _, current_locale, lazy_
from app.core.journal import JournalLine
from app.core.waits import Wait
from app.issues.rules import Ending, HowAnswered
from app.office.door import Me, estate_id, me, must_be_theirs
from app.office.issue_pages.issue_history import Told
from app.office.issue_pages.turn import CALLED_BACK_ON, Turn
from app.office.moments import Limit, When
from app.office.words import ENDINGS, HOW, title_of
from app.people.models import Department
from app.people.queries import departments, names
from app.people.rules import Act, Role
from app.repairs.models import WorkOrder
from app.repairs.moving import CALL_BACK, DISPATCH, FINISH, REWORK
from app.repairs.queries import Wanted, the_order
from app.repairs.rules import ENDED, Kind, Move, Origin, State, moves_open_to

STATES: dict[State, Words] = {
    State.REPORTED: lazy_("Reported, to be dispatched"),
    State.DISPATCHED: lazy_("Dispatched"),
    State.FINISHED: lazy_("Finished, to be called back"),
    State.REWORK: lazy_("Rework"),
    State.CLOSED: lazy_("Closed by the owner"),
    State.CLOSED_UNSATISFIED: lazy_("Ended without satisfaction"),
}
TONES: dict[State, str] = {
    State.REPORTED: "wait",
    State.DISPATCHED: "info",
    State.FINISHED: "brand",
    State.REWORK: "late",
    State.CLOSED: "good",
    State.CLOSED_UNSATISFIED: "",
}
ICONS: dict[State, str] = {
    State.CLOSED: "check",
    State.CLOSED_UNSATISFIED: "ban",
    State.REWORK: "mood-sad",
}
KINDS: dict[Kind, Words] = {
    Kind.FREE: lazy_("Free under warranty"),
    Kind.CHARGEABLE: lazy_("Chargeable"),
}
ORIGINS: dict[Origin, Words] = {
    Origin.DESK: lazy_("Entered at the desk"),
    Origin.FILE: lazy_("Imported from a file"),
    Origin.API: lazy_("Posted by another system"),
}
OWED: dict[str, Words] = {
    DISPATCH: lazy_("Send a department"),
    FINISH: lazy_("Repair it and report it"),
    REWORK: lazy_("Repair it again and report it"),
    CALL_BACK: lazy_("Call back on the owner"),
}


def orders_in_scope() -> Wanted:
    """Every work order that whoever is at the desk may see."""
    return Wanted(only_of=None if _sees_all(me()) else me().departments)


def order_in_scope(order_id: uuid.UUID) -> WorkOrder:
    """A work order that whoever is at the desk may see. Raises NotFound, and NotAllowed as `issue_in_scope`."""
    order = the_order(estate_id(), order_id)
    if not _sees_all(me()) and order.department_id not in me().departments:
        raise NotFound("order:other_department", _("This work order is not with your department."))
    must_be_theirs(order.department_id)
    return order


def open_moves(order: WorkOrder) -> list[Move]:
    """What whoever is at the desk can do to an order now: a department's roles count for its own orders alone."""
    moves = moves_open_to(me().roles_about(order.department_id), order.state)
    return [move for move in moves if move is not Move.ARRIVE or order.arrived_at is None]


def money(cents: int) -> str:
    """`120.00`; blank for nothing."""
    return f"{cents / 100:,.2f}" if cents else ""


def department_of(order: WorkOrder) -> str:
    """In the reader's language; "–" before one was sent."""
    return order.department.name(current_locale()) if order.department else "–"


def turn_of(order: WorkOrder, wait: Wait | None, when: When) -> Turn:
    """Whose turn an order is; red in rework and whenever it is late."""
    if wait is None:
        return Turn("–", "–", "–", Limit("", ""), "good" if order.state is State.CLOSED else "")
    limit = when.limit(wait.due_at)
    return Turn(
        holder=_holder(order, wait),
        owed=str(OWED.get(wait.what, "–")),
        moment=when.deadline(wait.due_at),
        limit=limit,
        tone="late" if order.state is State.REWORK else limit.tone,
        hint=CALLED_BACK_ON if wait.what == CALL_BACK else "",
    )


def _holder(order: WorkOrder, wait: Wait) -> str:
    if wait.staff_id:
        caller = order.caller.name if order.caller and order.caller_id == wait.staff_id else ""
        return caller or names([wait.staff_id]).get(wait.staff_id, "–")
    if wait.department_id:
        return " · ".join(part for part in (department_of(order), order.worker) if part)
    return str(title_of(Role(wait.role), me().estate))


def _sees_all(here: Me) -> bool:
    return here.may(Act.SEE_VISITS)


def tell(order: WorkOrder, lines: list[JournalLine], when: When) -> list[Told]:
    """The history, newest first; where the order stands now is marked unless it has ended."""
    staff = {line.staff_id for line in lines if line.staff_id}
    staff |= {uuid.UUID(line.data[key]) for line in lines for key in ("assignee", "from") if line.data.get(key)}
    teller = _Teller(order, when, names(staff), {one.id: one for one in departments(order.estate_id)})
    told = [teller.tell(line) for line in lines]
    if told and order.state not in ENDED and told[-1].tone in ("", "start"):
        last = told[-1]
        told[-1] = Told(last.title, last.words, last.meta, "now")
    return told[::-1]


class _Teller:
    """Puts one line of the journal into words."""

    def __init__(self, order: WorkOrder, when: When, staff: dict[uuid.UUID, str], known: dict[uuid.UUID, Department]):
        self._order, self._when, self._staff, self._known = order, when, staff, known

    def tell(self, line: JournalLine) -> Told:
        """What happened, in whose words, who and when."""
        title, words, tone = _TITLES.get(line.kind, _UNKNOWN)(self, line.data, line)
        round_ = line.data.get("round", 1)
        if round_ > 1 and line.kind in _IN_ROUNDS:
            title = _("Round %(n)s · %(title)s", n=round_, title=title)
        who = self._staff.get(line.staff_id, "–") if line.staff_id else self._by_itself()
        return Told(title, words, f"{who} · {self._when.moment(line.at)}", tone)

    def department(self, data: dict[str, Any], key: str = "department") -> str:
        """What the department of this id is called."""
        found = self._known.get(uuid.UUID(data[key])) if data.get(key) else None
        return found.name(current_locale()) if found else "–"

    def person(self, data: dict[str, Any], key: str = "assignee") -> str:
        """Whoever calls back from now on, or did until now."""
        return self._staff.get(uuid.UUID(data[key]), "–")

    def day(self, data: dict[str, Any]) -> str:
        """By when."""
        return self._when.on(date.fromisoformat(data["due_on"]))

    def said_by(self, data: dict[str, Any]) -> str:
        """Who said what was taken down in the office."""
        return next((one.said_by for one in self._order.answers if str(one.id) == data.get("said")), "")

    def origin(self) -> str:
        """How it came in."""
        return str(ORIGINS[self._order.origin])

    def _by_itself(self) -> str:
        return self._order.system.name if self._order.system else _("by itself")


_Say = Callable[[_Teller, dict[str, Any], JournalLine], tuple[str, str, str]]
_IN_ROUNDS = frozenset({Move.ARRIVE.value, Move.FINISH.value, Move.TRANSFER.value})
_UNKNOWN: _Say = lambda _t, _data, line: (line.kind, "", "")  # noqa: E731 - a row beside rows


def _how(data: dict[str, Any]) -> str:
    return str(HOW[HowAnswered(data["how"])])


_TITLES: dict[str, _Say] = {
    "order:reported": lambda t, _data, _line: (_("Reported"), t.origin(), "start"),
    Move.DISPATCH.value: lambda t, data, _line: (
        _("Dispatched to %(department)s", department=t.department(data)),
        "",
        "",
    ),
    Move.TRANSFER.value: lambda t, data, _line: (
        _("Transferred to %(department)s", department=t.department(data)),
        data.get("reason", ""),
        "",
    ),
    Move.ARRIVE.value: lambda _t, _data, _line: (_("The worker has arrived"), "", ""),
    Move.FINISH.value: lambda _t, data, _line: (_("Reported finished"), data.get("note", ""), ""),
    Move.OWNER_SATISFIED.value: lambda _t, data, _line: (
        _("Owner satisfied, closed"),
        " · ".join(part for part in (_how(data), data.get("reason", "")) if part),
        "ok",
    ),
    Move.OWNER_DISSATISFIED.value: lambda t, data, _line: (
        _("Owner dissatisfied: rework by %(department)s", department=t.department(data)),
        " · ".join(part for part in (data.get("reason", ""), _how(data)) if part),
        "bad",
    ),
    Move.OWNER_OBJECTS.value: lambda t, data, _line: (
        _("The owner objects: rework by %(department)s", department=t.department(data)),
        " · ".join(part for part in (t.said_by(data), _how(data) if "how" in data else "", data["reason"]) if part),
        "bad",
    ),
    Move.CLOSE_UNSATISFIED.value: lambda _t, data, _line: (
        _("Ended without satisfaction: %(why)s", why=ENDINGS[Ending(data["ending"])])
        if "ending" in data
        else _("Ended without satisfaction"),
        data.get("reason", ""),
        "bad",
    ),
    "order:answer_kept": lambda _t, data, _line: (
        _("An answer that closes nothing is kept"),
        " · ".join(part for part in (_how(data), data.get("reason", "")) if part),
        "",
    ),
    "wait:escalated": lambda _t, data, _line: (
        _("Overdue: told to the executive") if data["level"] == "executive" else _("Overdue: told to the manager"),
        str(OWED.get(data["what"], "")),
        "bad",
    ),
    "wait:handed_over": lambda t, data, _line: (
        _("Goes to the supervisor: %(name)s works here no more", name=t.person(data, "from")),
        str(OWED.get(data["what"], "")),
        "",
    ),
    "order:callback_adjusted": lambda t, data, _line: (
        _("Callback: %(name)s, by %(day)s", name=t.person(data), day=t.day(data)),
        data.get("reason", ""),
        "",
    ),
}
