"""An archive's file as it grows: each file in it and in the manifest at once, photos from where they are kept."""

import hashlib
import uuid
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from app.core import blobs
from app.documents.archive import archive_format as form
from app.documents.archive.archive_format import Absent, Entry, File, Kind, Record
from app.documents.archive.archive_pages import MatterListed
from app.documents.archive.archived import Listed

_BLOCK = 1 << 20


@dataclass
class Writing:
    """What is in it so far, never its contents. `photos`: where each lies, by its SHA-256."""

    zip: zipfile.ZipFile
    moment: tuple[int, int, int, int, int, int]
    files: list[File] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    listed: list[Listed] = field(default_factory=list)
    matters: list[MatterListed] = field(default_factory=list)
    absent: list[Absent] = field(default_factory=list)
    batches: dict[uuid.UUID, None] = field(default_factory=dict)
    tablets: set[uuid.UUID] = field(default_factory=set)
    photos: dict[str, str] = field(default_factory=dict)
    _missed: set[str] = field(default_factory=set)

    def add(self, path: str, kind: Kind, blocks: Iterable[bytes], *, of: str = "", packed: bool = True) -> str:
        """Put a file in, block by block, and into the manifest; its SHA-256. `packed`: False for what is already."""
        digest, size = hashlib.sha256(), 0
        with self.zip.open(self._entry(path, packed=packed), "w", force_zip64=kind is Kind.LINES) as file:
            for block in blocks:
                file.write(block)
                digest.update(block)
                size += len(block)
        self.files.append(File(path=path, size=size, sha256=digest.hexdigest(), kind=kind, of=of))
        return digest.hexdigest()

    def add_unlisted(self, path: str, content: bytes) -> None:
        """Put in what no manifest can name: itself, and its signature."""
        self.zip.writestr(self._entry(path, packed=True), content)

    def add_photo(self, folder: str, of: str, sha256: str) -> None:
        """A photo as it is stored, if it still is what its name says; otherwise why it is absent."""
        path = blobs.path_of(sha256)
        if not path.exists():
            self.lack(Absent(of=of, what=sha256, why="photo:lost"))
        elif digest_of(path) != sha256:
            self.lack(Absent(of=of, what=sha256, why="photo:altered"))
        else:
            with path.open("rb") as photo:
                name = f"{folder}/photos/{form.photo_name(sha256, photo.read(8))}"
                photo.seek(0)
                self.add(name, Kind.PHOTO, iter(lambda: photo.read(_BLOCK), b""), of=of, packed=False)
                self.photos.setdefault(sha256, name)

    def lack(self, *absent: Absent) -> None:
        """Say of something that it is not here."""
        self.absent += absent
        self._missed.update(one.what for one in absent)

    def knows(self, sha256: str) -> bool:
        """Whether a photo is here, or said to be absent."""
        return sha256 in self.photos or sha256 in self._missed

    def _entry(self, path: str, *, packed: bool) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(path, self.moment)
        entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        entry.external_attr = 0o644 << 16
        return entry


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
