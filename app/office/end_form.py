"""The executive's form that ends an issue or a work order whose owner has not called it good."""

from wtforms import HiddenField, RadioField
from wtforms.validators import InputRequired, Length

from app.core.i18n import lazy_
from app.issues.rules import Ending
from app.office.act_form import ActForm, TextLines
from app.office.words import ENDINGS


class EndForm(ActForm):
    """Why it ends. `heard`: how many answers of its owner stood on the page that the form was filled in on."""

    heard = HiddenField()
    ending = RadioField(lazy_("What has happened"), validators=[InputRequired()])
    reason = TextLines(lazy_("Why"), validators=[InputRequired(), Length(max=2000)])

    @property
    def answers_read(self) -> int:
        """As many as stood there; of what nobody sent no number is right."""
        sent = self.heard.data or ""
        return int(sent) if sent.isdecimal() else -1


def end_form(heard: int) -> EndForm:
    """With one of the reasons there are."""
    form = EndForm(heard=str(heard))
    form.ending.choices = [(one.value, str(ENDINGS[one])) for one in Ending]
    return form
