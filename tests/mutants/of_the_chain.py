"""Bugs seeded into the journal's hash chain, and into what an archive holds by it."""

from tests.mutants.mutant import Mutant, edit

OF_EVIDENCE = {
    26: "whatever is done to the journal behind the triggers is found, and named",
    27: "every line is closed once, in its order, and no closed day is opened again",
    28: "nothing is left out of an archive unseen, and nothing is missed that is no part of it",
}
"""What the evidence must hold, beside the promises of the sync and of the loop."""

CHECK = ("pytest", "tests/core/test_chain_check.py")
LEFT_OUT = ("pytest", "tests/documents/test_left_out.py")
CHAIN = ("pytest", "tests/core/test_chain.py", "tests/jobs/test_closing.py")

OF_THE_CHAIN = (
    Mutant(
        "a line's moment is hashed to the second only",
        26,
        edit("app/core/chain.py", 'timespec="microseconds"', 'timespec="seconds"'),
        caught_by=CHECK,
    ),
    Mutant(
        "a closed day does not cover the day before",
        26,
        edit("app/core/chain.py", 'del covered["sha256"], ', 'del covered["previous"], covered["sha256"], '),
        caught_by=CHECK,
    ),
    Mutant(
        "a line put in between two days is passed over",
        26,
        edit(
            "app/core/chain_check.py",
            "            for strange in self._until(seq - 1):\n                self._inserted(strange, entry.day)\n",
            "            list(self._until(seq - 1))\n",
        ),
        caught_by=CHECK,
    ),
    Mutant(
        "lines beyond the last number that was given are closed",
        27,
        edit("app/core/chain.py", ", until=last_seq(stream))", ")"),
        caught_by=CHAIN,
    ),
    Mutant(
        "what is written late is closed into a day that is closed already",
        27,
        edit("app/core/chain.py", "reached = last.day + timedelta(days=1)", "reached = date.min"),
        caught_by=CHAIN,
    ),
    Mutant(
        "a clock that ran ahead says which day it is",
        27,
        edit("app/core/chain.py", "if line.at is not None and line.at <= at:", "if line.at is not None:"),
        caught_by=CHAIN,
    ),
    Mutant(
        "what went on in a period but was raised before it is left out of its archive",
        28,
        edit(
            "app/documents/archive/matters.py",
            "where(Issue.estate_id == estate.id, sa.or_(raised, went_on))",
            "where(Issue.estate_id == estate.id, raised)",
        ),
        caught_by=LEFT_OUT,
    ),
    Mutant(
        "an archive has days in its journal that were closed after it was chosen what goes in",
        28,
        edit("app/jobs/archiving.py", "archived.last_closed(estate.id)", "archived.last_closed(estate.id) + 99"),
        caught_by=LEFT_OUT,
    ),
    Mutant(
        "only lines that an issue was raised show that it must be there",
        28,
        edit("app/documents/archive/left_out.py", 'Shown("issue", "",', 'Shown("issue", "issue:recorded",'),
        caught_by=LEFT_OUT,
    ),
)
