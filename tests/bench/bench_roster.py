"""How long a roster of 5,000 rows takes, step by step, on both databases: `python -m tests.bench.bench_roster`."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import flask_migrate

from app.config import settings
from app.core.db import db
from app.estates.roster.comparison import Plan, compare
from app.estates.roster.households import Households, take_together
from app.estates.roster.known import what_is_known
from app.estates.roster.preview import preview_rows
from app.estates.roster.reading import read_sheets
from app.estates.roster.sheets import read_roster
from app.estates.roster.takeover import take_over
from app.factory import create_app
from tests.builders import NOBODY, NOW, TODAY, an_estate
from tests.estates.roster.builders import a_csv, a_workbook
from tests.postgres import Postgres

ROWS = 5_000
ROUNDS = 3
HEADINGS = [
    *("序号", "楼栋", "单元", "楼层", "房号", "建筑面积(㎡)", "户型", "交付日期", "入住状态"),
    *("业主姓名", "联系电话", "身份证号", "租户", "租户电话", "车位", "备注"),
]
T = TypeVar("T")


def a_large_roster(rows: int = ROWS) -> list[list[object]]:
    """Title, headings, and units of 25 buildings with the usual messes: numbers as floats, blanks, several owners."""
    units = (
        (building, entrance, floor, home)
        for building in range(1, 26)
        for entrance in (1, 2)
        for floor in range(1, 27)
        for home in range(1, 5)
    )
    lines = [_line(number, *unit) for number, unit in zip(range(1, rows + 1), units, strict=False)]
    return [["锦绣花园业主花名册"], HEADINGS, *lines]


def _line(number: int, building: int, entrance: int, floor: int, home: int) -> list[object]:
    name = "陈李王张刘赵许吴"[number % 8] + "建明志国丽玉春"[number % 7] + "国华强敏芳平"[number % 6]
    phone: object = float(13000000000 + number * 7)
    if number % 5 == 0:
        name, phone = f"{name}、周{name[1:]}", f"{13000000000 + number * 7}、{15000000000 + number * 7}"
    let = number % 9 == 0
    return [
        *(
            number,
            f"{building}栋",
            f"{entrance}单元",
            floor,
            float(f"{floor}0{home}"),
            60 + number % 900 / 10,
            "三室两厅",
        ),
        *("2018年5月18日", "出租" if let else "自住", name, phone, f"33010619800101{number:04}"),
        *(f"孙{name[1]}" if let else None, f"+86 177-{number:04}-0000" if let else None, f"B1-{number:04}", None),
    ]


def measure(database: str, rounds: int = ROUNDS) -> dict[str, float]:
    """Median seconds of each step; "in all" is what a person waits for from upload to the end, both pages together."""
    rows = a_large_roster()
    workbook, text = a_workbook(rows), a_csv(rows, encoding="gbk")
    runs = [_one_round(database, workbook, text) for _round in range(rounds)]
    return {step: statistics.median(run[step] for run in runs) for step in runs[0]}


def _one_round(database: str, workbook: bytes, text: bytes) -> dict[str, float]:
    told: dict[str, float] = {}
    with _an_estate(database) as estate:
        book = _timed(told, "read .xlsx", lambda: read_sheets("r.xlsx", workbook))
        roster = _timed(told, "rows to lines", lambda: read_roster(book))
        households = _timed(told, "rows together", lambda: take_together(roster))
        assert len(households.households) == ROWS
        assert not households.refused
        plan = _timed(told, "preview", lambda: _previewed(estate, households))
        _timed(told, "take over", lambda: _taken_over(estate, households, plan))
        told["in all"] = sum(told.values()) + told["rows together"] + told["preview"]

        csv = _timed(told, "read .csv", lambda: read_sheets("r.csv", text))
        again = take_together(read_roster(csv))
        second = _timed(told, "preview of the same again", lambda: _previewed(estate, again))
        assert second.changes_nothing
    return told


def _previewed(estate: object, households: Households) -> Plan:
    plan = compare(households, what_is_known(estate.id, TODAY), TODAY)
    preview_rows(households, plan)
    plan.digest()
    db.session.rollback()
    return plan


def _taken_over(estate: object, households: Households, plan: Plan) -> None:
    take_over(estate, households, shown=plan.digest(), today=TODAY, by=NOBODY, at=NOW)
    db.session.commit()


@contextmanager
def _an_estate(database: str) -> Iterator[object]:
    with tempfile.TemporaryDirectory() as folder:
        url = database or f"sqlite:///{folder}/bench.sqlite3"
        app = create_app(settings(folder=Path(folder), database=url, secret="only for benchmarks"))
        with app.app_context():
            flask_migrate.upgrade()
            estate = an_estate()
            db.session.commit()
            yield estate
            db.session.remove()
            db.engine.dispose()


def _timed(told: dict[str, float], step: str, act: Callable[[], T]) -> T:
    started = time.perf_counter()
    done = act()
    told[step] = time.perf_counter() - started
    return done


def main() -> None:
    """Print both databases."""
    server = Postgres()
    server.start()
    try:
        for name, database in (("sqlite", ""), ("postgresql", server.create_database("bench"))):
            for step, seconds in measure(database).items():
                print(f"roster of {ROWS} rows, {name}: {step:28} {seconds:6.2f} s")
    finally:
        server.stop()


if __name__ == "__main__":
    main()
