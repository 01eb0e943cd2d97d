"""Forms 2, 8, 9 and blank records read back: what they say, on how many pages, with heads on each, fonts embedded."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.core.rates import Rate
from app.documents.how_far import HowFar, Step
from app.documents.printing import Printed, print_sheet
from tests.documents import reading
from tests.documents.form_builders import (
    LONG,
    a_calls_sheet,
    a_foot,
    a_plan_sheet,
    a_planned_visit,
    a_register,
    an_order_line,
    an_order_sheet,
    some_blank_records,
)

ONE = {
    "plan": (
        a_plan_sheet,
        [
            "月度走访计划 Monthly visit plan",
            "未完成原因 Reason if not",
            "JH-2611-2",
            "定期走访 Scheduled visit",
            "3-1-1201",
            "陈建国、王秀兰",
            "2026-08-20 92 2026-11-20 14:30",
            "核实防水返工结果",
            "2026-11-23",
            "已编制 Drafted",
            "孙丽华 2026-10-26 09:12",
            "已备案 Filed",
        ],
    ),
    "order": (
        an_order_sheet,
        [
            "维修工作单",
            "外部编号 Number elsewhere PMS-20261118-77",
            "138 **** 6021",
            "派工时间 Dispatched at 2026-11-18 10:00",
            "费用 Fee ¥ 1,120.00",
            "更换软管与角阀",
            "2 根、1 只",
            "不满意 Dissatisfied 电话答复 told by phone 接口还在滴水",
            "业主满意签字 Owner's signature: satisfied",
        ],
    ),
    "register": (
        a_register,
        [
            "维修工作单登记表 Work order register",
            "状态：已关闭",
            "WX-2611-0001",
            "¥ 1,120.00 不锈钢软管、",
            "业主满意，已关闭 Closed by the owner 基本满意 Mostly satisfied 业主签字 signed by the owner",
        ],
    ),
    "calls": (
        a_calls_sheet,
        [
            "电话回访汇总表 Summary of phone callbacks",
            "138 **** 6021 事项回访 Issue callback 定期走访 Scheduled visit WT-2611-0118 2 2026-11-21 15:00",
            "接通 Reached 基本满意 Mostly satisfied 是 yes 否 no 墙角仍有水印",
            "接通率 Contact rate 66.6 % 2 / 3",
            "满意率（满意） Satisfaction rate, strict 0.0 % 0 / 1",
            "解决率 Share solved – 0 / 0",
            "有效评价不足 5 份",
        ],
    ),
    "blank": (
        some_blank_records,
        [
            "业主回访记录表 Owner visit record",
            "手工填写 To be filled in by hand",
            "JH-2611-2-001",
            "□ 业主本人 owner",
            "未签字原因 Not signed, because",
        ],
    ),
}
MANY = {
    "plan": (a_plan_sheet, 200, "未完成原因"),
    "register": (a_register, 24, "报修内容"),
    "calls": (a_calls_sheet, 24, "是否解决"),
}


@pytest.fixture(scope="module", params=ONE)
def one(request: pytest.FixtureRequest) -> tuple[str, Printed]:
    return request.param, print_sheet(ONE[request.param][0]())


def test_a_form_says_everything_in_both_languages_on_one_page_with_its_fonts(one: tuple[str, Printed]) -> None:
    name, printed = one

    said = reading.text(printed.pdf)

    for words in (*ONE[name][1], "锦绣花园物业服务有限公司", "第 1 / 1 页 Page 1 of 1"):
        assert words in said, (words, said)
    assert "None" not in said
    fonts = reading.fonts(printed.pdf)
    assert all(fonts.values())
    assert {font.partition("+")[2] for font in fonts} == {"Doorstep-Sans", "Doorstep-Sans-Bold"}


@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize(("language", "absent"), [("zh", "Page"), ("en", "页")])
def test_a_form_in_one_language_has_no_labels_of_the_other(name: str, language: str, absent: str) -> None:
    printed = print_sheet(ONE[name][0](languages=(language,)))

    assert printed.pages == 1
    assert absent not in reading.text(printed.pdf)


@pytest.mark.parametrize("name", MANY)
def test_many_lines_flow_over_pages_with_heads_and_numbers_on_each(name: str) -> None:
    make, lines, head = MANY[name]
    told: list[HowFar] = []
    printed = print_sheet(make(lines, languages=("zh",)), tell=told.append)

    pages = reading.pages(printed.pdf)

    assert len(pages) == printed.pages > 1
    for at, said in enumerate(pages, start=1):
        assert f"第 {at} / {printed.pages} 页" in said
        assert head in said or at == printed.pages, "the last page may hold the foot alone"
    assert all(f"3-1-{1200 + n}" in " ".join(pages) for n in range(1, lines + 1))
    laid_out = [HowFar(Step.LAYING_OUT, at) for at in range(1, printed.pages + 1)]
    assert told == [HowFar(Step.PREPARING), *laid_out, HowFar(Step.DRAWING, printed.pages)]


def test_a_long_text_in_a_line_is_printed_to_its_end() -> None:
    long = LONG * 12
    printed = print_sheet(a_register(1, orders=(an_order_line(content=long),), languages=("zh",)))

    assert reading.text(printed.pdf).replace(" ", "").count("清水从哪里来") == 12


def test_a_household_that_was_not_visited_says_why() -> None:
    visits = (
        a_planned_visit(2),
        a_planned_visit(3, tried=(), instead="met"),
        a_planned_visit(4, instead="moved", to="2026-12"),
        a_planned_visit(5, last_met_on=None, days_since=None, purpose="", tried=(), carried_from="2026-10"),
    )

    said = reading.text(print_sheet(a_plan_sheet(visits=visits, languages=("en",))).pdf)

    assert "2 × Nobody home" in said
    assert "met meanwhile" in said
    assert "Not met, moved to the plan of 2026-12" in said
    assert "never – 2026-11-20 14:30 – Not met in 2026-10" in said


def test_an_order_that_is_open_has_room_to_sign_and_dashes_for_what_is_not_known() -> None:
    line = an_order_line(
        state="reported",
        department=None,
        worker="",
        dispatched_at=None,
        arrived_at=None,
        finished_at=None,
        work_done="",
        fee="",
        rating="",
        signed="",
        closed_at=None,
    )

    printed = print_sheet(an_order_sheet(order=line, repaired=(), answers=(), signature=None, languages=("en",)))

    said = reading.text(printed.pdf)
    assert "Department – Worker – Dispatched at –" in said
    assert "Fee –" in said
    assert "Owner's signature: satisfied Worker's signature" in said


def test_rates_of_an_empty_month_are_dashes() -> None:
    none = Rate(0, 0)
    rates = a_foot(contact=none, first_call=none, strict=none, broad=none, callback=none, timely=none)

    foot = replace(rates, results=(), ratings=())
    said = reading.text(print_sheet(a_calls_sheet(0, foot=foot, languages=("en",))).pdf)

    assert "No calls in this month" in said
    assert said.count("– 0 / 0") == 7


def test_each_blank_record_is_a_page_with_a_code_of_its_own(tmp_path: Path) -> None:
    printed = print_sheet(some_blank_records(3, languages=("zh",)))

    assert reading.scanned(printed.pdf, tmp_path) == [
        [f"https://doorstep.example/plans/lines/0199-{n}"] for n in (1, 2, 3)
    ]
