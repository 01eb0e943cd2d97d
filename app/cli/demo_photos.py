"""Photos of damp walls for the demonstration: drawn, for nobody's home is an example."""

import io
from functools import lru_cache
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from app.core.pictures import Picture, made_anew

SIZE = (1200, 900)
_DRAWN = (400, 300)


def a_damp_wall(chance: Random) -> bytes:
    """A plastered ceiling and two walls in lamplight, with a brown-edged stain, as a JPEG of SIZE."""
    corner = (round(chance.uniform(0.3, 0.7) * _DRAWN[0]), round(chance.uniform(0.35, 0.5) * _DRAWN[1]))
    picture = ImageChops.multiply(_room(corner), _lamplight(chance))
    damp = _damp(corner, chance)
    picture.paste((158, 132, 96), mask=_soft(damp.point(_between(60, 300, 62))))
    for lowest, strength in ((56, 120), (112, 52), (158, 34)):
        picture.paste((112, 84, 50), mask=_soft(damp.point(_between(lowest, lowest + 44, strength))))
    return _as_taken(picture)


@lru_cache(maxsize=2)
def a_wall(is_damp: bool) -> Picture:
    """The same wall as the department photographs it, damp or dry again."""
    chance = Random(3)  # noqa: S311 - a picture, not a secret
    corner = (200, 130)
    picture = ImageChops.multiply(_room(corner), _lamplight(chance))
    taken = a_damp_wall(Random(3)) if is_damp else _as_taken(picture)  # noqa: S311
    made = made_anew(taken, max(SIZE))
    assert made is not None, "we drew it ourselves"
    return made


def _room(corner: tuple[int, int]) -> Image.Image:
    """Ceiling above, two walls below, meeting in a corner."""
    width, height = _DRAWN
    x, y = corner
    picture = Image.new("RGB", _DRAWN, (226, 222, 212))
    draw = ImageDraw.Draw(picture)
    draw.polygon([(0, round(y * 1.35)), corner, (x, height), (0, height)], fill=(206, 201, 190))
    draw.polygon([(width, round(y * 1.3)), corner, (x, height), (width, height)], fill=(192, 187, 176))
    return picture.filter(ImageFilter.GaussianBlur(1))


def _lamplight(chance: Random) -> Image.Image:
    """Bright around a lamp, dark towards the edges."""
    x, y = (round(chance.uniform(0.2, 0.8) * side) for side in _DRAWN)
    light = Image.new("L", _DRAWN, 150)
    ImageDraw.Draw(light).ellipse((x - 200, y - 170, x + 200, y + 170), fill=255)
    return light.filter(ImageFilter.GaussianBlur(80)).convert("RGB")


def _damp(corner: tuple[int, int], chance: Random) -> Image.Image:
    """How wet the wall is: more towards the middle of patches, uneven as plaster is."""
    wet = Image.new("L", _DRAWN, 0)
    draw = ImageDraw.Draw(wet)
    for _i in range(chance.randint(6, 10)):
        x, y = corner[0] + chance.randint(-80, 80), corner[1] + chance.randint(-50, 24)
        across, down = chance.randint(14, 42), chance.randint(8, 26)
        draw.ellipse((x - across, y - down, x + across, y + down), fill=255)
    plaster = Image.effect_noise((28, 21), 90).resize(_DRAWN, Image.Resampling.BICUBIC)
    wet = wet.filter(ImageFilter.GaussianBlur(11))
    return ImageChops.multiply(wet, ImageChops.add(plaster, Image.new("L", _DRAWN, 110)))


def _soft(mask: Image.Image) -> Image.Image:
    return mask.filter(ImageFilter.GaussianBlur(1.6))


def _between(lowest: int, highest: int, strength: int) -> list[int]:
    """For `point`: `strength` inside a band of wetness, fading at its edges."""
    fade = 20
    return [round(strength * max(0.0, min(1.0, (n - lowest) / fade, (highest - n) / fade))) for n in range(256)]


def _as_taken(picture: Image.Image) -> bytes:
    """A telephone's camera: a little soft, with grain."""
    picture = picture.resize(SIZE, Image.Resampling.BICUBIC)
    grain = Image.effect_noise(SIZE, 15).convert("RGB")
    picture = Image.blend(picture, ImageChops.overlay(picture, grain), 0.6)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=78)
    return file.getvalue()
