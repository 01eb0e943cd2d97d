"""Special visits (专项走访): what became of each home, and every change with its reason."""

import itertools
import uuid
from collections import Counter
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import UUID, InputRequired, Length, Optional, Regexp

from app.agenda.rules import TaskState
from app.core import journal
from app.core.clock import now
from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.i18n import _, in_a_row, lazy_
from app.core.ids import new_id
from app.core.journal import JournalLine
from app.office.act_form import OnceForm, leave_behind, typed_in
from app.office.day_fields import DayField
from app.office.door import estate_id, me, office
from app.office.issue_pages.issue_history import Told
from app.office.listing import first_row, listing
from app.office.moments import When
from app.office.words import METHODS, OUTCOMES
from app.people.access import may
from app.people.models import Staff
from app.people.queries import names, staff_in
from app.people.rules import Act, Role
from app.visits.models import SpecialVisit
from app.visits.ordered import Counted, OrderedHome, counted, homes_of, specials_of, the_special
from app.visits.specials import (
    Change,
    give_homes,
    put_off_homes,
    withdraw_homes,
    withdraw_special,
)


class ReasonForm(OnceForm):
    """Why an order changes. `after`: how much of its history whoever sends it has seen."""

    after = HiddenField(default="0", validators=[InputRequired(), Regexp(r"^\d{1,6}$")])
    reason = StringField(lazy_("Reason"), validators=[InputRequired(), Length(max=200)])


class ChangeForm(ReasonForm):
    """What is to become of some of its homes."""

    officer = SelectField(lazy_("Give to"), validators=[Optional(), UUID()])
    due_on = DayField(lazy_("New day"), validators=[Optional()])


@office.get("/plans/special")
@may(Act.SEE_PLAN)
def specials() -> str:
    """Every special visit, newest first, with what became of it."""
    when = when_here()
    found = listing(specials_of(estate_id(), start=first_row()))
    return render_template(
        "office/specials.html",
        found=found,
        counts=counted(me().estate, [special.id for special in found.rows], when.today),
        none=Counted(),
        when=when,
    )


@office.get("/plans/special/<uuid:special_id>")
@may(Act.SEE_PLAN)
def special(special_id: uuid.UUID) -> str:
    """One special visit: met or not met and why, home by home."""
    return _page(the_special(estate_id(), special_id))


@office.post("/plans/special/<uuid:special_id>/homes")
@may(Act.ORDER_SPECIAL)
def change_special(special_id: uuid.UUID) -> Response | tuple[str, int]:
    """Give chosen homes to another officer, put them off, or withdraw them."""
    changed, form = the_special(estate_id(), special_id), _change_form()
    if not form.validate_on_submit():
        return _page(changed, form), 422
    act, ids, change = request.form.get("act"), ticked_ids("home"), _change(form)

    try:
        if act == "give":
            count = give_homes(changed, ids, _officer(form), change)
            told = _("%(n)s homes given over.", n=count)
        elif act == "put_off":
            count = put_off_homes(changed, ids, _day(form), change)
            told = _("New day for %(n)s homes.", n=count)
        else:
            count = withdraw_homes(changed, ids, change)
            told = _("%(n)s homes withdrawn.", n=count)
        db.session.commit()
    except Refused as refused:
        return _told_why(special_id, form, refused)

    return _done(special_id, told)


@office.post("/plans/special/<uuid:special_id>/withdraw")
@may(Act.ORDER_SPECIAL)
def call_off_special(special_id: uuid.UUID) -> Response | tuple[str, int]:
    """Withdraw all of it that is still due."""
    withdrawn, form = the_special(estate_id(), special_id), ReasonForm(prefix="whole")
    if not form.validate_on_submit():
        return _page(withdrawn, form), 422

    try:
        count = withdraw_special(withdrawn, _change(form))
        db.session.commit()
    except Refused as refused:
        return _told_why(special_id, form, refused)

    return _done(special_id, _("%(n)s homes withdrawn.", n=count))


def _done(special_id: uuid.UUID, told: str) -> Response:
    flash(_("%(what)s The tablets know at their next sync.", what=told), "good")
    return redirect(url_for("office.special", special_id=special_id))


def _told_why(special_id: uuid.UUID, form: ReasonForm, refused: Refused) -> tuple[str, int]:
    """The page as it stands now, with what was typed and ticked, and why it was not done."""
    db.session.rollback()
    shown = the_special(estate_id(), special_id)
    others = _done_by_others(shown, int(str(form.after.data))) if isinstance(refused, Outdated) else ""
    told = _("%(who)s was faster. Nothing of yours was done; look at it again.", who=others) if others else ""
    return _page(shown, form, told or str(refused.message)), refused.status


def _done_by_others(shown: SpecialVisit, after: int) -> str:
    """What happened to an order since somebody looked: `方振华：改期`."""
    lines = journal.history(shown.id)[after:]
    known = _people(lines)
    return in_a_row(
        f"{known.get(line.staff_id, '–') if line.staff_id else '–'}: {_told(line, known).title}" for line in lines
    )


