"""An archive that is verified by itself: whatever was altered in it is found and named, without server or database."""

import hashlib
import io
import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate
from flask import Flask

from app.cli.verify_archive import verify_archive_command
from app.core.clock import now
from app.documents.archive.archive_check import verify_archive
from app.documents.seal import apart
from app.documents.seal.detached import sign_beside
from app.documents.seal.seals import CompanySeal, company_seal
from tests.documents.archived import (
    Files,
    a_visit_with_a_photo,
    close_the_journal,
    files_in,
    in_manifest,
    made,
    one,
    ordered,
    something_beside_the_visits,
    taken,
    unpacked,
    zipped,
)
from tests.documents.made_up import endless
from tests.documents.stamping import a_stamp_server
from tests.office.conftest import a_jpeg, desk
from tests.office.test_batches import Desks, desks, gathered

__all__ = ["desk", "desks", "gathered"]

_made_once: list[bytes] = []


@pytest.fixture
def archive(request: pytest.FixtureRequest) -> bytes:
    """Made once, for it is never changed, and printing takes its time."""
    if not _made_once:
        _made_once.append(an_archive(request.getfixturevalue("desks")))
    return _made_once[0]


def an_archive(desks: Desks) -> bytes:
    """Two records that supervisor and manager signed, one with a photo, a try in vain, an inspection, and the issues
    of all that; the journal's day is closed.
    """
    desks.passed_by("supervisor", "manager")
    a_visit_with_a_photo(desks.desk)
    something_beside_the_visits(desks.desk)
    close_the_journal(desks.desk)
    address = ordered(desks.desk)
    made(desks.desk)
    return taken(desks.desk, address)


def verified(path: Path, *trusted: Path) -> Result:
    return CliRunner().invoke(verify_archive_command, [str(path), *(f"--trust={one}" for one in trusted)])


def wrong_with(files: Files, to: Path) -> list[str]:
    return verify_archive(zipped(files, to), []).wrong


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory) -> CompanySeal:
    """The seal of somebody else."""
    place = Flask("another")
    place.config["KEYS"] = str(tmp_path_factory.mktemp("keys"))
    with place.app_context():
        return company_seal("假冒物业", now())


def as_pem(seal: CompanySeal) -> bytes:
    return load_der_x509_certificate(seal.certificate).public_bytes(Encoding.PEM)


def test_a_whole_archive_agrees_as_a_file_and_unpacked_and_says_whose_it_is(
    archive: bytes, another: CompanySeal, tmp_path: Path
) -> None:
    files = files_in(archive)
    file, folder = tmp_path / "a.zip", unpacked(files, tmp_path / "a")
    file.write_bytes(archive)
    (tmp_path / "other.pem").write_bytes(as_pem(another))

    alone, trusted, in_folder, mistrusted = (
        verified(file),
        verified(file, folder / "seal.pem"),
        verified(folder, folder / "seal.pem"),
        verified(file, tmp_path / "other.pem"),
    )

    assert (alone.exit_code, trusted.exit_code, in_folder.exit_code, mistrusted.exit_code) == (0, 0, 0, 1)
    assert "was not checked: compare the fingerprint" in alone.output.splitlines()[-1]
    assert "Stamped by" not in alone.output
    assert trusted.output.splitlines()[-1].endswith("whose certificate you trust.")
    assert in_folder.output == trusted.output
    for words in (
        *("3 records", "6 seals, 8 signatures, 3 photos", "1 closed days", "锦绣花园物业服务中心"),
        "attempt 1 · inspection 1 · issue 3",
    ):
        assert words in trusted.output
    assert "is none that you trust" in mistrusted.output
    assert mistrusted.output.splitlines()[-1].startswith("The archive does not agree: ")


