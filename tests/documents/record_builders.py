"""Builders for forms 1, 5 and 6: they name only what matters."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.documents.complaint_record import CalledBack, ComplaintSheet, Done
from app.documents.sheets import Bilingual
from tests.documents.builders import PRINTED, an_estate

LONG = "主卫天花板渗水，雨后更重，墙角起皮；上次补过防水涂料，两天后又滴水，业主希望这次先查清水从哪里来再动工。" * 24


def a_complaint(**changes: Any) -> ComplaintSheet:
    """A complaint that was called back on and is reviewed."""
    sheet = ComplaintSheet(
        languages=("zh", "en"),
        estate=an_estate(),
        number="TS-2611-0007",
        printed_at=PRINTED,
        received_at=datetime(2026, 11, 20, 1, 30, tzinfo=UTC),
        complainant="陈建国",
        unit="3 栋 1 单元 1202",
        contact="138 **** 6021",
        content="报修三次无人上门，电话里客服态度生硬。",
        nature="delay",
        grade="important",
        standing="reviewed",
        receiver="李敏",
        issue="WT-2611-0118",
        department=Bilingual("工程维修部", "Engineering and repairs"),
        deadline_at=datetime(2026, 11, 23, 1, 30, tzinfo=UTC),
        response=Done("孙丽华", datetime(2026, 11, 20, 2, 10, tzinfo=UTC), "已致歉，今天下午上门查看"),
        handling=Done("王强", datetime(2026, 11, 22, 8, 0, tzinfo=UTC), "更换止水阀，复查两次不再漏水"),
        callbacks=(a_call(),),
        review=Done("顾文博", datetime(2026, 11, 24, 3, 0, tzinfo=UTC), "处理及时；报修派单漏单的原因下周例会说明"),
    )
    return replace(sheet, **changes)


def a_call(**changes: Any) -> CalledBack:
    call = CalledBack(
        round=1,
        by="李敏",
        at=datetime(2026, 11, 23, 6, 5, tzinfo=UTC),
        method="door",
        how="signed",
        answer="satisfied",
        said_by="陈建国",
        witness="",
        opinion="这次很快，师傅很耐心",
    )
    return replace(call, **changes)


def a_new_complaint(**changes: Any) -> ComplaintSheet:
    """A complaint that was received a moment ago."""
    nothing = {"response": Done(), "handling": Done(), "callbacks": (), "review": Done(), "department": None}
    return a_complaint(standing="received", **nothing, **changes)
