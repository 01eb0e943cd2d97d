"""How long office pages take with 100,000 issues, on both databases: `python -m tests.bench.bench_lists`."""

import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import flask_migrate
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.config import settings
from app.core.db import db
from app.core.ids import new_id
from app.core.waits import Wait
from app.estates.models import Estate
from app.factory import create_app
from app.issues.models import Category, Issue, OwnerAnswer
from app.issues.moving import ACCEPT, CALL_BACK, RECTIFY, ROUTE
from app.issues.rules import Answer, HowAnswered, State, Urgency
from app.people.models import Department, Staff
from app.people.rules import Role
from tests.bench import figures
from tests.bench.estates import BenchEstate, a_large_estate
from tests.builders import NOW, PASSWORD, a_staff
from tests.postgres import Postgres

ISSUES = 100_000
UNITS = 5_000
ROUNDS = 15
_TEXTS = (
    "主卫天花板渗水，雨天更明显，涂层起皮，请尽快安排人来看看",
    "地下车库 B2 层灯不亮，晚上看不清路，老人走路不方便",
    "楼道堆放杂物，物业说过一次又堆回来了，消防通道都堵住了",
    "电梯运行时有异响，特别是早高峰，孩子不敢坐",
    "访客车辆占用固定车位，保安没有登记，也没有人来处理",
    "阳台推拉门关不严，冬天漏风，师傅来过两次没有修好",
    "物业费发票怎么开，能不能开电子的，去年也问过一次",
    "单元门禁失灵，快递员随便进出，夜里不放心",
)
_RARE = "儿童乐园的秋千"
_OPEN = (
    (State.REPORTED, ROUTE, Role.SUPERVISOR),
    (State.ROUTED, ACCEPT, Role.DEPARTMENT_MANAGER),
    (State.ACCEPTED, RECTIFY, Role.DEPARTMENT_MANAGER),
    (State.RECTIFIED, CALL_BACK, None),
)
PAGES: dict[str, str] = {
    "list": "/issues",
    "list_page_150": "/issues?page=150",
    "list_all_newest": "/issues?state=all",
    "list_sorted_by_unit": "/issues?sort=unit",
    "list_all_by_limit": "/issues?state=all&sort=limit",
    "list_days": "/issues?state=all&from=2026-10-01&to=2026-10-31",
    "search_in_list": "/issues?state=all&q=渗水",
    "search_in_list_rare": f"/issues?state=all&q={_RARE}",
    "search": "/search?q=渗水",
    "search_rare": "/search?q=秋千",
    "units": "/units",
    "units_by_open_issues": "/units?sort=-open",
    "visits": "/visits",
    "statistics_of_a_year": "/statistics?year=2026",
    "inbox": "/",
}


def measure(database: str, rounds: int = ROUNDS) -> dict[str, float]:
    """Median milliseconds of each page, as the server's own code answers it."""
    with tempfile.TemporaryDirectory() as folder:
        url = database or f"sqlite:///{folder}/bench.sqlite3"
        config = settings(folder=Path(folder), database=url, secret="only for benchmarks")
        app = create_app(config | {"WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": False})
        login, issue_id = _fill(app)
        browser = app.test_client()
        assert browser.post("/login", data={"login": login, "password": PASSWORD}).status_code == 302
        pages = PAGES | {"issue_page": f"/issues/{issue_id}"}
        return {name: _median(lambda path=path: _open(browser, path), rounds) for name, path in pages.items()}


