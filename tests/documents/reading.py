"""Reads a printed sheet back, as text, as structure and as pixels."""

import io
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFont
from pypdf import PdfReader
from pypdf.generic import ContentStream

DPI = 1200  # a stroke is some ten pixels wide: what one renderer rounds otherwise than another is lost in it
FAX_DPI = 100
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


def scanned(pdf: bytes, folder: Path) -> list[list[str]]:
    """What a scanner reads of the codes on each page, printed as coarsely as a fax."""
    (folder / "sheet.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-gray", "-r", str(FAX_DPI), folder / "sheet.pdf", folder / "scan"], check=True)
    printed = [Image.open(page) for page in sorted(folder.glob("scan-*.pgm"))]
    return [[code.text for code in zxingcpp.read_barcodes(page)] for page in printed]


def picture_sizes(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height of each raster image, in its own pixels."""
    return [image.image.size for page in reader(pdf).pages for image in page.images if image.image]


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
    size = (right - left) / len(word)
    drawing = ImageFont.truetype(font, size, index=index, layout_engine=ImageFont.Layout.BASIC)
    edge = round(size / 2)
    page = _ink_at(pdf, 1, (round(left) - edge, round(top) - edge, round(right) + edge, round(bottom) + edge), folder)
    cells = {
        n: page.crop((round(n * size), 0, round(n * size) + 2 * edge + round(size), page.height))
        for n in range(len(word))
    }
    return [
        character
        for n, character in enumerate(word)
        if _likeness(cells[n], _drawn(character, drawing, cells[n])) < _ALIKE
    ]


_ALIKE = 0.93
"""A character compared with itself comes out above 0.95, with the most similar one (未 and 末, 土 and 士) below 0.9."""
_ASTRAY = 3
"""Pixels by which places are rounded."""


def _ink_at(pdf: bytes, page: int, place: tuple[int, int, int, int], folder: Path) -> Image.Image:
    """That part of the page as a printer would set it: ink white, whatever its colour, paper black, nothing between."""
    left, top, right, bottom = place
    (folder / "sheet.pdf").write_bytes(pdf)
    part = ["-x", str(left), "-y", str(top), "-W", str(right - left), "-H", str(bottom - top)]
    whole = ["-gray", "-r", str(DPI), "-f", str(page), "-l", str(page), "-singlefile"]
    subprocess.run(["pdftoppm", *whole, *part, folder / "sheet.pdf", folder / "part"], check=True)
    negative = ImageChops.invert(Image.open(folder / "part.pgm"))
    return _black_and_white(negative, negative.getextrema()[1] // 2)


def _drawn(character: str, font: ImageFont.FreeTypeFont, like: Image.Image) -> Image.Image:
    """The character where it stands in a picture of that size, with half its own size around it."""
    picture = Image.new("L", like.size, 0)
    ImageDraw.Draw(picture).text((round(font.size / 2), round(font.size / 2)), character, fill=255, font=font)
    return _black_and_white(picture, 127)


def _black_and_white(picture: Image.Image, level: int) -> Image.Image:
    return picture.point(lambda value: 255 if value > level else 0)


def _likeness(one: Image.Image, other: Image.Image) -> float:
    """Shared ink ÷ all ink of both in the middle of two pictures, where it is most as one is moved a little."""
    edge = one.width // 4 - 2 * _ASTRAY
    middle = (edge, edge, one.width - edge, one.height - edge)
    little = range(-_ASTRAY, _ASTRAY + 1)
    moved = (tuple(side + (x, y)[n % 2] for n, side in enumerate(middle)) for x in little for y in little)
    first = one.crop(middle)
    return max(_shared(first, other.crop(place)) for place in moved)


def _shared(one: Image.Image, other: Image.Image) -> float:
    shared, all_of_it = ImageChops.darker(one, other), ImageChops.lighter(one, other)
    return shared.histogram()[255] / max(all_of_it.histogram()[255], 1)
