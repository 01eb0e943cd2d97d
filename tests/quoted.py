"""What a tablet quotes in a statement: the documents that the office has for it, worded as the tablet words them."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

from flask import Flask, has_app_context

from app.cli.demo_tablet import Ground
from app.core.clock import local_date
from app.core.db import db, only_reading
from app.surveys.queries import sheets_by_id
from app.sync.documents import documents

Json = dict[str, Any]

NOBODY_KNOWS = {
    "name": {"zh": "锦绣花园", "en": "Splendid Garden"},
    "company": {"zh": "锦绣花园物业服务中心", "en": "Splendid Garden Property Services"},
    "phone": "0571-8888 1234",
    "time_zone": "Asia/Shanghai",
    "categories": [],
    "consent": {"version": 1, "text": {"zh": "我已阅读以上内容。", "en": "I have read the above."}},
}
"""An estate that the office does not have."""
_EXPLAINED_BY = ("issue:cannot_be_solved", "issue:cannot_be_solved_too", "issue:refused")
_ENDED_BY = {
    "issue:owner_satisfied": "closed",
    "issue:owner_agreed": "carried_over",
    "issue:closed_unsatisfied": "closed_unsatisfied",
}


def ground(
    app: Flask,
    estate_id: str,
    body: Json,
    *,
    locale: str = "zh",
    issues: Mapping[str, Json],
    witnessed: str = "",
    surveys: Mapping[str, tuple[str, Json]] | None = None,
) -> Ground:
    """What stands on the tablet for this visit. `issues`: documents that it has, for those that it was told of;
    `surveys`: a sheet's number and its survey's document, likewise.
    """
    under_way = has_app_context() and db.session().in_transaction()  # what a test has not committed yet counts
    with nullcontext() if under_way else app.app_context(), nullcontext() if under_way else only_reading():
        estate = _docs("estate", [estate_id]).get(estate_id, NOBODY_KNOWS)
        unit = _docs("unit", [body["unit_id"]]).get(body["unit_id"])
        known = _docs("issue", [one["issue_id"] for one in body["answers"] if one.get("issue_id")]) | dict(issues)
        sheets = sheets_by_id(uuid.UUID(one["sheet_id"]) for one in body.get("surveys", ()))
        out = _docs("survey", {str(sheet.survey_id) for sheet in sheets.values()})
        told = {str(sheet.id): (sheet.number, out[str(sheet.survey_id)]) for sheet in sheets.values()}
        tasks = _docs("task", [one["task_id"] for one in body["answers"] if one.get("order_id")])
    orders = {doc["order"]["id"]: doc["order"] for doc in tasks.values() if "order" in doc}
    asked = {one["issue_id"]: one for one in body["answers"] if one.get("issue_id")}
    quoted = {id_: _issue(known[id_], given, estate["time_zone"]) for id_, given in asked.items() if id_ in known}
    paths = [path for group in estate["categories"] for path in _paths(group)]
    return Ground(
        locale=locale,
        estate={
            "id": estate_id,
            "name": estate["name"][locale],
            "company": estate["company"][locale],
            "phone": estate["phone"],
        },
        unit_label=unit["label"][locale] if unit else "3 栋 1 单元 1202",
        date=local_date(datetime.fromisoformat(body["started_at"]), estate["time_zone"]).isoformat(),
        consent={"version": estate["consent"]["version"], "text": estate["consent"]["text"][locale]},
        # One that this tablet knows and the office does not, until a test opens it there.
        categories={"damp": "防水"} | {path[-1]["code"]: path[-1]["name"][locale] for path in paths},
        departments={path[-1]["code"]: department for path in paths if (department := _department(path, locale))},
        issues=quoted | {id_: _order(order, locale) for id_, order in orders.items()},
        witnessed=witnessed,
        surveys={id_: _sheet(survey, number, locale) for id_, (number, survey) in (told | dict(surveys or {})).items()},
    )


def _sheet(survey: Json, number: str, locale: str) -> Json:
    told = {name: survey[name][locale] for name in ("title", "purpose", "key_items")}
    questions = [
        {"id": one["id"], "text": one["text"][locale], "department": of["name"][locale], "department_id": of["id"]}
        for of in survey["departments"]
        for one in of["questions"]
    ]
    return {"number": number, **told, "questions": questions}


def _docs(type_: str, ids: Iterable[str]) -> dict[str, Json]:
    wanted = [uuid.UUID(id_) for id_ in ids]
    return {str(id_): doc for id_, doc in documents(type_, wanted, datetime.now(UTC)).items()} if wanted else {}


def _paths(group: Json) -> list[list[Json]]:
    return [[group], *([group, child] for child in group.get("children", ()))]


def _department(path: list[Json], locale: str) -> str:
    """Where no warranty decides; a test of warranties words its own."""
    named: list[str] = [one["department"]["name"][locale] for one in path if "department" in one]
    return named[-1] if named else ""


def _issue(doc: Json, given: Json, zone: str) -> Json:
    history = doc.get("history", [])
    settled = [line["note"] for line in history if (line["kind"], line["round"]) == ("issue:accepted", given["round"])]
    measure = " · ".join(part for part in (doc.get("measure"), doc.get("method")) if part)
    of_now = doc["round"] == given["round"] or not settled
    quoted = {"number": doc["number"], "text": doc["text"], "measure": measure if of_now else settled[-1]}
    told = next((word for make in _TOLD if (word := make(doc, history, given, zone))), None)
    return quoted | ({"told": told} if told else {})


def _of_a_date(doc: Json, _history: list[Json], given: Json, _zone: str) -> Json | None:
    put_off = doc.get("deferred")
    if put_off is None or put_off["to_on"] != given.get("new_date"):
        return None
    return {"what": "new_date", "words": put_off["reason"], "from_on": put_off["from_on"], "to_on": put_off["to_on"]}


def _of_an_explanation(doc: Json, history: list[Json], given: Json, _zone: str) -> Json | None:
    lines = [line for line in history if line["kind"] in _EXPLAINED_BY]
    if given["answer"] not in ("agreed", "disagreed") or "new_date" in given or not lines:
        return None
    cannot = {"cannot": doc["cannot"]} if "cannot" in doc else {"cannot": "for_now"}
    return {"what": "explained", "words": lines[-1]["note"]} | cannot


def _of_its_end(_doc: Json, history: list[Json], given: Json, zone: str) -> Json | None:
    """Its last end, though the office may have opened it since."""
    lines = [line for line in history if line["kind"] in _ENDED_BY]
    if given["answer"] != "objected" or not lines:
        return None
    what = _ENDED_BY[lines[-1]["kind"]]
    on = local_date(datetime.fromisoformat(lines[-1]["at"]), zone).isoformat()
    return {"what": what, "words": lines[-1]["note"] if what == "closed_unsatisfied" else "", "on": on}


_TOLD: tuple[Callable[[Json, list[Json], Json, str], Json | None], ...] = (_of_a_date, _of_an_explanation, _of_its_end)


def _order(order: Json, locale: str) -> Json:
    holder = order.get("worker") or (order["department"][locale] if "department" in order else "")
    measure = " · ".join(part for part in (order.get("work_done"), holder) if part)
    quoted = {"number": order["number"], "text": order["text"], "measure": measure}
    return quoted | ({"done_on": order["finished_on"]} if "finished_on" in order else {})
