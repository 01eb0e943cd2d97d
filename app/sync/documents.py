"""The documents that tablets hold, made in bulk from the tables. Their field names are frozen like the messages'."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import joinedload, selectinload

from app.agenda.models import Task
from app.agenda.rules import ABOUT_ISSUES, CALLBACKS, OF_SURVEYS, TELLINGS, TaskKind, TaskState
from app.core.clock import isoformat, local_date
from app.core.db import db
from app.core.i18n import LOCALES, words_in
from app.core.journal import JournalLine
from app.estates.models import Estate
from app.estates.queries import building_names
from app.estates.rules import PUBLIC_PLACES, limits
from app.issues.models import Category, Issue
from app.issues.progress import Stage, photos_of_rounds
from app.issues.queries import categories
from app.issues.rules import State
from app.issues.who_answers import are_owners
from app.people.models import Department
from app.repairs.models import WorkOrder
from app.repairs.moving import CALLBACK_KINDS
from app.repairs.queries import orders_shown
from app.repairs.whose import of_owners
from app.surveys.models import Survey, SurveyQuestion
from app.surveys.opinions import call_unwelcome
from app.surveys.queries import SheetNamed, asked_again, sheets_named, surveys_shown
from app.surveys.rules import SheetState, SurveyState
from app.sync.record_documents import records
from app.sync.unit_documents import units
from app.visits.briefed import held_for_all, lines_by_id
from app.visits.copies import COPIES
from app.visits.models import BriefingItem, BriefingVersion, Plan, PlanLine, SpecialVisit
from app.visits.ordered import specials_by_id
from app.visits.questions_shown import by_department
from app.visits.rules import BriefingKind, Method
from app.visits.words import headline, task_words

Doc = dict[str, Any]

KNOWN_FROM_THE_FIRST = frozenset({TaskKind.PLANNED_VISIT, *CALLBACKS})
"""Kinds of tasks that every version of the tablet app has words for; of all others it is told what they are called."""


def documents(type_: str, ids: Iterable[uuid.UUID], at: datetime) -> dict[uuid.UUID, Doc]:
    """Id → document, for those of `ids` that there are. Raises KeyError for a type that tablets do not hold."""
    return _MAKERS[type_](list(ids), at)


def _estates(ids: list[uuid.UUID], at: datetime) -> dict[uuid.UUID, Doc]:
    found = db.session.scalars(sa.select(Estate).where(Estate.id.in_(ids)))
    return {estate.id: _estate(estate, local_date(at, estate.time_zone)) for estate in found}


def _estate(estate: Estate, today: date) -> Doc:
    limit = limits(estate.settings)
    days = limit.answer_days
    return {
        "name": {"zh": estate.name_zh, "en": estate.name_en},
        "company": {"zh": estate.company_zh, "en": estate.company_en},
        "phone": estate.phone,
        "time_zone": estate.time_zone,
        "profile": estate.profile.name,
        "title": estate.settings["title"],
        "objection_days": limit.objection_days,
        "phone_attempts": limit.phone_attempts,
        "answer_days": {"urgent": days, "ordinary": days, "major": days},
        "categories": _category_tree(categories(estate.id)),
        "consent": _consent(estate, limit.objection_days),
        "news": _told(estate, BriefingKind.WORK, today),
        "measures": _told(estate, BriefingKind.MEASURES, today),
        "places": estate.settings.get("places", PUBLIC_PLACES),
        "copies": {"at": _copies_at(), "days": limit.copy_days},
    }


def _copies_at() -> str:
    """Where an owner's telephone finds its copy; blank where only the tablet knows under which name we are reached."""
    base = str(current_app.config["PUBLIC_URL"]).rstrip("/")
    return f"{base}{COPIES}" if base else ""


def _told(estate: Estate, kind: BriefingKind, today: date) -> list[Doc]:
    """For apps that do not know the `briefing` documents: what holds in the whole estate as it is told."""
    return [_words(line) for line in held_for_all(estate.id, kind, today)]


def _words(line: BriefingVersion) -> Doc:
    return {locale: line.text(locale) for locale in ("zh", "en")}


def _briefing(ids: list[uuid.UUID], _at: datetime) -> dict[uuid.UUID, Doc]:
    """Lines with their days, whichever day it is: the tablet shows and hides them by its own calendar."""
    items = lines_by_id(ids)
    names = building_names({uuid.UUID(id_) for item in items for id_ in item.newest.building_ids})
    return {item.id: _line(item, names) for item in items}


