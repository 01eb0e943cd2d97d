"""Set-up on a bare machine: every step once, again when its sources change, and plain words where it cannot go on."""

import os
import shutil
import signal
import subprocess

import pytest

from app.cli.machine import Apt, Need, SetUpError, Step, apt_here, digest, font, library, program, provide
from tests.cli import small_project
from tests.cli.processes import MARK, all_end, marked

# --- Steps


@pytest.fixture
def steps(tmp_path):
    """Makes steps that copy `lock` to `made` and remember that they acted."""
    lock, made = tmp_path / "lock", tmp_path / "made"
    lock.write_text("one")
    acted = []

    def step(act=lambda: made.write_text(lock.read_text()), covered_by=""):
        def remember():
            acted.append("acted")
            act()

        return Step("a step", tmp_path / "stamps" / "stamp", (lock, "run"), remember, made, covered_by)

    step.lock, step.made, step.acted = lock, made, acted
    return step


def test_a_step_is_taken_once(steps):
    steps().take()
    steps().take()

    assert steps.acted == ["acted"]


def test_a_step_is_taken_again_when_its_source_changes(steps):
    steps().take()
    steps.lock.write_text("two")
    steps().take()

    assert steps.acted == ["acted", "acted"]
    assert steps.made.read_text() == "two"


def test_a_step_is_taken_again_when_what_it_made_is_gone(steps):
    steps().take()
    steps.made.unlink()
    steps().take()

    assert steps.acted == ["acted", "acted"]


def test_a_step_that_failed_is_taken_again(steps):
    def fail():
        raise SetUpError("no network")

    steps().take()
    steps.lock.write_text("two")
    with pytest.raises(SetUpError):
        steps(act=fail).take()
    steps.lock.write_text("one")
    steps().take()

    assert steps.acted == ["acted"] * 3


def test_a_step_is_passed_over_when_more_than_it_was_done(steps):
    steps.made.write_text("for developers")
    stamp = steps().stamp
    stamp.parent.mkdir()
    stamp.write_text(digest(["developer"]))

    steps(covered_by=digest(["developer"])).take()

    assert steps.acted == []


# --- What only the system can give

MISSING = Need("libpango-1.0-0", lambda: False)
NICE = Need("fonts-noto-cjk", lambda: False, vital=False)
PRESENT = Need("python3-venv", lambda: True)


def test_without_rights_one_line_names_what_to_install():
    with pytest.raises(SetUpError) as told:
        provide([PRESENT, MISSING, NICE], apt=None)

    assert str(told.value).splitlines() == [
        "please install what is missing, then start again: apt-get install libpango-1.0-0 fonts-noto-cjk"
    ]


def test_without_rights_what_is_only_nice_to_have_stops_nobody(capsys):
    provide([PRESENT, NICE], apt=None)

    assert capsys.readouterr().out == "· works better with: apt-get install fonts-noto-cjk\n"


def test_what_is_there_is_not_asked_for(capsys):
    provide([PRESENT], apt=None)

    assert capsys.readouterr().out == ""


@pytest.fixture
def installer(tmp_path, monkeypatch):
    """A search path on which `apt-get` and `sudo` write down what they were asked for."""
    programs, log = tmp_path / "programs", tmp_path / "log"
    programs.mkdir()
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")

    def put(name: str, lines: str) -> None:
        (programs / name).write_text(f'#!/bin/sh\necho "{name} $*" >> {log}\n{lines}\n')
        (programs / name).chmod(0o755)

    put("apt-get", "exit 0")
    put("sudo", 'shift; exec "$@"')
    put.log = log
    return put


def test_with_rights_all_that_is_missing_is_installed_at_once(installer):
    provide([MISSING, PRESENT, NICE], Apt())

    update, install = installer.log.read_text().splitlines()
    assert update.endswith("update")
    assert install.endswith("install -y --no-install-recommends libpango-1.0-0 fonts-noto-cjk")


