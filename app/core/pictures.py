"""Photos as they are shown: made anew from the original, which itself is never served."""

import io
from dataclasses import dataclass

from PIL import Image, ImageOps

_MOST_PIXELS = 50_000_000


@dataclass(frozen=True)
class Picture:
    """A JPEG that we made: its bytes, and how large it is."""

    content: bytes
    width: int
    height: int


def shown(original: bytes, long_edge: int) -> bytes | None:
    """JPEG, upright, at most `long_edge` pixels, and nothing else of the original. None if it is no picture."""
    picture = made_anew(original, long_edge)
    return picture.content if picture else None


def made_anew(original: bytes, long_edge: int) -> Picture | None:
    """The same with its size: neither place nor camera of the original goes along."""
    try:
        picture = Image.open(io.BytesIO(original), formats=("JPEG", "PNG", "WEBP"))
        if picture.width * picture.height > _MOST_PIXELS:
            return None
        picture.draft("RGB", (long_edge, long_edge))
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    except Exception:  # noqa: BLE001 - the library raises whatever comes of a damaged file, or of one that would swell
        return None
    upright.thumbnail((long_edge, long_edge))
    file = io.BytesIO()
    upright.save(file, "JPEG", quality=82)
    return Picture(file.getvalue(), *upright.size)
