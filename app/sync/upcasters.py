"""How a body of an older version becomes one of the next. They stay as long as a tablet may hold such an operation.

To bring in version 2 of a kind: its body type and a row in `KINDS` under 2 instead of 1, and here a row under 1 that
makes the new body from the old one. What was frozen and signed stays as it is; only what we read of it changes.
"""

from collections.abc import Callable
from typing import Any

Body = dict[str, Any]

UPCASTERS: dict[tuple[str, int], Callable[[Body], Body]] = {
    ("attempt.record", 1): lambda body: body | {"again_at": None, "number_called": None, "left_note": False},
    ("visit.hold", 1): lambda body: body | {"told": {"lines": [], "issues": []}},
    ("visit.hold", 2): lambda body: body,
    ("visit.hold", 3): lambda body: body,
    ("visit.hold", 4): lambda body: body,
    ("visit.hold", 5): lambda body: body,
    ("visit.hold", 6): lambda body: body,
    ("visit.hold", 7): lambda body: body,
    ("visit.hold", 8): lambda body: body,
    ("visit.append", 1): lambda body: body | {"mends": None},
}
"""(kind, v) → the body of v + 1, made from one of v."""


def upcast(kind: str, v: int, body: Body) -> tuple[int, Body]:
    """The newest version that a body can be brought to, and the body in it."""
    while (kind, v) in UPCASTERS:
        v, body = v + 1, UPCASTERS[kind, v](body)
    return v, body


def newest(kind: str, v: int) -> int:
    """The newest version that a body of this one can be brought to."""
    while (kind, v) in UPCASTERS:
        v += 1
    return v
