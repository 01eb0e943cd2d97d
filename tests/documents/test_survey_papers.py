"""Forms 3, 4 and 7 read back: what they ask, what was answered, who took a sheet; large enough to tick."""

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from pypdf.generic import ContentStream

from app.documents.printing import Printed, print_sheet
from app.documents.sheets import Bilingual
from app.documents.sheets_of.survey_forms import Copy
from tests.documents import reading
from tests.documents.builders import a_signature
from tests.documents.form_builders import LONG
from tests.documents.survey_builders import (
    AGREED,
    a_copy,
    a_questionnaire,
    a_receipt,
    a_receipt_sheet,
    an_answer,
    an_answered_form,
    an_open_receipt,
    an_open_receipt_sheet,
    an_opinion_form,
    some_forms,
    some_receipts,
    the_usual_items,
)

LEAST_POINTS = 11
LEAST_BOX = 5 / 25.4 * 72
"""Five millimetres, in points."""


def a_blank(**changes: object) -> object:
    return some_forms(copies=(Copy(),), **changes)


def opinions(**changes: object) -> object:
    return some_forms(asks=an_opinion_form(), **changes)


SHEETS = {
    "questionnaire": (
        some_forms,
        [
            "业主满意度调查表 Owner satisfaction questionnaire",
            "2026 年度业主满意度调查 Owner satisfaction survey 2026",
            "编号 No. 2026-1-0001",
            "期号 Survey number 2026-1",
            "房号 Unit 3-1-1201",
            "业主 Owner 陈建国、王秀兰",
            "为了解您对物业服务和房屋质量的真实评价",
            "1. 维修是否及时 2. 楼道是否清洁 3. 停车秩序 1. Repairs in time",
            "很满意 Very satisfied 满意 Satisfied 基本满意 Mostly satisfied 不满意 Dis- satisfied",
            "很不满意 Very dis- satisfied 不评价 No opinion",
            "客户服务中心 Customer service 物业公司 Property management company",
            "地产公司工程部 Developer's engineering 地产公司 Developer",
            "您的意见和建议 Your opinion and wishes",
            "总体评价 All in all",
            "您的姓名（签字） Your name (signature) 电话 Phone 日期 Date",
            "是否愿意接受回访？ May we call you about it? 是 yes 否 no",
            "我们于 2026-12-03 19:30 上门回收本表",
            "2026年12月27日 前将本表交到客户服务中心。咨询电话：0571-8888 1234",
            "感谢您的理解与支持。",
        ],
    ),
    "blank": (a_blank, ["期号 Survey number 2026-1", "我们上门回收本表的时间： We collect this sheet at your door on"]),
    "opinion": (
        opinions,
        ["业主意见调查表 Owner opinion form", "日期 Date", "对本部门工作的总体评价 This department's work"],
    ),
    "answered": (
        an_answered_form,
        [
            "报修三次才有人上门， 请先打电话约时间。",
            "外墙渗水两年了还没有修好。",
            "本表回收情况 How this sheet came back",
            "On paper by the owner, copied by the office",
            "是否署名 Signed with a name 王秀兰",
            "填写人 Answered by 配偶 spouse · 代填 on the owner's behalf",
            "回收时间 Came back at 2026-12-03 19:42",
            "李敏 走访 Visit HF-2612-0031",
            "May we call you about it? 是 yes",
        ],
    ),
    "receipt": (
        a_receipt_sheet,
        [
            "文件签收单 Document receipt",
            "QS-2026-1-0001",
            "业主满意度调查表 Owner satisfaction questionnaire 编号 No. 2026-1-0001",
            "签收人 Signed for by 陈建国",
            "本人 in person",
            "平板电子签字 Signed on the tablet",
            "2026-11-27 18:15",
            "约定回收时间 To be collected at 2026-12-03 19:30",
            "2026-12-03 19:42",
            "该签字签于走访记录 HF-2611-0351",
            "校验码 (SHA-256)",
        ],
    ),
    "to sign": (
        an_open_receipt_sheet,
        ["本人已收到本次调查表一份", "签收人（签字） Received by (signature)", "代收 on behalf"],
    ),
    "list": (
        lambda **changes: some_receipts(6, building="3", officer="李敏", **changes),
        [
            "发放 2026-11-23 至 2026-12-06，回收截止 2026-12-27",
            "3 栋 Building 3",
            "Officer 李敏",
            "2026-1-0001 3-1-1201 陈建国、王秀兰 陈建国 电子 electronic 本人 in person 2026-11-27 18:15 2026-12-03",
            "王秀兰 纸质 on paper 代收 on behalf 配偶 spouse",
            "当场填写 filled in at once",
            "不参加 Does not take part 2026-11-27 18:15 常年在外地，不参加",
            "小周 未签字 without a signature 代收 on behalf 租户 tenant",
            "户数 Households 6 已发放 Given to households 4 已签收 Signed for 2",
            "已回收 Came back 2 不参加 Does not take part 1",
        ],
    ),
}


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.clause("R24", "R28", "F55")
def test_a_paper_says_every_field_in_both_languages_with_its_fonts(name: str) -> None:
    sheet, words = SHEETS[name]

    printed = print_sheet(sheet())

    said = reading.text(printed.pdf)
    for each in (*words, "锦绣花园物业服务有限公司", f"第 1 / {printed.pages} 页 Page 1 of {printed.pages}"):
        assert each in said, (each, said)
    assert "None" not in said
    assert all(reading.fonts(printed.pdf).values())


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize(("language", "said", "unsaid"), [("zh", "页", "Page"), ("en", "Page", "页")])
def test_a_paper_of_one_language_has_no_labels_of_the_other(name: str, language: str, said: str, unsaid: str) -> None:
    text = reading.text(print_sheet(SHEETS[name][0](languages=(language,))).pdf)

    assert said in text
    assert unsaid not in text
    typed = {"zh": r"\bNo\b|Unit|Owner|Date|satisfied", "en": "编号|房号|期号|满意|签收"}[language]
    assert not re.search(typed, text), text


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("make", [some_forms, a_blank, opinions])
def test_twenty_questions_are_two_pages_in_one_language_and_large_enough_for_old_eyes(language: str, make) -> None:
    printed = print_sheet(make(languages=(language,)))

    assert printed.pages == 2
    small = [text for text, points in _sizes(printed) if points < LEAST_POINTS]
    assert [text for text in small if not HEAD_OR_FOOT.match(text)] == []