def _open(browser: FlaskClient, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    answer.get_data()


def _median(act: Callable[[], None], rounds: int) -> float:
    act()
    times = []
    for _round in range(rounds):
        started = time.perf_counter()
        act()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def _fill(app: Flask) -> tuple[str, uuid.UUID]:
    """The login of a supervisor, and an issue."""
    with app.app_context():
        flask_migrate.upgrade()
    made = a_large_estate(app, UNITS, 0)
    with app.app_context():
        estate = db.session.get_one(Estate, made.estate_id)
        supervisor = a_staff(estate, Role.SUPERVISOR, name="孙主管")
        login = supervisor.login
        rows, waits = _issues(made)
        for start in range(0, len(rows), 10_000):
            db.session.execute(sa.insert(Issue), rows[start : start + 10_000])
        db.session.execute(sa.insert(Wait), waits)
        db.session.execute(sa.insert(OwnerAnswer), _answers(rows))
        db.session.commit()
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")
        else:
            db.session.execute(sa.text("ANALYZE"))
            db.session.commit()
        db.session.remove()
    return login, rows[17]["id"]


def _issues(made: BenchEstate) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Every fifth is open."""
    chance = random.Random(17)
    department_id = db.session.scalars(sa.select(Department.id).where(Department.estate_id == made.estate_id)).one()
    category_ids = list(db.session.scalars(sa.select(Category.id).where(Category.estate_id == made.estate_id)))
    officer_id = db.session.scalars(sa.select(Staff.id).order_by(Staff.id)).first()
    rows, waits = [], []
    for n in range(ISSUES):
        raised = NOW - timedelta(minutes=n * 15)
        state, what, role = _OPEN[n % 4] if n % 5 == 0 else (State.CLOSED, "", None)
        text = f"{_RARE}坏了" if n == 77_777 else f"{chance.choice(_TEXTS)}。{n}"
        row = {
            "id": new_id(),
            "estate_id": made.estate_id,
            "unit_id": made.units[n % len(made.units)],
            "visit_id": new_id(),
            "number": f"WT-{raised:%y%m}-{n:05}",
            "text": text,
            "category_id": category_ids[n % len(category_ids)],
            "urgency": Urgency.ORDINARY,
            "state": state,
            "round": 1,
            "raised_by": "陈建国",
            "raised_at": raised,
            "officer_id": officer_id,
            "answer": "",
            "department_id": None if state is State.REPORTED else department_id,
            "measure": "注浆并重做防水",
            "responsible_id": officer_id,
            "due_on": (raised + timedelta(days=7)).date(),
            "rectified_note": "",
            "closed_at": raised + timedelta(days=5) if state is State.CLOSED else None,
        }
        rows.append(row)
        if what:
            waits.append(_wait(row, what, role, raised + timedelta(days=chance.randrange(1, 400))))
    return rows, waits


def _answers(issues: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every closed issue was called good; of every fourth the owner said the first time why it was not."""
    closed = [row for row in issues if row["state"] is State.CLOSED]
    again = [(row, Answer.DISSATISFIED, "两天后又滴水，角上还是湿的") for row in closed[::4]]
    return [
        {
            "id": new_id(),
            "estate_id": row["estate_id"],
            "issue_id": row["id"],
            "round": row["round"],
            "answer": answer,
            "how": HowAnswered.SIGNED,
            "reason": reason,
            "visit_id": row["visit_id"],
            "answered_at": row["closed_at"],
            "moved": True,
        }
        for row, answer, reason in (*again, *((row, Answer.SATISFIED, "") for row in closed))
    ]


def _wait(row: dict[str, Any], what: str, role: Role | None, due_at: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "estate_id": row["estate_id"],
        "subject_type": "issue",
        "subject_id": row["id"],
        "what": what,
        "role": role.value if role else None,
        "department_id": row["department_id"] if role is Role.DEPARTMENT_MANAGER else None,
        "staff_id": None if role else row["officer_id"],
        "since": row["raised_at"],
        "due_at": due_at,
    }


def main(rounds: int = ROUNDS) -> None:
    """Print both databases, and write them into bench.json."""
    server = Postgres()
    server.start()
    try:
        for name, database in (("sqlite", ""), ("postgresql", server.create_database("bench_lists"))):
            told = measure(database, rounds)
            for page, median in told.items():
                print(f"office with {ISSUES:,} issues, {name}: {page:24} {median:7.1f} ms", flush=True)
            figures.add({f"office_{page}_{name}_ms": median for page, median in told.items()})
    finally:
        server.stop()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
