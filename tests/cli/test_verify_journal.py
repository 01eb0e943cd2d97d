"""`doorstep verify-journal`: what it says, and how it ends."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from click.testing import Result
from flask import Flask

from app.cli.verify_journal import verify_journal
from app.core.chain import head
from app.core.db import db
from app.core.journal import COMPANY_STREAM, JournalLine
from app.estates.models import Estate
from app.jobs.closing import close_days
from tests.builders import NOW, an_estate
from tests.core.chained import note, past_the_triggers

DAY = timedelta(days=1)


@pytest.fixture
def journal(app: Flask) -> Iterator[Flask]:
    """Two estates and the company, two days closed, one not."""
    with app.app_context():
        for code in ("JX", "BS"):
            estate = an_estate(code=code)
            db.session.commit()
            note(*(NOW + n * DAY for n in (1, 1, 1, 2)), stream=estate.id)
        note(NOW, stream=COMPANY_STREAM)
        close_days(NOW + 2 * DAY)
        past_the_triggers()
        yield app


def said(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(verify_journal, words)


def lines_of(code: str) -> list[JournalLine]:
    estate = db.session.scalars(db.select(Estate).where(Estate.code == code)).one()
    return list(
        db.session.scalars(db.select(JournalLine).where(JournalLine.stream == estate.id).order_by(JournalLine.seq))
    )


def test_an_honest_journal_agrees_and_what_is_open_is_counted(journal: Flask) -> None:
    result = said(journal)

    assert result.exit_code == 0
    assert "Splendid Garden (JX): 2 days closed, 4 lines agree, 1 not closed yet" in result.output
    assert "The company (company): 1 days closed, 1 lines agree, 0 not closed yet" in result.output
    assert result.output.endswith("The journal agrees: 5 closed days, 9 lines; 2 lines are not closed yet.\n")


def test_it_ends_with_1_and_the_reason_in_its_last_line(journal: Flask) -> None:
    changed, gone = lines_of("JX")[1], lines_of("JX")[2]
    changed.kind = "issue:closed"
    db.session.delete(gone)
    db.session.commit()

    result = said(journal)

    assert result.exit_code == 1
    assert "! Splendid Garden (JX): 2026-11-24: line 2 was changed\n" in result.output
    assert result.output.splitlines()[-1] == (
        "The journal does not agree: Splendid Garden (JX): 2026-11-24: line 3 is missing"
    )


def test_one_estate_alone_is_looked_at_when_it_is_named(journal: Flask) -> None:
    lines_of("JX")[1].kind = "issue:closed"
    db.session.commit()

    assert (said(journal, "--estate", "BS").exit_code, said(journal, "--estate", "JX").exit_code) == (0, 1)
    assert said(journal, "--estate", "company").exit_code == 0
    assert "there is no estate XX" in said(journal, "--estate", "XX").output


def test_a_head_that_was_published_is_in_the_chain_or_that_is_said(journal: Flask) -> None:
    kept = head(lines_of("JX")[0].stream)

    good, bad = said(journal, "--head", f" {kept.sha256.upper()} "), said(journal, "--head", "ab" * 32)

    assert good.exit_code == 0
    assert f"Head {kept.sha256}: Splendid Garden (JX), 2026-11-24, as it was published" in good.output
    assert bad.exit_code == 1
    assert bad.output.splitlines()[-1].endswith(f"{'ab' * 32} is not in the chain: days were cut off or closed anew")


def test_many_places_are_told_by_their_ranges(journal: Flask) -> None:
    stream = lines_of("JX")[0].stream
    note(*(NOW + 2 * DAY for _n in range(60)), stream=stream)
    for line in lines_of("JX")[6::2]:
        db.session.delete(line)
    db.session.commit()

    last = said(journal, "--estate", "JX").output.splitlines()[-1]

    assert "not closed yet: lines 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29 and others" in last
    assert last.endswith(", 30 in all, are missing")


def test_lines_of_nobody_are_told(journal: Flask) -> None:
    note(NOW)

    result = said(journal)

    assert result.exit_code == 1
    assert "1 lines belong to no estate: 00000000-0000-0000-0000-000000000007" in result.output
