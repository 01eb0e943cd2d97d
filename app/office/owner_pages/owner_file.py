"""The owner file (form 5): everything about a unit and its people on one page, edited where one reads it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from flask import flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app.agenda.queries import due_at
from app.core import journal, waits
from app.core.clock import local_date, now
from app.core.db import db
from app.core.errors import NotFound, Outdated, Refused
from app.core.i18n import _
from app.estates.corrections import accept, home_sold, moved_on, refuse, stands_now, the_correction
from app.estates.file_queries import Change, corrections_waiting_at, file_history, people_by_id, read_change
from app.estates.file_rules import PARTS as FILE_PARTS
from app.estates.file_rules import warranties
from app.estates.lived_in import asked_of
from app.estates.models import FileCorrection, HouseholdMember, Ownership, Tenancy, Unit
from app.estates.owner_file import (
    Hand,
    Held,
    Subject,
    change_fields,
    changes_after,
    last_numbers,
    member_joins,
    member_leaves,
    move_in_person,
    move_out,
    sell,
)
from app.estates.queries import owners_on, tenants_on, the_unit, units_with_people
from app.estates.rules import PersonKind
from app.issues.queries import issues_at, issues_with_waits
from app.issues.rules import State
from app.office.act_form import ActForm, leave_behind, typed_in
from app.office.door import estate_id, me, office
from app.office.issue_pages.issue_history import Told
from app.office.issue_pages.issues import category_paths
from app.office.issue_pages.turn import turn_of
from app.office.moments import Limit, When
from app.office.order_pages import order_words
from app.office.owner_pages.file_forms import (
    ROWS_OF_A_SALE,
    ContactForm,
    EndForm,
    MemberForm,
    NewMemberForm,
    NewPersonForm,
    ParkingForm,
    RefuseForm,
    SaleForm,
    SectionForm,
    UnitForm,
    WarrantyForm,
    accept_form,
    filled,
    person_form,
)
from app.office.owner_pages.file_words import (
    KINDS,
    PARTS,
    SEXES,
    change_words,
    field_words,
    ids_in,
    name_teller,
    said_words,
    whose,
)
from app.office.survey_pages.survey_words import sheet_looks
from app.office.words import (
    ANSWERS,
    HOW,
    METHODS,
    OCCUPANCIES,
    OUTCOMES,
    RATING_LOOKS,
    RATINGS,
    STATES,
    TONES,
    headline,
)
from app.people.access import may
from app.people.rules import Act
from app.repairs.queries import orders_at
from app.surveys.queries import sheets_at
from app.visits.calls import dead_numbers, ending_of
from app.visits.late_receipts import taken_late
from app.visits.queries import attempts_at, visits_at
from app.visits.rules import Method
from app.visits.words import task_words

SECTIONS: dict[str, type[SectionForm]] = {
    "unit": UnitForm,
    "warranty": WarrantyForm,
    "parking": ParkingForm,
    "contact": ContactForm,
}
"""Parts of the unit itself, by the name in their address."""


@dataclass(frozen=True)
class Written:
    """A form that was refused: it stands open with what was typed and why; `meanwhile`: what others changed."""

    key: str
    form: FlaskForm
    why: str = ""
    meanwhile: bool = False


@dataclass(frozen=True)
class ToDecide:
    """A correction that waits: what the file says, and should say. `stale`: it says another than its officer saw."""

    correction: FileCorrection
    title: str
    says: str
    says_wanted: str
    parts: tuple[str, ...]
    stale: str
    limit: Limit | None
    forms: dict[str, FlaskForm] = field(default_factory=dict)


@office.get("/units/<uuid:unit_id>")
@may(Act.SEE_OWNERS)
def unit(unit_id: uuid.UUID) -> str:
    """One unit: who owns it and since when, what is due, what was raised, every visit and attempt."""
    return _page(unit_id)


@office.post("/units/<uuid:unit_id>/file/<section>")
@may(Act.EDIT_OWNER_FILE)
def change_unit_file(unit_id: uuid.UUID, section: str) -> Response | tuple[str, int]:
    """Write one part of the unit itself."""
    changed = the_unit(estate_id(), unit_id)
    if section not in SECTIONS:
        raise NotFound("file:no_section", _("There is no such page."))
    return _saved(changed, section, SECTIONS[section], changed)


@office.post("/units/<uuid:unit_id>/people/<uuid:person_id>")
@may(Act.EDIT_OWNER_FILE)
def change_person(unit_id: uuid.UUID, person_id: uuid.UUID) -> Response | tuple[str, int]:
    """Write what is known of an owner or tenant."""
    here = the_unit(estate_id(), unit_id)
    held = sorted((one for one in _all_held(here) if one.person_id == person_id), key=lambda one: one.until is not None)
    if not held:
        raise NotFound("person:not_here", _("This person neither owns nor rents this unit."))
    person, key = held[0].person, f"person-{person_id}"
    if held[0].until is not None:
        return _left_meanwhile(here, key, person_form(person), person.name)
    return _saved(here, key, person_form(person), person)


@office.post("/units/<uuid:unit_id>/household/<uuid:member_id>")
@may(Act.EDIT_OWNER_FILE)
def change_member(unit_id: uuid.UUID, member_id: uuid.UUID) -> Response | tuple[str, int]:
    """Write what is known of somebody in the household."""
    here, key = the_unit(estate_id(), unit_id), f"member-{member_id}"
    member = _member(here, member_id)
    if member.until is not None:
        return _left_meanwhile(here, key, MemberForm, member.name)
    return _saved(here, key, MemberForm, member)


@office.post("/units/<uuid:unit_id>/household")
@may(Act.EDIT_OWNER_FILE)
def add_member(unit_id: uuid.UUID) -> Response | tuple[str, int]:
    """Somebody more lives here."""
    here, form = the_unit(estate_id(), unit_id), NewMemberForm(prefix="new-member-")

    def write() -> None:
        member_joins(here, form.sent_as, form.name.read, form.relation.read, form.phone.read, _hand(form))

    return _done(here, "new-member", form, write, "household")


@office.post("/units/<uuid:unit_id>/household/<uuid:member_id>/end")
@may(Act.EDIT_OWNER_FILE)
def member_left(unit_id: uuid.UUID, member_id: uuid.UUID) -> Response:
    """Somebody does not live here any more, from today on."""
    here = the_unit(estate_id(), unit_id)

    member_leaves(here, _member(here, member_id), _hand().today, _hand())
    db.session.commit()

    return _saved_at(here, "household")


@office.post("/units/<uuid:unit_id>/people")
@may(Act.EDIT_OWNER_FILE)
def add_person(unit_id: uuid.UUID) -> Response | tuple[str, int]:
    """A co-owner or tenant more."""
    here, form = the_unit(estate_id(), unit_id), NewPersonForm(prefix="new-person-")

    def write() -> None:
        held = Ownership if form.held.data == "owner" else Tenancy
        move_in_person(here, form.newcomer, held, cast(date, form.since.data), _hand(form))

    return _done(here, "new-person", form, write, "people")


@office.post("/units/<uuid:unit_id>/held/<uuid:held_id>/end")
@may(Act.EDIT_OWNER_FILE)
def end_held(unit_id: uuid.UUID, held_id: uuid.UUID) -> Response | tuple[str, int]:
    """A tenant moves out, or one of several owners owns no more."""
    here = the_unit(estate_id(), unit_id)
    held = next((one for one in _all_held(here) if one.id == held_id), None)
    if held is None:
        raise NotFound("person:not_here", _("This person neither owns nor rents this unit."))
    form, leaves = EndForm(prefix=f"end-{held_id}-"), held

    def write() -> None:
        move_out(here, leaves, cast(date, form.until.data), _hand())

    return _done(here, f"end-{held_id}", form, write, "people")


@office.post("/units/<uuid:unit_id>/sale")
@may(Act.EDIT_OWNER_FILE)
def sell_unit(unit_id: uuid.UUID) -> Response | tuple[str, int]:
    """From a day on the unit has other owners."""
    here = the_unit(estate_id(), unit_id)
    form = _sale_form(here)

    def write() -> None:
        if journal.happened(form.event_id):
            return  # what was noted since is about whoever lives there now
        leaving = [held for held in owners_on(here, _hand().today) if str(held.id) in (form.leaving.data or [])]
        sell(
            here,
            leaving,
            form.newcomers,
            cast(date, form.on.data),
            _hand(form),
            household_leaves=bool(form.household_leaves.data),
            seen=int(str(form.seen.data)),
        )
        if form.household_leaves.data:
            home_sold(here, _hand())

    return _done(here, "sale", form, write, "people")


@office.post("/units/<uuid:unit_id>/corrections/<uuid:correction_id>/accept")
@may(Act.EDIT_OWNER_FILE)
def accept_correction(unit_id: uuid.UUID, correction_id: uuid.UUID) -> Response | tuple[str, int]:
    """Write what an officer noted into the file, as it was noted or put right."""
    here, decided = the_unit(estate_id(), unit_id), the_correction(estate_id(), correction_id)
    form = accept_form(decided, f"accept-{correction_id}-")

    def write() -> None:
        accept(decided, form.value, _hand())

    words = _("Accepted. The officer reads it on the tablet.")
    return _done(here, f"accept-{correction_id}", form, write, "corrections", words)


@office.post("/units/<uuid:unit_id>/corrections/<uuid:correction_id>/refuse")
@may(Act.EDIT_OWNER_FILE)
def refuse_correction(unit_id: uuid.UUID, correction_id: uuid.UUID) -> Response | tuple[str, int]:
    """Leave the file as it is; the officer reads why."""
    here, decided = the_unit(estate_id(), unit_id), the_correction(estate_id(), correction_id)
    form = RefuseForm(prefix=f"refuse-{correction_id}-")

    def write() -> None:
        refuse(decided, str(form.reason.data), _hand())

    words = _("Refused. The officer reads the reason on the tablet.")
    return _done(here, f"refuse-{correction_id}", form, write, "corrections", words)


def _saved(here: Unit, key: str, kind: type[SectionForm], subject: Subject) -> Response | tuple[str, int]:
    """Write the fields of a section, unless somebody changed one of them after whoever writes had looked."""
    form = kind(prefix=f"{key}-")
    if not form.validate_on_submit():
        return _page(here.id, Written(key, form)), 422
    wanted, unit_id, subject_id = form.wanted, here.id, subject.id

    try:
        change_fields(subject, here, wanted, _hand(), seen=form.last_seen)
        db.session.commit()
    except Outdated as outdated:
        db.session.rollback()
        words = _changed_meanwhile(subject_id, form.last_seen, list(wanted))
        form.seen.data = str(last_numbers([subject_id]).get(subject_id, 0))
        return _page(unit_id, Written(key, form, words, meanwhile=True)), outdated.status
    except Refused as refusal:
        db.session.rollback()
        return _page(unit_id, Written(key, form, str(refusal.message))), refusal.status

    return _saved_at(here, key)


def _left_meanwhile(here: Unit, key: str, kind: type[SectionForm], name: str) -> tuple[str, int]:
    """Nothing is written about somebody who has left; what was typed is not lost."""
    left = Outdated("file:left_meanwhile", _("%(name)s has left meanwhile: nothing was saved.", name=name))
    return _page(here.id, Written(key, kind(prefix=f"{key}-"), str(left.message))), left.status


def _done(
    here: Unit, key: str, form: FlaskForm, write: Callable[[], object], anchor: str, words: str = ""
) -> Response | tuple[str, int]:
    """Do what a form says; refused, it stands open again with what was typed."""
    unit_id = here.id
    if not form.validate_on_submit():
        return _page(unit_id, Written(key, form)), 422

    try:
        write()
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        if isinstance(form, SaleForm):
            form.seen.data = str(last_numbers([unit_id]).get(unit_id, 0))
        return _page(unit_id, Written(key, form, str(refusal.message))), refusal.status

    return _saved_at(the_unit(estate_id(), unit_id), anchor, words)


def _saved_at(here: Unit, anchor: str, words: str = "") -> Response:
    flash(words or _("Saved in the owner file."), "good")
    return redirect(url_for("office.unit", unit_id=here.id, _anchor=f"at-{anchor}"))


def _changed_meanwhile(subject_id: uuid.UUID, seen: int, fields: list[str]) -> str:
    """`孙主管，今天 14:41：电话 138… → 139…`, a sentence for each change."""
    when, changes = _when(), [read_change(line) for line in changes_after(subject_id, seen, fields)]
    told = [
        _(
            "%(name)s, %(time)s: %(field)s %(values)s",
            name=change.line.by.name if change.line.by else "–",
            time=when.moment(change.line.at),
            field=field_words(change.line.field),
            values=change_words(change, when, name_teller()),
        )
        for change in changes
    ]
    return "; ".join(told)


def _page(unit_id: uuid.UUID, written: Written | None = None) -> str:
    """The file; with a form that was refused."""
    the_unit(estate_id(), unit_id)
    shown, when = units_with_people([unit_id])[0], _when()
    owners, tenants = owners_on(shown, when.today), tenants_on(shown, when.today)
    household = [member for member in shown.household if member.until is None]
    waiting = [_to_decide(correction, when, written) for correction in corrections_waiting_at(unit_id)]
    may_edit = me().may(Act.EDIT_OWNER_FILE)
    forms = _forms(shown, [*owners, *tenants], household) if may_edit else {}
    gone = written is not None and written.key not in {*forms, *_keys_of(waiting)}
    if written is not None and gone:
        leave_behind(*typed_in(written.form))
    elif written is not None:
        forms[written.key] = written.form
    history, earlier = _history(shown, [*owners, *tenants], household, when)
    tries, issues = attempts_at(unit_id), issues_with_waits([issue.id for issue in issues_at(unit_id)])
    sheets = sheets_at(unit_id) if me().may(Act.SEE_SURVEYS) else []
    return render_template(
        "office/unit.html",
        unit=shown,
        owners=owners,
        tenants=tenants,
        household=household,
        former=[held for held in _all_held(shown) if held not in (*owners, *tenants)],
        warranties=warranties(shown.handover_on, shown.warranty),
        waiting=waiting,
        asked_who_lives_there=asked_of([unit_id]),
        pending=_pending(waiting),
        history=history,
        earlier=earlier,
        may_edit=may_edit,
        forms=forms,
        written=written,
        gone=gone,
        rows_of_a_sale=ROWS_OF_A_SALE,
        due=due_at(unit_id),
        issues=[issue for issue, _wait in issues],
        limits={issue.id: turn_of(issue, wait, when).limit for issue, wait in issues},
        orders=orders_at(unit_id),
        order_words=order_words,
        visits=visits_at(unit_id),
        attempts=tries,
        sheets=sheets,
        taken_late=taken_late(sheets),
        sheet_looks=sheet_looks,
        dead=dead_numbers(tries),
        ending_of=ending_of,
        category_paths=category_paths(),
        when=when,
        headline=headline,
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "task_words": task_words,
        "METHODS": METHODS,
        "HOW": HOW,
        "ANSWERS": ANSWERS,
        "OCCUPANCIES": OCCUPANCIES,
        "OUTCOMES": OUTCOMES,
        "Method": Method,
        "PARTS": PARTS,
        "PersonKind": PersonKind,
        "KINDS": KINDS,
        "SEXES": SEXES,
        "RATINGS": RATINGS,
        "RATING_LOOKS": RATING_LOOKS,
        "STATES": STATES,
        "State": State,
        "TONES": TONES,
        "field_words": field_words,
        "said_words": said_words,
    }


def _keys_of(waiting: list[ToDecide]) -> set[str]:
    """The keys of the forms that decide about what waits."""
    return {f"{act}-{one.correction.id}" for one in waiting for act in one.forms}


def _forms(shown: Unit, people: list[Held], household: list[HouseholdMember]) -> dict[str, FlaskForm]:
    """Every form of the page that writes in the file, by its key."""
    today = _when().today
    subjects: list[tuple[str, type[SectionForm], Subject]] = [
        *((section, kind, shown) for section, kind in SECTIONS.items()),
        *((f"person-{held.person_id}", person_form(held.person), held.person) for held in people),
        *((f"member-{member.id}", MemberForm, member) for member in household),
    ]
    last = last_numbers(subject.id for _key, _kind, subject in subjects)
    forms: dict[str, FlaskForm] = {
        key: filled(kind, subject, last.get(subject.id, 0), f"{key}-") for key, kind, subject in subjects
    }
    forms["new-member"] = NewMemberForm(prefix="new-member-", formdata=None)
    forms["new-person"] = NewPersonForm(prefix="new-person-", formdata=None, since=today)
    forms["sale"] = _sale_form(shown, fresh=True)
    for held in people:
        forms[f"end-{held.id}"] = EndForm(prefix=f"end-{held.id}-", formdata=None, until=today)
    return forms


def _sale_form(shown: Unit, *, fresh: bool = False) -> SaleForm:
    today = _when().today
    owners = owners_on(shown, today)
    data = {
        "on": today,
        "seen": str(last_numbers([shown.id]).get(shown.id, 0)),
        "leaving": [str(held.id) for held in owners],
    }
    form = SaleForm(prefix="sale-", formdata=None, data=data) if fresh else SaleForm(prefix="sale-")
    form.leaving.choices = [(str(held.id), held.person.name) for held in owners]
    return form


def _to_decide(correction: FileCorrection, when: When, written: Written | None) -> ToDecide:
    says = said_words(correction.about, stands_now(correction.about, correction.unit, correction.person))
    saw = said_words(correction.about, correction.base)
    wait = next(iter(waits.on(correction.id)), None)
    stale = ""
    if moved_on(correction):
        stale = _("The file has changed since: the officer saw “%(saw)s”, it says “%(says)s” now.", saw=saw, says=says)
    forms: dict[str, FlaskForm] = {
        "accept": accept_form(correction, f"accept-{correction.id}-", formdata=None),
        "refuse": RefuseForm(prefix=f"refuse-{correction.id}-", formdata=None),
    }
    if written is not None:
        forms |= {name: written.form for name in forms if written.key == f"{name}-{correction.id}"}
    return ToDecide(
        correction,
        title=whose(correction),
        says=says,
        says_wanted=said_words(correction.about, correction.value),
        parts=FILE_PARTS[correction.about],
        stale=stale,
        limit=when.limit(wait.due_at) if wait else None,
        forms=forms,
    )


def _pending(waiting: list[ToDecide]) -> dict[tuple[str, uuid.UUID | None], list[ToDecide]]:
    """(About, person) → what waits there, to stand beside the value."""
    found: dict[tuple[str, uuid.UUID | None], list[ToDecide]] = {}
    for one in waiting:
        found.setdefault((one.correction.about.value, one.correction.person_id), []).append(one)
    return found


def _history(
    shown: Unit, people: list[Held], household: list[HouseholdMember], when: When
) -> tuple[list[Told], list[Told]]:
    """What changed of the unit and whoever belongs to it now, and apart what changed of those who have left.

    Only who may edit the file reads the values.
    """
    changes = file_history(shown)
    subjects = {held.person_id: held.person.name for held in _all_held(shown)}
    members = {member.id: member.name for member in shown.household}
    name_of = name_teller(people_by_id(ids_in(changes)), members)
    here = {shown.id, *(held.person_id for held in people), *(member.id for member in household)}
    told: tuple[list[Told], list[Told]] = ([], [])
    for change in changes:
        name = (subjects | members).get(change.line.subject_id, "")
        told[change.line.subject_id not in here].append(_told(change, name, when, name_of))
    return told


def _told(change: Change, whose_: str, when: When, name_of: Callable[[str], str]) -> Told:
    line = change.line
    values = change_words(change, when, name_of) if me().may(Act.EDIT_OWNER_FILE) else ""
    by = line.by.name if line.by else "–"
    meta = [by, when.moment(line.at), _("from a correction at the door") if line.correction_id else ""]
    title = " · ".join(part for part in (whose_, field_words(line.field)) if part)
    return Told(title, values, " · ".join(part for part in meta if part))


def _member(here: Unit, member_id: uuid.UUID) -> HouseholdMember:
    found = next((one for one in here.household if one.id == member_id), None)
    if found is None:
        raise NotFound("member:unknown", _("This person is not in the household."))
    return found


def _all_held(here: Unit) -> list[Held]:
    """Whoever owns or rents it, or once did."""
    return [*here.ownerships, *here.tenancies]


def _hand(form: ActForm | None = None) -> Hand:
    """`form`: by which somebody new comes in."""
    at = now()
    return Hand(me().by, at, local_date(at, me().estate.time_zone), event_id=form.event_id if form else None)


def _when() -> When:
    return When(me().estate.time_zone, now())
