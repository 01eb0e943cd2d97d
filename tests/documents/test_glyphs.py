"""Names are printed with the right characters: proved by pixels, for a text layer can read right and print wrong."""

import shutil
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from app.documents.printing import FONTS, print_sheet
from app.documents.sheets import Interviewee
from tests.documents import reading
from tests.documents.builders import a_sheet

RARE = "㛃𬭎犇龘玥喆"
BOLD = "NotoSansSC-Bold.ttf"
FALLBACK = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc")
SIMPLIFIED = 2  # of the languages in the collection


def _sheet_for(name):
    return a_sheet(interviewee=Interviewee(name, "owner"), progress=())


@pytest.fixture(scope="module")
def fonts_with_a_wrong_glyph(tmp_path_factory):
    """Bold draws 鑫 for 犇, as a sliced font may."""
    folder = tmp_path_factory.mktemp("fonts")
    shutil.copy(FONTS / "NotoSansSC-Regular.ttf", folder)
    with TTFont(FONTS / BOLD, lazy=True) as font:
        for table in font["cmap"].tables:
            if ord("犇") in table.cmap:
                table.cmap[ord("犇")] = table.cmap[ord("鑫")]
        font.save(folder / BOLD)
    return folder


def test_rare_characters_of_names_are_drawn_as_the_font_draws_them(tmp_path):
    printed = print_sheet(_sheet_for(RARE))

    assert reading.misdrawn(RARE, printed.pdf, FONTS / BOLD, tmp_path) == []


def test_a_wrong_glyph_is_seen_though_the_text_reads_right(fonts_with_a_wrong_glyph, tmp_path):
    printed = print_sheet(_sheet_for(RARE), fonts=fonts_with_a_wrong_glyph)

    assert RARE in reading.text(printed.pdf)
    assert reading.misdrawn(RARE, printed.pdf, FONTS / BOLD, tmp_path) == ["犇"]


def test_the_rarest_characters_come_from_the_fallback_font(tmp_path):
    printed = print_sheet(_sheet_for("𠮷𠮷"))

    assert reading.misdrawn("𠮷𠮷", printed.pdf, FALLBACK, tmp_path, index=SIMPLIFIED) == []
    assert all(reading.fonts(printed.pdf).values())
