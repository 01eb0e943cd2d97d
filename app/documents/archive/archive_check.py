"""Verifies an archive by itself, as a file or unpacked: no server, no database, no settings; little memory."""

import hashlib
import json
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificates
from pydantic import ValidationError

from app.documents.archive import archive_format as form
from app.documents.archive.archive_format import Entry, File, Kind, Manifest, Record
from app.documents.archive.holders import Holder, is_safe, opened
from app.documents.archive.left_out import LeftOut
from app.documents.seal.apart import read_apart
from app.documents.seal.detached import SignatureRead, is_sealed_by, read_beside
from app.documents.seal.read_back import PaperRead
from app.documents.seal.reading import read_paper
from app.signatures.rules import seal_holds, sha256_hex

MOST_OF_MANIFEST = 512 << 20
_LONGEST_LINE = 16 << 20


@dataclass
class Verified:
    """What was found. `wrong`: everything that does not agree, in words; empty if the archive is whole.

    `signer` signed the manifest; nobody is named where there is no signature that can be read. `head`: of the
    journal's last closed day in it, the day and the hash that can be compared with one that was published. `matters`:
    how many of each type agree. `told_of`: how many visits and matters its journal tells of that are all in it; nothing
    where that cannot be compared.
    """

    wrong: list[str] = field(default_factory=list)
    manifest: Manifest | None = None
    signer: SignatureRead | None = None
    seals: int = 0
    signatures: int = 0
    photos: int = 0
    days: int = 0
    lines: int = 0
    head: tuple[str, str] | None = None
    matters: dict[str, int] = field(default_factory=dict)
    told_of: int | None = None


def verify_archive(path: Path, trusted: list[bytes]) -> Verified:
    """Look at an archive, a zip file or a folder. `trusted`: certificates in DER; none: nobody vouches for the signer.

    Raises nothing: any trouble is a failed verification.
    """
    verified = Verified()
    try:
        with opened(path) as holder:
            _Check(holder, trusted, verified).run()
    except Exception as error:  # noqa: BLE001 - whatever comes of bytes that somebody made up
        verified.wrong.append(f"it cannot be read as an archive ({error})")
    return verified


