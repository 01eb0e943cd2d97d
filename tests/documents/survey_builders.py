"""Builders for the papers of a survey, forms 3, 4 and 7: they name only what matters."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from app.documents.sheets import Bilingual
from app.documents.sheets_of.survey_forms import Answered, Asked, Copy, Item, Questionnaire, SurveyForms
from app.documents.sheets_of.survey_receipts import Document, Receipt, ReceiptSheet, ReceiptsSheet, Totals
from app.surveys.usual_questions import usual_items
from tests.documents.builders import PRINTED, a_signature, an_estate

AGREED = datetime(2026, 12, 3, 11, 30, tzinfo=UTC)
TAKEN = datetime(2026, 11, 27, 10, 15, tzinfo=UTC)
BACK = datetime(2026, 12, 3, 11, 42, tzinfo=UTC)

_DEPARTMENTS = (
    ("property", "客户服务中心", "Customer service", 4),
    ("property", "工程维修部", "Engineering and repairs", 4),
    ("property", "秩序维护部", "Security", 4),
    ("property", "环境管理部", "Cleaning and grounds", 4),
    ("developer", "地产公司工程部", "Developer's engineering", 4),
)
_ITEMS = (
    ("接待是否热情、周到，有没有耐心听您说完", "Staff are friendly and hear you out"),
    ("反映的问题是否及时处理并告知结果", "What you report is dealt with in time, and you are told the result"),
    ("维修质量是否可靠、一次修好", "Repairs are good and hold"),
    ("公共区域是否整洁、安全", "Shared areas are clean and safe"),
)


def a_questionnaire(**changes: Any) -> Questionnaire:
    """Twenty questions about five departments of two companies."""
    asks = Questionnaire(
        number="2026-1",
        kind="satisfaction",
        title=Bilingual("2026 年度业主满意度调查", "Owner satisfaction survey 2026"),
        purpose=Bilingual(
            "为了解您对物业服务和房屋质量的真实评价，改进我们的工作，请您抽空填写本表。您的意见会转交有关部门整改，并回访告知结果。",
            "We would like to know what you really think of our service and of your home, so that we can do better. "
            "What you write goes to the department concerned, and we tell you what came of it.",
        ),
        key_items=(
            ("zh", ("维修是否及时", "楼道是否清洁", "停车秩序")),
            ("en", ("Repairs in time", "Clean stairs", "Parking")),
        ),
        departments=tuple(
            Asked(
                id=f"d{n}",
                company=company,
                name=Bilingual(zh, en),
                items=tuple(Item(f"q{n}-{at}", Bilingual(*_ITEMS[at])) for at in range(count)),
            )
            for n, (company, zh, en, count) in enumerate(_DEPARTMENTS)
        ),
        collect_until=date(2026, 12, 27),
        draft=False,
    )
    return replace(asks, **changes)


def the_usual_items() -> Questionnaire:
    """What a new survey begins with, about five departments of two companies."""
    codes = ("service", "engineering", "security", "environment", "developer")
    return a_questionnaire(
        departments=tuple(
            replace(asked, items=tuple(Item(f"{asked.id}-{at}", Bilingual(*one)) for at, one in enumerate(items)))
            for asked, items in zip(a_questionnaire().departments, map(usual_items, codes), strict=True)
        )
    )


def an_opinion_form() -> Questionnaire:
    """One level and an opinion for each department."""
    overall = Bilingual("对本部门工作的总体评价", "This department's work, all in all")
    return a_questionnaire(
        kind="opinion",
        departments=tuple(
            replace(asked, items=(Item(f"q-{asked.id}", overall),)) for asked in a_questionnaire().departments
        ),
    )


def a_copy(n: int = 1, **changes: Any) -> Copy:
    """The nth household's."""
    copy = Copy(
        number=f"2026-1-{n:04}", unit=f"3-1-{1200 + n}", owners=("陈建国", "王秀兰"), agreed_at=AGREED, answered=None
    )
    return replace(copy, **changes)


def some_forms(homes: int = 1, **changes: Any) -> SurveyForms:
    """To be filled in by so many households."""
    forms = SurveyForms(
        languages=("zh", "en"),
        estate=an_estate(),
        number="DC-2026-1",
        printed_at=PRINTED,
        asks=a_questionnaire(),
        copies=tuple(a_copy(n) for n in range(1, homes + 1)),
    )
    return replace(forms, **changes)


