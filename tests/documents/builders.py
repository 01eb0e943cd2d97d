"""Builders for the tests of printed sheets: they name only what matters."""

import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from app.documents.letterhead import names_of_forms
from app.documents.sheets import (
    Asked,
    Bilingual,
    Callback,
    Entry,
    Estate,
    Interviewee,
    Issue,
    Photo,
    Progress,
    Signature,
    SignOffSheet,
    Statement,
    Stroke,
    Surveyed,
)
from app.estates.rules import Profile

VISITED = datetime(2026, 11, 23, 6, 5, tzinfo=UTC)
SIGNED = datetime(2026, 11, 23, 6, 47, tzinfo=UTC)
PRINTED = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)

_HANDWRITTEN = (
    "M215 66c12 26 8 74-4 118",
    "M214 72c42-14 62 2 34 40 30 2 34 34-4 48",
    "M292 92c30-8 62-12 88-14",
    "M334 60c-8 44-22 84-48 110",
    "M336 114c22 14 38 34 54 52",
    "M304 132c24-4 44-6 66-8",
    "M438 72c34-6 58-8 82-8",
    "M450 108c24-4 46-6 64-6",
    "M484 52c0 36-2 64-6 98",
    "M432 146c32-6 66-8 98-8",
    "M476 150c-12 20-30 32-48 38",
    "M480 152c18 16 44 28 72 30",
    "M592 78c-2 34-4 66-2 98",
    "M592 82c34-8 62-8 82-6 4 36 0 70-6 100",
    "M610 112c20-4 34-4 48-4",
    "M612 140c18-2 32-2 46-2",
    "M634 96c0 22 0 44-2 62",
    "M592 174c28-2 56-4 78-4",
)


def a_sheet(**changes: Any) -> SignOffSheet:
    """One visit with a callback, an answered and an open issue, signed by owner and officer."""
    return replace(
        SignOffSheet(
            languages=("zh", "en"),
            estate=an_estate(),
            number="T07-0012",
            receipt="HF-2611-0342",
            unit="3 栋 1 单元 1202",
            date=date(2026, 11, 23),
            started_at=VISITED,
            method="door",
            officer="李敏",
            interviewee=Interviewee("陈建国", "owner"),
            callbacks=(a_callback(),),
            issues=(an_issue(1), an_answered_issue(2)),
            photos=(),
            wishes="希望小区里多装几盏路灯，晚上老人散步安全些。",
            rating="basic",
            consent="本人已阅读以上内容，确认与事实相符，并同意以平板电脑手写签名的方式予以确认。签名只用于确认本次走访的内容。",
            signatures=(a_signature("owner", "陈建国", "owner"), a_signature("officer", "李敏", "")),
            progress=(a_progress(),),
            statement=a_statement(),
            verification_url="https://doorstep.example/v/T07-0012",
            printed_at=PRINTED,
        ),
        **changes,
    )


def a_surveyed(**changes: Any) -> Surveyed:
    """A sheet that was filled in on paper: one answer, one question without, an opinion."""
    asked = (Asked("工程维修部", "维修及时", "dissatisfied"), Asked("工程维修部", "上门有礼", ""))
    sheet = Surveyed(
        number="2026-1-0007",
        title="2026 年业主满意度调查",
        act="collected",
        purpose="了解您对物业服务的评价。",
        key_items=("维修是否及时",),
        collect_at=datetime(2026, 11, 25, 10, 0, tzinfo=UTC) if changes.get("act") == "handed_out" else None,
        filled="on_paper",
        signed_name="陈建国",
        signed_relation="owner",
        asked=asked,
        opinions=(("工程维修部", "来得太慢"),),
        overall="basic",
        welcome="yes",
        reason="",
    )
    return replace(sheet, **changes)


SURVEYED = (
    "2026 年业主满意度调查",
    "2026-1-0007",
    "已回收 Collected",
    "表上署名：陈建国 Name on the sheet: 陈建国",
    "维修及时",
    "不满意 Dissatisfied",
    "来得太慢",
    "总体评价 All in all",
    "基本满意 Mostly satisfied",
)
"""What is read of it on paper."""


