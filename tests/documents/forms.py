"""Every printed form, as the tests of all forms take it: a new form is one more row."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from PIL import Image

from app.documents.printing import Printed, print_sheet
from app.documents.sheets_of.owner_profile import Member
from tests.documents.builders import a_photo, a_progress, a_sheet, a_signature, an_answered_issue, an_issue
from tests.documents.form_builders import LONG as WORDY
from tests.documents.form_builders import (
    a_calls_sheet,
    a_plan_sheet,
    a_register,
    a_year_sheet,
    an_officers_sheet,
    an_order_line,
    an_order_sheet,
    some_blank_records,
)
from tests.documents.record_builders import (
    LONG,
    a_bare_record,
    a_call,
    a_complaint,
    a_matter,
    a_profile,
    a_record,
    a_round,
)
from tests.documents.survey_builders import (
    a_receipt_sheet,
    an_answered_form,
    an_open_receipt_sheet,
    an_opinion_form,
    some_forms,
    some_receipts,
)
from tests.documents.survey_result_builders import a_letter, an_analysis

SMALL = 300_000
"""Bytes that a sealed paper without photos never exceeds."""


@dataclass(frozen=True)
class Form:
    """One form in one shape. `says`: words that must be read on it. `carries`: what is attached, by name.

    `head`: what stands over a table that runs over pages, and on how many of them.
    """

    prints: Callable[[], Printed]
    says: tuple[str, ...]
    pages: int
    carries: tuple[str, ...] = ()
    most_bytes: int = SMALL
    head: tuple[str, int] = ("", 0)


def _common_characters() -> Iterator[str]:
    """The 3755 most used Chinese characters, in the order of GB 2312."""
    for row in range(0xB0, 0xD8):
        for cell in range(0xA1, 0xFF if row < 0xD7 else 0xFA):
            yield bytes((row, cell)).decode("gb2312")


def _rich_sheet() -> Printed:
    """Thirty issues that between them need six hundred different characters, far more than a sheet has."""
    characters = list(_common_characters())[::6]
    words = ["".join(characters[at : at + 20]) for at in range(0, 600, 20)]
    issues = tuple((an_issue if n % 3 else an_answered_issue)(n, text=text) for n, text in enumerate(words, start=1))
    return print_sheet(a_sheet(issues=issues, progress=tuple(a_progress() for _ in range(8))))


def _with_photos() -> Printed:
    """Two photos as large as a tablet sends them, of noise, which no compression makes small; one on its way."""
    photos = [io.BytesIO(), io.BytesIO()]
    for photo in photos:
        Image.effect_noise((1600, 1200), 60).convert("RGB").save(photo, "JPEG", quality=80)
    shown = (a_photo(photo.getvalue(), n) for n, photo in enumerate(photos, start=1))
    return print_sheet(a_sheet(languages=("en",), photos=(*shown, a_photo(None, n=2))))


def _nobody_signed() -> Printed:
    refused = a_signature("owner", "陈建国", "owner", how="refused", strokes=(), signed_at=None, reason="改天再签")
    witness = a_signature("witness", "王刚", "neighbour", under="本人在场，陈建国未签字。")
    nothing = {"issues": (), "callbacks": (), "progress": (), "wishes": "", "verification_url": ""}
    return print_sheet(a_sheet(languages=("zh",), signatures=(refused, witness), **nothing))


def _called_back_often(**changes: Any) -> Printed:
    """A complaint that was called back on again and again, with much to say each time."""
    calls = (a_call(round=n, opinion=f"第{n}次：{LONG[:200]}") for n in range(1, 13))
    rounds = tuple(a_round(number=n, callbacks=(call,)) for n, call in enumerate(calls, start=1))
    return print_sheet(a_complaint(rounds=rounds, **changes))


def _many_words(**changes: Any) -> Printed:
    """A visit with issues of many words, and an opinion of more than the page that it begins on has room for."""
    issues = tuple(a_matter(n, text=f"第{n}项：{LONG[:120]}") for n in range(1, 9))
    first, *others = a_record().opinions
    opinions = (replace(first, words=f"{LONG}完"), *others)
    return print_sheet(a_record(issues=issues, opinions=opinions, **changes))


def _large_family(**changes: Any) -> Printed:
    household = tuple(Member(f"家人{n}号", "亲戚", "13611112222", date(2024, 6, 1)) for n in range(1, 31))
    return print_sheet(a_profile(household=household, **changes))


_HEAD = ("journal-head.json",)
_STATEMENT = ("statement-T07-0012.json",)
_ZH: dict[str, Any] = {"languages": ("zh",)}
_EN: dict[str, Any] = {"languages": ("en",)}
FORMS: dict[str, Form] = {
    "1 visit record": Form(
        lambda: print_sheet(a_record()),
        ("业主回访记录表 Owner visit record", "主管意见 Supervisor's opinion"),
        2,
        _HEAD,
    ),
    "1 of many words, in Chinese": Form(
        lambda: _many_words(**_ZH), ("第8项：", "经理意见"), 4, _HEAD, head=("责任部门、承诺与状态", 2)
    ),
    "1 of nothing, in English": Form(
        lambda: print_sheet(a_bare_record(**_EN)), ("Overall satisfaction No opinion", "Page 1 of 1"), 1
    ),
    "2 calls": Form(lambda: print_sheet(a_calls_sheet()), ("电话回访汇总表 Summary of phone callbacks",), 1),
    "2 of many calls, in Chinese": Form(
        lambda: print_sheet(a_calls_sheet(12, **_ZH)), ("HF-2611-0012", "接通率 66.6 %"), 2, head=("是否解决", 2)
    ),
    "3 questionnaire": Form(
        lambda: print_sheet(some_forms()),
        ("业主满意度调查表 Owner satisfaction questionnaire", "总体评价 All in all"),
        3,
        head=("很满意", 2),
    ),
    "3 for two homes, in Chinese": Form(lambda: print_sheet(some_forms(2, **_ZH)), ("2026-1-0002", "第 2 / 2 页"), 4),
    "3 as answered, in English": Form(
        lambda: print_sheet(an_answered_form(**_EN)), ("How this sheet came back", "Page 2 of 2"), 2
    ),
    "4 opinion form": Form(
        lambda: print_sheet(some_forms(asks=an_opinion_form())),
        ("业主意见调查表 Owner opinion form", "您的意见和建议 Your opinion and wishes"),
        2,
    ),
    "5 owner": Form(lambda: print_sheet(a_profile()), ("业主档案表 Owner profile", "防水 Waterproofing 2029-05-18"), 2),
    "5 of a large family, in English": Form(lambda: _large_family(**_EN), ("家人30号",), 3, head=("Relation", 2)),
    "6 complaint": Form(
        lambda: print_sheet(a_complaint()),
        ("客户投诉处理记录表 Customer complaint record", "业主意见 Owner's opinion"),
        1,
    ),
    "6 called back often, in English": Form(
        lambda: _called_back_often(**_EN), ("第1次：", "第12次："), 6, head=("By whom, when", 5)
    ),
    "7 receipt": Form(lambda: print_sheet(a_receipt_sheet()), ("文件签收单 Document receipt", "平板电子签字"), 1),
    "7 to be signed, in English": Form(
        lambda: print_sheet(an_open_receipt_sheet(**_EN)), ("Received by (signature)", "Page 1 of 1"), 1
    ),
    "7 list, in Chinese": Form(
        lambda: print_sheet(some_receipts(20, **_ZH)), ("2026-1-0020", "已签收 2"), 2, head=("约定回收时间", 2)
    ),
    "8 order": Form(lambda: print_sheet(an_order_sheet()), ("维修工作单 Work order", "拧紧接口", "更换软管与角阀"), 1),
    "8 order of many words, in Chinese": Form(
        lambda: print_sheet(an_order_sheet(order=an_order_line(content=WORDY * 30), **_ZH)), ("业主满意签字",), 2
    ),
    "8 register": Form(lambda: print_sheet(a_register()), ("维修工作单登记表 Work order register", "WX-2611-0001"), 1),
    "10 year": Form(
        lambda: print_sheet(a_year_sheet()),
        ("年度走访统计 Annual visit statistics", "列入明年大修", "50.0 % 45 / 90"),
        4,
    ),
    "10 for an appraisal": Form(
        lambda: print_sheet(an_officers_sheet()),
        ("走访人员考核统计表 Officers' figures for their appraisal", "月份: 11月", "77.7 % 7 / 9"),
        2,
    ),
    "10 of many carried over, in Chinese": Form(
        lambda: print_sheet(a_year_sheet(40, **_ZH)), ("WT-2611-0040", "暂不能解决"), 7, head=("评审意见", 4)
    ),
    "8 of many orders, in English": Form(
        lambda: print_sheet(a_register(12, **_EN)), ("WX-2611-0012",), 2, head=("Liable company", 2)
    ),
    "9 plan": Form(lambda: print_sheet(a_plan_sheet()), ("月度走访计划 Monthly visit plan", "已备案 Filed"), 1),
    "9 of many homes, in Chinese": Form(
        lambda: print_sheet(a_plan_sheet(24, **_ZH)), ("3-1-1224",), 2, head=("未完成原因", 2)
    ),
    "11 sign-off sheet": Form(
        lambda: print_sheet(a_sheet()), ("业主签字确认单 Owner's sign-off sheet",), 2, _STATEMENT
    ),
    "11 in Chinese, not signed": Form(_nobody_signed, ("未签字：业主不愿签字",), 1, _STATEMENT),
    "11 in English, with photos": Form(_with_photos, ("On its way to the office",), 2, _STATEMENT, most_bytes=600_000),
    "11 rich in words": Form(
        _rich_sheet, ("第 7 / 7 页 Page 7 of 7",), 7, _STATEMENT, head=("接下来 What happens next", 4)
    ),
    "12 letter": Form(lambda: print_sheet(a_letter()), ("致业主公开信 Open letter to owners", "增派两名维修工"), 1),
    "13 analysis": Form(
        lambda: print_sheet(an_analysis()),
        ("满意度调查统计分析 Analysis of the satisfaction survey", "83.3 % 100 / 120"),
        3,
    ),
    "13 of many opinions, in Chinese": Form(lambda: print_sheet(an_analysis(60, **_ZH)), ("第 60 次说了", "已评审"), 5),
    "blank records": Form(
        lambda: print_sheet(some_blank_records(2)), ("手工填写 To be filled in by hand", "JH-2611-2-002"), 2
    ),
    "blank records in English": Form(
        lambda: print_sheet(some_blank_records(1, **_EN)), ("To be filled in by hand", "Page 1 of 1"), 1
    ),
}