def test_rights_may_come_from_sudo(installer, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    provide([MISSING], apt_here())

    asked = installer.log.read_text().splitlines()
    assert asked[0] == "sudo -n true"
    assert [line.split()[:3] for line in asked[1:]] == [
        ["sudo", "-n", "apt-get"],
        ["apt-get", "-qq", "-o"],
        ["sudo", "-n", "apt-get"],
        ["apt-get", "-qq", "-o"],
    ]


def test_sudo_that_asks_for_a_password_gives_no_rights(installer, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    installer("sudo", "exit 1")

    assert apt_here() is None


def test_an_installation_that_fails_ends_in_the_same_line(installer):
    installer("apt-get", "exit 100")

    with pytest.raises(SetUpError, match=r"apt-get install libpango-1\.0-0"):
        provide([MISSING], Apt())


def test_libraries_programs_and_fonts_are_found_where_they_are(tmp_path, monkeypatch):
    (tmp_path / "NotoSansCJK-Regular.ttc").touch()
    monkeypatch.setattr("app.cli.machine.FONT_FOLDERS", (str(tmp_path),))

    assert library("libc.so.6")()
    assert not library("libdoorstep.so.1")()
    assert program("sh")()
    assert program(f"{tmp_path}/*.ttc")()
    assert not program("no-such-program", "/no/such/*/folder")()
    assert font("NotoSansCJK")()
    assert not font("NotoSansKlingon")()


# --- The whole way, on a small project

PYTHON_STEPS = ["· Python packages", "· Doorstep's own commands", "· translations"]
NODE_STEPS = ["· npm packages", "· third-party files for browsers"]


def test_make_run_sets_up_everything_once_and_each_part_again_when_it_changes(tmp_path):
    project = small_project.make(tmp_path / "project")

    first, *side_by_side, last = small_project.set_up_and_run(project)
    assert (first, last) == ("· Python environment", "served: run")
    assert [step for step in side_by_side if step in PYTHON_STEPS] == PYTHON_STEPS
    assert [step for step in side_by_side if step not in PYTHON_STEPS] == NODE_STEPS

    assert small_project.set_up_and_run(project) == ["served: run"]

    (project / "static" / "icons.json").write_text('["door-enter"]')
    assert small_project.set_up_and_run(project) == ["· third-party files for browsers", "served: run"]

    moved = project.rename(tmp_path / "moved")
    assert "· Python environment" in small_project.set_up_and_run(moved)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A small project that is set up."""
    folder = small_project.make(tmp_path_factory.mktemp("ready") / "project")
    small_project.set_up_and_run(folder)
    return folder


def test_where_node_is_missing_the_set_up_brings_its_own(project, tmp_path):
    small_project.bring_node(project)
    path = small_project.path_without_node(tmp_path / "programs")
    (project / "package-lock.json").write_text((project / "package-lock.json").read_text() + "\n")

    steps = small_project.set_up_and_run(project, PATH=path)

    assert steps == ["· Node.js", *NODE_STEPS, "served: run"]
    assert (project / "static" / "vendor" / "made_by").read_text() == "a package"
    assert small_project.set_up_and_run(project, PATH=path) == ["served: run"]


def test_a_machine_that_wants_no_bytecode_beside_its_sources_still_compiles_only_once(project):
    shutil.rmtree(project / "__pycache__", ignore_errors=True)

    small_project.set_up_and_run(project, PYTHONDONTWRITEBYTECODE="1")

    assert list((project / ".venv" / "compiled").rglob("small.*.pyc"))
    assert not (project / "__pycache__").exists()


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGKILL])
def test_the_end_of_make_is_the_end_of_what_it_runs(project, tmp_path, told):
    environment = {**small_project.outside_make(), MARK: str(tmp_path), "STAY": "1"}
    with subprocess.Popen(
        small_project.MAKE_RUN,
        cwd=project,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as make:
        try:
            assert make.stdout.readline() == "served: run\n"
            started = marked(str(tmp_path))
        finally:
            make.send_signal(told)

    assert all_end(started, within=60)
