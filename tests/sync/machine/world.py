"""Two estates, three officers and three tablets, one of them shared, and what officers do with them."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app.cli.demo_tablet import an_operation
from app.core.clock import isoformat
from app.core.db import db
from app.core.ids import new_id
from app.people.actions import give_role
from app.people.models import Staff
from app.people.queries import departments
from app.people.rules import Role
from app.sync.kinds import KINDS
from app.sync.upcasters import upcast
from tests.builders import (
    NOBODY,
    NOW,
    PASSWORD,
    a_category,
    a_department,
    a_home,
    a_planned_visit,
    a_staff,
    a_survey,
    a_survey_out,
    an_enrol_code,
    an_estate,
)
from tests.sync.machine.database import Backups
from tests.sync.machine.tablet import Json, Person, SyncTablet

START = "start"


@dataclass(frozen=True)
class World:
    """Ids as text; `carriers` are the people of each tablet. The backup START is how all stood before anybody acted."""

    app: Flask
    backups: Backups
    estates: list[str]
    officers: list[str]
    serves: dict[str, set[str]]
    carriers: list[list[Person]]
    browsers: dict[str, list[FlaskClient]]
    """At the desk of each estate, those of two supervisors."""


def a_world(app: Flask, folder: Path) -> World:
    """The world, committed, and a backup of it."""
    with app.app_context():
        estates = [an_estate(), an_estate()]
        homes = {}
        for estate in estates:
            department = a_department(estate)
            a_category(estate, department, code="leak")
            a_category(estate, None, code="other")
            homes[estate.id] = [a_home(estate) for _i in range(3)]
        places = [estates, estates[:1], estates[1:]]
        officers = [_officer(name, there) for name, there in zip(("李敏", "王静", "赵磊"), places, strict=True)]
        for home in homes[estates[0].id]:
            a_planned_visit(home, officers[0])
        a_planned_visit(homes[estates[1].id][0], officers[2])
        asked = departments(estates[0].id)[0], "维修及时"
        a_survey_out(a_survey(estates[0], officers[0], asked), homes[estates[0].id], officers[0])
        codes = [[an_enrol_code(officers[n]) for n in carried] for carried in ((0, 1), (2,), (1,))]
        ids = [str(estate.id) for estate in estates], [str(officer.id) for officer in officers]
        logins = {str(estate.id): [a_staff(estate, Role.SUPERVISOR).login for _i in range(2)] for estate in estates}
        serves = {str(o.id): {str(e.id) for e in there} for o, there in zip(officers, places, strict=True)}
        db.session.commit()
    carriers = [_enrolled(app, of_tablet) for of_tablet in codes]
    browsers = {estate: [_at_a_desk(app, login) for login in there] for estate, there in logins.items()}
    backups = Backups(app, folder)
    backups.take(START)
    return World(app, backups, *ids, serves, carriers, browsers)


def _officer(name: str, estates: list[Any]) -> Staff:
    first, *others = estates
    officer = a_staff(first, Role.OFFICER, name=name)
    for estate in others:
        give_role(officer, estate.id, Role.OFFICER, since=date(2025, 1, 1), by=NOBODY, at=NOW)
    return officer


def _at_a_desk(app: Flask, login: str) -> FlaskClient:
    browser = app.test_client()
    assert browser.post("/login", data={"login": login, "password": PASSWORD}).status_code == 302
    return browser


def _enrolled(app: Flask, codes: list[str]) -> list[Person]:
    people: list[Person] = []
    for code in codes:
        people.append(Person(app.test_client(), code, shared=people[0] if people else None))
    return people


# --- what an officer does at a door ---


@dataclass(frozen=True)
class Talked:
    """What came of a talk: how many matters, answered on the spot or not, photos of the first, what was signed.

    `category`: of every matter, in place of those that the office knows.
    """

    matters: tuple[bool, ...] = ()
    photos: int = 0
    satisfied: bool = True
    signed: bool = True
    by_phone: bool = False
    category: str = ""


def visit(tablet: SyncTablet, person: Person, home: int, talked: Talked) -> tuple[Json, list[tuple[Json, bytes]]]:
    """A visit with all that is due there, as far as this tablet knows: the operation and its photos."""
    units = tablet.live(person, "unit")
    unit_id, unit = units[home % len(units)]
    there = [(id_, row.doc) for id_, row in tablet.live(person, "task") if row.doc["unit_id"] == unit_id]
    tasks = [(id_, doc) for id_, doc in there if doc["state"] == "due"]
    issues, photos = _matters(person, talked)
    called_back = {doc["issue_id"] for _id, doc in tasks if doc["kind"] == "issue_callback"}
    shown = {id_: row.doc for id_, row in tablet.live(person, "issue") if id_ in called_back}
    out = {id_: row.doc for id_, row in tablet.live(person, "survey")}
    at = tablet.now()
    wanted: Json = {
        "task_ids": [id_ for id_, _doc in tasks],
        "answers": [_answer(id_, doc, talked) for id_, doc in tasks if doc.get("issue_id") in shown],
        "known_issues": shown,
        "surveys": [_sheet(id_, doc, talked, at) for id_, doc in tasks if doc.get("survey_id") in out],
        "known_surveys": {
            doc["sheet_id"]: (doc["sheet_number"], out[doc["survey_id"]])
            for _id, doc in tasks
            if doc.get("survey_id") in out
        },
        "issues": issues,
        "wishes": f"多装路灯 {new_id()}",
        "method": "phone" if talked.by_phone else "door",
        "started_at": isoformat(at - timedelta(minutes=15)),
        "ended_at": isoformat(at),
    }
    if not talked.signed or talked.by_phone:
        wanted["by_owner"] = False
    if not talked.signed and not talked.by_phone:
        wanted["unsigned"] = {"reason": "refused", "note": ""}
    return person.a_visit(unit.estate, unit_id, **wanted) | {"at": isoformat(at)}, photos


def attempt(tablet: SyncTablet, person: Person, home: int) -> Json:
    """Nobody was at home."""
    units = tablet.live(person, "unit")
    unit_id, unit = units[home % len(units)]
    body = {
        "number": person.next_number(),
        "unit_id": unit_id,
        "task_ids": [],
        "method": "door",
        "outcome": "nobody_home",
        "note": f"敲门三次 {new_id()}",
        "tried_at": isoformat(tablet.now()),
    }
    return an_operation("attempt.record", unit.estate, new_id(), body, isoformat(tablet.now()))


def noticed(tablet: SyncTablet, person: Person, home: int, photos: int) -> tuple[Json, list[tuple[Json, bytes]]]:
    """Something without an owner, noticed on the way: the operation and its photos."""
    units = tablet.live(person, "unit")
    _unit_id, unit = units[home % len(units)]
    taken = [person.a_photo(uuid.uuid4().bytes * 20) for _i in range(photos)]
    at = isoformat(tablet.now())
    body = {
        "text": f"墙砖松动 {new_id()}",
        "category": "leak" if home % 2 else "other",
        "photos": [named for named, _frozen in taken],
        "noticed_at": at,
    }
    return person.an_inspection(unit.estate, **body) | {"at": at}, taken


def later_fact(tablet: SyncTablet, person: Person, about: Json) -> Json:
    """Something that turned up after a visit."""
    at = isoformat(tablet.now())
    body = {
        "visit_id": about["entity_id"],
        "number": person.next_number(),
        "text": f"业主来电补充 {new_id()}",
        "written_at": at,
    }
    return an_operation("visit.append", about["estate_id"], new_id(), body, at)


NEWER = 99
"""A version of every kind of operation that the office does not know before it is updated."""


def of_a_newer_app(operation: Json) -> Json:
    """As an app wrote it that this office does not know yet: with all that the newest version has."""
    _v, body = upcast(operation["kind"], operation.get("v", 1), operation["body"])
    return operation | {"v": NEWER, "body": body}


def a_newer_server() -> None:
    """From here on the office's program knows what newer apps write."""
    KINDS.update({(name, NEWER): kind for (name, v), kind in list(KINDS.items()) if v != NEWER})


