"""Builders for forms 2, 8, 9 and blank records: they name only what matters, and repeat a line as often as is asked."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from app.core.i18n import Name
from app.core.rates import Rate
from app.documents.sheets import Bilingual
from app.documents.sheets_of.blank_records import BlankRecord, BlankRecords
from app.documents.sheets_of.calls_sheet import CalledAbout, CallLine, CallsSheet
from app.documents.sheets_of.officers_sheet import OfficersSheet
from app.documents.sheets_of.order_sheets import OrderLine, OrderSheet, RegisterSheet, Repaired, Said
from app.documents.sheets_of.plan_sheet import PlannedVisit, PlanSheet, Station
from app.documents.sheets_of.year_sheet import YearSheet
from app.reports.counting import Households, Issues, Line, Satisfaction
from app.reports.figures import CarriedLine, Figures, NamedLine, Part
from app.visits.calls import Foot
from tests.documents.builders import PRINTED, a_signature, an_estate

LONG = "主卫天花板渗水，雨后更重，墙角起皮；上次补过防水涂料，两天后又滴水，业主希望这次先查清水从哪里来再动工。"


def a_plan_sheet(lines: int = 1, **changes: Any) -> PlanSheet:
    """A plan at work with a line that was done, or with many."""
    sheet = PlanSheet(
        languages=("zh", "en"),
        estate=an_estate(),
        number="JH-2611-2",
        printed_at=PRINTED,
        month="2026-11",
        version=2,
        state="active",
        visits=tuple(a_planned_visit(n) for n in range(1, lines + 1)),
        households=lines,
        out_late=0,
        done=1,
        rung=0,
        stations=(
            Station("draft", "孙丽华", datetime(2026, 10, 26, 1, 12, tzinfo=UTC)),
            Station("review", "顾文博", datetime(2026, 10, 27, 3, 4, tzinfo=UTC)),
            Station("approve", "郑卫东", datetime(2026, 10, 28, 8, 30, tzinfo=UTC)),
            Station("file"),
        ),
    )
    return replace(sheet, **changes)


def a_planned_visit(n: int = 1, **changes: Any) -> PlannedVisit:
    """The nth line of a plan: the first was done, of the others nobody was met."""
    done = n == 1
    visit = PlannedVisit(
        officer="李敏",
        unit=f"3-1-{1200 + n}",
        owners=("陈建国", "王秀兰"),
        last_met_on=date(2026, 8, 20),
        days_since=92,
        due_on=date(2026, 11, 20),
        at="14:30",
        purpose="核实防水返工结果，告知外墙大修安排",
        method="door",
        carried_from="",
        done=done,
        done_on=date(2026, 11, 23) if done else None,
        rung=False,
        tried=() if done else (("nobody_home", 2),),
        instead="",
    )
    return replace(visit, **changes)


def an_order_line(n: int = 1, **changes: Any) -> OrderLine:
    """A chargeable order, reworked once, closed by the owner's signature."""
    line = OrderLine(
        number=f"WX-2611-{n:04}",
        outside_number="PMS-20261118-77",
        reported_at=datetime(2026, 11, 18, 1, 30, tzinfo=UTC),
        reported_by="陈建国",
        phone="138 **** 6021",
        unit=f"3-1-{1200 + n}",
        place="厨房水槽下",
        kind="chargeable",
        under_warranty=False,
        liable="property",
        content=LONG,
        state="closed",
        department=Bilingual("工程维修部", "Engineering"),
        worker="王师傅",
        dispatched_at=datetime(2026, 11, 18, 2, 0, tzinfo=UTC),
        arrived_at=datetime(2026, 11, 18, 6, 0, tzinfo=UTC),
        finished_at=datetime(2026, 11, 19, 7, 20, tzinfo=UTC),
        work_done="更换软管与角阀，重做接口密封，通水试压半小时无渗漏。",
        fee="1,120.00",
        material="不锈钢软管、角阀",
        quantity="2 根、1 只",
        reworked=1,
        rating="basic",
        signed="signed",
        closed_at=datetime(2026, 11, 21, 7, 0, tzinfo=UTC),
        ending="",
    )
    return replace(line, **changes)


def an_order_sheet(**changes: Any) -> OrderSheet:
    """One work order with a dissatisfied and a satisfied answer."""
    sheet = OrderSheet(
        languages=("zh", "en"),
        estate=an_estate(),
        number="WX-2611-0001",
        printed_at=PRINTED,
        order=an_order_line(),
        repaired=(
            Repaired(1, datetime(2026, 11, 19, 2, 0, tzinfo=UTC), "拧紧接口"),
            Repaired(2, datetime(2026, 11, 21, 2, 0, tzinfo=UTC), "更换软管与角阀"),
        ),
        is_owners=True,
        answers=(
            Said(1, "dissatisfied", "phone", "接口还在滴水", "陈建国", "", datetime(2026, 11, 20, 2, 0, tzinfo=UTC)),
            Said(2, "satisfied", "signed", "", "陈建国", "", datetime(2026, 11, 21, 7, 0, tzinfo=UTC)),
        ),
        signature=a_signature("owner", "陈建国", "owner"),
    )
    return replace(sheet, **changes)


def a_register(lines: int = 1, **changes: Any) -> RegisterSheet:
    """The register with so many lines."""
    sheet = RegisterSheet(
        languages=("zh", "en"),
        estate=an_estate(),
        number="WX-261130",
        printed_at=PRINTED,
        orders=tuple(an_order_line(n) for n in range(1, lines + 1)),
        filters=("状态：已关闭",),
        cut=False,
    )
    return replace(sheet, **changes)


