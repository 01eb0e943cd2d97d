"""Forms 1, 5 and 6 read back: what they say in each language, with nothing and with very much in them."""

import re
from dataclasses import replace

import pytest

from app.documents.printing import print_sheet
from tests.documents import reading
from tests.documents.builders import SURVEYED, a_surveyed
from tests.documents.record_builders import (
    LONG,
    a_bare_record,
    a_call,
    a_complaint,
    a_full_profile,
    a_full_record,
    a_new_complaint,
    a_profile,
    a_record,
    a_round,
    an_empty_profile,
)

SHEETS = {
    "complaint": (
        a_complaint,
        [
            "客户投诉处理记录表 Customer complaint record",
            "TS-2611-0007",
            "投诉时间 Time of the complaint 2026-11-20 09:30",
            "投诉人 Complainant 陈建国",
            "联系方式 Contact 138 **** 6021",
            "报修三次无人上门，电话里客服态度生硬。",
            "处理不及时 Not seen to in time",
            "重要投诉 Important complaint",
            "处理时限 Limit of handling 2026-11-23 09:30",
            "首次响应 First response 已致歉，今天下午上门查看 孙丽华 2026-11-20 10:10",
            "处理 Handling 措施 Measure 拆检管井并更换止水阀 责任人 Responsible person 赵工",
            "结果 Result 更换止水阀，复查两次不再漏水",
            "王强 2026-11-22 16:00",
            "满意 Satisfied 上门面谈 At the door · 业主签字 signed by the owner · 陈建国",
            "业主意见 Owner's opinion 这次很快，师傅很耐心",
            "评审意见 Review, opinion 处理及时；报修派单漏单的原因下周例会说明 顾文博",
        ],
    ),
    "owner": (
        a_profile,
        [
            "业主档案表 Owner profile",
            "3 栋 1 单元 1202",
            "面积 Area 128.5 m²",
            "户型 Layout 三室两厅",
            "2024-05-18",
            "B1-077、B1-078",
            "浙A12345",
            "周末下午",
            "12:00–14:00",
            "老人独居、听力不好",
            "陈建国 业主 Owner · 个人 a person",
            "13812346021、",
            "057188881234",
            "陈小雨",
            "021X",
            "共有人 Co-owner · 单位 a company",
            "法定代表人 Legal representative 赵远",
            "91330100MA2XXXXX0K",
            "吴晓 租户 Tenant",
            "王秀兰 母亲 13611112222 2025-01-01",
            "防水 Waterproofing 2029-05-18",
            "门铃坏了，请敲门",
            "HF-2611-0342 上门面谈 At the door 定期走访 Scheduled visit 基本满意",
            "WT-2611-0118 主卫天花板渗水 业主满意，已关闭",
            "WX-2611-0001 厨房龙头漏水 返工 Rework",
        ],
    ),
    "visit": (
        a_record,
        [
            "业主回访记录表 Owner visit record",
            "HF-2611-0342",
            "T07-0012",
            "业主 Owner 陈建国、王秀兰",
            "受访人 Interviewee 陈建国 业主本人 owner",
            "138 **** 6021",
            "上门面谈 At the door",
            "2026-11-23 14:05",
            "2026-11-23 14:47",
            "总体满意度 Overall satisfaction 基本满意 Mostly satisfied",
            "定期走访 Scheduled visit 事项回访 Issue callback",
            "2026-11 2026-11-25 到期",
            "核实防水返工结果",
            "WX-2611-0001、 TS-2611-0007",
            "1 访客车辆长期占用我家的固定车位 秩序 › 停车 Order › Parking · WT-2611-0001 一般投诉",
            "保卫部 Security",
            "承诺 2026-11-26 前答复",
            "当场答复 Answered on the spot 公众号里自助开具",
            "主卫天花板渗水 WT-2611-0118",
            "不满意 Dissatisfied 业主签字 signed by the owner 主卫天花板渗水 WT-2611-0118",
            "第 2 轮 Round 2 墙角仍有水印",
            "业主期望 Owner's wishes 多装几盏路灯",
            "访客车引导至地下二层，门岗登记",
            "业主签字 Owner's signature",
            "主管意见 Supervisor's opinion 渗水请重点跟进 孙丽华 2026-11-30 10:00",
            "经理意见 Manager's opinion 同意 顾文博",
            "领导批阅 Executive's review 已阅 方振华 2026-11-30 10:00",
            "备注 Remarks 业主补充：门禁卡多办一张 李敏",
        ],
    ),
}
EMPTY = {"complaint": a_new_complaint, "owner": an_empty_profile, "visit": a_bare_record}
FULL = {
    "complaint": (
        lambda: a_complaint(
            content=LONG,
            rounds=tuple(
                a_round(number=n, callbacks=(a_call(round=n, opinion=f"第{n}次：{LONG[:200]}"),)) for n in range(1, 21)
            ),
        ),
        [f"第{n}次：" for n in range(1, 21)],
    ),
    "owner": (
        a_full_profile,
        [*(f"业主{n}号" for n in range(12)), *(f"家人{n}号" for n in range(30)), "WT-0039", "最近40条，共123条"],
    ),
    "visit": (
        a_full_record,
        [*(f"第{n}项：" for n in range(1, 31)), *(f"补充{n}：" for n in range(1, 11)), "WT-0010", "动工。完"],
    ),
}
HEADS = {"complaint": "办理人与时间", "owner": "与业主的关系", "visit": "责任部门、承诺与状态"}
"""Over a table that runs over pages."""


