"""Where an archive's files lie, in a zip file or in a folder: each by its path, and none that could lead elsewhere."""

import os
import stat
import unicodedata
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

MOST_IN_MEMORY = 64 << 20
"""Bytes of the largest single paper or text that is examined."""
MOST_PACKED = 100
"""An archive that unpacks to more than so many times its size, and to more than MOST_IN_MEMORY, is not opened."""
_BLOCK = 1 << 20
_ENCRYPTED = 0x1


class Unsafe(ValueError):
    """It is not opened at all, and why."""


class Holder(ABC):
    """Files by their paths. `troubles`: what about those paths themselves is wrong."""

    def __init__(self) -> None:
        self.sizes: dict[str, int] = {}
        self.troubles: list[str] = []

    def __enter__(self) -> "Holder":
        return self

    def __exit__(self, *_error: object) -> None:
        return None

    @abstractmethod
    def open(self, path: str) -> IO[bytes]:
        """The file, to be read once, from its beginning."""

    def blocks(self, path: str) -> Iterator[bytes]:
        """Its content, a piece at a time."""
        with self.open(path) as file:
            while block := file.read(_BLOCK):
                yield block

    def read(self, path: str, most: int = MOST_IN_MEMORY) -> bytes:
        """The whole of it, if it is not larger than `most`."""
        with self.open(path) as file:
            content = file.read(most + 1)
        if len(content) > most:
            raise ValueError(f"{path} is larger than {most >> 20} MB")
        return content


def opened(path: Path) -> Holder:
    """A folder, or else a zip file. Raises what `zipfile` does, and `Unsafe`."""
    return _Folder(path) if path.is_dir() else _Zip(path)


class _Zip(Holder):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self._zip = zipfile.ZipFile(path)
        try:
            self._look_at_names(path.stat().st_size)
        except BaseException:
            self._zip.close()
            raise

    def __exit__(self, *_error: object) -> None:
        self._zip.close()

    def open(self, path: str) -> IO[bytes]:
        return self._zip.open(path)

    def _begins_with_an_entry(self) -> bool:
        assert self._zip.fp is not None
        self._zip.fp.seek(0)
        return self._zip.fp.read(4) == b"PK\x03\x04"

    def _look_at_names(self, packed: int) -> None:
        """Before anything is unpacked: names that could be written elsewhere, twice, or unpack to very much."""
        seen: set[str] = set()
        for entry in self._zip.infolist():
            name = entry.orig_filename
            if trouble := _trouble_with(name, entry, seen):
                self.troubles.append(f"{name!r}: {trouble}")
            elif not entry.is_dir():
                self.sizes[name] = entry.file_size
            seen.add(_folded(name))
        if self._zip.comment or not self._begins_with_an_entry():
            self.troubles.append("the file: bytes that belong to no entry")
        unpacked = sum(entry.file_size for entry in self._zip.infolist())
        if unpacked > MOST_IN_MEMORY and unpacked > packed * MOST_PACKED:
            raise Unsafe(f"its {packed} bytes would unpack to {unpacked}")


def _trouble_with(name: str, entry: zipfile.ZipInfo, seen: set[str]) -> str:
    if not is_safe(name):
        return "a path that leads out of the archive"
    if _folded(name) in seen:
        return "there twice"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "a link to another file"
    if entry.is_dir() and entry.file_size:
        return "a folder with content of its own"
    return "encrypted" if entry.flag_bits & _ENCRYPTED else ""


def is_safe(name: str) -> bool:
    """Whether a path stays below the folder that it is unpacked in, on every system."""
    parts = name.removesuffix("/").split("/")
    return not ({"", ".", ".."} & set(parts) or any(sign in name for sign in '\\:\0"<>|?*'))


def _folded(name: str) -> str:
    """Names that some system takes for one are one."""
    return unicodedata.normalize("NFC", name.removesuffix("/")).casefold()


class _Folder(Holder):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self._root = path
        for folder, _folders, names in os.walk(path):
            for name in (*names, *(one for one in _folders if (Path(folder) / one).is_symlink())):
                file = Path(folder) / name
                relative = file.relative_to(path).as_posix()
                if file.is_symlink() or not file.is_file():
                    self.troubles.append(f"{relative!r}: a link to another file")
                else:
                    self.sizes[relative] = file.stat().st_size

    def open(self, path: str) -> IO[bytes]:
        return (self._root / PurePosixPath(path)).open("rb")
