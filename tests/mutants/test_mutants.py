"""The seeded bugs can still be seeded, and there are enough of them."""

from pathlib import Path

import pytest

from tests.mutants.__main__ import seed
from tests.mutants.mutants import Mutant, all_mutants
from tests.sync.machine.invariants import SENTENCES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("mutant", all_mutants(), ids=lambda mutant: mutant.name)
def test_what_a_seeded_bug_changes_still_stands_there_once(mutant: Mutant) -> None:
    times = [(ROOT / edit.file).read_text().count(edit.before) for edit in mutant.edits]

    assert times == [1] * len(mutant.edits), "the code has moved on: let the seeded bug break its promise anew"
    assert mutant.invariant in SENTENCES
    assert all((ROOT / name).exists() for name in mutant.caught_by if name.startswith("tests/"))


def test_the_seeded_bugs_break_most_promises() -> None:
    assert len({mutant.invariant for mutant in all_mutants()}) >= 12


def test_a_bug_that_cannot_be_seeded_says_so(tmp_path: Path) -> None:
    (tmp_path / "rules.py").write_text("a = 1\nb = 1\n")

    for rotten in ("c = 1", "= 1"):
        with pytest.raises(ValueError, match=r"rules.py has this \d times"):
            seed(tmp_path, "rules.py", rotten, "")
