"""One thing that is due at a unit: who has it, by when, and how the executive adjusts it (P53)."""

import uuid
from datetime import date
from typing import cast

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import UUID, InputRequired, Length, Regexp

from app.agenda.models import Task
from app.agenda.queries import the_task
from app.agenda.rules import ABOUT_ISSUES, OF_SURVEYS, TaskKind, TaskState
from app.core import journal
from app.core.clock import now
from app.core.db import db
from app.core.errors import Outdated, Refused, Words
from app.core.i18n import _, current_locale, lazy_
from app.core.ids import new_id
from app.core.journal import JournalLine
from app.issues.complaints import is_about
from app.issues.models import Issue
from app.issues.rules import Move
from app.issues.telling import TOLD_OTHERWISE
from app.office.act_form import OnceForm, leave_behind, typed_in
from app.office.day_fields import DayField
from app.office.door import estate_id, me, office
from app.office.issue_pages.issue_history import Told
from app.office.moments import When
from app.office.words import headline
from app.people.access import may
from app.people.queries import names, staff_who_may
from app.people.rules import Act
from app.repairs.models import WorkOrder
from app.repairs.moving import CALLBACK_KINDS
from app.surveys.models import SurveySheet
from app.surveys.tasks import AGREED_ANEW, AT_A_DESK, CALLED_OFF
from app.visits.adjusting import adjust_due
from app.visits.models import Plan, SpecialVisit
from app.visits.specials import Change
from app.visits.words import task_words

_TITLES: dict[str, tuple[Words, str]] = {
    "task:made": (lazy_("Due here"), "start"),
    "task:adjusted": (lazy_("Adjusted"), ""),
    "task:changed": (lazy_("Changed by a new version of the plan"), ""),
    "task:done": (lazy_("Done"), "ok"),
    "task:cancelled": (lazy_("Withdrawn"), "bad"),
    "task:visited_late": (lazy_("Visited all the same: the tablet did not know yet"), ""),
}

_WHY: dict[str, Words] = {
    TOLD_OTHERWISE: lazy_("The owner was told in the office"),
    Move.OWNER_AGREED.value: lazy_("The owner answered in the office"),
    Move.OWNER_DISAGREED.value: lazy_("The owner answered in the office"),
    AT_A_DESK: lazy_("Seen to at a desk"),
    AGREED_ANEW: lazy_("Another time was agreed"),
    CALLED_OFF: lazy_("The survey was called off"),
}
"""Why what was due was called off with a move of its subject; after any other of an issue that has moved on."""


class AdjustForm(OnceForm):
    """Who does it and by when. `after`: how much of its history whoever sends it has seen."""

    after = HiddenField(default="0", validators=[InputRequired(), Regexp(r"^\d{1,6}$")])
    officer = SelectField(lazy_("Who goes there"), validators=[InputRequired(), UUID()])
    due_on = DayField(lazy_("To be done by"), validators=[InputRequired()])
    reason = StringField(lazy_("Reason"), validators=[InputRequired(), Length(max=200)])


@office.get("/plans/due/<uuid:task_id>")
@may(Act.SEE_PLAN)
def due(task_id: uuid.UUID) -> str:
    """What is due, where it comes from, and its history."""
    return _page(the_task(estate_id(), task_id))


@office.post("/plans/due/<uuid:task_id>/adjust")
@may(Act.ADJUST_VISITS)
def adjust_task(task_id: uuid.UUID) -> Response | tuple[str, int]:
    """Another officer or another day, with a reason; of two who do so at once one is told."""
    adjusted = the_task(estate_id(), task_id)
    form = _form(adjusted)
    if not form.validate_on_submit():
        return _page(adjusted, form), 422
    change = Change(str(form.reason.data), int(str(form.after.data)), form.event_id, me().by, now())

    try:
        adjust_due(adjusted, uuid.UUID(form.officer.data), cast(date, form.due_on.data), change)
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        others = _done_by_others(task_id, change.after) if isinstance(refused, Outdated) else ""
        told = " ".join(part for part in (str(refused.message), others) if part)
        return _page(the_task(estate_id(), task_id), form, told), refused.status

    flash(_("Adjusted. The tablets know at their next sync."), "good")
    return redirect(url_for("office.due", task_id=task_id))


