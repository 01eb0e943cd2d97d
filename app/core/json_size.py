"""How much stands in a JSON text, told before it is read: reading takes memory by the value, not by the byte."""

_MARKS = (b",", b"[", b"{")


def count_values(text: bytes) -> int:
    """About how many values a JSON text has, never fewer: whatever in its strings looks like a mark counts too."""
    return 1 + sum(map(text.count, _MARKS))