def the_old_server() -> None:
    """The program is as it was."""
    for name, _v in [key for key in KINDS if key[1] == NEWER]:
        del KINDS[name, NEWER]


def knows_newer_apps() -> bool:
    """Whether the office's program was updated."""
    return ("visit.hold", NEWER) in KINDS


def with_a_part_missing(operation: Json) -> Json:
    """As a broken app wrote it."""
    return operation | {"body": {name: part for name, part in operation["body"].items() if name != "method"}}


def in_anothers_name(operation: Json, other: str) -> Json:
    """As somebody wrote it who has no place on this tablet."""
    return operation | {"author": other}


def changed_after_signing(operation: Json) -> Json:
    """With a summary that agrees with the record, but is not the one that was signed."""
    body = operation["body"]
    statement = body["statement"].replace('"rating":"satisfied"', '"rating":"basic"')
    return operation | {"body": body | {"statement": statement, "rating": "basic"}}


def _matters(person: Person, talked: Talked) -> tuple[list[Json], list[tuple[Json, bytes]]]:
    photos = [person.a_photo(uuid.uuid4().bytes * 20) for _i in range(talked.photos if talked.matters else 0)]
    issues = []
    for n, answered in enumerate(talked.matters):
        named = [photo for photo, _frozen in photos] if n == 0 else []
        words = {"answered": True, "answer": "已说明"} if answered else {}
        category = talked.category or ("leak" if n % 2 == 0 else "other")
        issues.append(person.an_issue(f"渗水 {n}", category, photos=named, **words))
    return issues, photos


def _answer(task_id: str, task: Json, talked: Talked) -> Json:
    answer = "satisfied" if talked.satisfied else "dissatisfied"
    about = {"task_id": task_id, "issue_id": task["issue_id"], "round": task.get("round", 1)}
    return about | {"answer": answer, "reason": "" if talked.satisfied else "又滴水"}


def _sheet(task_id: str, task: Json, talked: Talked, at: datetime) -> Json:
    """What became of a survey's sheet: by phone nothing is handed over."""
    about = {"task_id": task_id, "sheet_id": task["sheet_id"], "survey_id": task["survey_id"]}
    is_out, again = task["kind"] == "survey_collect", {"collect_at": isoformat(at + timedelta(days=2))}
    if talked.satisfied and not is_out and not talked.by_phone:
        return about | {"act": "handed_out", "purpose_told": True, "key_items_told": talked.signed} | again
    if talked.satisfied:
        filled = "by_phone" if talked.by_phone else "on_screen"
        return about | {"act": "collected", "filled": filled, "overall": "basic", "callback_welcome": talked.signed}
    return about | ({"act": "put_off"} | again if is_out else {"act": "declined", "reason": "没有时间"})