@pytest.mark.parametrize("agreed_at", [AGREED, None])
def test_the_usual_items_are_two_pages_in_both_languages_too(agreed_at: datetime | None) -> None:
    forms = some_forms(asks=the_usual_items(), copies=(a_copy(agreed_at=agreed_at),))

    assert print_sheet(forms).pages == 2


def test_every_question_has_six_boxes_of_five_millimetres_and_a_tick_where_it_was_answered() -> None:
    asked, answered = print_sheet(some_forms(languages=("zh",))), print_sheet(an_answered_form(languages=("zh",)))

    boxes, ticks = _boxes(asked), reading.text(answered.pdf).count("✓")
    assert len(boxes) == 6 * (20 + 1) + 2, "one line for all in all; called back: yes and no"
    assert all(side >= LEAST_BOX for box in boxes for side in box)
    assert len(_boxes(answered)) == 6 * (20 + 1)
    assert ticks == 19 + 1, "one question was left out"


def test_a_tick_stands_in_the_column_of_its_answer(tmp_path: Path) -> None:
    levels = (("q0-0", "very_dissatisfied"),)
    only = an_answer(levels=levels, overall="", opinions=())
    pdf = print_sheet(some_forms(copies=(a_copy(answered=only),), languages=("zh",))).pdf

    left, _top, right, _bottom = reading.place_of("✓", pdf, 1, tmp_path)
    head_left, _top, head_right, _bottom = reading.place_of("很不满意", pdf, 1, tmp_path)

    assert reading.text(pdf).count("✓") == 1
    assert abs((left + right) - (head_left + head_right)) / 2 < reading.DPI / 25.4, "a millimetre"


def test_each_household_has_a_paper_of_its_own_with_pages_from_one() -> None:
    pages = reading.pages(print_sheet(some_forms(3, languages=("zh",))).pdf)

    assert len(pages) == 6
    for n, page in enumerate(pages):
        assert f"2026-1-{n // 2 + 1:04}" in page
        assert f"第 {n % 2 + 1} / 2 页" in page
        assert ("您的姓名" in page) == bool(n % 2)


def test_a_department_of_few_questions_stands_on_one_page() -> None:
    pages = reading.pages(print_sheet(some_forms(languages=("en",))).pdf)

    for asked in a_questionnaire().departments:
        [page] = [page for page in pages if f"{asked.name.en} " in page]
        at = page.index(f"{asked.name.en} ")
        assert "Your opinion and wishes" in page[at:]


def test_a_long_opinion_is_printed_to_its_end_from_below_what_was_ticked() -> None:
    answered = an_answer(opinions=(("d1", f"{LONG * 60}完"), ("d4", "末尾")))

    pages = reading.pages(print_sheet(some_forms(copies=(a_copy(answered=answered),), languages=("zh",))).pdf)

    said = re.sub(r"\s", "", "".join(pages))
    assert said.count("清水从哪里来") == 60
    assert "完" in said
    assert "末尾" in said
    assert "主卫天花板渗水" in pages[0], "no page is left half empty for it"


def test_where_one_company_is_asked_about_no_company_is_named() -> None:
    departments = tuple(replace(asked, company="") for asked in a_questionnaire().departments)

    said = reading.text(print_sheet(some_forms(asks=a_questionnaire(departments=departments), languages=("en",))).pdf)

    assert "Customer service Staff are friendly" in said
    assert "Property management company" not in said


def test_words_that_are_the_same_in_both_languages_are_printed_once() -> None:
    said = reading.text(print_sheet(some_forms(asks=a_questionnaire(title=Bilingual("只有中文", "只有中文")))).pdf)

    assert said.count("只有中文") == 1


