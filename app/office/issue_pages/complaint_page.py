"""A complaint on its issue's page: its record as form 6 has it, and the forms of what can be done with it."""

import uuid
from collections.abc import Container
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField
from wtforms.validators import AnyOf, InputRequired, Length, Optional

from app.core.clock import now as _now
from app.core.errors import NotAllowed
from app.core.i18n import _, lazy_
from app.issues.answer_queries import answers_before, takers_of
from app.issues.complaint_rules import Act, Grade, Nature, Standing, acts_open_to, graver
from app.issues.complaints import is_about, owes_a_response, whose_turn
from app.issues.models import Complaint, Issue, OwnerAnswer
from app.issues.rules import ENDED
from app.office.act_form import ActForm, TextLines, refused_or
from app.office.door import me
from app.office.moments import When
from app.office.words import ANSWERS, GRADES, NATURES, STANDING_TONES, STANDINGS
from app.people.queries import staff_in
from app.people.rules import Act as May
from app.people.rules import Role
from app.visits.queries import visits_by_id


class OpenForm(ActForm):
    """Of what nature and how grave it is, and whom it is about, if about one of the staff."""

    nature = SelectField(lazy_("Nature"), validators=[InputRequired()])
    grade = SelectField(lazy_("Grade"), validators=[InputRequired()])
    about = SelectField(lazy_("About whom of the staff"), validators=[Optional()])


class RespondForm(ActForm):
    """What the complainant was told first."""

    response = TextLines(lazy_("What the complainant was told"), validators=[InputRequired(), Length(max=2000)])


class GradeForm(ActForm):
    """Another grade, and why. `seen`: the grade that was shown."""

    seen = HiddenField(validators=[InputRequired(), AnyOf([grade.value for grade in Grade])])
    grade = SelectField(lazy_("Grade"), validators=[InputRequired()])
    reason = TextLines(lazy_("Why"), validators=[InputRequired(), Length(max=2000)])


class PersonForm(ActForm):
    """Whom of the staff it is about."""

    about = SelectField(lazy_("About whom of the staff"), validators=[Optional()])


class TurnBackForm(ActForm):
    """Why it is no complaint."""

    reason = TextLines(lazy_("Why it is no complaint"), validators=[InputRequired(), Length(max=2000)])


class ReviewForm(ActForm):
    """The manager's opinion."""

    opinion = TextLines(lazy_("Opinion"), validators=[InputRequired(), Length(max=2000)])


def complaint_parts(shown: Issue, refused: FlaskForm | None, when: When) -> dict[str, Any]:
    """What the issue's page says of its complaint; the form that was refused stands open."""
    complaint = shown.complaint
    said = last_answer(complaint) if complaint else None
    return {
        "complaint": complaint,
        "complaint_forms": _open_forms(shown, refused),
        "complaint_said": said,
        "complaint_asked_by": _asked_by(said) if said else "",
        "complaint_limit": _limit(complaint, when),
        "is_complaint": shown.complaint_grade is not None,
        "GRADES": GRADES,
        "NATURES": NATURES,
        "STANDINGS": STANDINGS,
        "STANDING_TONES": STANDING_TONES,
        "ANSWERS": ANSWERS,
    }


def last_answer(complaint: Complaint, before: Container[uuid.UUID] | None = None) -> OwnerAnswer | None:
    """The owner's last word on the complaint, given on a callback or on the spot.

    `before`: what was said before it was one, where that is known already.
    """
    before = answers_before([complaint]) if before is None else before
    return next((said for said in reversed(complaint.issue.answers) if said.id not in before), None)


def _asked_by(said: OwnerAnswer) -> str:
    """Whoever held the visit or call on which that was said, or took it down in the office."""
    if said.visit_id is None:
        return takers_of([said]).get(said.id, "")
    call = visits_by_id({said.visit_id}).get(said.visit_id)
    return call.officer.name if call else ""


def open_form(issue: Issue) -> OpenForm:
    """Nature and grade of what becomes a complaint; what it was before, if it was one."""
    before = issue.complaint
    form = OpenForm(
        prefix="complaint-open",
        nature=before.nature.value if before else Nature.OTHER.value,
        grade=Grade.ORDINARY.value,
    )
    form.nature.choices = [(nature.value, str(words)) for nature, words in NATURES.items()]
    form.grade.choices = [(grade.value, str(words)) for grade, words in GRADES.items()]
    form.about.choices = _staff()
    return form


