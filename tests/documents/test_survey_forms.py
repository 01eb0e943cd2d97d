"""Forms 12 and 13 read back: what a survey came to, and what owners are told of it."""

from dataclasses import replace

import pytest
from pydantic import TypeAdapter

from app.documents.forms import is_long
from app.documents.printing import print_sheet
from app.documents.sheets_of.survey_letter import MOST_ITEMS
from tests.documents import reading
from tests.documents.survey_result_builders import REPAIRS, a_letter, an_analysis, said, some_returns, survey_figures


def words_of(sheet: object) -> str:
    return reading.text(print_sheet(sheet).pdf)


@pytest.mark.clause("V49")
def test_the_analysis_tells_companies_departments_items_trend_and_opinions() -> None:
    text = words_of(an_analysis(2, languages=("zh",)))

    for words in (
        "满意度调查统计分析",
        "维修最慢，须增派人手",
        "发放率 83.3 % 100 / 120",
        "回收率 80.0 % 80 / 100",
        "有效率 95.0 % 76 / 80",
        "署名率 87.5 % 70 / 80",
        "物业公司 60.0 % 30 / 50 80.0 % 40 / 50 10 20 10 8 2 3 1",
        "地产公司 100.0 % 4 / 4 100.0 % 4 / 4 2 2 0 0 0 3 1 少",
        "工程维修部 60.0 % 30 / 50 80.0 % 40 / 50 10 20 10 8 2 3 1",
        "部门 2026-1 2025-1 工程维修部 60.0 % 30 / 50 90.0 % 18 / 20 地产公司工程部 100.0 % 4 / 4 –",
        "2025-1 2025 年业主满意度调查 75.0 % 90 / 120",
        "工程维修部 · 2",
        "电梯太慢，第 2 次说了",
        "意见 · 已批阅 同意，先查维修 顾文博",
    ):
        assert words in text, (words, text)
    assert text.index("工程维修部 60.0 %") < text.index("地产公司工程部 100.0 %"), "the worst stands first"


def test_the_analysis_says_that_it_is_not_done_yet_or_ended_early() -> None:
    early = survey_figures(ended_early="国庆前开会")

    assert "still being collected" in words_of(an_analysis(is_running=True, languages=("en",)))
    assert "Collecting ended before its last day: 国庆前开会" in words_of(an_analysis(figures=early, languages=("en",)))


def test_figures_of_nobody_are_dashes_on_paper() -> None:
    none = said(0, 0, 0, 0, 0, no_opinion=0, left_out=0)
    returns = dict.fromkeys(vars(some_returns()), 0)
    figures = survey_figures(0, returns=some_returns(**returns), overall=none, items=none, earlier=())

    text = words_of(an_analysis(0, figures=figures, languages=("en",), summary="", hands=()))

    assert "Distribution rate – 0 / 0" in text
    assert "Overall: satisfied – 0 / 0" in text
    assert "Nobody wrote anything." in text
    assert "None" not in text


def test_the_letter_says_how_many_were_asked_and_answered_and_the_worst_first() -> None:
    text = words_of(a_letter(languages=("zh",)))

    for words in (
        "致业主公开信",
        "面向 120 户，发放 100 份（发放率 83.3 %），收回 80 份（回收率 80.0 %），8 户谢绝参与；其中有效 76 份",
        "总体满意度 66.6 % 50 / 75 80.0 % 60 / 75",
        "维修是否及时 工程维修部 56.0 % 14 / 25",
        "整改措施",
        "增派两名维修工 2026-12-20",
        "2026年11月28日",
    ):
        assert words.replace(" ", "") in text.replace(" ", ""), (words, text)
    assert text.index("工程维修部 60.0 % 30 / 50") < text.index("地产公司工程部 100.0 % 4 / 4 100.0 % 4 / 4 少")
    assert "草稿" not in text
    assert "电梯" not in text, "whatever an owner wrote is nobody else's to read"


def test_without_measures_the_letter_has_no_table_of_them_and_a_draft_says_that_it_is_one() -> None:
    text = words_of(a_letter(measures=(), is_draft=True, languages=("en",)))

    assert "What we do about it" not in text
    assert "Draft: the figures are not read to the end yet." in text


@pytest.mark.parametrize("counted", [True, False])
def test_the_letter_says_so_where_sheets_without_a_name_do_not_count(counted: bool) -> None:
    figures = replace(survey_figures(), unsigned_count=counted)

    assert ("未署名的调查表不计入有效" in words_of(a_letter(figures=figures, languages=("zh",)))) is not counted


def test_the_letter_names_no_item_that_nobody_judged_and_no_more_than_a_few() -> None:
    figures = survey_figures()
    works, repairs = figures.departments

    many = replace(repairs, items=repairs.items * 9)
    nobody = replace(works, items=(replace(works.items[0], said=said(0, 0, 0, 0, 0)),))

    worst = a_letter(figures=replace(figures, departments=(nobody, many))).worst_items

    assert len(worst) == MOST_ITEMS
    assert {department.name for department, _item in worst} == {REPAIRS}


def test_a_long_analysis_is_what_the_press_reads_back() -> None:
    for sheet in (an_analysis(80), a_letter()):
        adapter = TypeAdapter(type(sheet))

        assert adapter.validate_json(adapter.dump_json(sheet)) == sheet
    assert is_long(an_analysis(80))
    assert not is_long(an_analysis(3))
