"""House rules: each says in its message what to do about it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app.core.db import Base, db
from app.people.access import access_of

ROOT = Path(__file__).parent.parent
APP = ROOT / "app"
DOORS = {"office", "tablet", "sync", "public", "api", "jobs", "cli"}
BELOW = sorted(path.parent.name for path in APP.glob("*/__init__.py") if path.parent.name not in DOORS)
OF_A_DOOR = {"flask.request", "flask.session", "flask_login.current_user", "app.core.clock.now"}
STATIC = "static"
"""The one route that core itself opens: files that are the same for everybody."""

CLAUSES = {
    *(f"R{n:02}" for n in range(1, 44)),
    *(f"V{n}" for n in range(44, 53)),
    *("P53", "P54", "F55"),
}
"""The ids of the owner visit policy."""
NOT_YET: set[str] = set()
"""Clauses that no test exercises yet."""


def sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Path below the repository and tree of each Python file of ours."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "node_modules" in path.parts:
                continue
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


def called(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything that is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def imported(tree: ast.AST) -> Iterator[str]:
    """Dotted names of everything that is imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


# --- routes ---


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != STATIC]


def test_every_route_says_who_may_use_it(app: Flask) -> None:
    silent = [str(rule) for rule in rules(app) if access_of(app.view_functions[rule.endpoint]) is None]

    assert silent == [], "put @may(…), @logged_in, @tablet or @anybody(why) above the view, below its route"


def test_no_route_is_open_without_a_reason(app: Flask) -> None:
    access = {str(rule): access_of(app.view_functions[rule.endpoint]) for rule in rules(app)}

    bare = [path for path, said in access.items() if said and said.who == "anybody" and len(said.why.split()) < 3]

    assert bare == [], "say in @anybody(why) why the world may use it"


def test_an_act_stands_beside_every_permission(app: Flask) -> None:
    access = {str(rule): access_of(app.view_functions[rule.endpoint]) for rule in rules(app)}

    assert [path for path, said in access.items() if said and (said.who == "act") != (said.act is not None)] == []


def test_a_stranger_gets_nothing_but_what_is_open_to_anybody(app: Flask, client: FlaskClient) -> None:
    """Tried, not read: every route that is not open, with every method it takes."""
    let_in = []
    for rule in rules(app):
        said = access_of(app.view_functions[rule.endpoint])
        if said is None or said.who == "anybody":
            continue
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}) or ["HEAD"]:
            with client.open(address(app, rule), method=method) as answer:
                turned_away = answer.status_code == 401 or (
                    answer.status_code == 302 and answer.location.startswith("/login")
                )
                let_in += [] if turned_away else [f"{method} {rule} → {answer.status_code}"]

    assert let_in == [], "the door's before_request must stand before these"


def address(app: Flask, rule: Rule) -> str:
    """An address of this route, with something in each of its places."""
    something = {"UUIDConverter": "01a209cf-e0e7-73ba-8384-79c2e3fbee46", "IntegerConverter": 1}
    values = {name: something.get(type(place).__name__, "a" * 64) for name, place in rule._converters.items()}
    with app.test_request_context():
        path = app.url_map.bind("localhost").build(rule.endpoint, values)
    return str(path)


# --- database ---


def test_models_and_migrations_agree(context: Flask) -> None:
    with db.engine.connect() as connection:
        migration = MigrationContext.configure(
            connection, opts={"compare_type": True, "target_metadata": Base.metadata}
        )
        differences = compare_metadata(migration, Base.metadata)

    assert differences == [], "run: flask db migrate, and name the file for its change"


def test_migrations_are_dated_and_named_for_their_change() -> None:
    names = [path.stem for path in (ROOT / "migrations/versions").glob("*.py")]

    odd = [name for name in names if not re.fullmatch(r"20\d\d_[01]\d_[0-3]\d_[a-z0-9]+(_[a-z0-9]+)+", name)]

    assert odd == [], "call it 2026_11_28_issues_and_their_log.py"


def test_everything_of_an_estate_says_so() -> None:
    """Every table of an estate's own things has `estate_id`, so that the database can be sharded by estate."""
    of_the_company = {
        "alembic_version",
        "blob",
        "counter",
        "device",
        "device_user",
        "enrol_code",
        "epoch",
        "estate",
        "feed",
        "job_run",
        "journal",
        "journal_day",
        "staff",
        "upload",
    }

    without = {table.name for table in Base.metadata.tables.values() if "estate_id" not in table.columns}

    assert without <= of_the_company, "give it estate_id, or name it here with those of the whole company"


# --- below a door ---


@pytest.mark.parametrize("package", BELOW)
def test_below_a_door_nobody_reads_the_clock_or_the_request_or_commits(package: str) -> None:
    broken = []
    for path, tree in sources(f"app/{package}"):
        if path in ("app/core/clock.py", "app/core/i18n.py", "app/core/assets.py"):
            continue
        names = set(imported(tree)) & {
            "flask.request",
            "flask.session",
            "flask_login.current_user",
            "app.core.clock.now",
        }
        calls = {name for _line, name in called(tree)} & {"db.session.commit", "db.session.rollback"}
        broken += [f"{path}: {name}" for name in sorted(names | calls)]

    assert broken == [], "hand it in from the door; the door commits"


