"""Every form as a reader takes it up: what it says, carries and weighs, and that it lasts and can be read aloud."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject
from weasyprint import HTML

from app.documents.printing import Printed
from app.documents.seal.reading import read_seal
from app.documents.seal.sealing import seal
from app.documents.seal.seals import company_seal, known_seals
from app.documents.seal.stamps import is_stamped
from tests.documents import reading
from tests.documents.forms import FORMS
from tests.documents.judging import broken_rules
from tests.documents.stamping import a_stamp_server

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def printed() -> dict[str, Printed]:
    return {name: form.prints() for name, form in FORMS.items()}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An installation, as far as keys go."""
    place = Flask("forms")
    place.config["KEYS"] = str(tmp_path_factory.mktemp("keys"))
    return place


@pytest.fixture(scope="module")
def sealed(place: Flask, printed: dict[str, Printed]) -> dict[str, bytes]:
    with place.app_context():
        ours = company_seal("翠湖物业", NOW)
    return {name: seal(paper.pdf, ours, reason=name) for name, paper in printed.items()}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_read_back_whole(
    name: str, printed: dict[str, Printed], sealed: dict[str, bytes], place: Flask
) -> None:
    form, paper = FORMS[name], sealed[name]
    with place.app_context():
        found = read_seal(paper, known_seals())

    pages, (head, on_pages) = reading.pages(paper), form.head
    assert [words for words in form.says if words not in " ".join(pages)] == []
    assert len(pages) == printed[name].pages == form.pages
    assert sum(head in page for page in pages) >= on_pages
    assert tuple(reading.reader(paper).attachments) == form.carries
    assert reading.fonts(paper)
    assert all(reading.fonts(paper).values()), "every font is in the file"
    assert all(re.match("/[A-Z]{6}[+]", font) for font in reading.fonts(paper)), "and only its letters that are used"
    assert found is not None
    assert (found.whole, found.ours) == (True, True)
    assert len(paper) < form.most_bytes


def stamped(place: Flask, pdf: bytes, folder: Path) -> bytes:
    """A paper with the time-stamp of a server on its seal."""
    with place.app_context(), a_stamp_server(folder) as server:
        paper = seal(pdf, replace(company_seal("翠湖物业", NOW), stamped_by=server.address), reason="stamped")
    assert is_stamped(paper)
    return paper


def altered(pdf: bytes, alter: Callable[[PdfWriter], None]) -> bytes:
    file = io.BytesIO()
    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    alter(writer)
    writer.write(file)
    return file.getvalue()


def without(key: str) -> Callable[[PdfWriter], None]:
    def take_away(writer: PdfWriter) -> None:
        for thing in writer._objects:
            if isinstance(thing, DictionaryObject):
                thing.pop(key, None)

    return take_away


def with_a_drawing_that_is_not_tagged(writer: PdfWriter) -> None:
    """The first page shows a stroke more, which is part of no order and no ornament either."""
    page = writer.pages[0]
    content = DecodedStreamObject()
    content.set_data(page.get_contents().get_data() + b"\nq 9 9 m 99 99 l S Q")
    page[NameObject("/Contents")] = writer._add_object(content)


def test_every_form_is_pdf_a_3a_and_pdf_ua_1_before_and_after_sealing_and_what_is_not_is_refused(
    printed: dict[str, Printed], sealed: dict[str, bytes], place: Flask, tmp_path: Path
) -> None:
    paper, signed = printed["11 in Chinese, not signed"].pdf, printed["11 sign-off sheet"].pdf
    good = {f"{name}, printed": one.pdf for name, one in printed.items()}
    good |= {f"{name}, sealed": one for name, one in sealed.items()}
    good["sealed and stamped"] = stamped(place, paper, tmp_path)
    bad = {
        "as it was, only written anew": (altered(paper, lambda _writer: None), set()),
        "no words for a picture": (altered(signed, without("/Alt")), {"ua1 7.3"}),
        "a drawing that is not tagged": (altered(paper, with_a_drawing_that_is_not_tagged), {"ua1 7.1"}),
        "no title to be shown": (altered(paper, without("/ViewerPreferences")), {"ua1 7.1"}),
        "no title": (altered(paper, without("/Metadata")), {"3a 6.6.2.1", "ua1 7.1"}),
        "no language": (altered(paper, without("/Lang")), {"ua1 7.2"}),
        "no order to read in": (altered(paper, without("/StructTreeRoot")), {"3a 6.7.3.3", "ua1 7.1"}),
        "a font left out": (altered(paper, without("/FontFile2")), {"3a 6.2.11.4.1", "ua1 7.21.4.1"}),
        "more after its end": (sealed["11 in Chinese, not signed"] + b"% one more line\n", {"3a 6.1.3"}),
        "as any program prints it": (HTML(string="<p>x").write_pdf(), {"3a 6.6.2.1", "ua1 7.1"}),
    }

    broken = broken_rules(good | {name: pdf for name, (pdf, _rules) in bad.items()}, tmp_path)

    assert {name: rules for name, rules in broken.items() if name in good and rules} == {}
    found = {name: {" ".join(rule.split()[:2]) for rule in broken[name]} for name in bad}
    assert {name: found[name] for name, (_pdf, rules) in bad.items() if not rules <= found[name]} == {}
    assert found["as it was, only written anew"] == set()
