"""`doorstep verify FILE`: says who signed a paper and when, and whether it is as it was printed, signed and kept."""

import logging
from pathlib import Path

import click

from app.cli.begun import on_a_database_begun
from app.core.db import only_reading
from app.core.i18n import words_in
from app.documents.seal.examining import Examined, examine
from app.documents.seal.stamps import server_to_ask

_GENUINE = "Genuine: seal, text, signatures and the stored record agree."
_SEALED_ONLY = "Genuine: sealed by this company and not changed since. It carries no signed text of its own."


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@on_a_database_begun
def verify(file: Path) -> None:
    """Verify a sealed PDF. Ends with 1, and the reason in the last line, if anything does not agree."""
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # it is said below, in one line
    with only_reading():
        found = examine(file.read_bytes())
    for line in _told(found):
        click.echo(line)
    if not found.wrong:
        click.echo(_GENUINE if found.text else _SEALED_ONLY)
        return
    *others, last = (words_in("en", words) for words in found.wrong)
    for words in others:
        click.echo(words)
    click.echo(f"Not genuine: {last}")
    raise SystemExit(1)


def _told(found: Examined) -> list[str]:
    lines: list[str] = []
    if found.text is not None:
        visit, unit = found.text.visit, found.text.unit
        lines += [f"Paper      {visit.number} · {visit.date.isoformat()} · {unit.label}", f"SHA-256    {found.sha256}"]
    lines += [f"Signed by  {one.name} ({one.role}, {one.how}) {found.local(one.at)}" for one in found.signed]
    if found.seal is not None and found.seal.at is not None:
        lines.append(f"Sealed by  {found.seal.by} {found.local(found.seal.at)}")
    if found.seal is not None and found.seal.stamp is not None:
        stamp = found.seal.stamp
        known = "" if stamp.trusted else ", an authority that is not known here"
        lines.append(f"Stamped by {stamp.by} {found.local(stamp.at)}{known}")
    elif found.seal is not None and server_to_ask():
        lines.append("Stamped by nobody: only our own clock says when it was sealed")
    if found.head is not None:
        lines.append(f"Journal    closed on {found.head.day.isoformat()}, head {found.head.sha256}")
    return lines
