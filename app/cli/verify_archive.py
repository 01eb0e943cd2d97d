"""`doorstep verify-archive FILE`: whether an archive is whole and as it was made. Needs no server and no database."""

import logging
from pathlib import Path

import click
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate, load_der_x509_certificate, load_pem_x509_certificates

from app.documents.archive.archive_check import Verified, fingerprint, verify_archive
from app.documents.archive.archive_format import Waiting

SHOWN = 40
"""So many things that do not agree are written out."""


def _certificates(_context: click.Context, option: click.Parameter, paths: tuple[Path, ...]) -> list[bytes]:
    found: list[Certificate] = []
    for path in paths:
        content = path.read_bytes()
        try:
            is_pem = b"-----BEGIN" in content
            found += load_pem_x509_certificates(content) if is_pem else [load_der_x509_certificate(content)]
        except ValueError as error:
            raise click.BadParameter(f"{path} is no certificate", param=option) from error
    return [certificate.public_bytes(Encoding.DER) for certificate in found]


@click.command("verify-archive")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--trust",
    "trusted",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    callback=_certificates,
    help="The company's certificate, or one above it, as you got it from the company itself: PEM or DER.",
)
def verify_archive_command(file: Path, trusted: list[bytes]) -> None:
    """Verify an archive, a zip file or unpacked. Ends with 1, and the reason in the last line, if it does not agree."""
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # it is said below, in one line
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    found = verify_archive(file, trusted)
    for line in _told(found):
        click.echo(line)
    if not found.wrong:
        click.echo(_whole(found, is_trusted=bool(trusted)))
        return
    *others, last = found.wrong
    for words in others[: SHOWN - 1]:
        click.echo(f"! {words}")
    if len(others) >= SHOWN:
        click.echo(f"! and {len(others) - SHOWN + 1} others")
    click.echo(f"The archive does not agree: {last}")
    raise SystemExit(1)


def _told(found: Verified) -> list[str]:
    lines: list[str] = []
    if found.manifest is not None:
        estate, period = found.manifest.estate, found.manifest.period
        lines.append(f"Archive    {estate.name_en} ({estate.code}) · {period.first} – {period.last}")
        counts = (f"{len(found.manifest.records)} records", f"{len(found.manifest.files)} files")
        lines.append(f"Holds      {' · '.join(counts)} · made {found.manifest.made_at:%Y-%m-%d %H:%M} UTC")
        if found.matters:
            lines.append(f"Beside     {' · '.join(f'{type_} {n}' for type_, n in found.matters.items())}")
        lines.append(f"Agree      {found.seals} seals, {found.signatures} signatures, {found.photos} photos")
        lines += _waiting(found.manifest.waiting)
        lines += [f"Absent     {one.of} · {one.what} · {one.why}" for one in found.manifest.absent]
    if found.head is not None:
        lines.append(f"Journal    {found.days} closed days, {found.lines} lines; head {found.head[0]} {found.head[1]}")
        lines.append(f"Complete   {_complete(found)}")
    if found.signer is not None:
        at = f" {found.signer.at:%Y-%m-%d %H:%M} UTC" if found.signer.at else ""
        lines += [f"Signed by  {found.signer.by}{at}", f"           {fingerprint(found.signer)}"]
    if found.signer is not None and found.signer.stamp is not None:
        stamp = found.signer.stamp
        known = "" if stamp.trusted else ", an authority that is not known here"
        lines.append(f"Stamped by {stamp.by} {stamp.at:%Y-%m-%d %H:%M} UTC{known}")
    return lines


def _waiting(waiting: Waiting | None) -> list[str]:
    """What the archive says that it does not hold, as the office had not entered it."""
    if waiting is None or not waiting.of_period + waiting.unread:
        return []
    unread = f", and {waiting.unread} of which nobody can read the day" if waiting.unread else ""
    return [f"Waiting    {waiting.of_period} records of the period had not been entered when it was made{unread}"]


def _complete(found: Verified) -> str:
    """Whether something could have been left out unseen. What is missing stands among what does not agree."""
    if found.told_of is None:
        return "not compared: archives of this format do not say whether all is in them that their journal tells of"
    return f"{found.told_of} visits and matters that these lines tell of are in it"


def _whole(found: Verified, *, is_trusted: bool) -> str:
    by = found.signer.by if found.signer else ""
    if is_trusted:
        return f"Whole: every file is as it was signed by “{by}”, whose certificate you trust."
    return (
        f"Whole: every file is as it was signed by whoever holds the key of “{by}”. Whether that is the company was "
        "not checked: compare the fingerprint, or name its certificate with --trust."
    )