def a_call(n: int = 1, **changes: Any) -> CallLine:
    """A call that reached the owner about an issue."""
    call = CallLine(
        number=f"HF-2611-{n:04}",
        unit=f"3-1-{1200 + n}",
        owners=("陈建国",),
        rung="王秀兰",
        phone="138 **** 6021",
        categories=("issue_callback", "scheduled"),
        about=(CalledAbout("WT-2611-0118", timely=True, solved=False, opinion="墙角仍有水印", round=2),),
        nth=2,
        at=datetime(2026, 11, 21, 7, 0, tzinfo=UTC),
        result="reached",
        rating="basic",
        wishes="希望周末联系",
        raised=1,
        again_at=None,
        note="",
        caller="李敏",
    )
    return replace(call, **changes)


def a_calls_sheet(lines: int = 1, **changes: Any) -> CallsSheet:
    """A month's calls, every second of them in vain."""
    in_vain = {"about": (), "result": "no_answer", "rating": "", "wishes": "", "raised": 0, "note": "过会儿再打"}
    sheet = CallsSheet(
        languages=("zh", "en"),
        estate=an_estate(),
        number="DH-2611-1130",
        printed_at=PRINTED,
        month="2026-11",
        officer="",
        calls=tuple(a_call(n, **(in_vain if n % 2 == 0 else {})) for n in range(1, lines + 1)),
        foot=a_foot(),
    )
    return replace(sheet, **changes)


def a_foot(**changes: Any) -> Foot:
    """Two of three reached; nobody has answered whether it is solved."""
    foot = Foot(
        contact=Rate(2, 3),
        first_call=Rate(1, 2),
        strict=Rate(0, 1),
        broad=Rate(1, 1),
        callback=Rate(3, 4),
        timely=Rate(2, 4),
        solved=Rate(0, 0),
        no_opinion=1,
        unreached=1,
        results=(("no_answer", 1),),
        ratings=(("basic", 1), ("none", 1)),
    )
    return replace(foot, **changes)


def some_blank_records(pages: int = 1, **changes: Any) -> BlankRecords:
    """Blank visit records for so many homes."""
    sheet = BlankRecords(
        languages=("zh", "en"),
        estate=an_estate(),
        number="JH-2611-2",
        printed_at=PRINTED,
        records=tuple(
            BlankRecord(
                line=f"JH-2611-2-{n:03}",
                unit=f"3-1-{1200 + n}",
                owners=("陈建国", "王秀兰"),
                officer="李敏",
                due_on=date(2026, 11, 20),
                at="14:30",
                purpose="核实防水返工结果，告知外墙大修安排",
                method="door",
                last_met_on=date(2026, 8, 20),
                address=f"https://doorstep.example/plans/lines/0199-{n}",
            )
            for n in range(1, pages + 1)
        ),
    )
    return replace(sheet, **changes)


def a_year_line(**changes: Any) -> Line:
    """Half of all households met; one issue of two closed after two rounds."""
    line = Line(
        households=Households(in_scope=90, due=60, visited=50, met=45, by_phone=2),
        tries=Rate(47, 55),
        callbacks=Rate(9, 10),
        in_time=Rate(8, 10),
        satisfaction=Satisfaction(Rate(2, 3), Rate(3, 3), Rate(1, 1), no_opinion=4, left_out=1),
        issues=Issues(
            raised=2, on_the_spot=0, closed=1, open=0, for_now=1, at_all=0, ended=0, rounds=2, median=3.5, p90=9
        ),
    )
    return replace(line, **changes)


def an_officers_sheet(**changes: Any) -> OfficersSheet:
    """Two officers in a month."""
    sheet = OfficersSheet(
        languages=("zh", "en"),
        estate=an_estate(),
        number="KH-2026-1130",
        printed_at=PRINTED,
        year=2026,
        last=date(2026, 11, 30),
        filters=("月份: 11月",),
        lines=tuple(NamedLine(Name(name, name), a_year_line()) for name in ("李敏", "张华")),
        total=a_year_line(visits=Rate(7, 9), visits_in_time=Rate(6, 9)),
    )
    return replace(sheet, **changes)


def a_year_sheet(lines: int = 1, **changes: Any) -> YearSheet:
    """A year until November, and so many issues carried over."""
    sheet = YearSheet(
        languages=("zh", "en"),
        estate=an_estate(),
        number="TJ-2026-1130",
        printed_at=PRINTED,
        figures=some_figures(lines),
    )
    return replace(sheet, **changes)


def some_figures(lines: int = 1) -> Figures:
    """One line of each kind, and so many issues that the executive left on the list."""
    parts = {
        "month": Name("11月", "Nov"),
        "category": Name("定期走访", "Scheduled visit"),
        "method": Name("上门面谈", "At the door"),
        "building": Name("3 栋", "Building 3"),
        "department": Name("工程维修部", "Repairs"),
    }
    carried = CarriedLine(
        issue_id=uuid.UUID(int=1),
        number="",
        unit="3-1-1202",
        text="外墙渗水，雨天更重",
        category=Name("防水", "Waterproofing"),
        department=Name("工程维修部", "Repairs"),
        cannot="for_now",
        reason="须等外墙大修",
        agreed_on=date(2026, 11, 20),
        said="issue:carried_on",
        note="列入明年大修",
        reviewer="方振华",
        reviewed_on=date(2026, 11, 28),
    )
    return Figures(
        year=2026,
        last=date(2026, 11, 30),
        is_over=False,
        vacant=25,
        total=a_year_line(),
        parts=tuple(Part(by, (NamedLine(name, a_year_line()),)) for by, name in parts.items()),
        carried=tuple(replace(carried, number=f"WT-2611-{n:04}") for n in range(1, lines + 1)),
    )
