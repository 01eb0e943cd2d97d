"""The sign-off sheet as PDF: what it says, what it carries, and when it is refused."""

import io
import json
import logging
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest
from PIL import Image
from weasyprint.urls import URLFetchingError, fetch

from app.core.errors import Refused
from app.documents.forms import FONTS, ROOT
from app.documents.printing import OwnFilesOnly, Printed, print_sheet
from app.documents.sheets import Interviewee
from tests.documents import reading
from tests.documents.builders import (
    SURVEYED,
    a_callback,
    a_photo,
    a_progress,
    a_sheet,
    a_signature,
    a_statement,
    a_surveyed,
    an_estate,
    an_issue,
)

NO_FONT_DRAWS_IT = "\U00031350"


@pytest.fixture(scope="module")
def usual() -> Printed:
    return print_sheet(a_sheet())


def test_a_sheet_says_everything_in_both_languages(usual):
    said = reading.text(usual.pdf)

    for words in (
        "业主签字确认单 Owner's sign-off sheet",
        "锦绣花园物业服务有限公司",
        "编号 No. T07-0012",
        "回执号 Receipt no. HF-2611-0342",
        "房号 Unit 3 栋 1 单元 1202",
        "2026年11月23日 23 Nov 2026",
        "上门面谈 At the door",
        "陈建国 业主本人 owner",
        "走访人 Officer 李敏",
        "主卫天花板渗水 WT-2611-0118 · 第 2 轮 Round 2 剥除原涂层，重做防水两遍 不满意 Dissatisfied",
        "秩序 › 停车 保卫部 承诺 2026-11-26 前答复您 First answer by 2026-11-26",
        "当场答复 Answered on the spot 公众号“生活缴费”",
        "希望小区里多装几盏路灯",
        "✓ 基本满意 Mostly satisfied",
        "请在 7 天内拨打 0571-8888 1234",
        "Call 0571-8888 1234 within 7 days",
        "已整改，待回访 Rectified, callback due",
        "2026-11-26 16:30 报告已整改 Reported rectified",
    ):
        assert words in said


@pytest.mark.parametrize(
    ("language", "heading", "absent"),
    [("zh", "总体评价", "Overall rating"), ("en", "Overall rating", "总体评价")],
)
def test_a_sheet_in_one_language_has_no_labels_of_the_other(language, heading, absent):
    said = reading.text(print_sheet(a_sheet(languages=(language,))).pdf)

    assert heading in said
    assert absent not in said


def test_times_are_those_of_the_estate():
    abroad = print_sheet(a_sheet(estate=an_estate(time_zone="Europe/London")))

    assert "Started at 2026-11-23 06:05" in reading.text(abroad.pdf)


def test_only_the_chosen_rating_is_ticked():
    said = reading.text(print_sheet(a_sheet(rating="none")).pdf)

    assert said.count("✓") == 1
    assert "✓ 不评价" in said


def test_thirty_issues_flow_over_pages_with_head_and_number_on_each():
    issues = tuple(an_issue(n, text=f"第{n}件事：楼道灯不亮") for n in range(1, 31))
    printed = print_sheet(a_sheet(issues=issues, progress=tuple(a_progress() for _ in range(6))))

    sheets = reading.pages(printed.pdf)

    assert printed.pages == len(sheets) > 3
    for at, said in enumerate(sheets, start=1):
        assert f"第 {at} / {printed.pages} 页 Page {at} of {printed.pages}" in said
        assert "T07-0012" in said
        assert "锦绣花园物业服务有限公司" in said
    with_issues = [said for said in sheets if "件事：楼道灯不亮" in said]
    assert len(with_issues) > 1
    assert all("What happens next" in said for said in with_issues)
    assert [int(n) for n in re.findall(r"第(\d+)件事", " ".join(sheets))] == list(range(1, 31))


def test_that_something_is_done_by_it_is_printed_of_an_owner_who_signed_alone():
    told = "您：满意，已完成 You: satisfied, done"
    of_a_tenant = a_sheet(interviewee=Interviewee("王芳", "tenant"))
    unsigned = a_signature("owner", "陈建国", "owner", how="refused", strokes=(), signed_at=None, reason="先看结果")

    said = [reading.text(print_sheet(sheet).pdf) for sheet in (a_sheet(), of_a_tenant, a_sheet(signatures=(unsigned,)))]

    assert [told in one for one in said] == [True, False, False]
    assert ["您：满意 You: satisfied" in one for one in said] == [False, True, False]


