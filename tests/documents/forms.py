"""Every printed form, as the tests of all forms take it: a new form is one more row."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PIL import Image

from app.documents.printing import Printed, print_sheet
from tests.documents.builders import a_photo, a_progress, a_sheet, a_signature, an_answered_issue, an_issue

SMALL = 300_000
"""Bytes that a sealed paper without photos never exceeds."""


@dataclass(frozen=True)
class Form:
    """One form in one shape. `says`: words that must be read on it. `carries`: what is attached, by name."""

    prints: Callable[[], Printed]
    says: str
    pages: int
    carries: tuple[str, ...] = ()
    most_bytes: int = SMALL


def _common_characters() -> Iterator[str]:
    """The 3755 most used Chinese characters, in the order of GB 2312."""
    for row in range(0xB0, 0xD8):
        for cell in range(0xA1, 0xFF if row < 0xD7 else 0xFA):
            yield bytes((row, cell)).decode("gb2312")


def _rich_sheet() -> Printed:
    """Thirty issues that between them need six hundred different characters, far more than a sheet has."""
    characters = list(_common_characters())[::6]
    words = ["".join(characters[at : at + 20]) for at in range(0, 600, 20)]
    issues = tuple((an_issue if n % 3 else an_answered_issue)(n, text=text) for n, text in enumerate(words, start=1))
    return print_sheet(a_sheet(issues=issues, progress=tuple(a_progress() for _ in range(8))))


def _with_photos() -> Printed:
    """Two photos as large as a tablet sends them, of noise, which no compression makes small; one on its way."""
    photos = [io.BytesIO(), io.BytesIO()]
    for photo in photos:
        Image.effect_noise((1600, 1200), 60).convert("RGB").save(photo, "JPEG", quality=80)
    shown = (a_photo(photo.getvalue(), n) for n, photo in enumerate(photos, start=1))
    return print_sheet(a_sheet(languages=("en",), photos=(*shown, a_photo(None, n=2))))


def _nobody_signed() -> Printed:
    refused = a_signature("owner", "陈建国", "owner", how="refused", strokes=(), signed_at=None, reason="改天再签")
    witness = a_signature("witness", "王刚", "neighbour", under="本人在场，陈建国未签字。")
    nothing = {"issues": (), "callbacks": (), "progress": (), "wishes": "", "verification_url": ""}
    return print_sheet(a_sheet(languages=("zh",), signatures=(refused, witness), **nothing))


_STATEMENT = ("statement-T07-0012.json",)
FORMS: dict[str, Form] = {
    "11 sign-off sheet": Form(lambda: print_sheet(a_sheet()), "业主签字确认单 Owner's sign-off sheet", 2, _STATEMENT),
    "11 in Chinese, not signed": Form(_nobody_signed, "未签字：业主不愿签字", 1, _STATEMENT),
    "11 in English, with photos": Form(_with_photos, "On its way to the office", 2, _STATEMENT, most_bytes=600_000),
    "11 rich in words": Form(_rich_sheet, "第 7 / 7 页 Page 7 of 7", 7, _STATEMENT),
}
