"""Text that people typed, made fit for paper: what hides or reorders other letters becomes visible."""

import unicodedata
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

T = TypeVar("T")

STANDS_FOR_NOTHING = "□"
NO_TEXT = {"text": False}
"""Metadata of a field that holds numbers alone, and many."""

_KEPT = frozenset("\n\t")
_CONTROLS = frozenset({"Cc", "Cs"})
_NO_CHARACTERS = frozenset("\ufffe\uffff")
_REORDERING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def made_printable(thing: T, spelled_out: frozenset[str] = frozenset()) -> T:
    """
    The same sheet with every text in it made printable; fields marked `NO_TEXT` are not looked into.

    Symbols in `spelled_out`, those that no font on this machine draws, become their name in brackets.
    """
    made: object = thing
    if isinstance(thing, str):
        plain = thing.isprintable() and spelled_out.isdisjoint(thing)
        made = thing if plain else "".join(_printable(character, spelled_out) for character in thing)
    elif isinstance(thing, tuple):
        made = tuple(made_printable(part, spelled_out) for part in thing)
    elif is_dataclass(thing) and not isinstance(thing, type):
        texts = [field.name for field in fields(thing) if field.metadata != NO_TEXT]
        changed = {name: made_printable(getattr(thing, name), spelled_out) for name in texts}
        made = replace(thing, **changed)
    return made  # type: ignore[return-value]


def is_symbol(character: str) -> bool:
    """A picture rather than a letter: spelled out, no name and no sentence loses by it."""
    return unicodedata.category(character) in {"So", "Sk"}


def _printable(character: str, spelled_out: frozenset[str]) -> str:
    if character in spelled_out:
        return f"[{unicodedata.name(character, f'U+{ord(character):04X}').lower()}]"
    if character in _KEPT:
        return character
    if character in _REORDERING | _NO_CHARACTERS or unicodedata.category(character) in _CONTROLS:
        return STANDS_FOR_NOTHING
    return character