def _page(shown: Task, written: AdjustForm | None = None, refusal: str = "") -> str:
    when, lines = When(me().estate.time_zone, now()), journal.history(shown.id)
    form = written or _form(shown)
    form.after.data, form.event.data = str(len(lines)), str(new_id())
    # What belongs to an order is changed there: its page is where one looks for it.
    alone = shown.kind is not TaskKind.SPECIAL_VISIT
    may_adjust = alone and shown.state is TaskState.DUE and me().may(Act.ADJUST_VISITS)
    if written is not None and not may_adjust:
        leave_behind(*typed_in(written))
    return render_template(
        "office/due.html",
        task=shown,
        title=task_words(shown.kind),
        comes_from=_comes_from(shown),
        form=form,
        is_open=written is not None,
        refusal=refusal,
        may_adjust=may_adjust,
        history=_history(lines, when),
        limit=when.limit_on(shown.due_on),
        when=when,
        TaskState=TaskState,
    )


def _comes_from(task: Task) -> tuple[str, str]:
    """The plan, the order or the issue behind it, with the address of its page."""
    if task.plan_id and (plan := db.session.get(Plan, task.plan_id)):
        return _("Plan %(month)s", month=plan.month), url_for("office.plan", plan_id=plan.id)
    if task.kind is TaskKind.SPECIAL_VISIT and (special := db.session.get(SpecialVisit, task.subject_id)):
        return special.title, url_for("office.special", special_id=special.id)
    if task.kind in ABOUT_ISSUES and (issue := db.session.get(Issue, task.subject_id)):
        return f"{issue.number} {headline(issue.text)}", url_for("office.issue", issue_id=issue.id)
    if task.kind in CALLBACK_KINDS.values() and (order := db.session.get(WorkOrder, task.subject_id)):
        return f"{order.number} {headline(order.content)}", url_for("office.order", order_id=order.id)
    if task.kind in OF_SURVEYS and (sheet := db.session.get(SurveySheet, task.subject_id)):
        address = url_for("office.survey_sheet", survey_id=sheet.survey_id, sheet_id=sheet.id)
        return f"{sheet.number} {sheet.survey.title(current_locale())}", address
    return "", ""


def _history(lines: list[JournalLine], when: When) -> list[Told]:
    """Newest first: who had it before, by when, and why that changed."""
    staff = {line.staff_id for line in lines if line.staff_id}
    staff |= {uuid.UUID(line.data[key]) for line in lines for key in ("assignee", "was_assignee") if line.data.get(key)}
    known = names(staff)
    told = []
    for line in reversed(lines):
        title, tone = _TITLES.get(line.kind, (line.kind, ""))
        by = known.get(line.staff_id, "–") if line.staff_id else _("by itself")
        words = " · ".join(part for part in (_adjusted(line, known, when), _why(line)) if part)
        told.append(Told(str(title), words, f"{by} · {when.moment(line.at)}", tone))
    return told


def _done_by_others(task_id: uuid.UUID, after: int) -> str:
    """What happened to it since somebody looked: `已调整：李敏 → 张华（李敏休假）, 方振华 · 今天 14:41`."""
    newer = journal.history(task_id)[after:]
    told = _history(newer, When(me().estate.time_zone, now()))
    return "; ".join(" · ".join(part for part in (one.title, one.words, one.meta) if part) for one in reversed(told))


def _why(line: JournalLine) -> str:
    """In the words of whoever said it, or those for a move of the issue."""
    reason: str = line.data.get("reason", "")
    if reason in _WHY:
        return str(_WHY[reason])
    return str(_("The issue has moved on")) if reason.startswith("issue:") else reason


def _adjusted(line: JournalLine, known: dict[uuid.UUID, str], when: When) -> str:
    """`李敏 → 张华，11月26日 → 12月2日`: only what changed."""
    if line.kind != "task:adjusted":
        return ""
    data = line.data
    people = [known.get(uuid.UUID(data[key]), "–") for key in ("was_assignee", "assignee")]
    days = [when.on(date.fromisoformat(data[key])) for key in ("was_due_on", "due_on")]
    return ", ".join(f"{before} → {after}" for before, after in (people, days) if before != after)


def _form(task: Task) -> AdjustForm:
    when = When(me().estate.time_zone, now())
    form = AdjustForm(prefix="adjust", officer=str(task.assignee_id), due_on=task.due_on)
    issue = db.session.get(Issue, task.subject_id) if task.kind in ABOUT_ISSUES else None
    offered = staff_who_may(Act.CARRY_TABLET, estate_id(), when.today)
    form.officer.choices = [(str(one.id), one.name) for one in offered if issue is None or not is_about(issue, one.id)]
    return form
