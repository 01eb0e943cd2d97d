"""The small forms of an owner file: each opens where one reads and writes one part of it."""

import enum
import uuid
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.errors import Refused, Words
from app.core.i18n import lazy_
from app.estates.file_rules import (
    MOST,
    PARTS,
    About,
    Part,
    a_name,
    a_phone,
    a_text,
    an_area,
    last4,
    listed,
    phones,
    plates,
)
from app.estates.models import FileCorrection, Person, Unit
from app.estates.owner_file import Newcomer, Subject, value_of
from app.estates.rules import PersonKind
from app.office.act_form import ActForm, TextLines
from app.office.day_fields import DayField
from app.office.owner_pages.file_words import FIELDS, KINDS, SAID, SEXES
from app.office.owner_pages.file_words import PARTS as PART_WORDS
from app.office.words import OCCUPANCIES

ROWS_OF_A_SALE = range(1, 4)


def _of(words: Mapping[Any, Words], key: Any) -> Any:
    """A label, translated when it is shown; WTForms' types know only plain text."""
    return words[key]


def _label(field: str) -> Any:
    return _of(FIELDS, field)


def choices(words: Mapping[Any, Words]) -> list[SelectChoice]:
    """One choice for each value with its words."""
    return [SelectChoice(value.value if isinstance(value, enum.Enum) else value, said) for value, said in words.items()]


def at_most(most: int) -> Callable[[str], str]:
    """Reads words of at most so many characters."""
    return lambda value: a_text(value, most)


class Told(StringField):
    """A line that is read as the file keeps it; what cannot be read is complained about beside it."""

    def __init__(self, label: Any, read: Callable[[str], Any] = at_most(MOST["name"]), **options: Any) -> None:
        super().__init__(label, **options)
        self._reads = read

    def pre_validate(self, _form: FlaskForm) -> None:
        try:
            self.read = self._reads(self.data or "")
        except Refused as refusal:
            raise ValidationError(str(refusal.message)) from refusal