@pytest.mark.parametrize("name", SHEETS)
def test_a_record_says_every_field_in_both_languages_with_its_fonts(name: str) -> None:
    sheet, words = SHEETS[name]

    printed = print_sheet(sheet())

    said = reading.text(printed.pdf)
    for each in (*words, "锦绣花园物业服务有限公司", f"第 1 / {printed.pages} 页 Page 1 of {printed.pages}"):
        assert each in said, (each, said)
    assert "None" not in said
    fonts = reading.fonts(printed.pdf)
    assert all(fonts.values())
    assert {font.partition("+")[2] for font in fonts} == {"Doorstep-Sans", "Doorstep-Sans-Bold"}


def test_a_record_says_what_was_signed_of_a_surveys_sheet() -> None:
    said = reading.text(print_sheet(a_record(surveys=(a_surveyed(),))).pdf)

    assert "Name on the sheet: 陈建国 业主本人 owner" in said, "whose name it is, where that was said"
    for words in SURVEYED:
        assert words in said


@pytest.mark.parametrize("name", EMPTY)
@pytest.mark.parametrize(("language", "said", "unsaid"), [("zh", "第 1 / 1 页", "Page"), ("en", "Page 1 of 1", "页")])
def test_a_record_of_little_is_one_page_of_one_language_with_dashes(
    name: str, language: str, said: str, unsaid: str
) -> None:
    printed = print_sheet(EMPTY[name](languages=(language,)))

    text = reading.text(printed.pdf)
    assert printed.pages == 1
    assert said in text
    assert unsaid not in text
    assert "–" in text
    assert "None" not in text


@pytest.mark.parametrize("name", FULL)
def test_a_record_of_very_much_flows_on_with_heads_on_each_page_and_loses_nothing(name: str) -> None:
    sheet, words = FULL[name]

    printed = print_sheet(sheet())

    pages = reading.pages(printed.pdf)
    assert len(pages) == printed.pages > 3
    for n, page in enumerate(pages, start=1):
        assert f"第 {n} / {printed.pages} 页" in page
    assert sum(HEADS[name] in page for page in pages) > 1
    said = re.sub(r"\s", "", "".join(pages))
    assert all(each in said for each in words)


def test_a_signature_that_does_not_agree_is_told_and_not_drawn() -> None:
    [supervisor, *others] = a_record().opinions
    broken = replace(supervisor, signature=None, broken=True)

    pdf = print_sheet(a_record(opinions=(broken, *others))).pdf

    assert "内容与签名不一致 Content and signature do not agree 孙丽华" in reading.text(pdf)
    assert "孙丽华" not in " ".join(reading.alternatives(pdf))
