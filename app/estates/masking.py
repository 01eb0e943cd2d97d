"""Telephone numbers as pages and papers show them that are not the owner's file."""

import re


def masked(phone: str) -> str:
    """`13812346021` → `138 **** 6021`: enough to recognise a number, not to call it."""
    digits = re.sub(r"\D", "", phone)
    if len(digits) == 13:
        digits = digits.removeprefix("86")
    if len(digits) < 7:
        return "****" if digits else ""
    return f"{digits[:3]} **** {digits[-4:]}"
