"""Words in two languages at once, and what people type made fit for paper."""

import pytest
from markupsafe import Markup

from app.documents.plain import is_symbol, made_printable
from app.documents.sheets import Bilingual
from app.documents.words import both, chooser, speaker
from tests.documents.builders import a_sheet


def test_a_phrase_speaks_each_language_in_its_place():
    two, one = speaker(("zh", "en")), speaker(("en",))

    assert two("Unit").__html__() == '房号 <span class="en">Unit</span>'
    assert str(two("Round %(n)s", n=2)) == "第 2 轮 / Round 2"
    assert one("Unit").__html__() == "Unit"


def test_values_in_a_phrase_are_escaped_unless_they_are_markup():
    phrase = speaker(("en",))("Signature of %(name)s", name="<b>%s & Co</b>")
    marked = speaker(("en",))("Signature of %(name)s", name=Markup("<b>Li</b>"))

    assert phrase.__html__() == "Signature of &lt;b&gt;%s &amp; Co&lt;/b&gt;"
    assert marked.__html__() == "Signature of <b>Li</b>"


def test_an_empty_value_in_a_phrase_is_a_dash():
    assert str(speaker(("zh",))("Signature of %(name)s", name="")) == "–的签名"


def test_words_that_came_in_both_languages_keep_their_percent_signs():
    assert str(chooser(("zh", "en"))(Bilingual("100%", "all of 100%"))) == "100% / all of 100%"


def test_the_catalogue_can_be_asked_for_both_languages():
    assert both("Satisfied") == Bilingual("满意", "Satisfied")


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("灯坏了\n第二行\t尾", "灯坏了\n第二行\t尾"),
        ("a\x00b\x1bc\u0085d", "a□b□c□d"),
        ("应退\u202e元001\u202c", "应退□元001□"),
        ("\ud800", "□"),
        ("a\ufffe\uffffb", "a□□b"),
        ("陈\U00020bb7 👍🏽 שלום", "陈\U00020bb7 👍🏽 שלום"),
    ],
)
def test_what_hides_or_reorders_letters_becomes_visible(typed, printed):
    assert made_printable(typed) == printed


def test_every_text_of_a_sheet_is_made_printable_and_nothing_else_is_touched():
    sheet = a_sheet(wishes="\x07", issues=(), photos=())
    made = made_printable(sheet)

    assert made.wishes == "□"
    assert made.signatures == sheet.signatures
    assert made.date == sheet.date


def test_a_symbol_can_be_spelled_out_and_a_letter_is_no_symbol():
    assert made_printable("好👍", frozenset("👍")) == "好[thumbs up sign]"
    assert is_symbol("👍")
    assert not is_symbol("龘")
