"""A company begins: an empty database, an estate of its own, people who log in."""

import pytest
from click.testing import Result
from flask import Flask

from app.cli import main
from app.core import journal
from app.core.db import db
from app.estates.queries import all_estates
from app.issues.queries import categories_by_code
from app.people.actions import password_fits
from app.people.models import Staff
from app.people.queries import all_roles, departments, staff_by_login
from app.people.rules import Role
from tests.builders import PASSWORD, a_department, a_staff, an_estate

ESTATE = ["--code", "yx", "--name-zh", "云栖花园", "--name-en", "Yunqi Garden", "--company-zh", "云栖物业"]
ESTATE += ["--company-en", "Yunqi Property", "--phone", "0571-1234", "--profile", "property_only"]
SECRET = "an owl on a kite\nan owl on a kite\n"


@pytest.fixture
def typed(app: Flask):
    """Types a command, and what it asks for."""

    def type_it(*words: str, answers: str = "") -> Result:
        name, *arguments = words
        return app.test_cli_runner().invoke(main.commands[name], arguments, input=answers)

    with app.app_context():
        yield type_it


def li(*roles: Role) -> Staff:
    """Somebody in the estate YX."""
    staff = a_staff(an_estate(code="YX"), *roles)
    staff.login = "li"
    db.session.commit()
    return staff


def test_an_empty_database_gets_an_estate_and_somebody_who_logs_in(typed, app: Flask) -> None:
    assert typed("found", *ESTATE).exit_code == 0
    hired = typed("hire", "Wang", "--estate", "yx", "--role", "admin", "--name", "王芳", answers=SECRET)

    assert hired.exit_code == 0, hired.output
    (estate,), staff = all_estates(), staff_by_login("wang")
    assert (estate.code, estate.name_zh, staff.name) == ("YX", "云栖花园", "王芳")
    assert [(held.estate_id, held.role) for held in all_roles(staff.id)] == [(estate.id, Role.ADMIN)]
    assert password_fits(staff, "an owl on a kite")
    assert "an owl on a kite" not in hired.output


@pytest.mark.parametrize(
    ("profile", "opened", "warranted"),
    [
        ("property_only", ["保卫部", "客服部", "工程部", "环境部"], None),
        (
            "developer_and_property",
            ["地产公司工程部", "客服部", "工程维修部", "环境部", "秩序维护部"],
            "地产公司工程部",
        ),
    ],
)
def test_an_estate_begins_with_the_departments_of_its_profile(
    typed, profile: str, opened: list[str], warranted: str | None
) -> None:
    typed("found", *ESTATE[:-1], profile)

    (estate,) = all_estates()
    known = departments(estate.id)
    leak = categories_by_code(estate.id)["leak"]
    within = {one.id: one.name_zh for one in known}.get(leak.warranty_department_id)
    assert sorted(one.name_zh for one in known) == sorted(opened)
    assert (leak.department_id in {one.id for one in known}, within) == (True, warranted)


def test_an_estate_may_begin_bare(typed) -> None:
    typed("found", *ESTATE, "--bare")

    (estate,) = all_estates()
    assert (departments(estate.id), categories_by_code(estate.id)) == ([], {})


def test_what_is_not_given_is_asked_for(typed) -> None:
    answers = "YX\n云栖花园\nYunqi Garden\n云栖物业\nYunqi Property\n0571-1234\nproperty_only\n"

    assert typed("found", answers=answers).exit_code == 0
    assert all_estates()[0].company_zh == "云栖物业"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["--code", "云栖"], "letters and digits"),
        (["--name-zh", " "], "must not be empty"),
        (["--time-zone", "Asia/Hangzhou"], "one is Asia/Shanghai"),
    ],
)
def test_an_estate_that_cannot_be_is_refused_in_words(typed, wrong: list[str], said: str) -> None:
    refused = typed("found", *ESTATE, *wrong)

    assert refused.exit_code != 0
    assert said in refused.output
    assert all_estates() == []


def test_a_code_is_given_once(typed) -> None:
    typed("found", *ESTATE)

    again = typed("found", *ESTATE)

    assert (again.exit_code, "already" in again.output) == (1, True)


def test_who_works_here_takes_one_more_role_without_another_password(typed) -> None:
    staff = li(Role.OFFICER)
    department = a_department(all_estates()[0])
    db.session.commit()

    taken = typed("hire", "li", "--estate", "YX", "--role", "handler", "--department", department.name_zh)

    assert taken.exit_code == 0, taken.output
    assert {held.role: held.department for held in all_roles(staff.id)} == {
        Role.OFFICER: None,
        Role.HANDLER: department,
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["li", "--estate", "YX", "--role", "officer"], "li is that already"),
        (["li", "--estate", "QQ", "--role", "admin"], "no estate QQ"),
        (["li", "--estate", "YX", "--role", "handler"], "works in a department"),
        (["li", "--estate", "YX", "--role", "admin", "--department", "x"], "works in no department"),
        (["li", "--estate", "YX", "--role", "handler", "--department", "x"], "no department x; it has none"),
        (["new", "--estate", "YX", "--role", "admin", "--name", "新"], "at least 10 characters"),
    ],
)
def test_who_cannot_be_hired_is_told_why(typed, words: list[str], said: str) -> None:
    li(Role.OFFICER)

    refused = typed("hire", *words, answers="short\nshort\n")

    assert refused.exit_code == 1
    assert said in refused.output
    assert staff_by_login("new") is None


@pytest.mark.parametrize("password", ["password123", "wang.fang.2026", "王芳王芳王芳王芳王芳", "jinxiu-huayuan-2026"])
def test_nobody_begins_with_a_password_that_is_guessed_first(typed, password: str) -> None:
    li()

    hired = typed(
        "hire", "wang.fang", "--estate", "yx", "--role", "admin", "--name", "王芳", answers=f"{password}\n" * 2
    )
    given = typed("password", "li", answers="li-li-li-li\n" * 2)

    assert [hired.exit_code, given.exit_code] == [1, 1]
    assert all("guessed too easily" in said.output for said in (hired, given))
    assert staff_by_login("wang.fang") is None


def test_a_new_password_takes_the_place_of_the_old_one(typed) -> None:
    staff = li()

    assert typed("password", "li", answers=SECRET).exit_code == 0

    assert password_fits(staff, "an owl on a kite")
    assert [line.kind for line in journal.history(staff.id)][-1] == "staff:password_set"


def test_who_has_left_logs_in_no_more(typed) -> None:
    staff = li()

    assert typed("leave", "li").exit_code == 0

    assert not password_fits(staff, PASSWORD)
    assert "li has left" in typed("password", "li", answers=SECRET).output
    assert "nobody logs in as chen" in typed("leave", "chen").output
