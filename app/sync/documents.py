"""The documents that tablets hold, made in bulk from the tables. Their field names are frozen like the messages'."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.agenda.models import Task
from app.agenda.rules import TaskKind
from app.core.clock import isoformat, local_date
from app.core.db import db
from app.core.journal import JournalLine
from app.estates.models import Estate
from app.estates.rules import PUBLIC_PLACES, limits
from app.issues.models import Category, Issue
from app.issues.queries import categories
from app.people.models import Department
from app.sync.record_documents import records
from app.sync.unit_documents import units
from app.visits.models import Plan

Doc = dict[str, Any]


def documents(type_: str, ids: Iterable[uuid.UUID], at: datetime) -> dict[uuid.UUID, Doc]:
    """Id → document, for those of `ids` that there are. Raises KeyError for a type that tablets do not hold."""
    return _MAKERS[type_](list(ids), at)


def _estates(ids: list[uuid.UUID], _at: datetime) -> dict[uuid.UUID, Doc]:
    return {estate.id: _estate(estate) for estate in db.session.scalars(sa.select(Estate).where(Estate.id.in_(ids)))}


def _estate(estate: Estate) -> Doc:
    limit = limits(estate.settings)
    days = -(-limit.measure_hours // 24)
    return {
        "name": {"zh": estate.name_zh, "en": estate.name_en},
        "company": {"zh": estate.company_zh, "en": estate.company_en},
        "phone": estate.phone,
        "time_zone": estate.time_zone,
        "profile": estate.profile.name,
        "title": estate.settings["title"],
        "objection_days": limit.objection_days,
        "answer_days": {"urgent": days, "ordinary": days, "major": days},
        "categories": _category_tree(categories(estate.id)),
        "consent": _consent(estate, limit.objection_days),
        "news": estate.settings.get("news", []),
        "measures": estate.settings.get("measures", []),
        "places": estate.settings.get("places", PUBLIC_PLACES),
    }


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
        if row.department:
            doc["department"] = {"id": str(row.department.id), "name": _names(row.department)}
        if children[row.code]:
            doc["children"] = [node(child) for child in children[row.code]]
        return doc

    return [node(row) for row in children[None]]


def _tasks(ids: list[uuid.UUID], _at: datetime) -> dict[uuid.UUID, Doc]:
    found = sa.select(Task).where(Task.id.in_(ids)).options(selectinload(Task.assignee))
    tasks = db.session.scalars(found).all()
    months = _months({task.plan_id for task in tasks if task.plan_id})
    return {task.id: _task(task, months) for task in tasks}


def _months(plan_ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    return {
        row.id: row.month for row in db.session.execute(sa.select(Plan.id, Plan.month).where(Plan.id.in_(plan_ids)))
    }


def _task(task: Task, months: dict[uuid.UUID, str]) -> Doc:
    about_issue = task.kind is TaskKind.ISSUE_CALLBACK
    return _without_blanks(
        {
            "kind": task.kind.value,
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
        .options(selectinload(Issue.category), selectinload(Issue.department), selectinload(Issue.responsible))
    )
    told, zones = _histories(ids), _time_zones()
    return {issue.id: _issue(issue, told[issue.id], zones[issue.estate_id]) for issue in db.session.scalars(found)}


def _issue(issue: Issue, told: list[Doc], zone: str) -> Doc:
    return _without_blanks(
        {
            "number": issue.number or "",
            "unit_id": str(issue.unit_id),
            "text": issue.text,
            "category": issue.category.code,
            "urgency": issue.urgency.value,
            "state": issue.state.value,
            "round": issue.round,
            "department": _names(issue.department) if issue.department else None,
            "measure": issue.measure,
            "responsible": issue.responsible.name if issue.responsible else None,
            "due_on": issue.due_on.isoformat() if issue.due_on else None,
            "rectified_on": _day(issue.rectified_at, zone) if issue.rectified_at else None,
            "rectified_note": issue.rectified_note,
            "promised_on": issue.promised_on.isoformat() if issue.promised_on else None,
            "raised_on": _day(issue.raised_at, zone),
            "raised_by": issue.raised_by,
            "history": told,
        }
    )


def _histories(issue_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Doc]]:
    told: dict[uuid.UUID, list[Doc]] = defaultdict(list)
    lines = sa.select(JournalLine).where(JournalLine.subject_id.in_(issue_ids)).order_by(JournalLine.seq)
    for line in db.session.scalars(lines):
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
}
