"""What a tablet hashes is what the office hashes: the browser's own code and the server's, over whatever may be said.

`TEXTS` says how many values of each kind are tried: `make test` tries few, `make soak` thousands.
"""

import json
import os
import subprocess
import types
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel

from app.signatures.actions import read_evidence, read_statement
from app.signatures.messages import Day, Evidence, StatementText
from app.signatures.rules import canonical, sealed_part, sha256_hex

ROOT = Path(__file__).parents[2]
TEXTS = int(os.environ.get("TEXTS", "150"))
SAFE = 2**53 - 1

so_many = settings(
    max_examples=TEXTS,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)


class Tablet:
    """The tablet's code in Node, asked line by line: its start would take longer than all the answers."""

    def __init__(self) -> None:
        command = ["node", str(ROOT / "tests" / "js" / "support" / "hashing.js")]
        self._node = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")

    def makes_of(self, value: object) -> dict[str, str]:
        """Its `text` and `sha256`, or why it `refused`."""
        assert self._node.stdin is not None
        assert self._node.stdout is not None
        self._node.stdin.write(json.dumps(value) + "\n")
        self._node.stdin.flush()
        answer: dict[str, str] = json.loads(self._node.stdout.readline())
        return answer

    def stop(self) -> None:
        self._node.communicate()
        assert self._node.returncode == 0


@pytest.fixture(scope="module")
def tablet() -> Iterator[Tablet]:
    tablet = Tablet()
    yield tablet
    tablet.stop()


# --- What may be said

_ODD = '\x00\x07\b\t\n\x0b\f\r\x1f"\\/\x7f\x80\u2028\u2029\ufeff\ufffd\uffff\ue000\ufb33é€龘𬭎😀👩‍👩‍👧\U0010ffff'
_letters = st.one_of(
    st.characters(), st.characters(categories=["Cs"]), st.sampled_from(_ODD), st.sampled_from("业主ab01")
)


def texts(most: int = 30, least: int = 0) -> st.SearchStrategy[str]:
    """Rare names, emoji, control characters, and halves of surrogate pairs as a broken keyboard leaves them."""
    return st.text(_letters, min_size=least, max_size=most)


