"""`doorstep found`: an estate of one's own, in an empty database or beside others."""

import re
from zoneinfo import available_timezones

import click

from app.cli.begun import on_a_database_begun
from app.cli.usual_tree import open_usual_tree
from app.core.clock import now
from app.core.db import db, only_reading
from app.core.journal import By
from app.estates.actions import found_estate
from app.estates.queries import all_estates
from app.estates.rules import Profile

_A_CODE = re.compile(r"[A-Z][A-Z0-9]{1,19}")


def _code(_context: click.Context, _option: click.Parameter, typed: str) -> str:
    code = typed.strip().upper()
    if not _A_CODE.fullmatch(code):
        raise click.BadParameter("2 to 20 letters and digits, a letter first")
    return code


def _words(_context: click.Context, _option: click.Parameter, typed: str) -> str:
    if not typed.strip():
        raise click.BadParameter("must not be empty")
    return typed.strip()


def _zone(_context: click.Context, _option: click.Parameter, typed: str) -> str:
    if typed not in available_timezones():
        raise click.BadParameter(f"{typed} is none; one is Asia/Shanghai")
    return typed


@click.command()
@click.option("--code", prompt="Code of the estate, a few capital letters", callback=_code)
@click.option("--name-zh", prompt="Its name in Chinese", callback=_words)
@click.option("--name-en", prompt="Its name in English", callback=_words)
@click.option("--company-zh", prompt="The property management company's name in Chinese", callback=_words)
@click.option("--company-en", prompt="The same in English", callback=_words)
@click.option("--phone", prompt="The telephone that owners call to object", callback=_words)
@click.option("--profile", type=click.Choice([profile.value for profile in Profile]), prompt="Who works there")
@click.option("--time-zone", default="Asia/Shanghai", show_default=True, callback=_zone)
@click.option("--bare", is_flag=True, help="Without the usual departments and categories.")
@on_a_database_begun
def found(code: str, profile: str, bare: bool, **facts: str) -> None:
    """Found an estate, with the usual departments and categories. What is not given is asked for."""
    with only_reading():
        taken = code in {estate.code for estate in all_estates()}
        db.session.rollback()
    if taken:
        raise click.ClickException(f"there is an estate {code} already")
    at = now()
    estate = found_estate(code=code, profile=Profile(profile), **facts, by=By(), at=at)
    if not bare:
        open_usual_tree(estate, by=By(), at=at)
    db.session.commit()
    click.echo(f"{code} is founded. Who sets it up: doorstep hire LOGIN --estate {code} --role admin")