def test_the_history_stands_apart_from_what_was_signed(usual):
    said = reading.text(usual.pdf)
    signed, _, since = said.partition("处理过程 History")

    assert "派单至保卫部" not in signed
    assert "截至 2026-11-30 10:00" in since
    assert "派单至保卫部 Routed to Security" in since


def test_the_fonts_are_in_the_file(usual):
    fonts = reading.fonts(usual.pdf)

    assert all(fonts.values())
    assert {name.partition("+")[2] for name in fonts} == {"Doorstep-Sans", "Doorstep-Sans-Bold"}


def test_the_signed_text_is_attached_and_its_digest_is_on_every_page():
    statement = a_statement(json.dumps({"wishes": "多装路灯 \u202e龘"}, ensure_ascii=False))
    printed = print_sheet(a_sheet(statement=statement))

    attached = reading.reader(printed.pdf).attachments

    assert attached == {"statement-T07-0012.json": [statement.text.encode()]}
    assert all(statement.sha256 in said.replace(" ", "") for said in reading.pages(printed.pdf))


def test_a_text_that_was_not_signed_is_refused():
    statement = replace(a_statement(), text='{"rating":"satisfied"}')

    with pytest.raises(Refused) as refusal:
        print_sheet(a_sheet(statement=statement))

    assert refusal.value.code == "document:statement_differs"


def test_signatures_are_drawn_as_curves_and_never_as_pictures(usual):
    unsigned = a_signature("owner", "陈建国", "owner", how="refused", strokes=(), signed_at=None, reason="先看结果")
    without = print_sheet(a_sheet(signatures=(unsigned,)))

    more_curves = reading.operators(usual.pdf).count(b"c") - reading.operators(without.pdf).count(b"c")

    strokes = a_signature("owner", "陈建国", "owner").strokes
    assert more_curves >= 2 * sum(len(stroke) - 4 for stroke in strokes)
    assert reading.pictures(usual.pdf) == reading.pictures(without.pdf) == 0


def test_a_refused_signature_says_why_and_a_mark_says_who_saw_it():
    refused = a_signature("owner", "陈建国", "owner", how="refused", strokes=(), signed_at=None, reason="先看结果再签")
    mark = a_signature("owner", "陈建国", "owner", how="mark", witness="王秀兰", read_aloud=True)

    without = reading.text(print_sheet(a_sheet(signatures=(refused,))).pdf)
    marked = reading.text(print_sheet(a_sheet(signatures=(mark,))).pdf)

    assert "未签字：业主不愿签字 Not signed: declined" in without
    assert "同意以平板电脑手写签名" in marked
    assert "同意以平板电脑手写签名" not in without, "nobody consented"
    assert "原因 Reason 先看结果再签" in without
    assert "在平板上手画记号 Made a mark by hand on the tablet" in marked
    assert "见证人 Witness 王秀兰" in marked
    assert "签字前已向本人宣读" in marked


def test_a_witness_is_printed_with_the_words_that_they_signed_under():
    refused = a_signature(
        "owner", "陈建国", "owner", how="refused", strokes=(), signed_at=None, reason="从不在屏幕上签字"
    )
    witness = a_signature("witness", "王刚", "neighbour", under="本人在场，陈建国未签字。")

    said = reading.text(print_sheet(a_sheet(signatures=(refused, witness))).pdf)

    assert "见证人签字 Witness's signature" in said
    assert "本人在场，陈建国未签字。" in said
    assert "同意以平板电脑手写签名" not in said, "these are the owner's words, who did not say them"
    assert "王刚 邻居 neighbour" in said


def test_blanks_print_as_a_dash():
    nobody_knows = an_issue(1, category="", department="", promised_on=None)
    printed = print_sheet(a_sheet(receipt="", wishes="", started_at=None, issues=(nobody_knows,)))

    said = reading.text(printed.pdf)

    assert "Receipt no. –" in said
    assert "Your wishes and suggestions –" in said
    assert "Started at –" in said
    assert "First answer by –" in said
    assert "None" not in said