_keys = st.one_of(
    texts(6), st.sampled_from(["", "__proto__", "constructor", "toJSON", "10", "9", "a", "A", "é", "e\u0301"])
)
_numbers = st.one_of(
    st.integers(-SAFE, SAFE), st.sampled_from([0, -1, SAFE, -SAFE, 10**15, 10**16 // 9, 123456789012345])
)
_leaves = st.one_of(st.booleans(), _numbers, texts())
VALUES = st.recursive(
    _leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_keys, inner, max_size=5), max_leaves=25
)
_NO_TEXT = st.one_of(
    st.none(), st.floats(allow_nan=False, allow_infinity=False).filter(lambda n: n != int(n) or abs(n) > SAFE)
)


def deep(value: object, levels: int) -> object:
    for level in range(levels):
        value = [value] if level % 2 else {"in": value, "beside": level}
    return value


def of(model: type[BaseModel]) -> st.SearchStrategy[dict[str, Any]]:
    """A message as JSON with every field that its model has, in any order: a field that is added is tried as well."""
    hints = get_type_hints(model, include_extras=True)
    needed, optional = {}, {}
    for name, field in model.model_fields.items():
        (needed if field.is_required() else optional)[field.alias or name] = _of(hints[name])
    whole = st.fixed_dictionaries(needed, optional=optional)
    return whole.flatmap(lambda made: st.permutations(list(made.items())).map(dict))


def _of(annotation: Any, limits: tuple[Any, ...] = ()) -> st.SearchStrategy[Any]:
    """Values in JSON for one annotation, within what its limits allow."""
    if hasattr(annotation, "__metadata__"):
        return _of(annotation.__origin__, (*limits, *_flat(annotation.__metadata__)))
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return st.one_of(*(_of(part) for part in parts if part is not type(None)))
    if origin is Literal:
        return st.sampled_from(parts)
    if origin is list:
        least, most = max([0, *_set(limits, "min_length")]), min([4, *_set(limits, "max_length")])
        return st.lists(_of(parts[0]), min_size=least, max_size=most)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return of(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return st.sampled_from([each.value for each in annotation])
    return _PLAIN[annotation](limits)


def _flat(metadata: tuple[Any, ...]) -> list[Any]:
    return [limit for each in metadata for limit in getattr(each, "metadata", [each])]


def _set(limits: tuple[Any, ...], name: str) -> list[int]:
    return [int(getattr(limit, name)) for limit in limits if getattr(limit, name, None) is not None]


def _text(limits: tuple[Any, ...]) -> st.SearchStrategy[str]:
    if any(limit in Day.__metadata__ for limit in limits):  # type: ignore[attr-defined]
        return st.one_of(st.just(""), st.dates().map(date.isoformat))
    if any(getattr(limit, "pattern", None) for limit in limits):
        return st.text("0123456789abcdef", min_size=64, max_size=64)
    return texts(min([20, *_set(limits, "max_length")]), max([0, *_set(limits, "min_length")]))


def _whole(limits: tuple[Any, ...]) -> st.SearchStrategy[int]:
    least = max([-SAFE, *_set(limits, "ge"), *(more + 1 for more in _set(limits, "gt"))])
    return st.integers(least, min([SAFE, *_set(limits, "le")]))


_PLAIN: dict[Any, Callable[[tuple[Any, ...]], st.SearchStrategy[Any]]] = {
    str: _text,
    int: _whole,
    bool: lambda _limits: st.booleans(),
    uuid.UUID: lambda _limits: st.uuids().map(str),
    date: lambda _limits: st.dates().map(date.isoformat),
    AwareDatetime: lambda _limits: st.integers(-2_000_000_000, 200_000_000_000).map(
        lambda seconds: datetime.fromtimestamp(seconds, UTC).isoformat()
    ),
}


def well_formed(value: Any) -> Any:
    """What is left of a value without NUL and where no half of a surrogate pair stands alone; two that meet are one."""
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", "\ufffd")
    if isinstance(value, list):
        return [well_formed(each) for each in value]
    if isinstance(value, dict):
        return {well_formed(key): well_formed(each) for key, each in value.items()}
    return value


# --- And what both make of it


@so_many
@given(value=VALUES, levels=st.sampled_from([0, 0, 0, 1, 60]))
def test_any_value_has_one_text_and_one_hash_on_tablet_and_server(tablet: Tablet, value: object, levels: int) -> None:
    value = deep(value, levels)

    made = tablet.makes_of(value)

    text = canonical(well_formed(value))
    assert made == {"text": text.decode(), "sha256": sha256_hex(text)}
    assert canonical(json.loads(text)) == text


@so_many
@given(said=of(StatementText))
def test_any_statement_is_read_at_the_office_as_it_was_hashed_at_the_door(tablet: Tablet, said: dict[str, Any]) -> None:
    made = tablet.makes_of(said)

    assert read_statement(made["text"]).locale == said["locale"]
    assert json.loads(made["text"]) == well_formed(said)
    assert made["sha256"] == sha256_hex(made["text"].encode()) == sha256_hex(canonical(well_formed(said)))


@so_many
@given(signed=of(Evidence))
def test_any_signature_is_hashed_alike_strokes_and_all(tablet: Tablet, signed: dict[str, Any]) -> None:
    kept = well_formed(signed)
    unsealed = {name: value for name, value in signed.items() if name != "seal"}

    made = tablet.makes_of(unsealed)

    assert read_evidence(kept).statement == signed["statement"]
    assert made == {"text": sealed_part(kept).decode(), "sha256": sha256_hex(sealed_part(kept))}


@settings(so_many, max_examples=max(TEXTS // 5, 20))
@given(wrong=_NO_TEXT, levels=st.integers(0, 6))
def test_what_has_no_single_text_is_refused_at_the_door(tablet: Tablet, wrong: object, levels: int) -> None:
    assert "refused" in tablet.makes_of(deep(wrong, levels))
