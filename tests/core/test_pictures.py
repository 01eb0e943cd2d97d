"""A photo is made anew, whatever somebody sends in its place."""

import io
import struct
import zlib

import pytest
from PIL import Image

from app.core.pictures import made_anew


def a_png(width: int, height: int) -> bytes:
    """A picture that says it is so large, of a few bytes."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    ends = (head, b"IDAT", b"IEND")
    chunks = (struct.pack(">I", len(one) - 4) + one + struct.pack(">I", zlib.crc32(one)) for one in ends)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def test_a_picture_keeps_its_shape_and_nothing_else_is_one() -> None:
    file = io.BytesIO()
    Image.new("RGB", (640, 320)).save(file, "PNG")

    made = made_anew(file.getvalue(), 320)

    assert made is not None
    assert (made.width, made.height) == (320, 160)


@pytest.mark.parametrize("sent", [a_png(60_000, 60_000), a_png(9_000, 9_000), b"", b"GIF89a"])
def test_what_would_swell_or_is_broken_is_no_picture(sent: bytes) -> None:
    assert made_anew(sent, 480) is None