def _line(item: BriefingItem, names: dict[uuid.UUID, str]) -> Doc:
    said = item.newest
    return _without_blanks(
        {
            "kind": item.kind.value,
            "version": item.version,
            "text": _words(said),
            "buildings": sorted(names[uuid.UUID(id_)] for id_ in said.building_ids),
            "owner": str(said.owner_id) if said.owner_id else None,
            "valid_from": said.valid_from.isoformat(),
            "valid_until": said.valid_until.isoformat() if said.valid_until else None,
        }
    )


def _consent(estate: Estate, days: int) -> Doc:
    """The words above a signature, with the estate's own telephone and days for an objection in them."""
    consent = estate.settings["consent"]
    texts = {locale: text.format(phone=estate.phone, days=days) for locale, text in consent["text"].items()}
    return {"version": consent["version"], "text": texts}


def _category_tree(rows: list[Category]) -> list[Doc]:
    children = defaultdict(list)
    for row in rows:
        children[row.parent_code].append(row)

    def node(row: Category) -> Doc:
        doc: Doc = {"code": row.code, "name": {"zh": row.name_zh, "en": row.name_en}, "icon": row.icon}
        if row.retired_on:
            doc["retired"] = True
        if row.department and row.department.closed_on is None:
            doc["department"] = {"id": str(row.department.id), "name": _names(row.department)}
        if row.warranty_part:
            # The unit's own dates decide on the tablet, so that what the owner signs names the right department.
            doc["warranty"] = {"part": row.warranty_part.value}
            if row.warranty_department and row.warranty_department.closed_on is None:
                within = row.warranty_department
                doc["warranty"]["department"] = {"id": str(within.id), "name": _names(within)}
        if children[row.code]:
            doc["children"] = [node(child) for child in children[row.code]]
        return doc

    return [node(row) for row in children[None]]


def _tasks(ids: list[uuid.UUID], _at: datetime) -> dict[uuid.UUID, Doc]:
    found = sa.select(Task).where(Task.id.in_(ids)).options(joinedload(Task.assignee, innerjoin=True))
    tasks = db.session.scalars(found).all()
    months = _months({task.plan_id for task in tasks if task.plan_id})
    ordered = {task.subject_id for task in tasks if task.kind is TaskKind.SPECIAL_VISIT and task.subject_id}
    reasons = {special.id: _reason(special) for special in specials_by_id(ordered).values()}
    reasons |= _repaired(
        {task.subject_id for task in tasks if task.kind in CALLBACK_KINDS.values() and task.subject_id}
    )
    told = {task.subject_id for task in tasks if task.kind in TELLINGS and task.subject_id}
    asked = {task.subject_id for task in tasks if task.kind in OF_SURVEYS and task.subject_id}
    sheets = sheets_named(asked) if asked else {}
    reasons |= {sheet.id: _sheet(sheet) for sheet in sheets.values()}
    declined = [task.subject_id for task in tasks if task.state is TaskState.DUE and _has_declined(task, sheets)]
    once_more = asked_again(id_ for id_ in declined if id_) if declined else {}
    reasons |= _planned([task.subject_id for task in tasks if task.plan_id and task.subject_id])
    titles = _issues_told_of(told)
    unwelcome = call_unwelcome({task.subject_id for task in tasks if task.kind in ABOUT_ISSUES and task.subject_id})
    called = {kind: _called(kind) for kind in {task.kind for task in tasks} - KNOWN_FROM_THE_FIRST}
    return {
        task.id: _task(task, months)
        | _without_blanks({"called": called.get(task.kind)})
        | _without_blanks({"call_unwelcome": True if task.subject_id in unwelcome else None})
        | (titles.get(task.subject_id, {}) if task.kind in TELLINGS and task.subject_id else {})
        | (reasons.get(task.subject_id, {}) if task.subject_id else {})
        | _agreed(task, sheets)
        | _without_blanks({"ask": once_more.get(task.subject_id) if task.subject_id else None})
        for task in tasks
    }


def _reason(special: SpecialVisit) -> Doc:
    """What a special visit is about, and how it is to be held."""
    return {"title": special.title, "ask": special.ask, "method": special.method.value}


def _sheet(sheet: SheetNamed) -> Doc:
    """Which household's sheet of which survey it is."""
    return {
        "title": sheet.title_zh,
        "survey_id": str(sheet.survey_id),
        "sheet_id": str(sheet.id),
        "sheet_number": sheet.number,
    }


def _has_declined(task: Task, sheets: dict[uuid.UUID, SheetNamed]) -> bool:
    sheet = sheets.get(task.subject_id) if task.subject_id else None
    return sheet is not None and sheet.state is SheetState.DECLINED


