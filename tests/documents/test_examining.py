"""A paper that somebody brings: everything that was altered, in the paper or at the office, is found and named."""

import io
import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.cli.verify import verify
from app.core import blobs
from app.core.blobs import Photo
from app.core.db import db
from app.core.i18n import words_in
from app.documents.printing import print_sheet
from app.documents.seal import apart
from app.documents.seal.examining import examine
from app.documents.seal.reading import attached_statement
from app.documents.seal.sealing import seal
from app.documents.seal.seals import company_seal
from tests.builders import NOW
from tests.documents.builders import a_sheet, a_statement
from tests.documents.made_up import a_pdf, bearing, endless, swelling
from tests.office.conftest import Desk, a_jpeg, desk

__all__ = ["desk"]

GUARDED = ("visit", "issue", "owner_answer", "statement", "signature")
OTHERWISE = "says something else than was signed"


@pytest.fixture
def paper(desk: Desk) -> bytes:
    """A sheet with an answer to an earlier issue, an open issue with a photo, and one answered on the spot."""
    task_id, round_ = desk.rectified(desk.issue(text="单元门禁失灵"))
    with desk.app.app_context():
        earlier = str(db.session.execute(sa.text("SELECT id FROM issue")).scalar_one())
    named, frozen = desk.tablet.a_photo(a_jpeg())
    leak = desk.tablet.an_issue(text="主卫天花板渗水", photos=[named])
    bill = desk.tablet.an_issue(text="发票什么时候开", answered=True, answer="每季度第一周", promised_on=None)
    del bill["promised_on"]
    answer = {"task_id": task_id, "issue_id": earlier, "round": round_, "answer": "satisfied", "reason": ""}
    visit_id = desk.visit(issues=[leak, bill], answers=[answer], task_ids=[task_id], wishes="希望早点修好")
    desk.tablet.upload(named["sealed"], frozen)
    return bytes(desk.browser("supervisor").get(f"/visits/{visit_id}/sheet.pdf").data)


def wrong_with(app: Flask, pdf: bytes) -> list[str]:
    with app.app_context():
        return [words_in("en", words) for words in examine(pdf).wrong]


def behind_our_back(*statements: str) -> Callable[[], None]:
    """Changes that the database's guards would not let through."""

    def change() -> None:
        for table in GUARDED:
            on = f" ON {table}" if db.engine.name == "postgresql" else ""
            for guard in ("keeps", "stays"):
                db.session.execute(sa.text(f"DROP TRIGGER IF EXISTS {table}_{guard}{on}"))
        for statement in statements:
            db.session.execute(sa.text(statement))

    return change


def another_picture() -> None:
    _photo().write_bytes(a_jpeg(width=300))


def no_picture() -> None:
    _photo().unlink()


def _photo() -> Path:
    [photo] = db.session.scalars(sa.select(Photo))
    return blobs.path_of(photo.sha256)


_NEWEST = "(SELECT id FROM statement ORDER BY id DESC LIMIT 1)"
_OLDEST = "(SELECT id FROM statement ORDER BY id LIMIT 1)"
_OWNERS = "role = 'owner' AND statement_id ="
ALTERED: dict[str, tuple[Callable[[], None], str]] = {
    "an issue's words": (
        behind_our_back("UPDATE issue SET text = '主卫没有问题' WHERE text = '主卫天花板渗水'"),
        f"Issue 1 of the record {OTHERWISE}.",
    ),
    "what was promised": (
        behind_our_back("UPDATE issue SET promised_on = '2027-11-26' WHERE text = '主卫天花板渗水'"),
        f"Issue 1 of the record {OTHERWISE}.",
    ),
    "an answer on the spot": (
        behind_our_back("UPDATE issue SET answer = '不开发票' WHERE text = '发票什么时候开'"),
        f"Issue 2 of the record {OTHERWISE}.",
    ),
    "what the owner said of an earlier issue": (
        behind_our_back("UPDATE owner_answer SET round = 2 WHERE reason = '' AND round = 1"),
        f"Answer 1 of the record {OTHERWISE}.",
    ),
    "who was met": (
        behind_our_back("UPDATE visit SET interviewee_name = '别人'"),
        f"The record of the visit {OTHERWISE}.",
    ),
    "a wish": (
        behind_our_back("UPDATE visit SET wishes = '没有意见'"),
        "Wishes or rating in the record are others than were signed.",
    ),
    "a photo": (another_picture, "Photo 1 of the record is another than was signed."),
    "a photo that is gone": (no_picture, "Photo 1 of the record is another than was signed."),
    "the text": (
        behind_our_back("UPDATE statement SET text = replace(text, 'satisfied', 'dissatisfied')"),
        "The text that the office holds is another than was signed.",
    ),
    "a stroke": (
        behind_our_back("UPDATE signature SET evidence = replace(evidence, '\"strokes\":[[[', '\"strokes\":[[[1')"),
        "The signature of 李敏 is another than the tablet sealed.",
    ),
    "who signed": (
        behind_our_back("UPDATE signature SET signer_name = '别人' WHERE role = 'owner'"),
        "Who signed, how or when is written down otherwise than sealed: 别人.",
    ),
    "a signature from another visit": (
        behind_our_back(
            f"UPDATE signature SET statement_id = {_OLDEST}, position = 7 WHERE {_OWNERS} {_NEWEST}",
            f"UPDATE signature SET statement_id = {_NEWEST} WHERE {_OWNERS} {_OLDEST} AND position <> 7",
        ),
        "The signature of 陈建国 was given under another text.",
    ),
    "a signature taken away": (
        behind_our_back(f"DELETE FROM signature WHERE {_OWNERS} {_NEWEST}"),
        "A signature that was given is missing.",
    ),
}


