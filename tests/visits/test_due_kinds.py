"""Every kind of due thing has its row on the server and on the tablet, and both say the same of it (R02)."""

import json
from pathlib import Path

import pytest

from app.agenda.rules import OF_SURVEYS, TELLINGS, TaskKind
from app.visits.answering import SETTLE
from app.visits.rules import DUE, Category, SettledBy
from app.visits.words import CATEGORIES, task_words

WITH_WORDS = TELLINGS | OF_SURVEYS
"""What an owner is told of an issue, and the sheets of a survey, are more than their category says."""
VECTORS = Path(__file__).parents[1] / "vectors" / "due_kinds.json"


@pytest.mark.parametrize("kind", TaskKind, ids=lambda kind: kind.value)
def test_each_kind_has_a_category_words_and_a_function_that_settles_it(kind: TaskKind) -> None:
    assert kind in DUE
    assert kind in SETTLE
    assert (str(task_words(kind)) == str(CATEGORIES[DUE[kind].category])) is (kind not in WITH_WORDS)


@pytest.mark.clause("R02")
def test_the_policys_five_categories_and_the_issue_callback_have_words() -> None:
    words = {category.value: str(CATEGORIES[category]) for category in Category}

    assert set(CATEGORIES) == set(Category)
    assert list(words) == [
        "scheduled",
        "special",
        "complaint_callback",
        "service_callback",
        "work_order_callback",
        "issue_callback",
    ]
    assert len(set(words.values())) == 6


def test_a_category_belongs_to_one_kind_at_most_beside_what_has_words_of_its_own() -> None:
    categories = [due.category for kind, due in DUE.items() if kind not in WITH_WORDS]

    assert len(set(categories)) == len(categories)


def test_the_tablet_is_held_to_the_same_rows() -> None:
    """`tests/js/kinds.test.js` reads this file too: a row that one side lacks fails there or here."""
    rows = {kind.value: [due.category.value, due.settled_by.value] for kind, due in DUE.items()}

    assert json.loads(VECTORS.read_text("utf-8"))["kinds"] == rows
    assert {by for _category, by in rows.values()} == {by.value for by in SettledBy}
