"""Builders for forms 1, 5 and 6: they name only what matters."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.documents.sheets import Bilingual, ChainHead, Interviewee
from app.documents.sheets_of.complaint_record import CalledBack, ComplaintSheet, Done, Round
from app.documents.sheets_of.owner_profile import Covered, Member, OwnerSheet, Party, Past
from app.documents.sheets_of.visit_record import Opinion, Planned, Raised, Rated, Remark, VisitSheet
from tests.documents.builders import PRINTED, VISITED, a_progress, a_signature, an_estate

LONG = "主卫天花板渗水，雨后更重，墙角起皮；上次补过防水涂料，两天后又滴水，业主希望这次先查清水从哪里来再动工。" * 24

_CLOSED = Bilingual("业主满意，已关闭", "Closed by the owner")


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
        earlier=(),
        response=Done("孙丽华", datetime(2026, 11, 20, 2, 10, tzinfo=UTC), "已致歉，今天下午上门查看"),
        rounds=(a_round(callbacks=(a_call(),)),),
        review=Done("顾文博", datetime(2026, 11, 24, 3, 0, tzinfo=UTC), "处理及时；报修派单漏单的原因下周例会说明"),
    )
    return replace(sheet, **changes)


def a_round(**changes: Any) -> Round:
    round_ = Round(
        number=1,
        handling=Done("王强", datetime(2026, 11, 22, 8, 0, tzinfo=UTC), "更换止水阀，复查两次不再漏水"),
        measure="拆检管井并更换止水阀",
        responsible="赵工",
        due_on=date(2026, 11, 22),
    )
    return replace(round_, **changes)


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
    nothing = {"response": Done(), "rounds": (Round(1, Done()),), "review": Done(), "department": None}
    return a_complaint(standing="received", **nothing, **changes)


def a_profile(**changes: Any) -> OwnerSheet:
    """A flat of a person and a company, let in part, lived in, with a visit, an attempt, an issue and a repair."""
    sheet = OwnerSheet(
        languages=("zh", "en"),
        estate=an_estate(),
        number="3-1-1202",
        printed_at=PRINTED,
        unit="3 栋 1 单元 1202",
        occupancy="owner",
        area="128.5",
        layout="三室两厅",
        handover_on=date(2024, 5, 18),
        remarks="门铃坏了，请敲门",
        owners=(a_party(), a_company()),
        tenants=(a_party(name="吴晓", phones=("13700001111",), sex="male", consent_on=None),),
        household=(
            Member("陈小雨", "女儿", "", date(2024, 6, 1)),
            Member("王秀兰", "母亲", "13611112222", date(2025, 1, 1)),
        ),
        parking=("B1-077", "B1-078"),
        plates=("浙A12345",),
        warranties=(
            Covered("waterproofing", date(2029, 5, 18), over=False, by_hand=False),
            Covered("pipes", date(2026, 5, 18), over=True, by_hand=False),
            Covered("wiring", date(2026, 5, 18), over=True, by_hand=False),
            Covered("equipment", date(2027, 1, 1), over=False, by_hand=True),
            Covered("fit_out", None, over=False, by_hand=False),
            Covered("heating_cooling", date(2026, 9, 15), over=True, by_hand=False),
        ),
        care=("老人独居", "听力不好"),
        preferred_contact="周末下午",
        do_not_disturb="12:00–14:00",
        past=(
            Past(PRINTED, "visit", "HF-2611-0342", method="door", categories=("scheduled",), result="basic"),
            Past(PRINTED, "attempt", "HF-2611-0300", method="phone", result="no_answer"),
            Past(
                PRINTED,
                "issue",
                "WT-2611-0118",
                text="主卫天花板渗水",
                state=Bilingual("业主满意，已关闭", "Closed by the owner"),
            ),
            Past(PRINTED, "order", "WX-2611-0001", text="厨房龙头漏水", result="rework"),
        ),
        past_in_all=4,
    )
    return replace(sheet, **changes)


def a_party(**changes: Any) -> Party:
    party = Party(
        kind="person",
        name="陈建国",
        since=date(2024, 5, 18),
        phones=("13812346021", "057188881234"),
        sex="male",
        id_last4="021X",
        emergency_name="陈小雨",
        emergency_phone="13900001111",
        legal_representative="",
        licence_no="",
        consent_on=date(2024, 5, 18),
    )
    return replace(party, **changes)


def a_company() -> Party:
    return a_party(
        kind="company",
        name="杭州远望信息技术有限公司",
        phones=("057112345678",),
        sex="",
        id_last4="",
        emergency_name="",
        emergency_phone="",
        legal_representative="赵远",
        licence_no="91330100MA2XXXXX0K",
    )


def an_empty_profile(**changes: Any) -> OwnerSheet:
    """A flat of which nothing is known."""
    nothing: dict[str, Any] = dict.fromkeys(("area", "layout", "remarks", "preferred_contact", "do_not_disturb"), "")
    nothing |= dict.fromkeys(("owners", "tenants", "household", "parking", "plates", "care", "past"), ())
    unknown = tuple(replace(one, until=None, over=False, by_hand=False) for one in a_profile().warranties)
    return a_profile(handover_on=None, occupancy="vacant", warranties=unknown, past_in_all=0, **nothing, **changes)


def a_full_profile(**changes: Any) -> OwnerSheet:
    """A flat with many owners, a large household and a long story."""
    past = tuple(
        Past(PRINTED - timedelta(days=n), "issue", f"WT-{n:04}", text=LONG[:42], state=Bilingual("已登记", "Recorded"))
        for n in range(40)
    )
    return a_profile(
        owners=tuple(a_party(name=f"业主{n}号") for n in range(12)),
        household=tuple(Member(f"家人{n}号", "亲戚", "13611112222", date(2024, 6, 1)) for n in range(50)),
        remarks=LONG,
        past=past,
        past_in_all=123,
        **changes,
    )


def a_record(**changes: Any) -> VisitSheet:
    """A visit as planned: an issue raised, one called back on, signed at the door, signed by both, reviewed."""
    sheet = VisitSheet(
        languages=("zh", "en"),
        estate=an_estate(),
        number="HF-2611-0342",
        printed_at=PRINTED,
        tablet_number="T07-0012",
        archived_at=PRINTED,
        head=ChainHead(date(2026, 11, 30), "5e" * 32),
        unit="3 栋 1 单元 1202",
        owners=("陈建国", "王秀兰"),
        officer="李敏",
        interviewee=Interviewee("陈建国", "owner"),
        phone="138 **** 6021",
        method="door",
        started_at=VISITED,
        ended_at=VISITED + timedelta(minutes=42),
        categories=("scheduled", "issue_callback"),
        planned=(Planned("2026-11", date(2026, 11, 25), "核实防水返工结果"),),
        linked=("WX-2611-0001", "TS-2611-0007"),
        rated=(
            Rated("WT-2611-0118", "主卫天花板渗水", 2, "dissatisfied", "signed", "墙角仍有水印"),
            Rated("WX-2611-0001", "厨房龙头漏水", 1, "satisfied", "signed", "", "basic"),
        ),
        rating="basic",
        issues=(
            a_matter(1),
            a_matter(2, text="发票怎么开？", answered=True, answer="公众号里自助开具", state=_CLOSED, complaint=""),
        ),
        wishes="多装几盏路灯",
        progress=(a_progress(),),
        signatures=(a_signature("owner", "陈建国", "owner"), a_signature("officer", "李敏", "")),
        unsigned="",
        opinions=(
            Opinion("supervisor", "sign", "孙丽华", PRINTED, "渗水请重点跟进", a_signature("supervisor", "孙丽华", "")),
            Opinion("manager", "sign", "顾文博", PRINTED, "同意", a_signature("manager", "顾文博", "")),
            Opinion("executive", "review", "方振华", PRINTED, "已阅"),
        ),
        remarks=(Remark("李敏", PRINTED, "业主补充：门禁卡多办一张"),),
    )
    return replace(sheet, **changes)


def a_matter(n: int, **changes: Any) -> Raised:
    matter = Raised(
        n=n,
        number=f"WT-2611-{n:04}",
        text="访客车辆长期占用我家的固定车位",
        category=Bilingual("秩序 › 停车", "Order › Parking"),
        department=Bilingual("保卫部", "Security"),
        answered=False,
        answer="",
        promised_on=date(2026, 11, 26),
        state=Bilingual("正在整改", "Being rectified"),
        complaint="ordinary",
    )
    return replace(matter, **changes)


def a_bare_record(**changes: Any) -> VisitSheet:
    """A visit at which nothing was said and nobody signed, that nobody has read yet."""
    nothing: dict[str, Any] = dict.fromkeys(
        ("owners", "categories", "planned", "linked", "rated", "issues", "progress", "signatures", "remarks"), ()
    )
    opinions = tuple(Opinion(one.role, one.duty) for one in a_record().opinions)
    return a_record(
        phone="",
        wishes="",
        rating="none",
        archived_at=None,
        head=None,
        unsigned="refused",
        opinions=opinions,
        **nothing,
        **changes,
    )


def a_full_record(**changes: Any) -> VisitSheet:
    """A visit with many issues, long answers and long opinions."""
    read = a_record()
    return a_record(
        issues=tuple(a_matter(n, text=f"第{n}项：{LONG[:120]}") for n in range(1, 31)),
        wishes=LONG,
        progress=tuple(a_progress(number=f"WT-{n:04}") for n in range(1, 11)),
        opinions=tuple(replace(one, words=f"{LONG}完") for one in read.opinions),
        remarks=tuple(Remark("李敏", PRINTED, f"补充{n}：{LONG[:200]}") for n in range(1, 11)),
        **changes,
    )