def _agreed(task: Task, sheets: dict[uuid.UUID, SheetNamed]) -> Doc:
    """When a sheet is collected, as agreed. What was due before does not change with what is agreed later."""
    sheet = sheets.get(task.subject_id) if task.subject_id else None
    due = task.kind is TaskKind.SURVEY_COLLECT and task.state is TaskState.DUE
    return {"agreed_at": isoformat(sheet.agreed_at)} if due and sheet and sheet.agreed_at else {}


def _surveys(ids: list[uuid.UUID], _at: datetime) -> dict[uuid.UUID, Doc]:
    """What goes out to owners: what it asks does not change, and once it takes no more sheets it is gone."""
    return {survey.id: _survey(survey) for survey in surveys_shown(ids)}


def _survey(survey: Survey) -> Doc:
    return {
        "number": survey.number,
        "form": survey.form.value,
        "state": SurveyState.OUT.value,  # for a tablet it is out as long as it takes sheets
        "title": {locale: survey.title(locale) for locale in LOCALES},
        "purpose": {locale: survey.purpose(locale) for locale in LOCALES},
        "key_items": {locale: survey.key_items(locale) for locale in LOCALES},
        "issue_from": survey.issue_from.isoformat(),
        "issue_until": survey.issue_until.isoformat(),
        "collect_until": survey.collect_until.isoformat(),
        "departments": [
            {"id": str(of.id), "name": _names(of), "questions": [_question(one) for one in questions]}
            for of, questions in by_department(survey)
        ],
    }


def _question(one: SurveyQuestion) -> Doc:
    return {"id": str(one.id), "text": {locale: one.text(locale) for locale in LOCALES}}


def _repaired(order_ids: set[uuid.UUID]) -> dict[uuid.UUID, Doc]:
    """Work order → what its callback asks about; the order is no document of its own on a tablet."""
    if not order_ids:
        return {}
    orders, zones = orders_shown(order_ids), _time_zones()
    owners = of_owners(orders.values())
    return {
        id_: {
            "order": _order(order, zones[order.estate_id])
            | _without_blanks({"by_owner": True if id_ in owners else None})
        }
        for id_, order in orders.items()
    }


def _issues_told_of(issue_ids: set[uuid.UUID]) -> dict[uuid.UUID, Doc]:
    """Issue → its first words, as the title of a task to tell its owner something about it."""
    said = sa.select(Issue.id, Issue.text).where(Issue.id.in_(issue_ids))
    return {row.id: {"title": headline(row.text)} for row in db.session.execute(said)} if issue_ids else {}


def _order(order: WorkOrder, zone: str) -> Doc:
    return _without_blanks(
        {
            "id": str(order.id),
            "number": order.number or "",
            "kind": order.kind.value,
            "text": f"{order.place} · {order.content}" if order.place else order.content,
            "work_done": order.work_done or None,
            "worker": order.worker or None,
            "finished_on": _day(order.finished_at, zone) if order.finished_at else None,
            "department": _names(order.department) if order.department else None,
        }
    )


def _called(kind: TaskKind) -> Doc:
    """What a kind of task is called: a tablet that does not know the kind yet can say it all the same."""
    return {locale: words_in(locale, task_words(kind)) for locale in LOCALES}


def _planned(line_ids: list[uuid.UUID]) -> dict[uuid.UUID, Doc]:
    """Line of a plan → what for, at what time, and how, where it is not at the door."""
    if not line_ids:
        return {}
    said = sa.select(PlanLine.id, PlanLine.purpose, PlanLine.planned_time, PlanLine.method)
    return {
        row.id: _without_blanks(
            {
                "purpose": row.purpose or None,
                "time": f"{row.planned_time:%H:%M}" if row.planned_time else None,
                "method": row.method.value if row.method is not Method.DOOR else None,
            }
        )
        for row in db.session.execute(said.where(PlanLine.id.in_(line_ids)))
    }


