"""`make mutants`: makes each seeded bug in a copy of the tree and shows that the tests catch it."""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from os import environ
from pathlib import Path

from tests.mutants.mutant import Mutant
from tests.mutants.mutants import all_mutants

ROOT = Path(__file__).parents[2]
COPIED = ("app", "migrations", "service_worker", "static", "templates", "tests", "pyproject.toml", "package.json")
LINKED = ("node_modules", ".venv")
LIMIT = 600
"""Seconds that tests have to catch a bug."""
LONGER = {"MACHINE_EXAMPLES": "40", "WALKS": "100", "WITHOUT_SHRINKING": "1"}


def main(wanted: Iterable[str]) -> int:
    """Try every mutant, or those whose name contains one of these words. Gives the exit code."""
    words = list(wanted)
    mutants = [mutant for mutant in all_mutants() if not words or any(word in mutant.name for word in words)]
    with tempfile.TemporaryDirectory(prefix="doorstep-mutants-") as folder:
        tree = Path(folder) / "tree"
        _copy_tree(tree)
        _must_pass_untouched(mutants, tree)
        lived = [mutant.name for mutant in mutants if not _is_caught(mutant, tree)]
    print(
        f"\n{len(mutants)} seeded bugs, {len({mutant.invariant for mutant in mutants})} promises, lived: {len(lived)}"
    )
    for name in lived:
        print(f"  not caught: {name}")
    return 1 if lived else 0


def _must_pass_untouched(mutants: list[Mutant], tree: Path) -> None:
    """Tests that fail anyway catch nothing."""
    for mutant in {(mutant.caught_by, mutant.db): mutant for mutant in mutants}.values():
        code, words = _run(mutant, tree)
        if code != 0:
            sys.exit(f"{' '.join(mutant.caught_by)} fails without any bug: {words}")


def _is_caught(mutant: Mutant, tree: Path) -> bool:
    before = {tree / edit.file: (tree / edit.file).read_text() for edit in mutant.edits}
    began = time.monotonic()
    try:
        for edit in mutant.edits:
            seed(tree, edit.file, edit.before, edit.after)
        code, words = _run(mutant, tree)
    finally:
        for path, text in before.items():
            path.write_text(text)
    caught = code == 1
    took = time.monotonic() - began
    print(f"{'caught' if caught else 'LIVED '} {took:4.0f} s  {mutant.invariant:>2}  {mutant.name}", flush=True)
    who = next(name for name in reversed(mutant.caught_by) if name.startswith("tests/"))
    print(f"{'':14}by {who}: {words}")
    return caught


def seed(tree: Path, file: str, before: str, after: str) -> None:
    """Make one edit. Raises ValueError unless `before` stands in the file exactly once."""
    path = tree / file
    times = path.read_text().count(before)
    if times != 1:
        raise ValueError(f"{file} has this {times} times, not once: {before}")
    path.write_text(path.read_text().replace(before, after))


def _run(mutant: Mutant, tree: Path) -> tuple[int, str]:
    """The exit code of its tests, 1 where one of them fails, and what they say."""
    command = list(mutant.caught_by)
    if command[0] == "pytest":
        command = [sys.executable, "-m", *command, "-n0", "-x", "--db", mutant.db, "-p", "no:cacheprovider"]
    # Its own: pytest throws away the folders of runs before the last three, those of others too.
    own = tree / "tmp"
    own.mkdir(exist_ok=True)
    try:
        ran = subprocess.run(
            command,
            cwd=tree,
            env={**environ, **LONGER, "TMPDIR": str(own)},
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return -1, f"nothing after {LIMIT} seconds"
    return ran.returncode, _what_they_say(ran.stdout + ran.stderr)


def _what_they_say(output: str) -> str:
    """The first complaint of pytest or of `node --test`."""
    said = re.search(r"Error\w*\b[^\n:]*: ([^\n]{3,100})", output) or re.search(
        r"error: (?:\|-\s+)?([^\n]{3,100})", output
    )
    return said[1] if said else (output.strip().splitlines() or [""])[-1][:100]


def _copy_tree(tree: Path) -> None:
    leave = shutil.ignore_patterns("__pycache__")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=leave)
        else:
            shutil.copy(source, tree / name)
    for name in LINKED:
        (tree / name).symlink_to(ROOT / name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