def an_estate(**changes: Any) -> Estate:
    title = Bilingual("业主回访记录表", "Owner visit record")
    estate = Estate(
        "锦绣花园",
        "锦绣花园物业服务有限公司",
        "0571-8888 1234",
        "Asia/Shanghai",
        title,
        7,
        names_of_forms(Profile.A, {}),
    )
    return replace(estate, **changes)


def a_callback(**changes: Any) -> Callback:
    callback = Callback(
        number="WT-2611-0118",
        text="主卫天花板渗水",
        round=2,
        measure="剥除原涂层，重做防水两遍",
        answer="dissatisfied",
        reason="涂料颜色不一致，墙角仍有水印",
    )
    return replace(callback, **changes)


def an_issue(n: int, **changes: Any) -> Issue:
    issue = Issue(
        n=n,
        text="访客车辆长期占用我家的固定车位，门岗说不归他们管。",
        category="秩序 › 停车",
        department="保卫部",
        answered=False,
        answer="",
        promised_on=date(2026, 11, 26),
    )
    return replace(issue, **changes)


def an_answered_issue(n: int, **changes: Any) -> Issue:
    answered = an_issue(
        n,
        text="物业费发票怎么开？",
        category="客服 › 收费",
        department="",
        answered=True,
        answer="公众号“生活缴费”里自助开具电子发票。",
        promised_on=None,
    )
    return replace(answered, **changes)


def a_signature(role: str, signer: str, relation: str, **changes: Any) -> Signature:
    signature = Signature(
        role=role,
        signer=signer,
        relation=relation,
        how="signed",
        signed_at=SIGNED,
        strokes=tuple(_sampled(path) for path in _HANDWRITTEN),
        canvas=(760, 250),
        pointer="pen",
    )
    return replace(signature, **changes)


def a_progress(**changes: Any) -> Progress:
    routed = Bilingual("派单至保卫部", "Routed to Security")
    accepted = Bilingual("接收并定措施", "Accepted, measure settled")
    rectified = Bilingual("报告已整改", "Reported rectified")
    progress = Progress(
        number="WT-2611-0131",
        text="访客车辆长期占用我家的固定车位，门岗说不归他们管。",
        state=Bilingual("已整改，待回访", "Rectified, callback due"),
        settled=False,
        round=1,
        entries=(
            Entry(datetime(2026, 11, 23, 7, 2, tzinfo=UTC), routed, "孙主管", 1, ""),
            Entry(
                datetime(2026, 11, 24, 1, 30, tzinfo=UTC), accepted, "保卫部 王强", 1, "访客车引导至地下二层，门岗登记"
            ),
            Entry(datetime(2026, 11, 26, 8, 30, tzinfo=UTC), rectified, "保卫部 王强", 1, "已装地锁并交付钥匙"),
        ),
    )
    return replace(progress, **changes)


def a_photo(image: bytes | None, n: int = 1) -> Photo:
    return Photo(n=n, sha256=hashlib.sha256(image or b"").hexdigest(), image=image, arrived=image is not None)


def a_statement(text: str | None = None) -> Statement:
    text = text or json.dumps({"schema": "doorstep/statement", "v": 1, "locale": "zh"}, separators=(",", ":"))
    return Statement(text=text, sha256=hashlib.sha256(text.encode()).hexdigest(), locale="zh")


def _sampled(path: str) -> Stroke:
    """What a pen reports when it follows a path of relative cubic curves."""
    start, _, rest = path.removeprefix("M").partition("c")
    x, y = map(float, start.split())
    numbers = [float(number) for number in re.findall(r"-?\d+", rest)]
    points = []
    for at in range(0, len(numbers), 6):
        curve = [
            complex(x, y),
            *(complex(x + dx, y + dy) for dx, dy in zip(*[iter(numbers[at : at + 6])] * 2, strict=True)),
        ]
        points += [_on(curve, step / 24) for step in range(25)]
        x, y = curve[3].real, curve[3].imag
    return tuple((round(p.real * 10), round(p.imag * 10), 500, 8 * ms) for ms, p in enumerate(points))


def _on(curve: list[complex], t: float) -> complex:
    a, b, c, d = curve
    return a * (1 - t) ** 3 + 3 * b * t * (1 - t) ** 2 + 3 * c * t * t * (1 - t) + d * t**3
