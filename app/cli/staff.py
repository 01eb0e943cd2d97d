"""`doorstep hire`, `doorstep password`, `doorstep leave`: who works here, and what they log in with."""

import click

from app.cli.begun import on_a_database_begun
from app.core.clock import local_date, now
from app.core.db import db, only_reading
from app.core.errors import Refused
from app.core.i18n import words_in
from app.core.journal import By
from app.estates.models import Estate
from app.estates.queries import all_estates, names_in_use
from app.estates.rules import ways_to_type
from app.people.actions import give_role, hash_password, hire, leave, set_password
from app.people.models import Department, Staff
from app.people.passwords import must_be_hard_to_guess
from app.people.queries import all_roles, open_departments, staff_by_login
from app.people.rules import IN_A_DEPARTMENT, SHORTEST_PASSWORD, Role


@click.command("hire")
@click.argument("login")
@click.option("--estate", "code", required=True, help="Where, by the estate's code.")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--department", "works_in", help="By its name, for who works in one.")
@click.option("--name", help="As others read it; asked for of somebody new.")
@on_a_database_begun
def hire_somebody(login: str, code: str, role: str, works_in: str | None, name: str | None) -> None:
    """Let LOGIN act in a role from today on. Earlier roles stay; whoever is new gets a password, which is asked for."""
    with only_reading():  # nobody waits while somebody types
        is_new, known = staff_by_login(login) is None, names_in_use()
        _the_place(login, code, Role(role), works_in)
        db.session.rollback()
    hashed = ""
    if is_new:
        name = name or click.prompt("Name")
        hashed = hash_password(_asked_password([login, name, *known]))

    at = now()
    estate, department = _the_place(login, code, Role(role), works_in)
    staff = hire(login, name or "", hashed, by=By(), at=at) if is_new else _somebody(login)
    since = local_date(at, estate.time_zone)
    give_role(staff, estate.id, Role(role), department=department, since=since, by=By(), at=at)
    db.session.commit()
    click.echo(f"{staff.login} ({staff.name}) is {role} in {estate.code} from {since} on.")


@click.command("password")
@click.argument("login")
@on_a_database_begun
def new_password(login: str) -> None:
    """Give LOGIN another password, which is asked for. It ends every session that was begun with the old one."""
    with only_reading():
        known = [login, _somebody(login).name, *names_in_use()]
        db.session.rollback()
    hashed = hash_password(_asked_password(known))

    set_password(_somebody(login), hashed, by=By(), at=now())
    db.session.commit()
    click.echo(f"{login} logs in with the new password.")


@click.command("leave")
@click.argument("login")
@on_a_database_begun
def let_leave(login: str) -> None:
    """LOGIN does not work here any more: no login, no reading on a tablet; what is unsent on it still comes."""
    leave(_somebody(login), by=By(), at=now())
    db.session.commit()
    click.echo(f"{login} has left.")


def _the_place(login: str, code: str, role: Role, works_in: str | None) -> tuple[Estate, Department | None]:
    """Where a role is held; refuses what is unknown, or is so already."""
    estate = next((one for one in all_estates() if one.code == code.upper()), None)
    if estate is None:
        raise click.ClickException(f"there is no estate {code}; doorstep found makes one")
    if (role in IN_A_DEPARTMENT) != bool(works_in):
        raise click.ClickException(f"a {role.value} works in {'a' if role in IN_A_DEPARTMENT else 'no'} department")
    known = open_departments(estate.id)
    department = next((one for one in known if works_in in (one.name_zh, one.name_en)), None)
    if works_in and department is None:
        there = ", ".join(one.name_zh for one in known) or "none; they are opened under Settings, Departments"
        raise click.ClickException(f"{estate.code} has no department {works_in}; it has {there}")
    if staff_by_login(login) is not None and _holds(_somebody(login), estate, role, department):
        raise click.ClickException(f"{login} is that already")
    return estate, department


def _holds(staff: Staff, estate: Estate, role: Role, department: Department | None) -> bool:
    wanted = (estate.id, role, department)
    return any(
        (held.estate_id, held.role, held.department) == wanted and not held.until for held in all_roles(staff.id)
    )


def _somebody(login: str) -> Staff:
    staff = staff_by_login(login)
    if staff is None:
        raise click.ClickException(f"nobody logs in as {login}")
    if staff.left_at is not None:
        raise click.ClickException(f"{login} has left")
    return staff


def _asked_password(known: list[str]) -> str:
    """`known`: what whoever guesses begins with."""
    password = str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    if len(password) < SHORTEST_PASSWORD:
        raise click.ClickException(f"a password has at least {SHORTEST_PASSWORD} characters")
    try:
        must_be_hard_to_guess(password, ways_to_type(known))
    except Refused as refusal:
        raise click.ClickException(words_in("en", refusal.message)) from refusal
    return password
