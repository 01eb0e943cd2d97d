"""The briefing (走访须知): what officers know before they knock, where and how long it holds, who has read it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar, cast

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.clock import now
from app.core.db import db
from app.core.errors import Outdated, Refused, Words
from app.core.i18n import _, current_locale, in_a_row, lazy_
from app.core.ids import new_id
from app.estates.queries import buildings_of, company_owners
from app.office.act_form import OnceForm, TextLines
from app.office.day_fields import DayField
from app.office.door import estate_id, me, office
from app.office.issue_pages.issue_history import Told
from app.office.moments import When
from app.people.access import may
from app.people.models import Staff
from app.people.queries import names, staff_in
from app.people.rules import Act, Role
from app.visits.briefed import Read, briefing_of, read_by, standing_on, the_line
from app.visits.briefing import LONGEST, Line, add_item, edit_item, end_item
from app.visits.models import BriefingItem, BriefingVersion
from app.visits.rules import BriefingKind, Validity

KINDS: dict[BriefingKind, tuple[Words, str]] = {
    BriefingKind.FACTS: (lazy_("Company facts"), "building-community"),
    BriefingKind.WORK: (lazy_("Recent work"), "check"),
    BriefingKind.MEASURES: (lazy_("Measures on known problems"), "tool"),
}
"""The words and the icon of each kind."""

VALIDITIES: dict[Validity, tuple[Words, str, str]] = {
    Validity.NOW: (lazy_("Valid now"), "brand", "check"),
    Validity.COMING: (lazy_("Coming"), "wait", "calendar-time"),
    Validity.OVER: (lazy_("Over"), "", "history"),
}
"""Words, tone and icon."""


class BriefingForm(OnceForm):
    """What a line says. `after`: the version that its author saw."""

    after = HiddenField(default="0", validators=[InputRequired(), Regexp(r"^\d{1,6}$")])
    text_zh = TextLines(lazy_("In Chinese"), validators=[InputRequired(), Length(max=LONGEST)])
    text_en = TextLines(lazy_("In English"), validators=[Length(max=LONGEST)])
    valid_from = DayField(lazy_("Valid from"), validators=[InputRequired()])
    valid_until = DayField(lazy_("Valid until, that day included"), validators=[Optional()])
    buildings = SelectMultipleField(
        lazy_("Only in these buildings"), widget=ListWidget(), option_widget=CheckboxInput(), validate_choice=False
    )
    owner = SelectField(lazy_("Only about this company owner"), validators=[Optional()], validate_choice=False)

    @property
    def seen(self) -> int:
        return int(str(self.after.data))

    def line(self) -> Line:
        """What was written, as the briefing takes it. Raises Refused."""
        return Line(
            text_zh=str(self.text_zh.data or ""),
            text_en=str(self.text_en.data or ""),
            valid_from=cast(date, self.valid_from.data),
            valid_until=self.valid_until.data,
            building_ids=frozenset(_id(chosen) for chosen in self.buildings.data or []),
            owner_id=_id(self.owner.data) if self.owner.data else None,
        )


F = TypeVar("F", bound=BriefingForm)


class NewLineForm(BriefingForm):
    """The same with its kind, which stays."""

    kind = RadioField(lazy_("What it is"), validators=[InputRequired()])


class EndForm(OnceForm):
    """That a line holds no longer."""

    after = HiddenField(default="0", validators=[InputRequired(), Regexp(r"^\d{1,6}$")])


@dataclass(frozen=True)
class Reader:
    """An officer and what they have read of a line; `is_newest`: as it is written now."""

    staff: Staff
    read: Read | None
    is_newest: bool


@dataclass(frozen=True)
class Row:
    """A line in a list: where it holds, in words, and how many of the officers have read it as it is now."""

    item: BriefingItem
    said: BriefingVersion
    where: str
    read: int
    readers: int


@office.get("/briefing")
@may(Act.SEE_BRIEFING)
def briefing() -> str:
    """What holds now, what is coming, what is over; by kind."""
    when = _when()
    items = briefing_of(estate_id())
    standing = {item.id: standing_on(item, when.today) for item in items}
    asked = next((one for one in Validity if one.value == request.args.get("show")), Validity.NOW)
    rows = _rows([item for item in items if standing[item.id] is asked], when)
    counts = {one: sum(other is one for other in standing.values()) for one in Validity}
    return render_template(
        "office/briefing.html",
        groups=[(kind, [row for row in rows if row.item.kind is kind]) for kind in BriefingKind],
        asked=asked,
        filters=[(one, counts[one], url_for("office.briefing", show=one.value)) for one in Validity],
        when=when,
        **_words(),
    )


@office.get("/briefing/new")
@may(Act.WRITE_BRIEFING)
def new_briefing() -> str:
    """An empty line to be written."""
    kind = next((kind.value for kind in BriefingKind if kind.value == request.args.get("kind")), "work")
    return _writing(_prepared(NewLineForm(kind=kind, valid_from=_when().today)))


@office.post("/briefing/new")
@may(Act.WRITE_BRIEFING)
def add_briefing() -> Response | tuple[str, int]:
    """Put a line into the briefing: it is on the tablets at their next sync, and shows from its first day on."""
    here, form = me(), _prepared(NewLineForm())
    if not form.validate_on_submit():
        return _writing(form), 422

    try:
        kind = BriefingKind(form.kind.data)
        item = add_item(
            here.estate, kind, form.line(), item_id=form.sent_as, event_id=form.event_id, by=here.by, at=now()
        )
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        form.event.data = str(new_id())  # sent once more it is a line of its own
        return _writing(form, str(refusal.message)), refusal.status

    flash(_("Written. Officers have it at their next sync and are asked to read it."), "good")
    return redirect(url_for("office.briefing_line", item_id=item.id))


@office.get("/briefing/<uuid:item_id>")
@may(Act.SEE_BRIEFING)
def briefing_line(item_id: uuid.UUID) -> str:
    """One line: what it says, where and how long, who has read it, and how it was written before."""
    return _page(the_line(estate_id(), item_id))


@office.post("/briefing/<uuid:item_id>/edit")
@may(Act.WRITE_BRIEFING)
def edit_briefing(item_id: uuid.UUID) -> Response | tuple[str, int]:
    """Write a line anew: a version that everybody reads again; the one before stays in its history."""
    here, item = me(), the_line(estate_id(), item_id)
    form = _prepared(BriefingForm(prefix="edit"), item.newest)
    if not form.validate_on_submit():
        return _page(item, form), 422

    try:
        edited = edit_item(item, form.line(), after=form.seen, event_id=form.event_id, by=here.by, at=now())
        db.session.commit()
    except Outdated as outdated:
        return _overtaken(item_id, form, outdated)
    except Refused as refusal:
        db.session.rollback()
        return _page(the_line(estate_id(), item_id), form, str(refusal.message)), refusal.status

    flash(_("Written anew. Officers are asked to read it again.") if edited else _("Nothing was changed."), "good")
    return redirect(url_for("office.briefing_line", item_id=item_id))


@office.post("/briefing/<uuid:item_id>/end")
@may(Act.WRITE_BRIEFING)
def end_briefing(item_id: uuid.UUID) -> Response | tuple[str, int]:
    """Let a line hold no longer: it leaves the tablets at their next sync, and stays in the list of what is over."""
    here, item, form = me(), the_line(estate_id(), item_id), EndForm(prefix="end")
    if not form.validate_on_submit():
        return _page(item), 422

    try:
        end_item(item, after=int(str(form.after.data)), event_id=form.event_id, by=here.by, at=now())
        db.session.commit()
    except Outdated as outdated:
        return _overtaken(item_id, None, outdated)

    flash(_("Ended. It leaves the tablets at their next sync."), "good")
    return redirect(url_for("office.briefing_line", item_id=item_id))


def _overtaken(item_id: uuid.UUID, form: BriefingForm | None, outdated: Outdated) -> tuple[str, int]:
    """Somebody was faster: the line as it is now, and what was written, to be sent again knowingly or not at all."""
    db.session.rollback()
    item = the_line(estate_id(), item_id)
    by = item.ended_by if item.ended_at else item.newest.by
    said = f"{by.name}: {outdated.message}" if by else str(outdated.message)
    if form is not None:
        form.after.data, form.event.data = str(item.version), str(new_id())
    return _page(item, form, said, changed=True), outdated.status


def _writing(form: NewLineForm, refusal: str = "") -> str:
    return render_template("office/briefing_new.html", form=form, refusal=refusal, **_words())


def _page(item: BriefingItem, written: BriefingForm | None = None, refusal: str = "", *, changed: bool = False) -> str:
    """The page of a line; with a form that was refused, and why."""
    when = _when()
    [row], standing = _rows([item], when), standing_on(item, when.today)
    readers = _readers(item, read_by([item.id])[item.id], when.today)
    may_write = me().may(Act.WRITE_BRIEFING) and item.ended_at is None
    form = written or _prepared(_as_it_is(item), item.newest)
    return render_template(
        "office/briefing_line.html",
        item=item,
        row=row,
        standing=standing,
        readers=readers,
        others=_others(item, readers),
        history=_history(item, when),
        form=form if may_write else None,
        end_form=EndForm(formdata=None, prefix="end", after=str(item.version)) if may_write else None,
        written=written,
        refusal=refusal,
        changed=changed,
        when=when,
        **_words(),
    )


def _as_it_is(item: BriefingItem) -> BriefingForm:
    said = item.newest
    return BriefingForm(
        formdata=None,
        prefix="edit",
        after=str(item.version),
        text_zh=said.text_zh,
        text_en=said.text_en,
        valid_from=said.valid_from,
        valid_until=said.valid_until,
        buildings=list(said.building_ids),
        owner=str(said.owner_id or ""),
    )


def _prepared(form: F, said: BriefingVersion | None = None) -> F:
    """With the buildings and company owners there are to choose from, and the one that `said` names in any case."""
    if isinstance(form, NewLineForm):
        form.kind.choices = [(kind.value, str(words)) for kind, (words, _icon) in KINDS.items()]
    form.buildings.choices = [
        (str(building.id), _("Building %(building)s", building=building.name)) for building in buildings_of(estate_id())
    ]
    owners = {str(owner.id): owner.name for owner in company_owners(estate_id(), _when().today)}
    if said is not None and said.owner is not None:
        owners.setdefault(str(said.owner_id), said.owner.name)
    form.owner.choices = [("", _("not about one owner")), *owners.items()]
    return form


def _rows(items: list[BriefingItem], when: When) -> list[Row]:
    officers = {staff.id for staff in _officers(when.today)}
    read, known = read_by(item.id for item in items), {str(one.id): one.name for one in buildings_of(estate_id())}
    return [
        Row(
            item,
            item.newest,
            _where(item.newest, known),
            sum(mark.version == item.version for staff, mark in read[item.id].items() if staff in officers),
            len(officers),
        )
        for item in items
    ]


def _where(said: BriefingVersion, known: dict[str, str]) -> str:
    """Where a line holds, in words."""
    if said.owner is not None:
        return str(_("About %(company)s", company=said.owner.name))
    if not said.building_ids:
        return str(_("Whole estate"))
    names_ = [name for id_, name in known.items() if id_ in said.building_ids]
    return in_a_row(str(_("Building %(building)s", building=name)) for name in names_)


def _readers(item: BriefingItem, read: dict[uuid.UUID, Read], today: date) -> list[Reader]:
    """The officers of today, those first who have not read it as it is now."""
    found = [Reader(staff, read.get(staff.id), _is_newest(item, read.get(staff.id))) for staff in _officers(today)]
    return sorted(found, key=lambda reader: reader.is_newest)


def _is_newest(item: BriefingItem, read: Read | None) -> bool:
    return read is not None and read.version == item.version


def _others(item: BriefingItem, readers: Iterable[Reader]) -> list[tuple[str, Read]]:
    """Who else has read it: a supervisor with a tablet, an officer of before."""
    read = read_by([item.id])[item.id]
    others = read.keys() - {reader.staff.id for reader in readers}
    named = names(others)
    return sorted(((named[id_], read[id_]) for id_ in others), key=lambda other: other[0])


def _officers(today: date) -> list[Staff]:
    return staff_in(estate_id(), [Role.OFFICER], today)


def _history(item: BriefingItem, when: When) -> list[Told]:
    """Every version, newest first, and its end."""
    known = {str(one.id): one.name for one in buildings_of(estate_id())}
    told = []
    if item.ended_at is not None:
        by = item.ended_by.name if item.ended_by else "–"
        told.append(Told(str(_("Ended")), "", f"{by} · {when.moment(item.ended_at)}", "bad"))
    for said in reversed(item.versions):
        title = _("Written") if said.number == 1 else _("Written anew, version %(n)s", n=said.number)
        by = said.by.name if said.by else str(_("from the settings of before"))
        days = [_days(said, when), _where(said, known)]
        meta = " · ".join([by, when.moment(said.at), *days])
        told.append(Told(str(title), said.text(current_locale()), meta, ""))
    return told


def _days(said: BriefingVersion, when: When) -> str:
    """The days on which it holds."""
    first = when.on(said.valid_from)
    if said.valid_until is None:
        return str(_("from %(day)s", day=first))
    return str(_("%(first)s to %(last)s", first=first, last=when.on(said.valid_until)))


def _id(text: object) -> uuid.UUID:
    try:
        return uuid.UUID(str(text))
    except ValueError as error:
        raise Refused("briefing:nonsense", _("This cannot be chosen.")) from error


def _when() -> When:
    return When(me().estate.time_zone, now())


def _words() -> dict[str, object]:
    return {"KINDS": KINDS, "VALIDITIES": VALIDITIES, "BriefingKind": BriefingKind, "Validity": Validity, "days": _days}