def test_what_the_owner_was_told_stands_beside_what_they_said_to_it():
    days = {"from_on": date(2026, 11, 20), "to_on": date(2026, 12, 5), "on": date(2026, 11, 21)}
    told = [
        a_callback(told=what, words="须等外墙大修", for_now=True, answer=answer, **days)
        for what, answer in (
            ("explained", "agreed"),
            ("new_date", "disagreed"),
            ("closed", "objected"),
            ("carried_over", "objected"),
            ("closed_unsatisfied", "objected"),
        )
    ]

    said = reading.text(print_sheet(a_sheet(callbacks=tuple(told))).pdf)

    for words in (
        "Cannot be solved for now",
        "By 2026-12-05 instead of 2026-11-20",
        "Closed with your answer on 2026-11-21",
        "Carried over with your agreement on 2026-11-21",
        "Closed without satisfaction on 2026-11-21",
        "Agrees",
        "Does not agree",
        "Objects to its end",
    ):
        assert words in said
    assert said.count("须等外墙大修") == 5


def test_a_surveys_sheet_stands_on_it_with_each_answer_as_it_was_signed():
    sheet = a_sheet(surveys=(a_surveyed(), a_surveyed(act="handed_out", asked=(), opinions=(), overall="", filled="")))

    said = reading.text(print_sheet(sheet).pdf)

    for words in SURVEYED:
        assert words in said
    assert "To be collected, as agreed: 2026-11-25 18:00" in said


def test_the_code_to_scan_is_the_address_of_the_verification(usual, tmp_path):
    on_pages = reading.scanned(usual.pdf, tmp_path)

    assert [code for codes in on_pages for code in codes] == ["https://doorstep.example/v/T07-0012"]


def test_photos_are_shown_and_missing_ones_are_announced():
    picture = io.BytesIO()
    Image.new("RGB", (2000, 1500), (120, 140, 130)).save(picture, "JPEG")
    printed = print_sheet(a_sheet(photos=(a_photo(picture.getvalue()), a_photo(None, n=2))))

    assert reading.pictures(printed.pdf) == 1
    assert "照片上传中 On its way to the office 第 2 项 Line 2" in reading.text(printed.pdf)
    assert _image(printed.pdf).width < 1000


def test_a_broken_photo_is_refused_rather_than_left_out():
    with pytest.raises(Refused) as refusal:
        print_sheet(a_sheet(photos=(a_photo(b"\xff\xd8 not a photo"),)))

    assert refusal.value.code == "document:part_missing"


def test_a_character_that_no_font_draws_is_refused_by_name():
    with pytest.raises(Refused) as refusal:
        print_sheet(a_sheet(interviewee=Interviewee(f"陈{NO_FONT_DRAWS_IT}", "owner")))

    assert refusal.value.code == "document:glyph_missing"
    assert refusal.value.detail == {"characters": [NO_FONT_DRAWS_IT]}


def test_a_silenced_log_does_not_hide_a_missing_glyph():
    logger = logging.getLogger("weasyprint")
    logger.disabled, level = True, logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with pytest.raises(Refused):
            print_sheet(a_sheet(wishes=NO_FONT_DRAWS_IT))
        assert logger.disabled
    finally:
        logger.disabled = False
        logger.setLevel(level)


def test_a_machine_without_the_fonts_refuses(tmp_path):
    with pytest.raises(Refused) as refusal:
        print_sheet(a_sheet(), fonts=tmp_path)

    assert refusal.value.code == "document:fonts_missing"


