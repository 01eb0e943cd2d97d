"""Telephone numbers as pages and papers show them that are not the owner's file."""

import re

_HIDDEN, _MOST_BEFORE, _MOST_AFTER = 4, 3, 4


def masked(phone: str) -> str:
    """`13812346021` → `138 **** 6021`: enough to recognise a number, not to call it.

    Of a shorter one, as a landline is, less is shown: four digits at least are left out.
    """
    digits = re.sub(r"\D", "", phone)
    if len(digits) == 13:
        digits = digits.removeprefix("86")
    if len(digits) < 7:
        return "****" if digits else ""
    shown = len(digits) - _HIDDEN
    after = min(_MOST_AFTER, (shown + 1) // 2)
    before = min(_MOST_BEFORE, shown - after)
    return f"{digits[:before]} **** {digits[-after:]}"
