"""Whether an .xlsx file is safe to unpack, judged by its directory before anything is unpacked."""

import io
import zipfile
from collections.abc import Iterator
from xml.parsers import expat

from app.core.errors import Refused, TooLarge
from app.core.i18n import lazy_

MAX_MEMBERS = 2_000
MAX_UNPACKED = 120 * 1024 * 1024
MAX_XML = 48 * 1024 * 1024
MAX_MARKS = 2_500_000
"""`<` in all XML. A reader takes some five millionths of a second for each: ten thousand rows of thirty cells have half
as many, and what is packed as tightly as an archive may be, without this bound, keeps a worker busy for minutes."""
MAX_MARKS_BESIDE = 400_000
"""Those outside of sheets and their texts: styles and names take five times as long."""
MAX_RATIO = 200
SMALL = 2 * 1024 * 1024
"""Members below this size may be packed as tightly as they like."""


def open_archive(content: bytes) -> zipfile.ZipFile:
    """The archive of a workbook. Raises `Refused` for what is no workbook or would unpack to too much.

    A damaged archive raises whatever its reader stumbles over.
    """
    archive = zipfile.ZipFile(io.BytesIO(content))
    _refuse_bombs(archive.infolist())
    _refuse_what_is_no_workbook(set(archive.namelist()))
    parts = [member for member in archive.infolist() if _is_xml(archive, member)]
    _refuse_too_much_xml(archive, parts)
    _refuse_entities(archive, parts)
    return archive


def unreadable() -> Refused:
    """The refusal of a file that begins like a workbook and cannot be read as one."""
    return Refused(
        "roster:unreadable",
        lazy_("This workbook cannot be read: it is damaged. Open it in a spreadsheet program and save it again."),
    )


def _refuse_bombs(members: list[zipfile.ZipInfo]) -> None:
    # The directory can lie about sizes, but a member is never unpacked beyond the size it states.
    sizes = [member.file_size for member in members]
    if len(members) > MAX_MEMBERS or sum(sizes) > MAX_UNPACKED or any(map(_too_tight, members)):
        raise _bomb()
    if any(member.flag_bits & 1 for member in members):
        raise locked()


def _refuse_too_much_xml(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    if sum(part.file_size for part in parts) > MAX_XML:
        raise _bomb()
    marks = beside = 0
    for part in parts:
        for chunk in _chunks(archive, part):
            found = chunk.count(b"<")
            marks, beside = marks + found, beside + (0 if _is_of_sheets(part) else found)
            if marks > MAX_MARKS or beside > MAX_MARKS_BESIDE:
                raise _bomb()


def _is_of_sheets(part: zipfile.ZipInfo) -> bool:
    return part.filename.startswith("xl/worksheets/") or part.filename == "xl/sharedStrings.xml"


def _bomb() -> TooLarge:
    return TooLarge(
        "roster:bomb",
        lazy_(
            "This workbook unpacks to far more than a roster needs. Delete empty rows and pictures, "
            "or copy the list to a new file."
        ),
    )


def locked() -> Refused:
    """The refusal of a file that only opens with a password."""
    return Refused(
        "roster:locked",
        lazy_("This file is protected by a password. Save a copy without one and upload that."),
    )


def _too_tight(member: zipfile.ZipInfo) -> bool:
    return member.file_size > SMALL and member.file_size > MAX_RATIO * max(member.compress_size, 1)


def _refuse_what_is_no_workbook(names: set[str]) -> None:
    if "xl/workbook.bin" in names:
        raise Refused("roster:wrong_type", lazy_("This is a binary workbook (.xlsb). Save it as .xlsx."))
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise Refused("roster:wrong_type", lazy_("This is no spreadsheet. A roster is an .xlsx or a .csv file."))


def _refuse_entities(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """No part may declare a document type: that is where entities are made that expand without end."""
    if any(_declares_a_type(archive, part) for part in parts):
        raise unreadable()


def _is_xml(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """By its name, or by how it begins: a sheet may be called anything."""
    if member.filename.endswith((".xml", ".rels", ".vml")):
        return True
    with archive.open(member) as part:
        return part.read(200).lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<")


class _Seen(Exception):
    """Enough of a part was read."""

    def __init__(self, declared: bool) -> None:
        self.declared = declared


def _declares_a_type(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_about: _stop(True)
    parser.StartElementHandler = lambda *_about: _stop(False)
    try:
        for chunk in _chunks(archive, member):
            parser.Parse(chunk)
    except _Seen as seen:
        return seen.declared
    return False


def _stop(declared: bool) -> None:
    raise _Seen(declared)


def _chunks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(member) as part:
        while chunk := part.read(8192):
            yield chunk