def an_answer(**changes: Any) -> Answered:
    """What came back on paper, signed, with an opinion on two departments."""
    levels = ("very_satisfied", "satisfied", "basic", "dissatisfied", "very_dissatisfied", "none")
    questions = [item.id for asked in a_questionnaire().departments for item in asked.items][:-1]
    answered = Answered(
        filled="on_paper",
        signed=True,
        signed_name="王秀兰",
        relation="spouse",
        proxy=True,
        callback_welcome=True,
        overall="basic",
        levels=tuple((question, levels[n % 6]) for n, question in enumerate(questions)),
        opinions=(("d1", "报修三次才有人上门，\n请先打电话约时间。"), ("d4", "外墙渗水两年了还没有修好。")),
        at=BACK,
        by="李敏",
        visit="HF-2612-0031",
    )
    return replace(answered, **changes)


def an_answered_form(**changes: Any) -> SurveyForms:
    return some_forms(copies=(a_copy(answered=an_answer()),), number="DC-2026-1-0001", **changes)


def a_document() -> Document:
    return Document(
        issue="2026-1",
        kind="satisfaction",
        title=a_questionnaire().title,
        issue_from=date(2026, 11, 23),
        issue_until=date(2026, 12, 6),
        collect_until=date(2026, 12, 27),
    )


def a_receipt(n: int = 1, **changes: Any) -> Receipt:
    """The nth household's: signed for on the tablet by the owner, and back."""
    receipt = Receipt(
        number=f"2026-1-{n:04}",
        unit=f"3-1-{1200 + n}",
        owners=("陈建国", "王秀兰"),
        state="collected",
        how="signed",
        signer="陈建国",
        relation="owner",
        taken_at=TAKEN,
        at_once=False,
        given_by="李敏",
        visit="HF-2611-0351",
        agreed_at=AGREED,
        returned_at=BACK,
        filled="on_paper",
        declined_at=None,
        declined_reason="",
    )
    return replace(receipt, **changes)


def an_open_receipt(n: int = 1, **changes: Any) -> Receipt:
    """Of a sheet that nobody has taken yet."""
    nothing = {"how": "", "signer": "", "relation": "", "given_by": "", "visit": "", "filled": ""}
    no_time = {"taken_at": None, "agreed_at": None, "returned_at": None}
    return a_receipt(n, **{"state": "to_hand_out", **nothing, **no_time, **changes})


def a_receipt_sheet(**changes: Any) -> ReceiptSheet:
    sheet = ReceiptSheet(
        languages=("zh", "en"),
        estate=an_estate(),
        number="QS-2026-1-0001",
        printed_at=PRINTED,
        document=a_document(),
        receipt=a_receipt(),
        signatures=(a_signature("owner", "陈建国", "owner"),),
        sha256="0f5f5c" * 10 + "abcd",
    )
    return replace(sheet, **changes)


def an_open_receipt_sheet(**changes: Any) -> ReceiptSheet:
    return a_receipt_sheet(receipt=an_open_receipt(), signatures=(), sha256="", **changes)


def some_receipts(lines: int = 1, **changes: Any) -> ReceiptsSheet:
    """The list: the first was signed on the tablet and is back, then each in another way, most not handed out yet."""
    kinds = {
        1: a_receipt(1),
        2: a_receipt(2, how="on_paper", signer="王秀兰", relation="spouse", returned_at=None, state="handed_out"),
        3: a_receipt(3, at_once=True, how="", signer="", relation="", taken_at=BACK, agreed_at=None),
        4: an_open_receipt(4, state="declined", declined_at=TAKEN, declined_reason="常年在外地，不参加"),
        5: a_receipt(5, how="unsigned", signer="小周", relation="tenant", returned_at=None, state="handed_out"),
    }
    receipts = tuple(kinds.get(n, an_open_receipt(n)) for n in range(1, lines + 1))
    sheet = ReceiptsSheet(
        languages=("zh", "en"),
        estate=an_estate(),
        number="QS-2026-1",
        printed_at=PRINTED,
        document=a_document(),
        receipts=receipts,
        totals=Totals.of(receipts),
    )
    return replace(sheet, **changes)
