"""Tablet and office make the same text and the same hash of it: both are held to the same examples."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.signatures.rules import canonical, sha256_hex

FOLDER = Path(__file__).parents[1] / "vectors"
VECTORS = json.loads((FOLDER / "canonical.json").read_text("utf-8"))


@pytest.mark.parametrize("vector", VECTORS["alike"], ids=lambda vector: vector["name"])
def test_a_value_has_the_text_and_hash_that_the_tablet_makes(vector: dict[str, Any]) -> None:
    text = canonical(vector["value"])

    assert text.decode() == vector["text"]
    assert sha256_hex(text) == vector["sha256"]
    assert canonical(json.loads(text)) == text


def test_no_vectors_are_forgotten() -> None:
    assert sorted(path.name for path in FOLDER.glob("*.json")) == [
        "canonical.json",
        "closing.json",
        "due_kinds.json",
        "warranty.json",
    ], "check the new ones as well"
    assert len(VECTORS["alike"]) > 5