class _Check:
    """One verification, from the outside inwards: names, manifest, hashes, then what the files say of each other."""

    def __init__(self, holder: Holder, trusted: list[bytes], verified: Verified) -> None:
        self._holder, self._trusted, self._told = holder, trusted, verified
        self._statements: dict[str, bytes] = {}
        self._vouched: list[bytes] = list(trusted)

    def run(self) -> None:
        self._told.wrong += self._holder.troubles
        manifest = self._manifest()
        if manifest is None:
            return
        self._told.manifest = manifest
        sound = self._hashes(manifest)
        files = [file for file in manifest.files if file.path in sound]
        certificates = self._certificates(files)
        if not self._vouched and certificates:
            self._vouched = certificates[:1]
        self._of_the_whole(manifest, files, certificates)
        records = {record.receipt or record.number: record for record in manifest.records}
        by_record: dict[str, list[File]] = {}
        for file in files:
            by_record.setdefault(file.of, []).append(file)
        keys = self._keys(files)
        for number, record in records.items():
            self._record(record, number, by_record.get(number, []), manifest, keys)
        self._matters(manifest, by_record, records)
        self._desk([file for file in files if file.of not in records], manifest)
        self._journal(manifest, {file.kind for file in files})

    def _wrong(self, path: str, words: str) -> None:
        self._told.wrong.append(f"{path}: {words}")

    # --- manifest and signature ---

    def _manifest(self) -> Manifest | None:
        for path in (form.MANIFEST, form.SIGNATURE):
            if path not in self._holder.sizes:
                self._wrong(path, "missing")
        if form.MANIFEST not in self._holder.sizes:
            return None
        content = self._holder.read(form.MANIFEST, MOST_OF_MANIFEST)
        if form.SIGNATURE in self._holder.sizes:
            self._signature(content)
        try:
            return Manifest.model_validate_json(content)
        except ValidationError as error:
            self._wrong(form.MANIFEST, f"not a manifest that this program knows ({error.errors()[0]['msg']})")
            return None

    def _signature(self, content: bytes) -> None:
        """Whose signature it is. Who signed the manifest also has to have sealed the papers."""
        try:
            signer = read_beside(content, self._holder.read(form.SIGNATURE), self._trusted)
        except Exception as error:  # noqa: BLE001 - the libraries raise whatever comes of broken bytes
            self._wrong(form.SIGNATURE, f"cannot be read as a signature ({error})")
            return
        self._told.signer = signer
        if not signer.holds:
            self._wrong(form.MANIFEST, "changed after it was signed")
        elif self._trusted and not signer.trusted:
            self._wrong(
                form.SIGNATURE, f"by “{signer.by}”, whose certificate is none that you trust ({fingerprint(signer)})"
            )
        if not self._trusted:
            self._vouched = [signer.certificate]

    # --- every file ---

    def _hashes(self, manifest: Manifest) -> set[str]:
        """Paths of the files that are here as they were."""
        listed: dict[str, File] = {}
        for file in manifest.files:
            if not is_safe(file.path) or file.path in listed or file.path in form.UNLISTED:
                self._wrong(file.path, "named by the manifest as it must not be")
            listed[file.path] = file
        for path in sorted(self._holder.sizes.keys() - listed.keys() - form.UNLISTED):
            self._wrong(path, "not named by the manifest")
        sound = set()
        for path, file in listed.items():
            if path not in self._holder.sizes:
                self._wrong(path, "missing")
            elif self._is_as_listed(file):
                sound.add(path)
            else:
                self._wrong(path, "changed")
        return sound

    def _is_as_listed(self, file: File) -> bool:
        if self._holder.sizes[file.path] != file.size:
            return False
        digest, left = hashlib.sha256(), file.size
        try:
            for block in self._holder.blocks(file.path):
                digest.update(block)
                left -= len(block)
                if left < 0:
                    return False
        except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError, zlib.error):
            return False
        return left == 0 and digest.hexdigest() == file.sha256

    def _certificates(self, files: list[File]) -> list[bytes]:
        """What the archive itself brings, in DER, the signer's first."""
        if not any(file.path == form.SEAL and file.kind is Kind.SEAL for file in files):
            return []
        found = load_pem_x509_certificates(self._holder.read(form.SEAL))
        return [certificate.public_bytes(Encoding.DER) for certificate in found]

    def _of_the_whole(self, manifest: Manifest, files: list[File], certificates: list[bytes]) -> None:
        kinds = {file.path: file.kind for file in files}
        if kinds.get(form.SUMS) is Kind.SUMS and self._holder.read(form.SUMS) != form.sums(manifest.files):
            self._wrong(form.SUMS, "names other hashes than the manifest")
        signer = self._told.signer
        if certificates and signer is not None and certificates[0] != signer.certificate:
            self._wrong(form.SIGNATURE, f"by another key than that of {form.SEAL}: by “{signer.by}”")

    def _keys(self, files: list[File]) -> dict[str, Any]:
        """Public keys of the tablets."""
        if not any(file.kind is Kind.TABLETS for file in files):
            return {}
        return {device: known["key"] for device, known in json.loads(self._holder.read(form.TABLETS)).items()}

    # --- one record ---

    def _record(self, record: Record, number: str, files: list[File], manifest: Manifest, keys: dict[str, Any]) -> None:
        of_kind = {kind: [file for file in files if file.kind is kind] for kind in Kind}
        text = next((self._holder.read(file.path) for file in of_kind[Kind.STATEMENT]), None)
        if record.statement and not any(f.kind is Kind.STATEMENT and f.of == number for f in manifest.files):
            self._wrong(number, "the text that was signed is not in the manifest")
        for file in of_kind[Kind.STATEMENT]:
            if file.sha256 != record.statement:
                self._wrong(file.path, f"not the text that was signed at {number}")
        for file in (*of_kind[Kind.SHEET], *of_kind[Kind.RECORD]):
            self._paper(file, record.statement)
        for file in of_kind[Kind.SIGNATURE]:
            self._signed(file, record, keys)
        self._photos(of_kind[Kind.PHOTO])
        if text is not None and record.statement:
            self._named(text, number, of_kind, manifest)

    def _photos(self, files: list[File]) -> None:
        for file in files:
            self._told.photos += 1
            if PurePosixPath(file.path).stem != file.sha256:
                self._wrong(file.path, "another picture than its name says")

    def _paper(self, file: File, statement: str) -> None:
        """A sealed PDF: its seal, and that the text in it is the one that was signed."""
        try:
            pdf = self._holder.read(file.path)
            paper = self._read(pdf)
            seal, text = paper.seal, paper.statement
        except Exception as error:  # noqa: BLE001 - the libraries raise whatever comes of a broken file
            self._wrong(file.path, f"cannot be read as a sealed PDF ({error})")
            return
        if seal is None:
            self._wrong(file.path, "bears no seal")
        elif not seal.whole:
            self._wrong(file.path, "changed after it was sealed")
        elif not seal.ours:
            whose = "none that you trust" if self._trusted else "not the one that signed the manifest"
            self._wrong(file.path, f"sealed by “{seal.by}”, {whose}")
        else:
            self._told.seals += 1
        if file.kind is Kind.SHEET and sha256_hex((text or "").encode()) != statement:
            self._wrong(file.path, "the text that travels in it is not the one that was signed")

    def _read(self, pdf: bytes) -> PaperRead:
        """What a seal that is trusted is over all of is read here, at once; anything else could be anything: apart."""
        if self._trusted and is_sealed_by(pdf, self._trusted):
            return read_paper(pdf, self._vouched)
        return read_apart(pdf, self._vouched)

    def _signed(self, file: File, record: Record, keys: dict[str, Any]) -> None:
        """A signature as its tablet sealed it."""
        evidence = json.loads(self._holder.read(file.path))
        if evidence.get("statement") != record.statement:
            self._wrong(file.path, "a signature under another text")
        elif not seal_holds(evidence, keys.get(str(evidence.get("device_id")), {})):
            self._wrong(file.path, "another signature than its tablet sealed")
        else:
            self._told.signatures += 1

    def _named(self, text: bytes, number: str, of_kind: dict[Kind, list[File]], manifest: Manifest) -> None:
        """The photos that the signed text names are here, or are said to be absent; a signed text has its sheet."""
        here = {PurePosixPath(file.path).stem for file in of_kind[Kind.PHOTO]}
        listed = {PurePosixPath(f.path).stem for f in manifest.files if f.kind is Kind.PHOTO and f.of == number}
        absent = {one.what for one in manifest.absent if one.of == number}
        for shown in json.loads(text).get("photos", []):
            if shown["sha256"] not in here | listed | absent:
                self._wrong(number, f"photo {shown['sha256']}, which was signed, is not here, and nothing says why")

    # --- matters beside the visits ---

    def _matters(self, manifest: Manifest, by_number: dict[str, list[File]], records: dict[str, Record]) -> None:
        """Each is told of in one file, which says what the manifest says; its photos are here, or said to be absent."""
        shown = {PurePosixPath(file.path).stem for file in manifest.files if file.kind is Kind.PHOTO}
        shown |= {one.what for one in manifest.absent}
        telling = Counter(file.of for file in manifest.files if file.kind is Kind.ENTRY)
        known = set(records)
        for entry in manifest.entries:
            if entry.number in known:
                self._wrong(entry.number, "there twice")
            known.add(entry.number)
            if telling.pop(entry.number, 0) != 1:
                self._wrong(entry.number, f"the {entry.type} is not told of in one file of the manifest")
            self._matter(entry, by_number.get(entry.number, []), shown)
        for number in telling:
            self._wrong(number, "told of, and not among what the manifest says it holds")

    def _matter(self, entry: Entry, files: list[File], shown: set[str]) -> None:
        for file in files:
            if file.kind is Kind.PAPER:
                self._paper(file, "")
            elif file.kind is Kind.ENTRY:
                self._told_of(entry, file, shown)
        self._photos([file for file in files if file.kind is Kind.PHOTO])

    def _told_of(self, entry: Entry, file: File, shown: set[str]) -> None:
        told = json.loads(self._holder.read(file.path))
        says = (told.get("type"), told.get("id"), told.get("number"), told.get("at"), file.sha256)
        if says != (entry.type, entry.id, entry.number, entry.at, entry.sha256):
            self._wrong(file.path, f"not what the manifest says of {entry.number}")
            return
        self._told.matters[entry.type] = self._told.matters.get(entry.type, 0) + 1
        for photo in told.get("photos", []):
            if photo["sha256"] not in shown:
                self._wrong(file.path, f"photo {photo['sha256']} is not here, and nothing says why")

    # --- the office's signatures, the journal ---

    def _desk(self, files: list[File], manifest: Manifest) -> None:
        """What was signed at a desk names its ink by its hash."""
        inks = {file.path: file.sha256 for file in manifest.files if file.kind is Kind.DESK_INK}
        for file in files:
            if file.kind is not Kind.DESK_SIGNATURE:
                continue
            ink = inks.get(file.path.removesuffix(".json") + "-ink.json")
            if ink != json.loads(self._holder.read(file.path)).get("ink_sha256"):
                self._wrong(file.path, "signed with other strokes than lie beside it")
            else:
                self._told.signatures += 1

    def _journal(self, manifest: Manifest, kinds: set[Kind]) -> None:
        """Each closed day is over its lines and over the day before; what they tell of is in the archive."""
        for path in {form.LINES, form.DAYS} - {file.path for file in manifest.files}:
            self._wrong(path, "not in the manifest")
        if not {Kind.LINES, Kind.DAYS} <= kinds:
            return
        left_out = LeftOut(manifest) if manifest.v >= form.CHOSEN_AFTER_ITS_JOURNAL else None
        with self._holder.open(form.DAYS) as days, self._holder.open(form.LINES) as lines:
            before = ""
            for raw in days:
                day = json.loads(raw)
                if before and day["previous"] != before:
                    self._wrong(form.DAYS, f"{day['day']} does not follow the day before it")
                before = sha256_hex(raw.rstrip(b"\n"))
                digests, count = hashlib.sha256(), 0
                while count < day["line_count"] and (line := lines.readline(_LONGEST_LINE)):
                    line, count = line.rstrip(b"\n"), count + 1
                    digests.update(hashlib.sha256(line).digest())
                    if left_out is not None:
                        left_out.look_at(line)
                if (count, digests.hexdigest()) != (day["line_count"], day["lines_sha256"]):
                    self._wrong(form.LINES, f"the lines of {day['day']} are others than were closed")
                self._told.days += 1
                self._told.lines += count
                self._told.head = (day["day"], before)
            if lines.read(1):
                self._wrong(form.LINES, "lines of no closed day")
        if left_out is not None:
            self._told.told_of = len(left_out.told_of)
            for words in left_out.missing.values():
                self._wrong(form.LINES, words)


def fingerprint(signer: SignatureRead) -> str:
    """The certificate's SHA-256 as `openssl x509 -fingerprint -sha256` writes it."""
    digest = hashlib.sha256(signer.certificate).hexdigest().upper()
    return "SHA-256 " + ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))
