"""The seeded bugs can still be seeded, and there are enough of them."""

import subprocess
from itertools import chain
from pathlib import Path

import pytest

from tests.mutants.__main__ import seed
from tests.mutants.mutant import Mutant
from tests.mutants.mutants import all_mutants
from tests.mutants.of_the_chain import OF_EVIDENCE
from tests.mutants.of_the_loop import PROMISES
from tests.mutants.of_the_numbers import OF_NUMBERS
from tests.mutants.of_the_papers import OF_PAPERS
from tests.sync.machine.invariants import SENTENCES

ROOT = Path(__file__).parents[2]
OF_THE_PRODUCT = (PROMISES, OF_EVIDENCE, OF_NUMBERS, OF_PAPERS)
"""Promises, beside those of the sync, by their numbers."""


@pytest.mark.parametrize("mutant", all_mutants(), ids=lambda mutant: mutant.name)
def test_what_a_seeded_bug_changes_still_stands_there_once(mutant: Mutant) -> None:
    times = [(ROOT / edit.file).read_text().count(edit.before) for edit in mutant.edits]

    assert times == [1] * len(mutant.edits), "the code has moved on: let the seeded bug break its promise anew"
    assert mutant.invariant in {*SENTENCES, *chain(*OF_THE_PRODUCT)}
    assert all((ROOT / name).exists() for name in mutant.caught_by if name.startswith("tests/"))


def test_what_a_seeded_bug_makes_of_the_code_has_every_name_it_uses(tmp_path: Path) -> None:
    """Else it is caught by a name that is missing, not by a promise that is broken."""
    for number, mutant in enumerate(all_mutants()):
        for name in {edit.file for edit in mutant.edits}:
            file = tmp_path / str(number) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text((ROOT / name).read_text())
        for edit in mutant.edits:
            seed(tmp_path / str(number), edit.file, edit.before, edit.after)

    python = ["ruff", "check", "--isolated", "--quiet", "--select=E9,F811,F821,F823", "--output-format=concise"]
    tablet = ["biome", "lint", "--only=correctness/noUndeclaredVariables"]
    for command in (python, tablet):
        done = subprocess.run([*command, "."], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_seeded_bugs_break_most_promises_of_the_sync_and_all_others() -> None:
    broken = {mutant.invariant for mutant in all_mutants()}

    assert len(broken & set(SENTENCES)) >= 12
    assert broken >= set(chain(*OF_THE_PRODUCT))
    numbered = [*SENTENCES, *chain(*OF_THE_PRODUCT)]
    assert len(set(numbered)) == len(numbered)


def test_no_two_seeded_bugs_have_one_name() -> None:
    names = [mutant.name for mutant in all_mutants()]

    assert len(names) == len(set(names))


def test_a_bug_that_cannot_be_seeded_says_so(tmp_path: Path) -> None:
    (tmp_path / "rules.py").write_text("a = 1\nb = 1\n")

    for rotten in ("c = 1", "= 1"):
        with pytest.raises(ValueError, match=r"rules.py has this \d times"):
            seed(tmp_path, "rules.py", rotten, "")
