"""Reads a printed sheet back, as text, as structure and as pixels."""

import io
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

from PIL import Image, ImageChops, ImageDraw, ImageFont
from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream

DPI = 288
POINTS_PER_INCH = 72


def reader(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def pages(pdf: bytes) -> list[str]:
    """The text of each page, without the line breaks that layout made."""
    return [re.sub(r"\s+", " ", page.extract_text()) for page in reader(pdf).pages]


def text(pdf: bytes) -> str:
    return " ".join(pages(pdf))


def operators(pdf: bytes) -> list[bytes]:
    """What is drawn, in order."""
    document = reader(pdf)
    contents = [ContentStream(page.get_contents(), document) for page in document.pages]
    return [operator for content in contents for _, operator in content.operations]


def pictures(pdf: bytes) -> int:
    """How many raster images are in the file."""
    return len({image.indirect_reference for page in reader(pdf).pages for image in page.images})


def drawn_on(page: PageObject) -> Image.Image:
    """The only raster image that is drawn on a page."""
    content = ContentStream(page.get_contents(), page.pdf)
    [name] = [operands[0] for operands, operator in content.operations if operator == b"Do"]
    return page.images[name].image


def fonts(pdf: bytes) -> dict[str, bool]:
    """Names of the fonts used → whether the font is in the file."""
    found = {}
    for page in reader(pdf).pages:
        for font in page["/Resources"]["/Font"].values():
            for descendant in font["/DescendantFonts"]:
                descriptor = descendant.get_object()["/FontDescriptor"]
                embedded = any(f"/FontFile{kind}" in descriptor for kind in ("", "2", "3"))
                found[str(descriptor["/FontName"])] = embedded
    return found


def alternatives(pdf: bytes) -> list[str]:
    """What the images say to whoever cannot see them."""
    return _alternatives(reader(pdf).trailer["/Root"]["/StructTreeRoot"])


def _alternatives(element: object) -> list[str]:
    element = element.get_object()
    if not isinstance(element, dict):
        return []
    found = [str(element["/Alt"])] if "/Alt" in element else []
    children = element.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        found += _alternatives(child)
    return found


def picture_of_page(pdf: bytes, page: int, folder: Path) -> Image.Image:
    """The page in grey, as a printer would set it."""
    (folder / "sheet.pdf").write_bytes(pdf)
    place = ["-f", str(page), "-l", str(page), "-singlefile", folder / "sheet.pdf", folder / "page"]
    subprocess.run(["pdftoppm", "-gray", "-png", "-r", str(DPI), *place], check=True)
    return Image.open(folder / "page.png").convert("L")


def place_of(word: str, pdf: bytes, page: int, folder: Path) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the first place on the page where the text layer reads `word`, in pixels."""
    (folder / "sheet.pdf").write_bytes(pdf)
    asked = ["pdftotext", "-bbox", "-f", str(page), "-l", str(page), folder / "sheet.pdf", "-"]
    listing = subprocess.run(asked, check=True, capture_output=True).stdout
    for found in ElementTree.fromstring(listing).iter("{http://www.w3.org/1999/xhtml}word"):
        if found.text == word:
            left, top, right, bottom = (float(found.attrib[side]) for side in ("xMin", "yMin", "xMax", "yMax"))
            return tuple(side * DPI / POINTS_PER_INCH for side in (left, top, right, bottom))
    raise AssertionError(f"{word} is not on the page")


def misdrawn(word: str, pdf: bytes, font: Path, folder: Path, index: int = 0) -> list[str]:
    """The full-width characters of `word` on page 1 whose pixels are not what `font` draws for them."""
    left, top, right, bottom = place_of(word, pdf, 1, folder)
    page, step = picture_of_page(pdf, 1, folder), (right - left) / len(word)
    size = round(step)
    return [
        character
        for n, character in enumerate(word)
        if _likeness(
            page.crop((round(left + n * step), round(top), round(left + (n + 1) * step), round(bottom))),
            _drawn(character, ImageFont.truetype(font, size, index=index)),
        )
        < _ALIKE
    ]


_ALIKE = 0.62  # the same character comes out above 0.7, another one below 0.52
_SIDE = 48


def _drawn(character: str, font: ImageFont.FreeTypeFont) -> Image.Image:
    picture = Image.new("L", (2 * int(font.size), 2 * int(font.size)), 255)
    ImageDraw.Draw(picture).text((font.size // 2, 0), character, fill=0, font=font)
    return picture


def _likeness(one: Image.Image, other: Image.Image) -> float:
    """Shared ink ÷ all ink of both, each cut to its ink and brought to one size."""
    first, second = _ink(one), _ink(other)
    if first is None or second is None:
        return 0.0
    shared = _sum(ImageChops.darker(first, second))
    return shared / max(_sum(ImageChops.lighter(first, second)), 1)


def _ink(picture: Image.Image) -> Image.Image | None:
    """Ink as light on dark."""
    negative = ImageChops.invert(picture)
    box = negative.point(lambda value: 255 if value > 96 else 0).getbbox()
    return negative.crop(box).resize((_SIDE, _SIDE), Image.Resampling.BILINEAR) if box else None


def _sum(picture: Image.Image) -> int:
    return sum(value * count for value, count in enumerate(picture.histogram()))