def _months(plan_ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    found = sa.select(Plan.id, Plan.month).where(Plan.id.in_(plan_ids))
    return {row.id: row.month for row in db.session.execute(found)} if plan_ids else {}


def _task(task: Task, months: dict[uuid.UUID, str]) -> Doc:
    about_issue = task.kind in ABOUT_ISSUES
    is_complaint = task.kind is TaskKind.COMPLAINT_CALLBACK
    return _without_blanks(
        {
            # An app that knows of no complaints holds the callback as one on an issue.
            "kind": TaskKind.ISSUE_CALLBACK.value if is_complaint else task.kind.value,
            "complaint": True if is_complaint else None,
            "unit_id": str(task.unit_id),
            "issue_id": str(task.subject_id) if about_issue else None,
            "plan": months[task.plan_id] if task.plan_id else None,
            "round": task.round or None,
            "due_on": task.due_on.isoformat(),
            "assignee": str(task.assignee_id),
            "assignee_name": task.assignee.name,
            "state": task.state.value,
        }
    )


def _issues(ids: list[uuid.UUID], _at: datetime) -> dict[uuid.UUID, Doc]:
    found = (
        sa.select(Issue)
        .where(Issue.id.in_(ids))
        .options(
            joinedload(Issue.category, innerjoin=True),
            joinedload(Issue.department),
            joinedload(Issue.responsible),
            selectinload(Issue.deferrals),
        )
    )
    told, zones, photos = _histories(ids), _time_zones(), photos_of_rounds(ids)
    by_owner = are_owners(ids)
    return {
        issue.id: _issue(issue, told[issue.id], zones[issue.estate_id])
        | _without_blanks({"photos_after": photos.get((issue.id, issue.round, Stage.AFTER))})
        | _without_blanks({"by_owner": True if issue.id in by_owner else None})
        for issue in db.session.scalars(found)
    }


def _issue(issue: Issue, told: list[Doc], zone: str) -> Doc:
    return _without_blanks(
        {
            "number": issue.number or "",
            "unit_id": str(issue.unit_id),
            "text": issue.text,
            "category": issue.category.code,
            "urgency": issue.urgency.value,
            "complaint": issue.complaint_grade.value if issue.complaint_grade else None,
            "state": issue.state.value,
            "round": issue.round,
            "department": _names(issue.department) if issue.department else None,
            "measure": issue.measure,
            "method": issue.method or None,
            "responsible": issue.responsible.name if issue.responsible else None,
            "due_on": issue.due_on.isoformat() if issue.due_on else None,
            "rectified_on": _day(issue.rectified_at, zone) if issue.rectified_at else None,
            "rectified_note": issue.rectified_note,
            "promised_on": issue.promised_on.isoformat() if issue.promised_on else None,
            "raised_on": _day(issue.raised_at, zone),
            "raised_by": issue.raised_by,
            "deferred": _deferred(issue),
            "cannot": issue.cannot.value if issue.cannot and issue.state in _CANNOT else None,
            "history": told,
        }
    )


_CANNOT = (State.EXPLAINED, State.CARRIED_OVER)


def _deferred(issue: Issue) -> Doc | None:
    """The new date that counts; `told` once the owner knows of it."""
    agreed = [one for one in issue.deferrals if one.agreed and one.round == issue.round]
    if not agreed or issue.due_on == issue.first_due_on:
        return None
    last = max(agreed, key=lambda one: one.decided_at or one.asked_at)
    dates = {"from_on": last.from_on.isoformat(), "to_on": last.to_on.isoformat()}
    return {**dates, "reason": last.reason, "told": last.told_at is not None}


def _histories(issue_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Doc]]:
    told: dict[uuid.UUID, list[Doc]] = defaultdict(list)
    shown = (JournalLine.subject_id, JournalLine.at, JournalLine.kind, JournalLine.data)
    lines = sa.select(*shown).where(JournalLine.subject_id.in_(issue_ids)).order_by(JournalLine.seq)
    for line in db.session.execute(lines):
        note = line.data.get("note") or line.data.get("reason") or line.data.get("measure") or ""
        entry = {
            "at": isoformat(line.at),
            "kind": line.kind,
            "round": line.data.get("round", 1),
            "note": note,
        }
        told[line.subject_id].append(_without_blanks(entry))
    return told


def _time_zones() -> dict[uuid.UUID, str]:
    return {row.id: row.time_zone for row in db.session.execute(sa.select(Estate.id, Estate.time_zone))}


def _day(at: datetime, zone: str) -> str:
    """The calendar day of a moment where the estate stands."""
    return local_date(at, zone).isoformat()


def _names(department: Department) -> Doc:
    return {"zh": department.name_zh, "en": department.name_en}


def _without_blanks(doc: Doc) -> Doc:
    """Absent rather than null, as the messages say."""
    return {key: value for key, value in doc.items() if value is not None}


_MAKERS: dict[str, Callable[[list[uuid.UUID], datetime], dict[uuid.UUID, Doc]]] = {
    "estate": _estates,
    "unit": units,
    "task": _tasks,
    "issue": _issues,
    "record": records,
    "briefing": _briefing,
    "survey": _surveys,
}
