"""The press and its rows: every form has what it is printed with, and prints without a text enclosed."""

from collections.abc import Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element, fromstring

import pytest
import tinyhtml5

from app.documents import printing
from app.documents.forms import FORMS, TEMPLATES
from app.documents.printing import print_sheet
from app.documents.sheets import Sheet
from tests.documents import forms, reading
from tests.documents.builders import a_sheet


def test_every_form_has_a_template_on_the_common_layout_and_its_styles():
    for form in FORMS.values():
        assert '{% extends "form.html" %}' in (TEMPLATES / f"{form.template}.html").read_text()
        assert all((TEMPLATES / f"{style}.css").is_file() for style in form.styles)


def test_every_sheet_can_be_printed():
    assert set(FORMS) == set(Sheet.__subclasses__())


@pytest.fixture
def without_a_text(monkeypatch):
    """The sign-off sheet with nothing enclosed, as most forms are."""
    sheet = a_sheet()
    monkeypatch.setattr(type(sheet), "enclosed", None)
    return sheet


def test_a_form_that_encloses_nothing_is_the_same_file_twice_and_another_if_it_says_something_else(without_a_text):
    once, again = print_sheet(without_a_text), print_sheet(without_a_text)
    other = print_sheet(replace(without_a_text, wishes="多装路灯"))

    assert reading.reader(once.pdf).attachments == {}
    assert once.pdf == again.pdf
    assert reading.reader(once.pdf).trailer["/ID"] != reading.reader(other.pdf).trailer["/ID"]


class _HandedOver(Exception):
    pass


def _hand_over(page: str, _fetcher: object) -> None:
    raise _HandedOver(page)


@pytest.mark.parametrize("form", forms.FORMS.values(), ids=forms.FORMS)
def test_a_page_is_read_as_a_browser_reads_it(form, monkeypatch):
    monkeypatch.setattr(printing, "Page", _hand_over)
    with pytest.raises(_HandedOver) as handed_over:
        form.prints()
    page = str(handed_over.value)

    assert list(_parts(fromstring(page))) == list(_parts(tinyhtml5.parse(page, namespace_html_elements=False)))


def _parts(element: Element) -> Iterator[object]:
    """Every element with its attributes and words, in their order; blanks beside them count for nothing."""
    yield element.tag, dict(element.attrib), (element.text or "").strip()
    for child in element:
        yield from _parts(child)
        yield "then", (child.tail or "").strip()
    yield "end", element.tag
