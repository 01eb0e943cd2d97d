"""Bugs seeded into papers on their way, into what is archived, and into what is nobody else's business."""

from tests.mutants.mutant import Mutant, edit

OF_PAPERS = {
    35: "a paper is in force once everybody whose turn it is has passed it, and never changes after that",
    36: "nobody is told what is not theirs to know",
}
"""What papers and personal data must hold, beside the promises of the sync, the loop, the evidence and the numbers."""

REVIEWS = ("pytest", "tests/approvals/test_table.py", "tests/approvals/test_reviews.py")
IMMUTABLE = ("pytest", "tests/core/test_immutable.py")
DOCUMENTS = ("pytest", "tests/sync/test_documents.py", "tests/sync/test_pull.py")

OF_THE_PAPERS = (
    Mutant(
        "a paper is complete with its first stage",
        35,
        edit(
            "app/approvals/rules.py",
            "    Step(State.RUNNING, Move.HAND_ON, State.RUNNING, last=False),\n",
            "    Step(State.RUNNING, Move.HAND_ON, State.COMPLETE, last=False),\n",
        ),
        caught_by=REVIEWS,
    ),
    Mutant(
        "whoever comes along passes a paper on",
        35,
        edit(
            "app/approvals/actions.py",
            "    if move in AT_A_STAGE and (stage is None or stage.role not in roles):\n",
            "    if move in AT_A_STAGE and (stage is None or not roles):\n",
        ),
        caught_by=REVIEWS,
    ),
    Mutant(
        "who passes a paper on second passes it on once more",
        35,
        edit("app/approvals/actions.py", "    if _count(review) != after:\n", "    if _count(review) < after:\n"),
        caught_by=REVIEWS,
    ),
    Mutant(
        "an archived visit can be written over",
        35,
        edit("app/core/immutable.py", '    "visit": "OLD.archived_at IS NOT NULL",\n', ""),
        caught_by=IMMUTABLE,
    ),
    Mutant(
        "what an owner answered in a survey can be written over",
        35,
        edit("app/core/immutable.py", '    "survey_sheet": "OLD.collected_at IS NOT NULL",\n', ""),
        caught_by=IMMUTABLE,
    ),
    Mutant(
        "a buyer's tablet still has the seller",
        36,
        edit(
            "app/sync/unit_documents.py",
            "    return since <= day and (until is None or until > day)\n",
            "    return since <= day\n",
        ),
        caught_by=DOCUMENTS,
    ),
    Mutant(
        "a telephone number is shown to whoever looks",
        36,
        edit(
            "app/estates/masking.py",
            "    shown = len(digits) - _HIDDEN\n",
            "    shown = len(digits)\n",
        ),
        caught_by=("pytest", "tests/estates/test_masking.py"),
    ),
    Mutant(
        "a first password, which somebody else knows, opens a vault",
        36,
        edit(
            "app/sync/life.py",
            "    if not chosen:  # somebody else knows it",
            "    if chosen is None:  # somebody else knows it",
        ),
        caught_by=("pytest", "tests/sync/test_life.py"),
    ),
    Mutant(
        "a withdrawn tablet gives its vault away",
        36,
        edit(
            "app/sync/life.py",
            "    if device.revoked_at is not None:\n",
            "    if device.revoked_at is None and not device:\n",
        ),
        caught_by=("pytest", "tests/sync/test_life.py"),
    ),
)
