"""`doorstep verify-journal`: whether the journal is as it was when its days were closed, and exactly what is not."""

import re
import uuid
from collections.abc import Iterator

import click

from app.cli.begun import on_a_database_begun
from app.core.chain import ClosedDay, day_of_hash
from app.core.chain_check import Checked, Finding, Wrong, check_stream, strange_streams
from app.core.db import only_reading
from app.core.journal import COMPANY_STREAM
from app.estates.queries import all_estates

COMPANY = "company"
"""What stands for an estate's code where nothing belongs to an estate."""
SHOWN = 12
"""So many places of one kind are written out."""
_WORDS = {
    Wrong.LINE_CHANGED: "{lines} changed",
    Wrong.LINE_MISSING: "{lines} missing",
    Wrong.LINE_INSERTED: "{lines} put in by hand",
    Wrong.LINE_UNREADABLE: "{lines} cannot be read any more",
    Wrong.LINE_UNCHECKED: "{lines} cannot be checked, as the closed day that would tell does not agree",
    Wrong.WAS_MISSING: "{lines} missing already when the day was closed",
    Wrong.DAY_CHANGED: "closed day {numbers} changed after it was closed",
    Wrong.DAY_REPLACED: "closed day {numbers} is not the one on which the next was closed",
    Wrong.DAY_MISSING: "closed day {numbers}, before this one, missing",
}


@click.command("verify-journal")
@click.option("--estate", "only", help=f"Only this estate, by its code; “{COMPANY}”: what belongs to none.")
@click.option("--head", "heads", multiple=True, help="A head that was published: it must still be in the chain.")
@on_a_database_begun
def verify_journal(only: str | None, heads: tuple[str, ...]) -> None:
    """Verify every line of the journal. Ends with 1, and the reason in the last line, if anything does not agree."""
    with only_reading():
        names = _names(only)
        checked = {stream: check_stream(stream) for stream in names}
        for stream, name in names.items():
            _tell(name, checked[stream])
        wrong = [f"{names[stream]}: {words}" for stream in names for words in _all_wrong(checked[stream])]
        wrong += _strangers(names) if only is None else []
        wrong += _missing_heads(heads, names)
    _end(wrong, list(checked.values()))


def _names(only: str | None) -> dict[uuid.UUID, str]:
    """The streams to look at, with their names."""
    names = {estate.id: f"{estate.name_en} ({estate.code})" for estate in all_estates()}
    codes = {estate.code: estate.id for estate in all_estates()} | {COMPANY: COMPANY_STREAM}
    names[COMPANY_STREAM] = f"The company ({COMPANY})"
    if only is None:
        return names
    if only not in codes:
        raise click.BadParameter(f"there is no estate {only}", param_hint="--estate")
    return {codes[only]: names[codes[only]]}


def _tell(name: str, checked: Checked) -> None:
    click.echo(f"{name}: {checked.days} days closed, {checked.lines} lines agree, {checked.open_lines} not closed yet")
    if checked.head is not None:
        click.echo(f"  head  {checked.head.day}  {checked.head.sha256}")


def _all_wrong(checked: Checked) -> Iterator[str]:
    for finding in checked.findings.values():
        day = finding.day.isoformat() if finding.day else "not closed yet"
        yield f"{day}: {_in_words(finding)}"


def _in_words(finding: Finding) -> str:
    places = [str(first) if first == last else f"{first}–{last}" for first, last in finding.ranges]
    shown = ", ".join(places[:SHOWN]) + (f" and others, {finding.count} in all," if len(places) > SHOWN else "")
    lines = f"line {shown} is" if finding.count == 1 else f"lines {shown} are"
    if finding.wrong in (Wrong.LINE_CHANGED, Wrong.LINE_INSERTED):
        lines = f"line {shown} was" if finding.count == 1 else f"lines {shown} were"
    if finding.wrong in (Wrong.LINE_UNCHECKED, Wrong.LINE_UNREADABLE):
        lines = f"line {shown}" if finding.count == 1 else f"lines {shown}"
    return _WORDS[finding.wrong].format(lines=lines, numbers=shown)


def _strangers(names: dict[uuid.UUID, str]) -> list[str]:
    return [f"{count} lines belong to no estate: {name}" for name, count in strange_streams(set(names)).items()]


def _missing_heads(heads: tuple[str, ...], names: dict[uuid.UUID, str]) -> list[str]:
    missing = []
    for given in heads:
        digest = re.sub(r"\s", "", given).lower()
        day = day_of_hash(digest)
        if day is None or day.stream not in names:
            missing.append(f"the head {digest} is not in the chain: days were cut off or closed anew")
        else:
            click.echo(f"Head {digest}: {_where(day, names)}")
    return missing


def _where(day: ClosedDay, names: dict[uuid.UUID, str]) -> str:
    return f"{names[day.stream]}, {day.day}, as it was published"


def _end(wrong: list[str], checked: list[Checked]) -> None:
    if wrong:
        for words in wrong[:-1]:
            click.echo(f"! {words}")
        click.echo(f"The journal does not agree: {wrong[-1]}")
        raise SystemExit(1)
    days, lines = sum(one.days for one in checked), sum(one.lines for one in checked)
    still_open = sum(one.open_lines for one in checked)
    click.echo(f"The journal agrees: {days} closed days, {lines} lines; {still_open} lines are not closed yet.")
