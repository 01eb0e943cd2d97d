"""What is common to files that are uploaded, previewed row by row and then taken over."""

import enum
from pathlib import PurePath
from typing import Protocol, TypeVar

from flask import request

from app.core.errors import Refused, TooLarge
from app.core.i18n import _
from app.estates.roster.grid import MAX_BYTES
from app.office.listing import PAGE_ROWS, Listing, first_row, listing

MEGABYTES = MAX_BYTES // 1024 // 1024
"""What a file may hold, as it is said."""


class Judged(Protocol):
    """One row of a file with what would become of it."""

    @property
    def verdict(self) -> enum.Enum: ...


Row = TypeVar("Row", bound=Judged)


def uploaded_file(of: str) -> tuple[str, bytes]:
    """Name and bytes of the uploaded file. Raises Refused, in codes that begin with `of`."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Refused(f"{of}:no_file", _("Choose a file first."))
    content = file.stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise TooLarge(f"{of}:too_large", _("This file is larger than %(limit)s MB.", limit=MEGABYTES))
    return PurePath(file.filename.replace("\\", "/")).name[:200], content


def previewed(rows: list[Row]) -> Listing[Row]:
    """The page asked for of the rows with the verdict asked for."""
    wanted = [row for row in rows if request.args.get("verdict") in {None, "", row.verdict.value}]
    start = first_row()
    return listing((wanted[start : start + PAGE_ROWS], len(wanted)), "verdict")


def with_refused(words: str, refused: int) -> str:
    """What was imported, and how many rows were not."""
    if not refused:
        return words
    told = _("Refused rows: %(n)s. Mend them in the file and import it again.", n=refused)
    return f"{words} {told}"
