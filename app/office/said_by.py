"""Who said what is taken down in the office, and how: one of the unit's people by its owner file, or somebody else."""

import uuid
from datetime import datetime
from typing import Any, TypeVar

from wtforms import RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from app.core.i18n import _, lazy_
from app.issues.owners_word import TAKEN_DOWN, OwnersWord
from app.issues.rules import Answer, HowAnswered
from app.issues.who_answers import SaidBy, StandsAs, who_may_answer
from app.office.act_form import ActForm
from app.office.door import me
from app.office.moments import When
from app.office.words import HOW, STANDS_AS

_ELSE = StandsAs.ELSE.value
Form = TypeVar("Form", bound="SaidByForm")
_OFFERED = tuple(how for how in TAKEN_DOWN if how is not HowAnswered.PROXY)


class SaidByForm(ActForm):
    """Who answered, and in which way. On behalf of the owner is whoever neither owns nor rents the unit."""

    speaker = SelectField(lazy_("Who answered"), validators=[DataRequired()])
    speaker_else = StringField(lazy_("Name, if other"), validators=[Length(max=120)])
    how = RadioField(lazy_("How the owner answered"), validators=[InputRequired()])
    witness = StringField(lazy_("Witness, if any"), validators=[Length(max=120)])

    people: dict[str, SaidBy]

    def validate_speaker_else(self, field: StringField) -> None:
        """Somebody who does not stand in the owner file is named."""
        if self.speaker.data == _ELSE and not (field.data or "").strip():
            raise ValidationError(str(_("Name whoever answered.")))

    def validate_witness(self, field: StringField) -> None:
        """Told before a witness, an answer names them: neither whoever answered nor whoever writes it down."""
        name = (field.data or "").strip()
        if self.how.data == HowAnswered.WITNESSED.value and not name:
            raise ValidationError(str(_("Name the witness before whom the owner answered.")))
        if name and name in (self._said_by().name, me().name):
            raise ValidationError(str(_("A witness is somebody else than whoever answered, and not you.")))

    def word(self, answer: Answer, words: str | None, *, said_at: datetime) -> OwnersWord:
        """The answer, as it was given. Raises Refused where it does not say enough."""
        said_by = self._said_by()
        how, witness = HowAnswered(self.how.data), str(self.witness.data or "")
        return OwnersWord.taken_down(answer, how, words or "", said_at=said_at, said_by=said_by, witness=witness)

    def _said_by(self) -> SaidBy:
        return self.people.get(self.speaker.data) or SaidBy((self.speaker_else.data or "").strip(), StandsAs.ELSE)


def ask_who(kind: type[Form], unit_id: uuid.UUID | None, when: When, **facts: Any) -> Form:
    """A form with the people of a unit to choose from; where there is one alone, they are chosen."""
    people = {_key(one): one for one in who_may_answer(unit_id, when.today)}
    form = kind(speaker=next(iter(people)) if len(people) == 1 else "", **facts)
    form.people = people
    form.speaker.choices = [
        *([("", "–")] if len(people) != 1 else []),
        *((key, f"{one.name} · {one.relation or STANDS_AS[one.standing]}") for key, one in people.items()),
        (_ELSE, str(STANDS_AS[StandsAs.ELSE])),
    ]
    form.how.choices = [(how.value, str(HOW[how])) for how in _OFFERED]
    return form


def _key(one: SaidBy) -> str:
    return f"{one.standing.value}:{one.person_id or one.name}"