def test_a_draft_says_that_it_is_one() -> None:
    drafted = print_sheet(a_blank(asks=a_questionnaire(draft=True), languages=("zh",)))

    assert all("草稿，尚不可发放" in page for page in reading.pages(drafted.pdf))
    assert "草稿" not in reading.text(print_sheet(a_blank(languages=("zh",))).pdf)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"filled": "by_phone", "signed": False, "signed_name": ""}, "电话询问，由工作人员代录 是否署名 否"),
        ({"filled": "on_screen"}, "业主在平板上填写"),
        ({"visit": ""}, "李敏 服务台"),
        ({"callback_welcome": None}, "是否愿意接受回访？ –"),
        ({"callback_welcome": False}, "是否愿意接受回访？ 否"),
        ({"relation": "owner", "proxy": False}, "填写人 业主本人 回收时间"),
    ],
)
def test_a_sheet_that_came_back_says_how(changes: dict[str, object], said: str) -> None:
    copy = a_copy(answered=an_answer(**changes))

    assert said in reading.text(print_sheet(some_forms(copies=(copy,), languages=("zh",))).pdf)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"how": "witnessed", "relation": "family"}, "代收 · 家人 签收方式 见证人在场收取，未签字"),
        ({"how": "unsigned"}, "签收方式 已收取，未签字"),
        ({"at_once": True, "how": "", "signer": ""}, "当场填写收回，未留表"),
        ({"returned_at": None, "filled": ""}, "回收时间 – 填写方式 –"),
        ({"visit": ""}, "走访 服务台"),
    ],
)
def test_a_receipt_says_how_it_was_confirmed(changes: dict[str, object], said: str) -> None:
    sheet = a_receipt_sheet(receipt=a_receipt(**changes), signatures=(), sha256="", languages=("zh",))

    printed = print_sheet(sheet)

    assert said in reading.text(printed.pdf)
    assert "平板电子签收" not in reading.text(printed.pdf)
    assert reading.alternatives(printed.pdf) == []


def test_the_signature_on_the_tablet_is_drawn_with_the_fingerprint_of_what_was_signed() -> None:
    witness = a_signature("witness", "王刚", "neighbour")
    sheet = a_receipt_sheet(signatures=(a_signature("owner", "陈建国", "owner"), witness), languages=("zh",))

    printed = print_sheet(sheet)

    assert reading.alternatives(printed.pdf) == ["陈建国的签名", "王刚的签名"]
    assert "0f5f5c0f 5f5c0f5f" in reading.text(printed.pdf)


def test_the_list_of_receipts_flows_over_pages_with_heads_and_counts_below() -> None:
    pages = reading.pages(print_sheet(some_receipts(40, languages=("zh",))).pdf)

    assert len(pages) > 2
    assert all("约定回收时间" in page for page in pages[:-1])
    assert all(f"2026-1-{n:04}" in " ".join(pages) for n in range(1, 41))
    assert "户数 40" in pages[-1]
    assert sum(page.count("户数") for page in pages) == 1


def test_whoever_declined_has_no_room_to_sign_in_the_list() -> None:
    declined = an_open_receipt(1, state="declined", declined_at=a_receipt().taken_at, declined_reason="不方便")
    printed = [
        reading.text(print_sheet(some_receipts(receipts=(one,), languages=("zh",))).pdf)
        for one in (declined, an_open_receipt(1))
    ]

    assert ["代收" in said.partition("2026-1-0001")[2] for said in printed] == [False, True]


HEAD_OR_FOOT = re.compile(
    r"锦绣花园|Printed on|打印于|Page|of\b|\d+$|第|/|页|No\.|编号|期号|Survey number|Owner \w+|业主\w+调查表|·|2026-1"
)
"""What is not for the owner to read: whose paper it is, its numbers and pages."""


def _sizes(printed: Printed) -> list[tuple[str, float]]:
    """Each run of text with its size in points."""
    found: list[tuple[str, float]] = []

    def visit(text: str, cm: list[float], tm: list[float], _font: object, size: float) -> None:
        if text.strip():
            found.append((text.strip(), round(abs(size * cm[0] * tm[0]), 1)))

    for page in reading.reader(printed.pdf).pages:
        page.extract_text(visitor_text=visit)
    return found


def _boxes(printed: Printed) -> list[tuple[float, float]]:
    """Width and height in points of each square with round corners."""
    document, found = reading.reader(printed.pdf), []
    for page in document.pages:
        dots: list[tuple[float, float]] = []
        for operands, operator in ContentStream(page.get_contents(), document).operations:
            numbers = [float(one) for one in operands] if operator in (b"m", b"l", b"c") else []
            dots += zip(numbers[::2], numbers[1::2], strict=True)
            if operator in (b"f*", b"f", b"n", b"S"):
                xs, ys = [x for x, _ in dots], [y for _, y in dots]
                sides = (max(xs) - min(xs), max(ys) - min(ys)) if operator == b"f*" and dots else (0, 1)
                if abs(sides[0] - sides[1]) < 0.1:
                    found.append((sides[0] * 0.75, sides[1] * 0.75))
                dots = []
    return found
