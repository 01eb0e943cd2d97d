"""A plan put right in its table without a mouse: pasted from a spreadsheet, filled down, undone, still there later."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from app.core.clock import local_date, now
from tests.journeys.conftest import People
from tests.journeys.office import Office
from tests.journeys.served import Server

pytestmark = pytest.mark.journey


class Sheet:
    """The table of the plan that is shown, by keyboard."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.rows = page.locator("tr[data-line]")

    def cell(self, row: int, field: str) -> Locator:
        return self.rows.nth(row).locator(f"td[data-field={field}]")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def paste(self, text: str) -> None:
        """As a spreadsheet leaves it on the clipboard."""
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        self.press("Control+v")

    def is_saved(self) -> None:
        expect(self.page.locator("[data-status]")).to_have_text("已全部保存。")

    def lefts(self, cells: str) -> list[int]:
        """Where each of these cells begins."""
        found = self.page.locator(cells)
        return [round(left) for left in found.evaluate_all("all => all.map(one => one.getBoundingClientRect().left)")]

    def column(self, field: str) -> list[str]:
        return [text.strip() for text in self.rows.locator(f"td[data-field={field}] .sheet-shown").all_inner_texts()]


@pytest.fixture
def sheet(server: Server, people: People, office: Office) -> Sheet:
    """The draft of next month, so that every one of its days lies ahead, with the first cell in hand."""
    server.start()
    office.log_in(people.supervisor)
    page = office.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{server.url}/plans")
    page.get_by_role("button", name=re.compile("拟定")).last.click()
    sheet = Sheet(page)
    expect(page.locator("table.sheet-on")).to_be_visible()
    page.locator("input[data-all]").focus()
    sheet.press("Tab")
    expect(sheet.cell(0, "officer").locator("input")).to_be_focused()
    return sheet


def next_month() -> str:
    first = local_date(now(), "Asia/Shanghai").replace(day=1)
    return f"{(first + timedelta(days=32)):%Y-%m}"


@pytest.mark.clause("R41")
def test_officers_and_days_are_pasted_filled_down_and_there_after_a_reload(sheet: Sheet) -> None:
    month = next_month()
    sheet.paste(f"李敏\t{month}-21\n李敏\t{month.replace('-', '/')}/22\n")
    sheet.is_saved()
    sheet.press("ArrowRight", "ArrowRight")
    sheet.page.keyboard.type("渗水复查")
    sheet.press("Enter", "ArrowUp", "Shift+ArrowDown", "Shift+ArrowDown", "Control+d")
    sheet.is_saved()

    sheet.page.reload()

    assert [day.split("月")[1] for day in sheet.column("day")][:2] == ["21日", "22日"]
    purposes = sheet.column("purpose")
    assert purposes.count("渗水复查") == 3, purposes


def test_what_is_refused_says_so_at_the_cell_keeps_what_was_typed_and_can_be_let_go_of(sheet: Sheet) -> None:
    before = sheet.column("officer")
    sheet.page.keyboard.type("王五")
    sheet.press("Tab")
    wrong = sheet.cell(0, "officer")
    expect(wrong.locator(".sheet-said")).to_have_text("本小区没有叫“王五”的走访人员。")
    expect(wrong.locator(".sheet-shown")).to_have_text("王五")

    sheet.press("Shift+Tab", "Escape")

    expect(wrong.locator(".sheet-said")).to_have_count(0)
    assert sheet.column("officer") == before
    sheet.press("Escape", "Tab")
    expect(sheet.page.locator("table.sheet-on input:focus")).to_have_count(0)


def test_a_step_is_undone_and_escape_writes_nothing(sheet: Sheet) -> None:
    sheet.press("End", "ArrowLeft", "F2")
    sheet.page.keyboard.type("甲")
    sheet.press("Enter")
    sheet.page.keyboard.type("乙")
    sheet.press("Escape", "ArrowUp")
    sheet.is_saved()
    assert sheet.column("purpose")[:2] == ["甲", ""]

    sheet.press("Control+z")
    expect(sheet.cell(0, "purpose").locator(".sheet-shown")).to_have_text("")
    sheet.press("Control+y")
    expect(sheet.cell(0, "purpose").locator(".sheet-shown")).to_have_text("甲")
    sheet.is_saved()


def test_on_a_tablet_each_cell_stands_in_its_column_and_on_a_phone_it_is_a_list_with_boxes(sheet: Sheet) -> None:
    page = sheet.page
    page.set_viewport_size({"width": 820, "height": 1180})
    page.reload()
    heads, cells = sheet.lefts("table[data-sheet] thead th"), sheet.lefts("tr[data-line]:nth-child(2) td")
    assert cells == heads
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()

    expect(page.locator("table[data-sheet]")).to_be_visible()
    expect(page.locator("table.sheet-on")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    number = page.locator("input[name=line]").count()
    page.locator("input[name=line]").first.check()
    page.get_by_role("button", name="移出").click()
    expect(page.locator("input[name=line]")).to_have_count(number - 1)
