"""Prints any sheet: one warm press per process, which would rather refuse than print what is not so.

To import it takes a second, as to import `sealing`: whoever prints or verifies does so then, in a function.
"""

import atexit
import base64
import gc
import hashlib
import io
import logging
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from cssselect2 import ElementWrapper
from defusedxml import ElementTree
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from weasyprint import CSS, HTML, Attachment
from weasyprint.css import ColorProfile
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from app.core.errors import Refused
from app.core.i18n import lazy_
from app.documents.forms import FONTS, FORMS, TEMPLATES
from app.documents.how_far import HowFar, Step, Tell, tell_nobody
from app.documents.ink import drawn
from app.documents.on_paper import CodeOnPaper, InkOnPaper
from app.documents.overheard import complaints, missing_glyph, steps
from app.documents.plain import is_symbol, made_printable
from app.documents.sheets import Bilingual, Enclosed, Sheet, Signature
from app.documents.words import DASH, HTML_LANGUAGE, chooser, or_dash, speaker

_FACES = {400: "NotoSansSC-Regular.ttf", 700: "NotoSansSC-Bold.ttf"}
_ACCESSIBLE = (TEMPLATES / "accessible.xmp").read_bytes()
_COLOURS = "--screen"
_COMMON = "form"
_PHOTO_DPI = 220
_SEEN_OVER = 400_000
_BETWEEN_BLOCKS = re.compile(r">\s+(?=</?(?:div|p|h[12]|table|colgroup|col|thead|tbody|tr|t[hd])\b)")
_EMPTY_ELEMENTS = re.compile(r"(<(?:br|col|img|meta)\b[^>]*)>")


@dataclass(frozen=True)
class Printed:
    """A finished PDF/A-3a and how many pages it has."""

    pdf: bytes
    pages: int


def print_sheet(sheet: Sheet, fonts: Path = FONTS, tell: Tell = tell_nobody) -> Printed:
    """
    The sheet as PDF, by its row in `FORMS`, with the text that it encloses attached.

    Refuses `document:statement_differs` when that text is not the one that was signed, `document:glyph_missing` when a
    letter could not be drawn, `document:part_missing` when a picture could not, `document:fonts_missing` on a machine
    that is not set up. Needs no request and no database; takes about half a second, a page of a list a quarter of one.
    `tell` hears how far it is.
    """
    if sheet.enclosed is not None:
        _prove(sheet.enclosed)
    press = _press(fonts)
    printed, undrawn = press.print(sheet, tell)
    if undrawn and all(is_symbol(character) for character in undrawn):
        printed, undrawn = press.print(sheet, tell, spelled_out=frozenset(undrawn))
    if undrawn:
        raise _glyphs_missing(undrawn)
    return printed


def warm_up(fonts: Path = FONTS) -> None:
    """Read fonts, styles and templates now, so that the first sheet, and a process forked from this one, need not."""
    _press(fonts)


def _prove(enclosed: Enclosed) -> None:
    digest = hashlib.sha256(enclosed.text.encode()).hexdigest()
    if digest != enclosed.sha256:
        words = lazy_("The text of this sheet is not the one that was signed.")
        raise Refused("document:statement_differs", words, digest=digest)


def _glyphs_missing(characters: set[str]) -> Refused:
    listed = ", ".join(f"{character} (U+{ord(character):04X})" for character in sorted(characters))
    words = lazy_(
        "No font on the server can draw: %(characters)s. Install one that can, then print again.",
        characters=listed,
    )
    return Refused("document:glyph_missing", words, characters=sorted(characters))