# --- the page of one order ---


def _page(shown: SpecialVisit, written: ReasonForm | None = None, refusal: str = "") -> str:
    when, homes, lines = when_here(), homes_of(shown), journal.history(shown.id)
    officers = officers_on(when.today)
    change, whole = _change_form(), ReasonForm(prefix="whole")
    if isinstance(written, ChangeForm):
        change = written
    elif written is not None:
        whole = written
    for form in (change, whole):
        form.after.data, form.event.data = str(len(lines)), str(new_id())
    may_change = me().may(Act.ORDER_SPECIAL) and any(home.task.state is TaskState.DUE for home in homes)
    if written is not None and not may_change:
        leave_behind(*typed_in(written))
    return render_template(
        "office/special.html",
        special=shown,
        counts=counted(me().estate, [shown.id], when.today).get(shown.id, Counted()),
        stairs=_stairs_of(homes),
        shares=_shares(homes),
        history=_history(lines, when),
        may_change=may_change,
        change=change,
        whole=whole,
        whole_open=written is whole,
        refusal=refusal,
        officers=officers,
        ticked=set(request.form.getlist("home")),
        method=METHODS[shown.method],
        when=when,
        TaskState=TaskState,
        OUTCOMES=OUTCOMES,
    )


def _stairs_of(homes: list[OrderedHome]) -> list[tuple[str, str, list[OrderedHome]]]:
    def stairs(home: OrderedHome) -> tuple[str, str]:
        return home.task.unit.building.name, home.task.unit.entrance

    return [(*where, list(there)) for where, there in itertools.groupby(homes, key=stairs)]


def _shares(homes: list[OrderedHome]) -> list[tuple[str, int, int]]:
    """Officer, homes met, homes in all; withdrawn homes left out. Most homes first."""
    kept = [home.task for home in homes if home.task.state is not TaskState.CANCELLED]
    all_, met = Counter(task.assignee.name for task in kept), Counter[str]()
    met.update(task.assignee.name for task in kept if task.state is TaskState.DONE)
    return [(name, met[name], count) for name, count in all_.most_common()]


def _history(lines: list[JournalLine], when: When) -> list[Told]:
    """Newest first."""
    known = _people(lines)
    told = []
    for line in reversed(lines):
        said, by = _told(line, known), known.get(line.staff_id, "–") if line.staff_id else "–"
        told.append(Told(said.title, line.data.get("reason", ""), f"{by} · {when.moment(line.at)}", said.tone))
    return told


def _people(lines: list[JournalLine]) -> dict[uuid.UUID, str]:
    """Who acted, and who was given something."""
    given_to = {uuid.UUID(line.data["assignee"]) for line in lines if line.data.get("assignee")}
    return names(given_to | {line.staff_id for line in lines if line.staff_id})


def _told(line: JournalLine, known: dict[uuid.UUID, str]) -> Told:
    homes: Any = line.data.get("homes", 0)
    if line.kind == "special:ordered":
        return Told(_("Ordered: %(n)s homes", n=homes), tone="start")
    if line.kind == "special:given":
        to = known.get(uuid.UUID(line.data["assignee"]), "–")
        return Told(_("%(n)s homes to %(name)s", n=homes, name=to))
    if line.kind == "special:put_off":
        day = when_here().on(date.fromisoformat(line.data["due_on"]))
        return Told(_("New day for %(n)s homes: %(day)s", n=homes, day=day))
    return Told(_("Withdrawn: %(n)s homes", n=homes), tone="bad")


def _change_form() -> ChangeForm:
    form = ChangeForm(prefix="homes")
    form.officer.choices = [("", "–"), *((str(staff.id), staff.name) for staff in officers_on(when_here().today))]
    return form


def _change(form: ReasonForm) -> Change:
    return Change(str(form.reason.data), int(str(form.after.data)), form.event_id, me().by, now())


def _officer(form: ChangeForm) -> uuid.UUID:
    if not form.officer.data:
        raise Refused("plan:no_officer", _("Choose a visit officer."))
    return uuid.UUID(form.officer.data)


def _day(form: ChangeForm) -> date:
    day: date | None = form.due_on.data
    if day is None:
        raise Refused("special:no_day", _("Choose the new day."))
    return day


def officers_on(today: date) -> list[Staff]:
    """The visit officers of the estate that is looked at, by name."""
    return staff_in(estate_id(), [Role.OFFICER], today)


def ticked_ids(name: str) -> list[uuid.UUID]:
    """The ids of what is ticked. Raises Refused for what is no id."""
    try:
        return [uuid.UUID(one) for one in request.form.getlist(name)]
    except ValueError as error:
        raise Refused("plan:no_line", _("Choose homes first.")) from error


def when_here() -> When:
    """Now, on the clock of the estate that is looked at."""
    return When(me().estate.time_zone, now())
