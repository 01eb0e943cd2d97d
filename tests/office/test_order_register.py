"""The register of work orders (form 8): filtered and taken away; files taken over, and the keys of other systems."""

import io
import re
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from tests.office.conftest import Desk
from tests.office.orders_entered import (
    address_of,
    dispatched,
    the_order,
)

# --- the register ---


@pytest.mark.clause("R20")
def test_the_register_taken_away_has_every_column_of_form_8_and_masks_the_phone(desk: Desk) -> None:
    dispatched(desk)

    with desk.browser("supervisor").post("/orders/export/xlsx") as answer:
        rows = list(load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    with desk.browser("handler").post("/orders/export/csv") as answer:
        by_handler = answer.text

    line = dict(zip(rows[3], rows[4], strict=True))
    assert {
        "编号",
        "报修时间",
        "报修人",
        "电话",
        "类别",
        "房号",
        "报修内容",
        "已派工",
        "到场时间",
        "完工时间",
    } <= line.keys()
    assert {
        "维修情况",
        "费用",
        "材料",
        "数量",
        "保修期内",
        "责任公司",
        "评价",
        "维修人",
        "返工次数",
        "业主满意签字",
    } <= line.keys()
    assert isinstance(line["报修时间"], datetime)
    assert (line["费用"], line["返工次数"]) == (0, 0), "numbers, not texts"
    assert (line["电话"], line["报修内容"], line["维修人"]) == ("138 **** 6021", "厨房水槽漏水", "王师傅")
    assert "138 **** 6021" not in by_handler


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", True),
        ("state=dispatched", True),
        ("state=rework", False),
        ("pays=chargeable", True),
        ("pays=free", False),
        ("liable=property&warranty=no", True),
        ("warranty=yes", False),
        ("rework=yes", False),
        ("q=王师傅", True),
        ("q=电梯", False),
        ("from=2026-11-20&to=2026-11-20", True),
        ("to=2026-11-19", False),
        ("sort=-fee", True),
        ("sort=unit", True),
        ("sort=department", True),
        ("overdue=yes", False),
    ],
)
def test_the_register_is_filtered_searched_and_sorted_by_the_address(desk: Desk, asked: str, found: bool) -> None:
    dispatched(desk)

    page = desk.browser("supervisor").get(f"/orders?{asked}").text

    assert ("厨房水槽漏水" in page) == found


def test_an_empty_register_teaches_in_both_languages(desk: Desk) -> None:
    chinese, english = desk.browser("officer").get("/orders").text, desk.browser("english").get("/orders").text

    assert "没有未结的维修工作单" in chinese
    assert "No open work orders" in english


# --- files ---


def upload(browser: FlaskClient, text: str) -> TestResponse:
    file = (io.BytesIO(text.encode("utf-8-sig")), "工单.csv")
    return browser.post("/orders/import", data={"file": file}, content_type="multipart/form-data")


def test_a_file_is_shown_line_by_line_and_taken_over_once_it_is_confirmed(desk: Desk) -> None:
    browser = desk.browser("supervisor")
    text = (
        f"编号,房号,报修内容,报修时间\nA-1,{address_of(desk)},水槽漏水,2026-11-20 09:30\nA-2,9-9-9999,门锁,2026-11-20\n"
    )
    preview = upload(browser, text).location
    page = browser.get(preview).text
    shown = re.findall(r'name="shown" value="(\w+)"', page)[0]

    browser.post(preview, data={"shown": shown})
    again = browser.get(upload(browser, text).location).text

    assert "本小区没有“9-9-9999”这一房号" in page
    assert the_order(desk).outside_number == "A-1"
    assert "不会有任何变化" in again or "已登记" in again
    assert 'name="shown"' not in again


def test_a_file_that_is_none_is_refused_in_words_and_one_can_be_thrown_away(desk: Desk) -> None:
    browser = desk.browser("supervisor")
    refused = browser.post(
        "/orders/import",
        data={"file": (io.BytesIO(b"%PDF-1.7"), "a.pdf")},
        content_type="multipart/form-data",
        headers={"Referer": "http://localhost/orders/import"},
        follow_redirects=True,
    )
    preview = upload(browser, f"房号,报修内容,报修时间\n{address_of(desk)},水槽漏水,2026-11-20\n").location

    browser.post(f"{preview}/drop")

    assert "工单文件须为 .xlsx 或 .csv" in refused.text
    assert browser.get(preview).status_code == 404


# --- keys ---


def test_the_administrator_lets_a_system_in_and_its_key_is_shown_once(desk: Desk) -> None:
    admin = desk.browser("admin")
    page = admin.post("/settings/systems", data={"name": "物业管理系统"}).text
    key = re.findall(r'data-testid="key">(ds_[\w-]+)<', page)[0]

    later = admin.get("/settings/systems").text
    posted = desk.app.test_client().post("/api/v1/work-orders", json=_posted(desk), headers=_with(key))

    assert key not in later
    assert "物业管理系统" in later
    assert (posted.status_code, posted.json["state"]) == (201, "reported")
    assert "对接系统提交: 物业管理系统" in admin.get(f"/orders/{the_order(desk).id}").text


def test_a_withdrawn_key_opens_nothing_and_only_the_administrator_withdraws(desk: Desk) -> None:
    admin = desk.browser("admin")
    page = admin.post("/settings/systems", data={"name": "物业管理系统"}).text
    key = re.findall(r'data-testid="key">(ds_[\w-]+)<', page)[0]
    act_of = re.findall(r'action="(/settings/systems/[\w-]+/withdraw)"', admin.get("/settings/systems").text)[0]

    by_another = desk.browser("supervisor").post(act_of).status_code
    withdrawn = admin.post(act_of).status_code
    posted = desk.app.test_client().post("/api/v1/work-orders", json=_posted(desk), headers=_with(key))

    assert (by_another, withdrawn, posted.status_code) == (403, 302, 401)


def _posted(desk: Desk) -> dict[str, Any]:
    return {
        "order_number": "PMS-1",
        "kind": "free",
        "unit": address_of(desk),
        "content": "门锁坏了",
        "reported_by": "陈建国",
        "reported_at": "2026-11-20T09:30:00+08:00",
    }


def _with(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}