HOSTILE = {
    "markup": '<script>alert(1)</script><img src="file:///etc/passwd"><style>*{display:none}</style>',
    "template": "{{ sheet.consent }} {% raw %} %(name)s %s 100%",
    "no space": "水" * 2000,
    "one word": "x" * 2000,
    "right to left": "שלום עולם مرحبا",
    "reordering": "应退 \u202e元001\u202c 给业主",
    "controls": "灯\x00坏\x07了\x1b[31m\u0085\ud800",
    "lines": "一\n二\n\n三\tend",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_printed_as_text(text):
    everywhere = a_sheet(
        estate=an_estate(name=text[:200], company=text[:200]),
        number=text[:60],
        unit=text[:200],
        officer=text[:200],
        interviewee=Interviewee(text[:200], text[:20]),
        callbacks=(a_callback(text=text, measure=text, reason=text),),
        issues=(an_issue(1, text=text, category=text, department=text),),
        wishes=text,
        consent=text,
        signatures=(a_signature("owner", text[:60], text[:20], witness=text[:60]),),
        progress=(a_progress(text=text),),
        verification_url="",
    )

    printed = print_sheet(everywhere)

    said = reading.text(printed.pdf)
    assert "What you raised this time" in said
    assert f"Page {printed.pages} of {printed.pages}" in said
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e]", said)


def test_markup_that_was_typed_can_be_read():
    said = reading.text(print_sheet(a_sheet(wishes=HOSTILE["markup"])).pdf)

    assert '<script>alert(1)</script><img src="file:///etc/passwd">' in said


def test_no_letter_of_a_long_text_is_lost():
    issue = an_issue(1, text="".join(f"{n}号楼漏，" for n in range(1, 601)))
    printed = print_sheet(a_sheet(issues=(issue,), callbacks=(), progress=()))

    assert reading.text(printed.pdf).count("漏") == 600


def test_symbols_that_no_font_draws_are_spelled_out():
    said = reading.text(print_sheet(a_sheet(wishes="谢谢\N{MELTING FACE}路灯")).pdf)

    assert "谢谢[melting face]路灯" in said or "谢谢\N{MELTING FACE}路灯" in said


@pytest.mark.parametrize("end", ["", "; from app.cli.supervisor import leave; leave(0)"], ids=["by itself", "at once"])
def test_nothing_is_left_behind_when_the_program_ends(end, tmp_path):
    program = "from tests.documents.builders import a_sheet; from app.documents.printing import print_sheet; "
    program += "import os; print(len(os.listdir(os.environ['TMPDIR'])) if print_sheet(a_sheet()) else '')" + end

    surroundings = {**os.environ, "TMPDIR": str(tmp_path)}
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=surroundings, check=True, capture_output=True)

    assert int(ran.stdout) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_sheet_printed_twice_is_the_same_file(usual):
    assert print_sheet(a_sheet()).pdf == usual.pdf


def test_the_file_says_what_it_is_and_can_be_read_aloud(usual):
    document = reading.reader(usual.pdf)
    catalog = document.trailer["/Root"]
    claims = catalog["/Metadata"].get_data().decode()

    assert document.metadata.title == "业主回访记录表 / Owner visit record T07-0012"
    assert 'pdfaid:part="3" pdfaid:conformance="A"' in claims
    assert "<pdfuaid:part>1</pdfuaid:part>" in claims
    assert claims.count("</rdf:RDF>") == 1
    assert catalog["/Lang"] == "zh-CN"
    assert catalog["/MarkInfo"]["/Marked"]
    assert sorted(reading.alternatives(usual.pdf)) == [
        "李敏的签名 / Signature of 李敏",
        "核验二维码：https://doorstep.example/v/T07-0012 / "
        "Code for checking this sheet: https://doorstep.example/v/T07-0012",
        "陈建国的签名 / Signature of 陈建国",
    ]


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        f"{FONTS.as_uri()}/../importmap.json",
        f"{FONTS.as_uri()}/NotoSansSC-Regular.ttf?more",
        "https://doorstep.example/",
        "FILE:///etc/passwd",
        "/etc/passwd",
    ],
)
def test_a_page_can_open_our_fonts_and_nothing_else(address):
    ours = (FONTS / "NotoSansSC-Regular.ttf").as_uri()
    fetcher = OwnFilesOnly({ours})

    with fetch(fetcher, ours) as font:
        assert font.read(4) == b"\0\1\0\0"
    with pytest.raises(URLFetchingError), fetch(fetcher, address):
        pass


def _image(pdf: bytes) -> Image.Image:
    images = [image for page in reading.reader(pdf).pages for image in page.images]
    return images[0].image
