"""The forms of what can be done to an issue beside its usual way, and the words above each of them."""

from dataclasses import dataclass
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField
from wtforms.validators import UUID, InputRequired, Length, Optional, ValidationError

from app.core.clock import now
from app.core.errors import Words
from app.core.i18n import _, current_locale, lazy_
from app.issues.answering import may_object_until
from app.issues.deferring import untold
from app.issues.ending import how_often_heard
from app.issues.merging import could_lead
from app.issues.models import Issue
from app.issues.moving import today_of, who_decides
from app.issues.rules import Answer, Cannot, HowAnswered, HowTold, Move, answers_open_to
from app.office.act_form import ActForm, TextLines
from app.office.day_fields import DayField
from app.office.door import me
from app.office.end_form import EndForm, end_form
from app.office.moments import When
from app.office.said_by import SaidByForm, ask_who
from app.office.words import ANSWERS, CANNOT, HOW_TOLD, headline
from app.people.queries import open_departments, staff_who_may
from app.people.rules import Act, Role

_LONG = Length(max=2000)


def _why(words: Any = lazy_("Why")) -> TextLines:
    """The reason, in the place of the form where it is asked for."""
    return TextLines(words, validators=[InputRequired(), _LONG])


class AskToDeferForm(ActForm):
    """Another date, and why (R39)."""

    to_on = DayField(lazy_("New date"), validators=[InputRequired()])
    reason = _why()


class AgreeForm(ActForm):
    """Words may be left out."""

    note = TextLines(lazy_("Note"), validators=[Optional(), _LONG])


class KeepDateForm(ActForm):
    """Why the date stays as it is."""

    reason = _why()


class TellForm(ActForm):
    """How the owner was told of the new date."""

    deferral = HiddenField(validators=[InputRequired(), UUID()])
    how = RadioField(lazy_("How the owner was told"), validators=[InputRequired()])


class CannotForm(ActForm):
    """What cannot be solved, why, and who explains it to the owner (R36)."""

    cannot = RadioField(lazy_("What holds"), validators=[InputRequired()])
    reason = _why(lazy_("Why, as the owner is told"))
    explainer = SelectField(lazy_("Explained by"), validators=[Optional()])


class RefuseForm(ActForm):
    """Why it cannot be solved at all, and who explains it."""

    reason = _why(lazy_("Why, as the owner is told"))
    explainer = SelectField(lazy_("Explained by"), validators=[Optional()])


class ExplainedForm(SaidByForm):
    """What the owner said to the explanation, who said it and how."""

    answer = RadioField(lazy_("The owner"), validators=[InputRequired()])
    words = TextLines(lazy_("In the owner's words"), validators=[_LONG])

    def validate_words(self, field: TextLines) -> None:
        """An owner who disagrees says why, and so does one who agrees before a witness and does not sign."""
        if (field.data or "").strip():
            return
        if self.answer.data == Answer.DISAGREED.value:
            raise ValidationError(str(_("Write down what the owner said.")))
        if self.how.data == HowAnswered.WITNESSED.value:
            raise ValidationError(str(_("Write down what the owner said, and why they did not sign.")))


class ObjectForm(SaidByForm):
    """What the owner objects, who said it and how."""

    words = TextLines(lazy_("In the owner's words"), validators=[InputRequired(), _LONG])


class CarryOnForm(AgreeForm):
    """It stays on the list for another year; words may be left out."""


class DisputeForm(ActForm):
    """Whose matter it is instead."""

    claimed = SelectField(lazy_("It belongs to"), validators=[InputRequired()])
    reason = _why()


class DecideForm(ActForm):
    """Which department is responsible."""

    department = SelectField(lazy_("Responsible is"), validators=[InputRequired()])
    reason = _why()


class MergeForm(ActForm):
    """Into which other issue's work."""

    into = SelectField(lazy_("Same work as"), validators=[InputRequired()])
    reason = _why()


class UnmergeForm(ActForm):
    """Why it is a matter of its own."""

    reason = _why()


@dataclass(frozen=True)
class Way:
    """An act: its heading, its button, its icon, the view it is sent to; whether it is folded away under "More"."""

    title: Words
    words: Words
    icon: str
    endpoint: str
    folded: bool = False


WAYS: dict[str, Way] = {
    "agree": Way(lazy_("Agree to the new date"), lazy_("Agree"), "check", "agree_to_deferral"),
    "keep-date": Way(lazy_("Keep the date"), lazy_("Keep the date"), "calendar-x", "keep_date_of_issue"),
    "decide": Way(lazy_("Decide who is responsible"), lazy_("Decide"), "scale", "decide_liability_of_issue"),
    "tell": Way(lazy_("The owner knows the new date"), lazy_("Owner told"), "phone-check", "tell_new_date"),
    "explained": Way(lazy_("What the owner says to it"), lazy_("Keep the answer"), "message-2", "explained_issue"),
    "carry-on": Way(lazy_("Leave it on the list"), lazy_("Carry on"), "archive", "carry_issue_on"),
    "defer": Way(lazy_("Ask for another date"), lazy_("Ask to defer"), "calendar-time", "ask_to_defer_issue", True),
    "dispute": Way(lazy_("Another department is liable"), lazy_("Dispute"), "scale", "dispute_issue", True),
    "cannot": Way(lazy_("It cannot be solved"), lazy_("To be explained"), "ban", "issue_cannot_be_solved", True),
    "merge": Way(lazy_("Same work as another issue"), lazy_("Merge"), "stack-2", "merge_issue", True),
    "unmerge": Way(lazy_("A matter of its own"), lazy_("Take out of the work"), "versions", "unmerge_issue", True),
    "object": Way(lazy_("The owner objects"), lazy_("Next round"), "message-report", "object_to_end_of_issue", True),
    "refuse": Way(lazy_("Not to be solved at all"), lazy_("To be explained"), "ban", "refuse_issue", True),
    "close": Way(
        lazy_("Close without satisfaction"), lazy_("Close without satisfaction"), "circle-x", "close_issue", True
    ),
}
"""Each act of this file, in the order in which they are offered."""