def test_a_sheet_as_the_office_gives_it_is_genuine_and_says_who_signed_it(app: Flask, paper: bytes) -> None:
    with app.app_context():
        found = examine(paper)

    assert list(found.wrong) == []
    assert [(one.name, one.role, one.how) for one in found.signed] == [
        ("陈建国", "owner", "signed"),
        ("李敏", "officer", "signed"),
    ]
    assert found.text is not None
    assert found.seal is not None
    assert found.seal.by == found.text.estate.company


def test_whatever_was_altered_at_the_office_is_found_and_named(app: Flask, paper: bytes) -> None:
    found: dict[str, list[str]] = {}
    with app.app_context():
        kept = _photo().read_bytes()
        for what, (alter, _named) in ALTERED.items():
            alter()
            found[what] = [words_in("en", words) for words in examine(paper).wrong]
            db.session.rollback()
            _photo().write_bytes(kept)
        genuine = list(examine(paper).wrong)

    assert {what: named for what, (_alter, named) in ALTERED.items() if named not in found[what]} == {}, found
    assert genuine == []


def test_what_was_altered_in_the_paper_is_found_and_named(app: Flask, paper: bytes) -> None:
    flipped = bytearray(paper)
    flipped[len(paper) // 3] ^= 1
    with app.app_context():
        ours = company_seal("", NOW)
        of_nothing = seal(print_sheet(a_sheet()).pdf, ours, reason="")

    changed = wrong_with(app, bytes(flipped))
    assert changed[0] in ("The file was changed after it was sealed.", "This file cannot be read as a sealed PDF.")
    assert wrong_with(app, paper + b"\n%") != []
    assert wrong_with(app, b"no PDF at all") == ["This file cannot be read as a sealed PDF."]
    assert wrong_with(app, print_sheet(a_sheet()).pdf)[0] == "The file bears no seal."
    assert wrong_with(app, of_nothing) == ["The signed text in the file cannot be read."]


def turned(pdf: bytes, what: bytes) -> bytes:
    """A bit of the first stream whose description begins so is another."""
    altered = bytearray(pdf)
    altered[pdf.index(b"stream", pdf.index(what)) + 100] ^= 1
    return bytes(altered)


def forged(paper: bytes, folder: Path, company: str = "别家物业") -> bytes:
    """A sheet that carries another text than was signed, with the true names on it, sealed by somebody else."""
    text = attached_statement(paper)
    assert text is not None
    elsewhere = Flask("elsewhere")
    elsewhere.config["KEYS"] = str(folder)
    with elsewhere.app_context():
        theirs = company_seal(company, NOW)
    other = a_statement(text.replace("主卫天花板渗水", "主卫没有问题"))
    return seal(print_sheet(a_sheet(statement=other)).pdf, theirs, reason="T07-0012")


def test_a_forged_sheet_is_named_for_its_seal_and_for_its_text(app: Flask, paper: bytes, tmp_path: Path) -> None:
    assert wrong_with(app, forged(paper, tmp_path / "elsewhere")) == [
        "The seal is not this company's, but that of 别家物业.",
        "The office holds nothing that was signed under this text.",
    ]


def test_a_seal_in_our_name_by_another_key_is_called_so(app: Flask, paper: bytes, tmp_path: Path) -> None:
    with app.app_context():
        found = examine(paper)
    assert found.seal is not None

    wrong = wrong_with(app, forged(paper, tmp_path / "elsewhere", found.seal.by))

    assert wrong[0] == f"The seal bears the name {found.seal.by}, but was not made with this company's key."


def test_a_file_that_takes_too_much_to_read_is_no_paper_and_the_next_one_is_looked_at_as_ever(
    app: Flask, paper: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "MOST_SECONDS", 0.5)

    told = [wrong_with(app, pdf) for pdf in (endless(), swelling(), a_pdf(b"1 0 R"))]

    assert told == [["This file cannot be read as a sealed PDF."]] * 3
    assert wrong_with(app, paper + b"\n")[0] == "The file was changed after it was sealed."


def test_a_made_up_text_is_read_no_further_than_ours_could_go(app: Flask, paper: bytes) -> None:
    """Eight megabytes of it would keep a worker busy for minutes, and come in eight kilobytes."""
    ours = attached_statement(paper)
    assert ours is not None
    [photo] = json.loads(ours)["photos"]
    more = [photo | {"sha256": f"{n:064}"} for n in range(10_000)]

    wrong = wrong_with(app, bearing(json.dumps(json.loads(ours) | {"photos": more}).encode()))

    assert wrong == ["The file bears no seal.", "The signed text in the file cannot be read."]
    assert "holds nothing" in wrong_with(app, bearing(ours.replace("渗水", "漏水").encode()))[1]


def test_a_head_of_the_journal_that_goes_on_and_on_is_none(app: Flask) -> None:
    head = json.dumps({"record": "T07-0012", "day": "2026-11-20", "sha256": "0" * 64})

    short, long = (wrong_with(app, bearing(text.encode(), b"journal-head")) for text in (head, head + " " * 5000))

    assert short[0] == "The file bears no seal."
    assert long == ["This file cannot be read as a sealed PDF."]


def test_what_is_ours_waits_for_nobody_who_brings_what_is_not(
    app: Flask, paper: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "WAITS", 0)
    browser = app.test_client()

    with apart._one_at_a_time:
        genuine, altered = (
            browser.post("/verify", data={"file": (io.BytesIO(content), "sheet.pdf")})
            for content in (paper, paper + b"\n")
        )

    assert (genuine.status_code, altered.status_code) == (200, 503)
    assert "此确认单属实" in genuine.text
    assert "请一分钟后再试" in altered.text


def test_the_command_ends_with_nought_for_a_genuine_file_and_with_one_and_the_reason_for_any_altered_copy(
    app: Flask, paper: bytes, tmp_path: Path
) -> None:
    changed, unreadable = "The file was changed after it was sealed.", "This file cannot be read as a sealed PDF."
    copies = {
        "a bit of a page": turned(paper, b"<</Filter /FlateDecode/Length"),
        "a bit of a picture": turned(paper, b"/Subtype /Image"),
        "a bit of a letter": turned(paper, b"<</Length1"),
        "a bit of the signed text": turned(paper, b"/EmbeddedFile"),
        "a digit of the seal": paper.replace(b"/Contents <308", b"/Contents <318"),
        "a line more": paper + b"\n",
        "cut short": paper[:-2000],
        "no PDF": b"a sheet",
    }

    genuine, *altered = (
        app.test_cli_runner().invoke(verify, [str(_file(tmp_path, content))]) for content in (paper, *copies.values())
    )

    assert genuine.exit_code == 0
    assert genuine.output.splitlines()[-1] == "Genuine: seal, text, signatures and the stored record agree."
    assert "陈建国 (owner, signed)" in genuine.output
    told = dict(zip(copies, altered, strict=True))
    assert {what for what, copy in told.items() if copy.exit_code != 1} == set()
    reasons = {what: copy.output.splitlines()[-1].removeprefix("Not genuine: ") for what, copy in told.items()}
    assert {what: why for what, why in reasons.items() if why not in (changed, unreadable)} == {}
    assert (reasons["a bit of a page"], reasons["a line more"], reasons["no PDF"]) == (changed, changed, unreadable)


def test_what_another_company_sealed_is_refused_in_words_alone(
    app: Flask, paper: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for library in ("pyhanko", "pyhanko.sign.validation.generic_cms"):  # as nothing before us in this process left it
        monkeypatch.setattr(logging.getLogger(library), "disabled", False)
        monkeypatch.setattr(logging.getLogger(library), "level", logging.NOTSET)
        monkeypatch.setattr(logging.getLogger(library), "_cache", {})
    theirs = forged(paper, tmp_path / "elsewhere")

    refused = app.test_cli_runner().invoke(verify, [str(_file(tmp_path, theirs))])

    assert refused.exit_code == 1
    assert "not this company's, but that of 别家物业" in refused.output
    assert caplog.text == "", "the library's own account of it is for nobody at a desk"


def _file(folder: Path, content: bytes) -> Path:
    file = folder / "sheet.pdf"
    file.write_bytes(content)
    return file