class _Press:
    """Fonts, styles and templates, read once. One sheet at a time: Pango's font map is not made for two."""

    def __init__(self, fonts: Path) -> None:
        self._lock = Lock()
        self._fetcher = OwnFilesOnly({(fonts / name).resolve().as_uri() for name in _FACES.values()})
        self._fonts = FontConfiguration()
        _COPIES.append((self._fonts, os.getpid()))
        with complaints() as heard:
            self._faces = CSS(string=_font_faces(fonts), font_config=self._fonts, url_fetcher=self._fetcher)
            self._styles = {
                name: CSS(filename=TEMPLATES / f"{name}.css", font_config=self._fonts, url_fetcher=self._fetcher)
                for name in _styles()
            }
        _refuse_what_was_lost(heard)
        self._templates = _environment()

    def print(self, sheet: Sheet, tell: Tell, spelled_out: frozenset[str] = frozenset()) -> tuple[Printed, set[str]]:
        """The PDF, and the characters for which there was no glyph."""
        tell(HowFar(Step.PREPARING))
        images: dict[str, Any] = {}
        page = self._page(made_printable(sheet, spelled_out), images)
        styles = [self._styles[name] for name in (_COMMON, *FORMS[type(sheet)].styles)]
        options = _options(sheet, page)
        with self._lock, complaints() as heard, steps(tell), _seldom_tidied():
            html = Page(page, self._fetcher)
            document = html.render(
                font_config=self._fonts,
                stylesheets=[self._faces, *styles],
                color_profiles={_COLOURS: _screen_colours()},
                cache=images,
                **options,
            )
            pdf, pages = document.write_pdf(finisher=_finish, **options), len(document.pages)
            del html, document  # or the collector, which looks soon, would carry them on
        undrawn = {chr(codepoint) for codepoint in map(missing_glyph, heard) if codepoint is not None}
        _refuse_what_was_lost([record for record in heard if missing_glyph(record) is None])
        return Printed(pdf, pages), undrawn

    def _page(self, sheet: Sheet, images: dict[str, Any]) -> str:
        """The page, and into `images` by address those that it carries not in itself."""
        zone = ZoneInfo(sheet.estate.time_zone)
        page = self._templates.get_template(f"{FORMS[type(sheet)].template}.html").render(
            sheet=sheet,
            html_language=HTML_LANGUAGE[sheet.languages[0]],
            _=speaker(sheet.languages),
            in_both=chooser(sheet.languages),
            long_day=lambda day: chooser(sheet.languages)(_long_day(day)),
            moment=lambda at: _moment(at, zone),
            ink=lambda signature: _ink_address(signature, images),
            qr=lambda text: _code_address(text, images),
            page_number=Markup('<b class="page-number"></b>'),
            page_count=Markup('<b class="page-count"></b>'),
        )
        # No space is drawn there; WeasyPrint makes a box of each to find that out. What people typed has no bare ">".
        return _EMPTY_ELEMENTS.sub(r"\1/>", _BETWEEN_BLOCKS.sub(">", page))


class Page(HTML):  # type: ignore[misc]
    """A page that is well-formed: an XML parser reads it in a fiftieth of the time that the rules of HTML take."""

    def __init__(self, text: str, fetcher: URLFetcher) -> None:
        self.base_url, self.url_fetcher, self.media_type = None, fetcher, "print"
        self.wrapper_element = ElementWrapper.from_html_root(ElementTree.fromstring(text), content_language=None)
        self.etree_element = self.wrapper_element.etree_element


_COPIES: list[tuple[FontConfiguration, int]] = []


@atexit.register
def throw_away_copies() -> None:
    """WeasyPrint copies the fonts, 21 MB, to a temporary folder and would leave it there when the program ends."""
    for fonts, owner in _COPIES:
        if os.getpid() == owner:  # not a child that was forked from it
            fonts.__del__()


class OwnFilesOnly(URLFetcher):  # type: ignore[misc]
    """Opens our own font files and what a page carries in itself; whatever else a page names is not fetched."""

    def __init__(self, allowed: set[str]) -> None:
        super().__init__(allowed_protocols=("file", "data"), allow_redirects=False)
        self._allowed = allowed

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if not url.startswith("data:") and url not in self._allowed:
            raise ValueError("a sheet names a file that is not ours")
        return super().fetch(url, headers)