def ways_open(issue: Issue, moves: list[Move]) -> dict[str, FlaskForm]:
    """A form for each of these acts that is open to whoever looks."""
    makers: dict[str, tuple[Move | None, Any]] = {
        "agree": (Move.DEFER, lambda _issue: AgreeForm()),
        "keep-date": (Move.KEEP_DATE, lambda _issue: KeepDateForm()),
        "decide": (Move.DECIDE_LIABILITY, decide_form),
        "tell": (None, tell_form),
        "explained": (Move.OWNER_AGREED, explained_form),
        "carry-on": (Move.CARRY_ON, lambda _issue: CarryOnForm()),
        "defer": (Move.ASK_TO_DEFER, lambda _issue: AskToDeferForm()),
        "dispute": (Move.DISPUTE, dispute_form),
        "cannot": (Move.CANNOT, cannot_form),
        "merge": (Move.MERGE, merge_form),
        "unmerge": (Move.UNMERGE, lambda _issue: UnmergeForm()),
        "object": (Move.OWNER_OBJECTED, object_form),
        "refuse": (Move.REFUSE, refuse_form),
        "close": (Move.CLOSE_UNSATISFIED, close_form),
    }
    answers = answers_open_to(me().roles, issue.state, owned=issue.owned)
    made = {name: make(issue) for name, (move, make) in makers.items() if move in (None, *moves, *answers)}
    return {name: made[name] for name in WAYS if made.get(name) is not None}


def tell_form(issue: Issue) -> TellForm | None:
    """For customer service, while there is a new date that the owner does not know of."""
    deferral = untold(issue) if issue.owned and me().may(Act.EXPLAIN_ISSUE) else None
    if deferral is None:
        return None
    form = TellForm(deferral=str(deferral.id))
    form.how.choices = [(how.value, str(HOW_TOLD[how])) for how in HowTold]
    return form


def explained_form(issue: Issue) -> ExplainedForm:
    """The owner agrees or disagrees."""
    form = ask_who(ExplainedForm, issue.unit_id, _when())
    form.answer.choices = [(one.value, str(ANSWERS[one])) for one in (Answer.AGREED, Answer.DISAGREED)]
    return form


def object_form(issue: Issue) -> ObjectForm | None:
    """As long as the owner can object."""
    until = may_object_until(issue)
    if until is None or now() > until:
        return None
    return fresh_object_form(issue)


def fresh_object_form(issue: Issue) -> ObjectForm:
    """The form, whether or not the days are over: the action says so in words."""
    return ask_who(ObjectForm, issue.unit_id, _when())


def cannot_form(issue: Issue) -> CannotForm:
    """For now or at all; the supervisor explains it unless somebody else is sent."""
    form = CannotForm(cannot=Cannot.FOR_NOW.value)
    form.cannot.choices = [(one.value, str(CANNOT[one])) for one in Cannot]
    form.explainer.choices = _explainers(issue)
    return form


def refuse_form(issue: Issue) -> RefuseForm:
    """The same, where the year's review finds that it cannot be solved at all."""
    form = RefuseForm()
    form.explainer.choices = _explainers(issue)
    return form


def close_form(issue: Issue) -> EndForm:
    """With one of the reasons there are."""
    return end_form(how_often_heard(issue))


def dispute_form(issue: Issue) -> DisputeForm:
    """Any other department of the estate."""
    form = DisputeForm()
    form.claimed.choices = [one for one in departments_of(issue) if one[0] != str(issue.department_id)]
    return form


def decide_form(issue: Issue) -> DecideForm | None:
    """For the manager; between two companies for the executive alone."""
    if who_decides(issue) is Role.EXECUTIVE and Role.EXECUTIVE not in me().roles:
        return None
    form = DecideForm(department=str(issue.claimed_id))
    form.department.choices = departments_of(issue)
    return form


def merge_form(issue: Issue) -> MergeForm | None:
    """Issues that are worked on; none if there are none."""
    leaders = could_lead(issue)
    if not leaders:
        return None
    form = MergeForm()
    form.into.choices = [
        (str(one.id), f"{one.number} · {one.where_short(current_locale())} · {headline(one.text, 24)}")
        for one in leaders
    ]
    return form


def _when() -> When:
    return When(me().estate.time_zone, now())


def departments_of(issue: Issue) -> list[tuple[str, str]]:
    """The departments in use of its estate, as a select offers them."""
    return [(str(one.id), one.name(current_locale())) for one in open_departments(issue.estate_id)]


def _explainers(issue: Issue) -> list[tuple[str, str]]:
    people = staff_who_may(Act.EXPLAIN_ISSUE, issue.estate_id, today_of(issue, now()))
    return [("", str(lazy_("the supervisor"))), *((str(one.id), one.name) for one in people)]