def respond_form(_issue: Issue) -> RespondForm:
    """The first response."""
    return RespondForm(prefix="complaint-respond")


def grade_form(issue: Issue) -> GradeForm:
    """The grades that whoever looks may give: graver ones, and for the manager lesser ones too."""
    now = issue.complaint_grade or Grade.ORDINARY
    lenient = me().may(May.LOWER_COMPLAINT)
    form = GradeForm(prefix="complaint-grade", seen=now.value)
    form.grade.choices = [
        (grade.value, str(words))
        for grade, words in GRADES.items()
        if grade is not now and (lenient or graver(grade, now))
    ]
    return form


def person_form(issue: Issue) -> PersonForm:
    """Whom it is about."""
    about = issue.complaint.about_id if issue.complaint else None
    form = PersonForm(prefix="complaint-person", about=str(about or ""))
    form.about.choices = _staff()
    return form


def turn_back_form(_issue: Issue) -> TurnBackForm:
    """Back to an ordinary issue."""
    return TurnBackForm(prefix="complaint-back")


def review_form(_issue: Issue) -> ReviewForm:
    """The review."""
    return ReviewForm(prefix="complaint-review")


_FORMS: dict[str, tuple[frozenset[Act], Any]] = {
    "complaint-respond": (frozenset({Act.RESPOND}), respond_form),
    "complaint-review": (frozenset({Act.REVIEW}), review_form),
    "complaint-grade": (frozenset({Act.GRADE_UP, Act.GRADE_DOWN}), grade_form),
    "complaint-person": (frozenset({Act.NAME_PERSON}), person_form),
    "complaint-back": (frozenset({Act.TURN_BACK}), turn_back_form),
}


def _open_forms(shown: Issue, refused: FlaskForm | None) -> dict[str, FlaskForm]:
    """A form for each act that is open to whoever looks, none to whom the complaint is about."""
    makers = {name: make for name, (acts, make) in _FORMS.items() if acts & _open_acts(shown)}
    if _can_become_one(shown):
        makers["complaint-open"] = open_form
    forms = {}
    for name, make in makers.items():
        fresh = make(shown)
        if name == "complaint-grade" and not fresh.grade.choices:
            continue
        forms[name] = refused_or(fresh, refused)
    return forms


def _can_become_one(shown: Issue) -> bool:
    return shown.owned and shown.complaint_grade is None and shown.state not in ENDED and me().may(May.TAKE_COMPLAINT)


def _open_acts(shown: Issue) -> frozenset[Act]:
    if shown.complaint is None or shown.complaint_grade is None or is_about(shown, me().id):
        return frozenset()
    acts = frozenset(acts_open_to(me().roles, shown.complaint.standing))
    gone = {Act.RESPOND} if not owes_a_response(shown.complaint) else set()
    return acts - gone - (set() if _reviews(shown.complaint) else {Act.REVIEW})


def _reviews(complaint: Complaint) -> bool:
    """Whether the review is whoever looks's: the manager's, the executive's of a complaint about the only manager."""
    today = When(me().estate.time_zone, _now()).today
    return bool({Role.MANAGER, whose_turn(complaint, Role.MANAGER, today)} & me().roles)


def must_review(complaint: Complaint) -> None:
    """Raises NotAllowed where the review is not for whoever sends it."""
    if not _reviews(complaint):
        raise NotAllowed("complaint:not_yours", _("The manager reviews this complaint."))


def _limit(complaint: Complaint | None, when: When) -> Any:
    """How the limit of handling stands, while it runs."""
    running = {Standing.RECEIVED, Standing.RESPONDED}
    return when.limit(complaint.deadline_at) if complaint and complaint.standing in running else None


def _staff() -> list[tuple[str, str]]:
    today = When(me().estate.time_zone, _now()).today
    people = staff_in(me().estate.id, Role, today)
    return [("", str(_("Nobody in particular"))), *((str(one.id), one.name) for one in people)]
