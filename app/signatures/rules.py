"""What makes a signature: roles, enough ink, hashes and seals. Pure functions over evidence as the tablet sends it."""

import base64
import binascii
import enum
import hashlib
import math
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any

import orjson
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

Stroke = Sequence[Sequence[int]]
"""Points of one pen-down to pen-up: x and y in tenths of a CSS pixel, pressure 0 to 1000, milliseconds."""

FIRST_IN_CHAIN = "0" * 64
LEAST_POINTS = 8
LEAST_LENGTH = 600
LEAST_DIAGONAL = 400
"""Minimum ink; lengths in tenths of a CSS pixel."""


class SignerRole(enum.Enum):
    """In which capacity somebody signed."""

    OWNER = "owner"
    OFFICER = "officer"
    WITNESS = "witness"


class WitnessIs(enum.Enum):
    """Who a witness is to the owner and to us. Never the officer, never whoever did not sign."""

    NEIGHBOUR = "neighbour"
    FAMILY = "family"
    COMMUNITY = "community"
    COLLEAGUE = "colleague"


class How(enum.Enum):
    """Signed by the person's own hand, or a mark under a witness's eyes."""

    SIGNED = "signed"
    MARK = "mark"


def canonical(value: Any) -> bytes:
    """RFC 8785 canonical JSON of parsed JSON. Raises ValueError for what has no canonical form."""
    try:
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER)
    except TypeError:
        return rfc8785.dumps(value)
    # The quick one agrees with the RFC but on these; then the slower one that knows it all decides.
    if any(lead in text for lead in _BEYOND_BMP) or (_may_hold_a_float(text) and _holds_a_float(value)):
        return rfc8785.dumps(value)
    return text


def _may_hold_a_float(text: bytes) -> bool:
    """Never false where one stands; strings that look like it count too."""
    return any(pattern.search(text) for pattern in _LIKE_A_FLOAT)


def _holds_a_float(value: Any) -> bool:
    within = [value]
    for one in within:  # grows as it is walked
        if isinstance(one, dict):
            within.extend(one.values())
        elif isinstance(one, list | tuple):
            within.extend(one)
        elif isinstance(one, float):
            return True
    return False


_LIKE_A_FLOAT = tuple(
    re.compile(pattern)
    for pattern in (rb"\.[0-9]+(?:[],}e]|\Z)", rb"e[+-]?[0-9]+(?:[],}]|\Z)", rb"null")  # so it writes NaN
)
"""Fractions, which the RFC writes as JavaScript does. Each begins with what is found quickly."""
_BEYOND_BMP = (b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4")
"""The RFC orders keys by their UTF-16 units, the quick one by code points, which differ from these on."""


class Breach(enum.Enum):
    """What can no longer agree about a statement or a signature under it."""

    TEXT = "text"
    """The text is another than was signed."""
    OTHER_STATEMENT = "other_statement"
    """The signature was given under another text."""
    SEAL = "seal"
    """What the tablet sealed, strokes included, is another than it sealed."""
    ROW = "row"
    """Who signed, how or when is written down otherwise than it was sealed."""
    ORDER = "order"
    """It does not follow the signature before it."""


def sha256_hex(content: bytes) -> str:
    """SHA-256 in lower-case hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def sealed_part(evidence: dict[str, Any]) -> bytes:
    """The bytes of an evidence object that its seal covers and that the tablet's chain hashes."""
    return canonical({key: value for key, value in evidence.items() if key != "seal"})


def enough_ink(strokes: Sequence[Stroke], how: How) -> bool:
    """Whether the strokes can be somebody's signature. A witnessed mark needs only to be there."""
    points = [point for stroke in strokes for point in stroke]
    if how is How.MARK:
        return len(points) >= 2
    if len(points) < LEAST_POINTS:
        return False
    steps = (math.dist(a[:2], b[:2]) for stroke in strokes for a, b in pairwise(stroke))
    is_long = any(length >= LEAST_LENGTH for length in accumulate(steps))  # reached long before most strokes end
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    diagonal = math.hypot(max(xs) - min(xs), max(ys) - min(ys))
    return is_long and diagonal >= LEAST_DIAGONAL


def seal_holds(evidence: dict[str, Any], key: dict[str, Any]) -> bool:
    """Whether the seal (ECDSA P-256 with SHA-256, raw r and s) covers this evidence. Any trouble means no."""
    try:
        return seal_covers(str(evidence["seal"]), sealed_part(evidence), key)
    except (KeyError, ValueError, TypeError):
        return False


def seal_covers(seal: str, part: bytes, key: dict[str, Any]) -> bool:
    """The same for the bytes that the seal should cover."""
    try:
        raw = _from_base64url(seal)
        r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
        _public_key(key["x"], key["y"]).verify(encode_dss_signature(r, s), part, ec.ECDSA(SHA256()))
    except (InvalidSignature, KeyError, ValueError, TypeError, binascii.Error):
        return False
    return len(raw) == 64


@lru_cache(maxsize=256)
def _public_key(x: str, y: str) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicNumbers(_number(x), _number(y), ec.SECP256R1()).public_key()


def _number(coordinate: str) -> int:
    return int.from_bytes(_from_base64url(coordinate))


def _from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