class _Ticks(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class SectionForm(FlaskForm):  # type: ignore[misc]
    """Fields of one subject. `seen`: the number of its last change that whoever writes has seen."""

    seen = HiddenField(default="0", validators=[InputRequired(), Regexp(r"^\d{1,9}$")])

    @property
    def last_seen(self) -> int:
        return int(str(self.seen.data))

    @property
    def names(self) -> list[str]:
        """The fields of the file that it writes."""
        return [name for name in self._fields if name not in ("seen", "csrf_token")]

    @property
    def wanted(self) -> dict[str, Any]:
        """Field → what was written, as the file keeps it."""
        return {name: _read(self[name]) for name in self.names}


class PersonForm(SectionForm):
    """A person (form 5)."""

    name = Told(_label("name"), a_name, validators=[InputRequired()])
    sex = SelectField(_label("sex"), choices=[SelectChoice("", "–"), *choices(SEXES)], validators=[Optional()])
    phone = Told(_label("phone"), a_phone)
    other_phones = Told(_label("other_phones"), phones)
    emergency_name = Told(_label("emergency_name"))
    emergency_phone = Told(_label("emergency_phone"), a_phone)
    id_last4 = Told(_label("id_last4"), last4)
    consent_on = DayField(_label("consent_on"), validators=[Optional()])


class CompanyForm(SectionForm):
    """A company that owns or rents (form 5)."""

    name = Told(_label("name"), a_name, validators=[InputRequired()])
    legal_representative = Told(_label("legal_representative"), at_most(MOST["legal_representative"]))
    licence_no = Told(_label("licence_no"), at_most(MOST["licence_no"]))
    phone = Told(_label("phone"), a_phone)
    other_phones = Told(_label("other_phones"), phones)
    consent_on = DayField(_label("consent_on"), validators=[Optional()])


class UnitForm(SectionForm):
    """The unit itself."""

    area = Told(lazy_("Area in m²"), an_area)
    layout = Told(_label("layout"), at_most(MOST["layout"]))
    handover_on = DayField(_label("handover_on"), validators=[Optional()])
    occupancy = SelectField(_label("occupancy"), choices=choices(OCCUPANCIES), validators=[InputRequired()])
    remarks = TextLines(_label("remarks"), validators=[Length(max=MOST["remarks"])])


class ParkingForm(SectionForm):
    """Where they park, and what."""

    parking = Told(_label("parking"), lambda value: listed(value, 40))
    plates = Told(_label("plates"), plates)


class ContactForm(SectionForm):
    """How to come near them."""

    care = Told(_label("care"), lambda value: listed(value, MOST["words"]))
    preferred_contact = Told(_label("preferred_contact"), at_most(MOST["preferred_contact"]))
    do_not_disturb = Told(_label("do_not_disturb"), at_most(MOST["do_not_disturb"]))


class WarrantyForm(SectionForm):
    """Warranty ends that somebody knows better; blank follows from the handover."""

    @property
    def wanted(self) -> dict[str, Any]:
        return {f"warranty.{name}": _read(self[name]) for name in self.names}


for _part in Part:
    setattr(WarrantyForm, _part.value, DayField(_of(PART_WORDS, _part), validators=[Optional()]))


class MemberForm(SectionForm):
    """Somebody in the household."""

    name = Told(_label("name"), a_name, validators=[InputRequired()])
    relation = Told(_label("relation"), at_most(MOST["relation"]))
    phone = Told(_label("phone"), a_phone)


class NewMemberForm(ActForm):
    """Somebody more lives here."""

    name = Told(_label("name"), a_name, validators=[InputRequired()])
    relation = Told(_label("relation"), at_most(MOST["relation"]))
    phone = Told(_label("phone"), a_phone)


class NewPersonForm(ActForm):
    """A co-owner or tenant more."""

    held = SelectField(
        lazy_("As what"),
        choices=choices({"tenant": lazy_("Tenant"), "owner": lazy_("Co-owner")}),
        validators=[InputRequired()],
    )
    kind = SelectField(_label("kind"), choices=choices(KINDS), validators=[InputRequired()])
    name = Told(_label("name"), a_name, validators=[InputRequired()])
    phone = Told(_label("phone"), a_phone)
    since = DayField(lazy_("From which day on"), validators=[InputRequired()])

    @property
    def newcomer(self) -> Newcomer:
        return Newcomer(self.sent_as, self.name.read, self.phone.read, PersonKind(self.kind.data))


class EndForm(FlaskForm):  # type: ignore[misc]
    """An ownership or tenancy ends."""

    until = DayField(lazy_("Left on"), validators=[InputRequired()])


class SaleForm(ActForm):
    """Who sells, on which day, and who owns it from then on."""

    seen = HiddenField(default="0", validators=[InputRequired(), Regexp(r"^\d{1,9}$")])
    leaving = _Ticks(lazy_("Who does not own it any more"), validate_choice=False)
    on = DayField(lazy_("Day of the handover"), validators=[InputRequired()])
    household_leaves = BooleanField(
        lazy_("Household, plates, care notes and contact times of the seller end with it"), default=True
    )

    @property
    def newcomers(self) -> list[Newcomer]:
        """The rows that were filled in. Sent twice they are the same people."""
        return [
            Newcomer(
                uuid.uuid5(self.sent_as, str(row)),
                self[f"name{row}"].read,
                self[f"phone{row}"].read,
                PersonKind(self[f"kind{row}"].data),
            )
            for row in ROWS_OF_A_SALE
            if self[f"name{row}"].read
        ]


for _row in ROWS_OF_A_SALE:
    _must = [InputRequired()] if _row == 1 else []
    setattr(SaleForm, f"name{_row}", Told(lazy_("New owner"), at_most(MOST["name"]), validators=_must))
    setattr(SaleForm, f"phone{_row}", Told(_label("phone"), a_phone))
    _kind = SelectField(_label("kind"), choices=choices(KINDS), validators=[InputRequired()])
    setattr(SaleForm, f"kind{_row}", _kind)


class RefuseForm(FlaskForm):  # type: ignore[misc]
    """Why a correction is refused."""

    reason = TextLines(lazy_("Why it is refused"), validators=[InputRequired(), Length(max=500)])


class AcceptForm(FlaskForm):  # type: ignore[misc]
    """A correction as the office would write it; which parts it has says `accept_form`."""

    @property
    def value(self) -> dict[str, str]:
        return {name: str(self[name].data or "") for name in self._fields if name != "csrf_token"}


def accept_form(correction: FileCorrection, prefix: str, **sent: Any) -> AcceptForm:
    """The form of a correction, filled in with what its officer noted; `formdata=None` for one that nobody sent."""
    parts = {part: _part_field(correction.about, part) for part in PARTS[correction.about]}
    made: type[AcceptForm] = type("_AcceptForm", (AcceptForm,), parts)
    return made(prefix=prefix, data=correction.value, **sent)


def _part_field(about: About, part: str) -> Any:
    if part == "occupancy":
        return SelectField(_of(SAID, part), choices=choices(OCCUPANCIES))
    read = {"phone": a_phone, "plate": plates}.get(part, at_most(MOST["words"]))
    if part == "name" and about is not About.EMERGENCY:
        return Told(SAID[part], a_name, validators=[InputRequired()])
    return Told(SAID[part], read)


def filled(form: type[SectionForm], subject: Subject, seen: int, prefix: str) -> SectionForm:
    """A form with what stands in the file."""
    return form(prefix=prefix, formdata=None, data=_data(form, subject) | {"seen": str(seen)})


def person_form(person: Person) -> type[SectionForm]:
    """The form that fits a person, or a company."""
    return CompanyForm if person.kind is PersonKind.COMPANY else PersonForm


def _data(form: type[SectionForm], subject: Subject) -> dict[str, Any]:
    """Values as their controls show them."""
    if form is WarrantyForm and isinstance(subject, Unit):
        return {part: date.fromisoformat(day) for part, day in subject.warranty.items()}
    names = [name for name in vars(form) if hasattr(vars(form)[name], "field_class")]
    return {name: _shown(getattr(subject, name), value_of(subject, name)) for name in names}


def _shown(kept: Any, plain: Any) -> Any:
    if isinstance(kept, date):
        return kept
    return "、".join(plain) if isinstance(plain, list) else plain or ""


def _read(control: Any) -> Any:
    return control.read if isinstance(control, Told) else control.data