@contextmanager
def _seldom_tidied() -> Iterator[None]:
    """Python looks through new objects after every 700 whether they can go; those of a sheet stay until it is done."""
    usual = gc.get_threshold()
    gc.set_threshold(_SEEN_OVER, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _refuse_what_was_lost(heard: list[logging.LogRecord]) -> None:
    """Anything but a missing glyph that WeasyPrint speaks of means that the page is not as it was written."""
    if heard:
        words = lazy_("Part of this sheet could not be printed. Nothing was produced.")
        raise Refused("document:part_missing", words, heard=[record.getMessage() for record in heard])


@lru_cache(maxsize=4)
def _press(fonts: Path) -> _Press:
    if not all((fonts / name).is_file() for name in _FACES.values()):
        words = lazy_("The fonts for printing are not installed on the server.")
        raise Refused("document:fonts_missing", words, folder=str(fonts))
    return _Press(fonts)


def _font_faces(fonts: Path) -> str:
    """One static file per weight: slices of a font would print one character and read as another."""
    return "\n".join(
        f'@font-face {{ font-family: "Doorstep Sans"; font-weight: {weight}; '
        f'src: url("{(fonts / name).resolve().as_uri()}"); }}'
        for weight, name in _FACES.items()
    )


def _styles() -> set[str]:
    return {_COMMON, *(name for form in FORMS.values() for name in form.styles)}


def _options(sheet: Sheet, page: str) -> dict[str, object]:
    """What the file is and carries. It is known by what it encloses, else by what stands on it."""
    enclosed = sheet.enclosed
    digest = enclosed.sha256 if enclosed else hashlib.sha256(page.encode()).hexdigest()
    return {
        "pdf_variant": "pdf/a-3a",
        "output_intent": _COLOURS,
        "attachments": [_attachment(enclosed)] if enclosed else [],
        "pdf_identifier": digest[:32].encode(),
        "dpi": _PHOTO_DPI,
    }


def _attachment(enclosed: Enclosed) -> Attachment:
    at = enclosed.at.astimezone(UTC)
    return Attachment(
        string=enclosed.text,
        name=enclosed.name,
        description=f"SHA-256 {enclosed.sha256}",
        created=at,
        modified=at,
        relationship="Source",
    )


def _screen_colours() -> ColorProfile:
    """What our colours mean, as PDF/A wants to know: sRGB.

    Made anew for each sheet: a profile that was looked into writes itself out differently the next time.
    """
    return ColorProfile(io.BytesIO(_srgb()), "sRGB2014.icc", "relative-colorimetric", ["r", "g", "b"])


@lru_cache(maxsize=1)
def _srgb() -> bytes:
    """WeasyPrint's own profile; left to itself it opens the file at every sheet."""
    return (files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()


def _finish(_document: object, pdf: Any) -> None:
    _call_it_accessible(pdf)
    for stream in pdf.objects:
        if getattr(stream, "compress", False):
            _pack(stream)


def _pack(stream: Any) -> None:
    """Packs what is drawn, a font, a text: once, as an object is asked for its bytes twice, and not at utmost pains."""
    stream.compress = False
    plain = stream.data.partition(b"\nstream\n")[2].removesuffix(b"\nendstream")
    stream.stream = [zlib.compress(plain)]
    stream.extra["Filter"] = "/FlateDecode"


def _call_it_accessible(pdf: Any) -> None:
    """Adds the PDF/UA claim to the metadata, where readers look for it: among the descriptions of PDF/A."""
    number = int(pdf.catalog["Metadata"].split()[0])
    metadata = pdf.objects[number]
    metadata.stream = [part.replace(b"</rdf:RDF>", _ACCESSIBLE + b"</rdf:RDF>") for part in metadata.stream]


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=or_dash,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(day=_day, in_words=_long_day, w3c=_w3c, as_data=_image_address, in_groups=_in_groups)
    return environment


def _long_day(day: date) -> Bilingual:
    return Bilingual(zh=format_date(day, "long", locale="zh"), en=format_date(day, "medium", locale="en_GB"))


def _day(day: date | None) -> str:
    return day.isoformat() if day else DASH


def _moment(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else DASH


def _w3c(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _in_groups(digits: str) -> str:
    return " ".join(digits[start : start + 8] for start in range(0, len(digits), 8))


def _ink_address(signature: Signature, images: dict[str, Any]) -> str:
    address = f"ink:{hashlib.sha256(repr(signature.strokes).encode()).hexdigest()}"
    images[address] = InkOnPaper(drawn(signature.strokes, signature.canvas))
    return address


def _code_address(text: str, images: dict[str, Any]) -> str:
    address = f"code:{hashlib.sha256(text.encode()).hexdigest()}"
    images[address] = CodeOnPaper(text)
    return address


def _image_address(image: bytes) -> str:
    return as_data("image/png" if image.startswith(b"\x89PNG") else "image/jpeg", image)


def as_data(media_type: str, content: bytes) -> str:
    """An address that carries what it names."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
