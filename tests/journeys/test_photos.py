"""Photos as cameras write them: turned upright, made smaller, without the place where they were taken."""

import base64
import io
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.journeys.served import Server
from tests.journeys.words import zh

pytestmark = pytest.mark.journey

HEIC = "This tablet cannot read HEIC pictures. Set its camera to JPEG, or take the photo here."
BROKEN = "This picture cannot be read. Please take it again."
RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 170, 40), (30, 60, 220), (255, 255, 255)
TURNED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
ORIENTATION, COMMENT, GPS = 0x0112, 0x9286, 0x8825
MODULES = """async () => {
    const main = document.querySelector("script[type=module]").src;
    window.photos = await import(main.replace("main.js", "parts/photos.js"));
    window.jpeg = await import(main.replace("main.js", "jpeg.js"));
    window.fileOf = ([text, type, name]) =>
        new File([Uint8Array.from(atob(text), letter => letter.charCodeAt(0))], name, { type });
}"""
KEPT = """async (file) => {
    const small = await window.photos.shrink(window.fileOf(file));
    const { bytes } = window.jpeg.cleanJpeg(new Uint8Array(await small.arrayBuffer()));
    return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""));
}"""


@pytest.fixture(scope="module")
def page(browser: Browser, shell: Server) -> Iterator[Page]:
    """The shell, with the modules that a photo goes through."""
    context = browser.new_context(service_workers="block")
    page = context.new_page()
    page.goto(f"{shell.url}/tablet")
    page.evaluate(MODULES)
    yield page
    context.close()


def upright(width: int, height: int) -> Image.Image:
    """Red at the left above, green at the right above, blue below at the left, white at the right."""
    image = Image.new("RGB", (width, height), WHITE)
    half = (width // 2, height // 2)
    for colour, place in ((RED, (0, 0)), (GREEN, (half[0], 0)), (BLUE, (0, half[1]))):
        image.paste(colour, (*place, place[0] + half[0], place[1] + half[1]))
    return image


def as_a_camera_writes_it(image: Image.Image, orientation: int) -> bytes:
    """A JPEG with the camera held like that, the place and the owner in it."""
    turn = TURNED[orientation]
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[COMMENT] = "Chen Jianguo's camera"
    exif.get_ifd(GPS).update({1: "N", 2: (30.0, 16.0, 26.8), 3: "E", 4: (120.0, 9.0, 18.4)})
    content = io.BytesIO()
    (image.transpose(turn) if turn is not None else image).save(
        content, "JPEG", exif=exif, comment=b"camera of Chen Jianguo", quality=92
    )
    return content.getvalue()


def kept(page: Page, content: bytes, kind: str = "image/jpeg", name: str = "photo.jpg") -> bytes:
    """What the tablet keeps of a file."""
    text: str = page.evaluate(KEPT, [base64.b64encode(content).decode(), kind, name])
    return base64.b64decode(text)


def is_near(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(is_ - was) < 40 for is_, was in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("orientation", TURNED)
def test_however_the_camera_was_held_the_photo_is_upright_small_and_says_nothing_of_the_place(
    page: Page, orientation: int
) -> None:
    taken = as_a_camera_writes_it(upright(2400, 1600), orientation)
    assert b"Exif" in taken
    assert b"Chen Jianguo" in taken

    stored = kept(page, taken)

    photo = Image.open(io.BytesIO(stored))
    assert photo.size == (2000, 1333)
    corners = {RED: (100, 100), GREEN: (1900, 100), BLUE: (100, 1230), WHITE: (1900, 1230)}
    assert all(is_near(photo.getpixel(place), colour) for colour, place in corners.items())
    assert dict(photo.getexif()) == {}
    assert [word for word in (b"Exif", b"GPS", b"Chen Jianguo") if word in stored] == []


def test_a_small_picture_stays_as_small_as_it_is(page: Page) -> None:
    stored = kept(page, as_a_camera_writes_it(upright(320, 240), 6))

    assert Image.open(io.BytesIO(stored)).size == (320, 240)


@pytest.mark.parametrize(("kind", "encoding"), [("image/png", "PNG"), ("image/webp", "WEBP")])
def test_other_pictures_become_jpegs_on_white_paper(page: Page, kind: str, encoding: str) -> None:
    content = io.BytesIO()
    Image.new("RGBA", (300, 200), (0, 0, 0, 0)).save(content, encoding)

    photo = Image.open(io.BytesIO(kept(page, content.getvalue(), kind, "drawing")))

    assert (photo.format, photo.size) == ("JPEG", (300, 200))
    assert is_near(photo.getpixel((150, 100)), WHITE)


@pytest.mark.parametrize(
    ("kind", "name", "words"), [("image/heic", "IMG_0042.HEIC", zh(HEIC)), ("image/jpeg", "broken.jpg", zh(BROKEN))]
)
def test_what_the_browser_cannot_show_is_refused_in_words(page: Page, kind: str, name: str, words: str) -> None:
    said = page.evaluate(
        "file => window.photos.shrink(window.fileOf(file)).catch(({ code, message }) => [code, message])",
        [base64.b64encode(b"\0\0\0\x18ftypheic" + b"\0" * 200).decode(), kind, name],
    )

    assert said == ["photo:unreadable", words]


def test_thirty_photos_are_worked_on_one_after_another(page: Page) -> None:
    photo = base64.b64encode(as_a_camera_writes_it(upright(1200, 900), 1)).decode()

    made, most = page.evaluate(
        """async (file) => {
            let [open, most] = [0, 0];
            const { createImageBitmap: decode } = window;
            window.createImageBitmap = async (...args) => {
                most = Math.max(most, ++open);
                const image = await decode(...args);
                const { close } = image;
                image.close = () => { open--; close.call(image); };
                return image;
            };
            const all = await Promise.all(Array.from({ length: 30 }, () => window.photos.shrink(window.fileOf(file))));
            window.createImageBitmap = decode;
            return [all.filter(({ type }) => type === "image/jpeg").length, most];
        }""",
        [photo, "image/jpeg", "photo.jpg"],
    )

    assert (made, most) == (30, 1)
