"""Names are printed with the right characters: proved by pixels, for a text layer can read right and print wrong."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from app.documents.forms import FONTS
from app.documents.printing import print_sheet
from app.documents.sheets import Interviewee, SignOffSheet
from tests.documents import reading
from tests.documents.builders import a_sheet

NAME = "㛃𬭎犇龘玥喆"
WEIGHTS = {"bold": "NotoSansSC-Bold.ttf", "regular": "NotoSansSC-Regular.ttf"}
FALLBACK = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc")
SIMPLIFIED = 2  # of the languages in the collection


def _sheet_with(name: str, weight: str) -> SignOffSheet:
    """A name where it is printed bold, as that of whoever was spoken to, or among what they wish, in regular."""
    where = {"interviewee": Interviewee(name, "owner")} if weight == "bold" else {"wishes": name}
    return a_sheet(progress=(), **where)


@pytest.fixture(scope="module")
def fonts_with_wrong_glyphs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fonts that draw 鑫 for 犇 and, which hardly anybody would see, 末 for 未, as sliced ones may."""
    folder = tmp_path_factory.mktemp("fonts")
    for file in WEIGHTS.values():
        with TTFont(FONTS / file, lazy=True) as font:
            for table in font["cmap"].tables:
                if ord("犇") in table.cmap:
                    table.cmap |= {ord("犇"): table.cmap[ord("鑫")], ord("未"): table.cmap[ord("末")]}
            font.save(folder / file)
    return folder


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("name", [NAME, "未末土士己已业主"], ids=["rare", "nearly alike"])
def test_characters_of_names_are_drawn_as_the_font_draws_them(name: str, weight: str, tmp_path: Path) -> None:
    printed = print_sheet(_sheet_with(name, weight))

    assert reading.misdrawn(name, printed.pdf, FONTS / WEIGHTS[weight], tmp_path) == []


@pytest.mark.parametrize("weight", WEIGHTS)
def test_wrong_glyphs_are_seen_though_the_text_reads_right(
    fonts_with_wrong_glyphs: Path, weight: str, tmp_path: Path
) -> None:
    printed = print_sheet(_sheet_with("玥犇未喆", weight), fonts=fonts_with_wrong_glyphs)

    assert "玥犇未喆" in reading.text(printed.pdf)
    assert reading.misdrawn("玥犇未喆", printed.pdf, FONTS / WEIGHTS[weight], tmp_path) == ["犇", "未"]


def test_the_rarest_characters_come_from_the_fallback_font(tmp_path: Path) -> None:
    printed = print_sheet(_sheet_with("𠮷𠮷", "bold"))

    assert reading.misdrawn("𠮷𠮷", printed.pdf, FALLBACK, tmp_path, index=SIMPLIFIED) == []
    assert all(reading.fonts(printed.pdf).values())
