"""A file of work orders: what is read of it, what is refused in words, and that nothing is doubled or half done."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import Workbook

from app.agenda.queries import due_about
from app.agenda.rules import TaskKind
from app.core.db import db
from app.core.errors import Refused
from app.people.rules import Liable
from app.repairs.imports import Verdict, counts, digest, judge, take_over
from app.repairs.lines import OrderFile, read_orders
from app.repairs.models import WorkOrder
from app.repairs.rules import Kind, State
from tests.builders import NOBODY, NOW
from tests.repairs.conftest import Yard, kinds

ZONE = "Asia/Shanghai"
HEAD = [
    "工单编号",
    "报修时间",
    "报修人",
    "联系电话",
    "维修类别",
    "房号",
    "报修内容",
    "派工时间",
    "完工时间",
    "维修情况",
    "金额（元）",
]


def a_line(yard: Yard, number: str = "A-1", **wanted: Any) -> list[Any]:
    """A finished chargeable repair."""
    told = {
        "number": number,
        "reported": "2026-11-20 09:30",
        "by": "陈建国",
        "phone": "13812346021",
        "kind": "有偿",
        "unit": yard.unit.short,
        "content": "厨房水槽漏水",
        "dispatched": "2026/11/20 10:00",
        "finished": "2026年11月20日 15:20",
        "work": "更换软管",
        "fee": "80.50",
    } | wanted
    return list(told.values())


def a_csv(*lines: list[Any], head: list[str] | None = None) -> bytes:
    rows = [head or HEAD, *lines]
    return "\n".join(",".join("" if cell is None else str(cell) for cell in row) for row in rows).encode("utf-8-sig")


def a_book(*lines: list[Any]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in ([["锦绣花园维修工作单登记表"]], [HEAD], lines):
        for one in row:
            book.active.append(one)
    book.save(file)
    return file.getvalue()


def read(content: bytes, name: str = "orders.csv") -> OrderFile:
    return read_orders(name, content, ZONE)


def take(file: OrderFile, yard: Yard) -> dict[Verdict, int]:
    """Look at it and confirm it; what happened to how many."""
    shown = digest(judge(file, yard.estate, NOW))
    judged = take_over(file, yard.estate, shown=shown, by=NOBODY, at=NOW)
    db.session.commit()
    return {verdict: n for verdict, n in counts(judged).items() if n}


def orders() -> list[WorkOrder]:
    return list(db.session.scalars(sa.select(WorkOrder).order_by(WorkOrder.outside_number)))


def reasons(file: OrderFile, yard: Yard) -> list[str]:
    return [why for one in judge(file, yard.estate, NOW) for why in one.reasons]


# --- read ---


@pytest.mark.clause("R20")
@pytest.mark.parametrize("make", [a_csv, a_book], ids=["csv", "xlsx"])
def test_a_finished_order_of_a_file_stands_in_the_register_and_is_called_back_on(yard: Yard, make: Any) -> None:
    name = "orders.xlsx" if make is a_book else "orders.csv"

    taken = take(read(make(a_line(yard)), name), yard)

    [order] = orders()
    assert taken == {Verdict.NEW: 1}
    assert (order.state, order.kind, order.fee_cents, order.liable) == (
        State.FINISHED,
        Kind.CHARGEABLE,
        8050,
        Liable.PROPERTY,
    )
    assert order.reported_at == datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
    assert order.finished_at == datetime(2026, 11, 20, 7, 20, tzinfo=UTC)
    assert kinds(order) == ["order:reported", "order:dispatched", "order:finished"]
    assert len(due_about(order.id, TaskKind.SERVICE_CALLBACK)) == 1


def test_moments_are_read_as_a_spreadsheet_and_as_people_write_them(yard: Yard) -> None:
    written = (
        datetime(2026, 11, 20, 9, 30),  # noqa: DTZ001 - as a spreadsheet holds it
        46346.395833333336,
        "2026-11-20T09:30",
        "2026/11/20 9:30",
        "2026年11月20日9时30分",
    )
    lines = [a_line(yard, f"A-{n}", reported=one, dispatched="", finished="") for n, one in enumerate(written)]

    file = read(a_book(*lines), "orders.xlsx")

    assert [line.wrong for line in file.lines] == [()] * len(written)
    assert {line.reported_at.astimezone(UTC) for line in file.lines} == {datetime(2026, 11, 20, 1, 30, tzinfo=UTC)}


# --- once ---


def test_the_same_file_twice_doubles_nothing(yard: Yard) -> None:
    file = read(a_csv(a_line(yard), a_line(yard, "", content="门锁坏了")))

    first, again = take(file, yard), take(file, yard)

    assert (first, again) == ({Verdict.NEW: 2}, {Verdict.KNOWN: 2})
    assert len(orders()) == 2
    assert all(len(kinds(order)) == 3 for order in orders())


def test_a_newer_file_lets_a_known_order_go_on_from_where_it_stands(yard: Yard) -> None:
    take(read(a_csv(a_line(yard, dispatched="", finished=""))), yard)
    before = orders()[0].state

    taken = take(read(a_csv(a_line(yard))), yard)

    assert before is State.REPORTED
    assert taken == {Verdict.GOES_ON: 1}
    assert [order.state for order in orders()] == [State.FINISHED]


def test_the_same_number_with_another_matter_is_refused_and_leaves_the_known_one(yard: Yard) -> None:
    take(read(a_csv(a_line(yard))), yard)

    file = read(a_csv(a_line(yard, content="阳台漏水")))

    assert take(file, yard) == {Verdict.REFUSED: 1}
    assert reasons(file, yard) == ["此工单已登记，但内容不同：厨房水槽漏水"]
    assert [order.content for order in orders()] == ["厨房水槽漏水"]


# --- refused ---


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"unit": "9-9-9999"}, "本小区没有“9-9-9999”这一房号。"),
        ({"unit": ""}, "“房号”为空"),
        ({"content": ""}, "“报修内容”为空"),
        ({"reported": "昨天"}, "“报修时间”无法读取：昨天"),
        ({"kind": "随便"}, "“维修类别”的内容无法识别：随便"),
        ({"fee": "很多"}, "“金额(元)”无法读取：很多"),
        ({"fee": "-5"}, "“金额(元)”无法读取：-5"),
        ({"kind": "免费"}, "保修期内免费维修不收费"),
        ({"work": ""}, "已完工，但维修情况为空"),
        ({"finished": "2026-11-19 15:20"}, "时间先后有误：报修、派工、到场、完工应依次进行"),
        ({"finished": "2099-11-19 15:20"}, "有时间在将来"),
        ({"phone": "1" * 41}, "“联系电话”超过 40 字"),
    ],
)
def test_a_line_that_cannot_be_says_why_and_the_others_are_taken(yard: Yard, wrong: dict[str, str], words: str) -> None:
    file = read(a_csv(a_line(yard, **wrong), a_line(yard, "A-2", content="门锁坏了")))

    assert reasons(file, yard) == [words]
    assert take(file, yard) == {Verdict.REFUSED: 1, Verdict.NEW: 1}
    assert [order.outside_number for order in orders()] == ["A-2"]


def test_the_same_order_twice_in_one_file_counts_once(yard: Yard) -> None:
    file = read(a_csv(a_line(yard), a_line(yard)))

    assert reasons(file, yard) == ["与第 2 行是同一工单"]
    assert take(file, yard) == {Verdict.NEW: 1, Verdict.REFUSED: 1}


def test_what_changed_since_the_preview_is_told_and_nothing_is_written(yard: Yard) -> None:
    file = read(a_csv(a_line(yard)))
    shown = digest(judge(file, yard.estate, NOW))
    take(file, yard)

    with pytest.raises(Refused) as refusal:
        take_over(file, yard.estate, shown=shown, by=NOBODY, at=NOW)
    db.session.rollback()

    assert refusal.value.code == "order:preview_changed"
    assert len(orders()) == 1


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("orders.pdf", b"%PDF-1.7 x", "order:wrong_type"),
        ("orders.csv", b"", "roster:empty"),
        ("orders.csv", "房号,业主\n3-1-1202,陈".encode(), "order:no_column"),
        ("orders.csv", ",".join(HEAD).encode(), "order:no_lines"),
        ("orders.xlsx", b"no workbook", "order:wrong_type"),
    ],
)
def test_a_file_that_is_no_list_of_work_orders_is_refused(name: str, content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_orders(name, content, ZONE)

    assert refusal.value.code == code