def test_who_else_says_when_it_was_signed_is_told(
    archive: bytes, another: CompanySeal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = files_in(archive)
    with a_stamp_server(tmp_path) as server:
        files["manifest.json.p7s"] = sign_beside(
            files["manifest.json"], replace(another, stamped_by=server.address), now()
        )
    file = zipped(files, tmp_path / "a.zip")

    unknown = verified(file).output
    monkeypatch.setenv("SEAL_TSA_CERT", str(server.certificate))
    known = verified(file).output

    [line] = [line for line in known.splitlines() if line.startswith("Stamped by")]
    assert line.startswith("Stamped by 国家授时测试中心 2")
    assert line.endswith(" UTC")
    assert f"{line}, an authority that is not known here" in unknown


def test_it_needs_no_server_no_database_and_no_settings(archive: bytes, tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    file.write_bytes(archive)
    elsewhere = {"PATH": os.environ["PATH"], "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "HOME": "/"}

    told = subprocess.run(
        [sys.executable, "-m", "app.cli", "verify-archive", str(file)],
        cwd=Path(__file__).parents[2],
        env=elsewhere | {"DOORSTEP_DATA": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.splitlines()[-1].startswith("Whole: ")


def test_the_commands_of_its_readme_work_and_find_what_was_altered(archive: bytes, tmp_path: Path) -> None:
    folder = unpacked(files_in(archive), tmp_path / "a")
    readme = (folder / "README.txt").read_text()
    commands = list(dict.fromkeys(line.strip() for line in readme.splitlines() if line.startswith("    ")))
    known = [command for command in commands if shutil.which(command.split()[0])]

    def run() -> list[bool]:
        ran = [subprocess.run(["sh", "-c", one], cwd=folder, capture_output=True, check=False) for one in known]
        return [one.returncode == 0 for one in ran]

    assert [command.split()[0] for command in commands] == ["openssl", "openssl", "grep", "sha256sum"]
    assert all(run())
    (folder / one(files_in(archive), "statement.json")).write_text("{}")
    assert run()[-1] is False
    (folder / "SHA256SUMS").write_text("")
    assert run()[-2] is False
    (folder / "manifest.json").write_text("{}")
    assert sum(run()) == len(known) - 2 - ("openssl" in known[1])


def test_whatever_was_altered_is_found_and_named(archive: bytes, tmp_path: Path) -> None:
    before = files_in(archive)
    sheet, record = one(before, "sign-off-sheet.pdf"), one(before, "visit-record.pdf")
    photo, statement = one(before, ".jpg"), one(before, "statement.json")
    signature, ink = one(before, "1-owner.json"), one(before, "-ink.json")
    tried, noticed, issue = (one(before, f"{kind}.json") for kind in ("attempt", "inspection", "issue"))
    page, work = one(before, "issue.html"), one({path: b"" for path in before if path.startswith("issues/")}, ".jpg")
    another_picture = a_jpeg(40, 20)
    flipped = bytearray(before[sheet])
    flipped[len(flipped) // 2] ^= 1
    other = next(path for path in sorted(before) if path.endswith("statement.json") and path != statement)
    says = json.loads(before[statement]) | {"wishes": "没有意见"}
    alterations: dict[str, tuple[Files, list[str]]] = {
        "a byte of a paper": ({sheet: bytes(flipped)}, [f"{sheet}: changed"]),
        "a paper without its seal": ({record: before[record][: len(before[record]) // 2]}, [f"{record}: changed"]),
        "a photo": ({photo: another_picture}, [f"{photo}: changed"]),
        "what was signed": ({statement: json.dumps(says).encode()}, [f"{statement}: changed"]),
        "what another signed": ({statement: before[other]}, [f"{statement}: changed"]),
        "strokes": (
            {signature: before[signature].replace(b'"strokes":[[[', b'"strokes":[[[9')},
            [f"{signature}: changed"],
        ),
        "strokes in the office": ({ink: b"{}"}, [f"{ink}: changed"]),
        "a try in vain": ({tried: before[tried].replace(b"nobody_home", b"refused")}, [f"{tried}: changed"]),
        "what was noticed": ({noticed: before[noticed] + b" "}, [f"{noticed}: changed"]),
        "the course of an issue": ({issue: before[issue] + b" "}, [f"{issue}: changed"]),
        "its page": ({page: before[page] + b" "}, [f"{page}: changed"]),
        "a department's photo": ({work: another_picture}, [f"{work}: changed"]),
        "one more try": ({"attempts/X/attempt.json": b"{}"}, ["attempts/X/attempt.json: not named by the manifest"]),
        "a page": ({"index.html": before["index.html"] + b" "}, ["index.html: changed"]),
        "one more": ({"records/more.pdf": b"%PDF"}, ["records/more.pdf: not named by the manifest"]),
        "the manifest": (
            {"manifest.json": before["manifest.json"] + b" "},
            ["manifest.json: changed after it was signed"],
        ),
    }

    found = {name: wrong_with(before | changes, tmp_path / "a.zip") for name, (changes, _wrong) in alterations.items()}
    needed = (sheet, statement, "manifest.json.p7s", "journal/lines.jsonl", "seal.pem", tried, noticed, issue, work)
    for path in needed:
        less = {name: content for name, content in before.items() if name != path}
        found[f"without {path}"] = wrong_with(less, tmp_path / "a.zip")

    for name, (_changes, wrong) in alterations.items():
        assert found[name] == wrong, name
    for path in needed:
        assert found[f"without {path}"] == [f"{path}: missing"]


def test_a_forged_manifest_does_not_hide_what_its_files_say_of_each_other(
    archive: bytes, another: CompanySeal, tmp_path: Path
) -> None:
    """Somebody changes a file, writes its new hash everywhere, and signs it all with a key of their own."""
    before = files_in(archive)
    sheet, photo, statement = one(before, "sign-off-sheet.pdf"), one(before, ".jpg"), one(before, "statement.json")
    signature, office = one(before, "1-owner.json"), one(before, "/signature-1.json")
    ink, lines = before[one(before, "-ink.json")], before["journal/lines.jsonl"]
    says = json.loads(before[statement]) | {"wishes": "没有意见"}
    strokes = json.loads(before[signature])
    strokes["ink"]["strokes"][0][0][0] += 1
    named = json.loads(before[office]) | {"ink_sha256": hashlib.sha256(ink + b" ").hexdigest()}
    other = next(path for path in sorted(before) if path.endswith("sheet.pdf") and path != sheet)
    forged = [
        (sheet, before[sheet] + b"%", f"{sheet}: changed after it was sealed"),
        (sheet, before[other], f"{sheet}: the text that travels in it is not the one that was signed"),
        (photo, a_jpeg(40, 20), f"{photo}: another picture than its name says"),
        (statement, json.dumps(says).encode(), f"{statement}: not the text that was signed at"),
        (signature, json.dumps(strokes).encode(), f"{signature}: another signature than its tablet sealed"),
        (office, json.dumps(named).encode(), f"{office}: signed with other strokes than lie beside it"),
        ("journal/lines.jsonl", lines.replace(b'"kind":"', b'"kind":"x', 1), "journal/lines.jsonl: the lines of "),
        ("seal.pem", as_pem(another), ""),
    ]

    for path, content, words in forged:
        files = before | {path: content}
        in_manifest(files, path, sha256=hashlib.sha256(content).hexdigest(), size=len(content))
        sums = files["SHA256SUMS"].replace(
            hashlib.sha256(before[path]).hexdigest().encode(), hashlib.sha256(content).hexdigest().encode()
        )
        files["SHA256SUMS"] = sums
        in_manifest(files, "SHA256SUMS", sha256=hashlib.sha256(sums).hexdigest())
        files["manifest.json.p7s"] = sign_beside(files["manifest.json"], another, now())

        wrong = wrong_with(files, tmp_path / "a.zip")

        assert [one for one in wrong if one.startswith(words)], (path, wrong)
        assert any("not the one that signed the manifest" in one for one in wrong), path
        assert ("manifest.json.p7s: by another key than that of seal.pem: by “假冒物业”" in wrong) == (
            path != "seal.pem"
        )


def test_a_day_that_claims_lines_without_end_is_walked_to_the_end_of_those_there_are(
    archive: bytes, tmp_path: Path
) -> None:
    files = files_in(archive)
    first, *others = files["journal/days.jsonl"].splitlines()
    day = json.loads(first) | {"line_count": 10**12}
    files["journal/days.jsonl"] = content = b"\n".join([json.dumps(day).encode(), *others, b""])
    in_manifest(files, "journal/days.jsonl", sha256=hashlib.sha256(content).hexdigest(), size=len(content))

    wrong = wrong_with(files, tmp_path / "a.zip")

    assert f"journal/lines.jsonl: the lines of {day['day']} are others than were closed" in wrong


def test_papers_that_are_not_theirs_are_read_in_bounds_and_named(
    archive: bytes, another: CompanySeal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few kilobytes that are never read to their end: without bounds nobody would hear of the rest."""
    monkeypatch.setattr(apart, "MOST_SECONDS", 0.5)
    files = files_in(archive)
    path = one(files, "sheet.pdf")
    files[path] = content = endless()
    in_manifest(files, path, sha256=hashlib.sha256(content).hexdigest(), size=len(content))
    files["manifest.json.p7s"] = sign_beside(files["manifest.json"], another, now())

    trusting = verify_archive(zipped(files, tmp_path / "a.zip"), [another.certificate])
    wrong = wrong_with(files, tmp_path / "a.zip")

    words = f"{path}: cannot be read as a sealed PDF (it takes too much to read)"
    assert words in wrong
    assert words in trusting.wrong


def test_a_forged_manifest_does_not_hide_what_matters_say(archive: bytes, tmp_path: Path) -> None:
    """Told otherwise, left out or made up, with hashes that agree: whoever trusts no certificate sees it as well."""
    before = files_in(archive)
    tried = one(before, "attempt.json")
    shown = json.loads(before[one(before, "inspection.json")])["photos"][0]["sha256"]
    photo = one(before, f"{shown}.jpg")

    def forged(change: Callable[[dict[str, Any]], None], **files: bytes) -> list[str]:
        manifest = json.loads(before["manifest.json"])
        change(manifest)
        return wrong_with(before | files | {"manifest.json": json.dumps(manifest).encode()}, tmp_path / "a.zip")

    def another_file(manifest: dict[str, Any]) -> None:
        [file] = [file for file in manifest["files"] if file["path"] == tried]
        file.update(sha256=hashlib.sha256(refused).hexdigest(), size=len(refused))

    refused = before[tried].replace(b"nobody_home", b"refused")
    number = json.loads(before[tried])["number"]

    assert f"{tried}: not what the manifest says of {number}" in forged(another_file, **{tried: refused})
    assert f"{number}: told of, and not among what the manifest says it holds" in forged(
        lambda manifest: manifest.update(entries=manifest["entries"][1:])
    )
    assert f"{number}: the attempt is not told of in one file of the manifest" in forged(
        lambda manifest: manifest.update(files=[file for file in manifest["files"] if file["path"] != tried])
    )
    assert f"{number}: there twice" in forged(lambda manifest: manifest["entries"].append(manifest["entries"][0]))
    without = forged(lambda manifest: manifest.update(files=[f for f in manifest["files"] if f["path"] != photo]))
    assert any(f"photo {shown} is not here, and nothing says why" in words for words in without)


def test_an_archive_of_the_first_format_is_verified_as_ever(tmp_path: Path) -> None:
    """Made by the program as it was before archives held more than visits."""
    file = Path(__file__).parents[1] / "vectors" / "archive-v1.zip"
    files = files_in(file.read_bytes())
    tampered = zipped(files | {one(files, "statement.json"): b"{}"}, tmp_path / "a.zip")

    whole, altered = verified(file), verify_archive(tampered, [])

    assert (whole.exit_code, whole.output.splitlines()[-1][:7]) == (0, "Whole: ")
    assert "1 records" in whole.output
    assert altered.wrong == [f"{one(files, 'statement.json')}: changed"]


def unsafe(name: str, *, link: bool = False) -> bytes:
    """A zip file with an entry that has no business there."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("manifest.json", b"{}")
        entry = zipfile.ZipInfo(name)
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16 if link else 0o644 << 16
        packed.writestr(entry, b"x")
    return file.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (unsafe("/etc/cron.d/x"), "leads out of the archive"),
        (unsafe("records/../../x"), "leads out of the archive"),
        (unsafe("C:/x"), "leads out of the archive"),
        (unsafe("a\\..\\x"), "leads out of the archive"),
        (unsafe("Manifest.JSON"), "there twice"),
        (unsafe("x", link=True), "a link to another file"),
        (b"\x7fELF" + unsafe("x"), "bytes that belong to no entry"),
        (unsafe("x")[:-30], "cannot be read as an archive"),
        (b"", "cannot be read as an archive"),
    ],
)
def test_what_would_be_unsafe_to_unpack_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "a.zip"
    file.write_bytes(content)

    told = verified(file)

    assert told.exit_code == 1
    assert words in told.output


def test_a_file_that_unpacks_to_very_much_is_not_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("manifest.json", bytes(100 << 20))

    told = verified(tmp_path / "a.zip")

    assert told.exit_code == 1
    assert "would unpack to 104857600" in told.output.splitlines()[-1]


def test_a_link_in_a_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "manifest.json").symlink_to("/etc/hostname")

    told = verified(tmp_path / "a")

    assert told.exit_code == 1
    assert "'manifest.json': a link to another file" in told.output


def test_no_certificate_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "a.pem").write_text("no certificate")
    (tmp_path / "a.zip").write_bytes(b"")

    told = verified(tmp_path / "a.zip", tmp_path / "a.pem")

    assert told.exit_code == 2
    assert "is no certificate" in told.output