def test_the_clock_is_read_in_one_place() -> None:
    readings = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}

    found = [
        f"{path}:{line} {name}"
        for path, tree in sources("app")
        if not path.startswith(("app/core/clock.py", "app/cli/"))
        for line, name in called(tree)
        if name in readings or name.removeprefix("datetime.") in readings
    ]

    assert found == [], "call app.core.clock.now() in the door and hand the moment down"


def test_nothing_is_printed_but_on_the_command_line() -> None:
    found = [
        f"{path}:{line}"
        for path, tree in sources("app")
        if not path.startswith("app/cli/")
        for line, name in called(tree)
        if name in ("print", "pprint", "breakpoint")
    ]

    assert found == [], "log it: logging.getLogger(__name__)"


# --- what is written ---


def test_readme_lists_each_package() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    packages = {f"app/{path.parent.name}" for path in APP.glob("*/__init__.py")}

    assert {package for package in packages if f"`{package}`" not in readme} == set(), "give it a line in the tree"
    listed = set(re.findall(r"^\| `(app/\w+)` \|", readme, re.MULTILINE))
    assert listed - packages == set(), "take the line of a package that is gone out of the tree"


def test_the_readme_explains_every_setting() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    asked = r"environ(?:ment)?(?:\.get\(|\[)\"([A-Z_]+)\""
    heard = {name for path in APP.rglob("*.py") for name in re.findall(asked, path.read_text("utf-8"))}
    rows = "".join(re.findall(r"^\| (`[A-Z_`=01, ]+`) \|", readme, re.MULTILINE))
    others = {"PATH", "PATH_INFO", "PYTHONPYCACHEPREFIX"}  # a shell's, a web server's and Python's own

    assert "SECRET_KEY" in heard
    assert {name for name in heard - others if f"`{name}" not in rows} == set(), "give it a row of its own"


def test_the_first_line_of_each_file_says_what_it_is_for() -> None:
    silent = [path for path, tree in sources("app", "tests", "migrations") if not ast.get_docstring(tree)]

    assert silent == [], "begin it with one sentence in triple quotes"


def test_what_others_call_says_what_its_name_leaves_open() -> None:
    """Functions of the business that other files call have a docstring."""
    silent = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in sources("app")
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]

    assert silent == [], "one sentence: shapes, units, errors, the source of a rule (R13)"


def clauses_named() -> set[tuple[str, str]]:
    """Each clause that a test names, with the file of the test."""
    marks = re.compile(r"mark\.clause\(([^)]*)\)")
    return {
        (path.relative_to(ROOT).as_posix(), clause)
        for path in (ROOT / "tests").rglob("*.py")
        if path != Path(__file__)
        for said in marks.findall(path.read_text("utf-8"))
        for clause in re.findall(r"\w+", said)
    }


def test_every_clause_that_a_test_names_is_one_of_the_policys() -> None:
    named = clauses_named()

    assert {clause for _path, clause in named} & CLAUSES, "no test names a clause: look at the pattern"
    assert [place for place in sorted(named) if place[1] not in CLAUSES] == [], "see the list of clauses above"


def test_the_clauses_that_no_test_exercises_yet_are_listed() -> None:
    """The list only gets shorter: a clause leaves it with its first test, and does not come back."""
    assert CLAUSES - {clause for _path, clause in clauses_named()} == NOT_YET, "put NOT_YET right"


def test_the_list_of_clauses_is_whole() -> None:
    assert len(CLAUSES) == 43 + 9 + 3


def test_no_test_sleeps() -> None:
    found = [
        f"{path}:{line}"
        for path, tree in sources("tests")
        if path != "tests/postgres.py"  # waits for a process of another program
        for line, name in called(tree)
        if name in ("time.sleep", "sleep", "asyncio.sleep")
    ]

    assert found == [], "wait for what you wait for: a Barrier, an Event, a locator"


def test_every_day_that_is_typed_is_of_our_times() -> None:
    fields = {"wtforms.DateField", "wtforms.DateTimeLocalField", "wtforms.DateTimeField"}
    others = [
        path for path, tree in sources("app") if path != "app/office/day_fields.py" and fields & set(imported(tree))
    ]

    assert others == [], "use DayField or MomentField: the year 9999 is a day that no clock holds"


def test_no_message_hides_inside_another_string() -> None:
    hidden = [
        f"{path}:{node.lineno}"
        for path, tree in sources("app")
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr) and {"_", "lazy_"} & {name for _line, name in called(node)}
    ]

    assert hidden == [], "inside an f-string nobody finds it who translates: give it a name first"


def test_nothing_is_left_for_later() -> None:
    words = re.compile("TO" + "DO|FIX" + "ME")
    kept = [
        path
        for folder in ("app", "static/tablet", "static/office", "static/styles", "templates", "service_worker", "tests")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".js", ".html", ".css"} and "node_modules" not in path.parts
    ]

    left = [path.relative_to(ROOT).as_posix() for path in kept if words.search(path.read_text("utf-8"))]

    assert left == [], "do it, or file an issue and say nothing here"


def test_every_table_is_reachable_through_its_model() -> None:
    assert {mapper.local_table.name for mapper in Base.registry.mappers} == set(Base.metadata.tables)
    assert isinstance(Base.metadata, sa.MetaData)
