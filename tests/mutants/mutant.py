"""What a seeded bug is: the edits that make it, the promise that it breaks, and who must catch it."""

from dataclasses import dataclass

MACHINE = ("pytest", "tests/sync/test_machine.py", "-k", "whatever_happens")


@dataclass(frozen=True)
class Edit:
    """In `file` the text `before`, which stands there exactly once, becomes `after`."""

    file: str
    before: str
    after: str


@dataclass(frozen=True)
class Mutant:
    """A bug, the number of the promise it breaks, and who must catch it.

    `caught_by` is a command; one that begins with `pytest` is completed by the runner. `db` counts for pytest alone.
    """

    name: str
    invariant: int
    edits: tuple[Edit, ...]
    caught_by: tuple[str, ...] = MACHINE
    db: str = "sqlite"


def edit(file: str, before: str, after: str) -> tuple[Edit]:
    """The one edit of a mutant."""
    return (Edit(file, before, after),)
