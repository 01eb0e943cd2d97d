"""What makes a signature: roles, enough ink, hashes and seals. Pure functions over evidence as the tablet sends it."""

import base64
import binascii
import enum
import hashlib
import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

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


class How(enum.Enum):
    """Signed by the person's own hand, or a mark under a witness's eyes."""

    SIGNED = "signed"
    MARK = "mark"


def canonical(value: Any) -> bytes:
    """RFC 8785 canonical JSON. Raises ValueError for what has no canonical form."""
    return rfc8785.dumps(value)


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
    length = sum(math.dist(a[:2], b[:2]) for stroke in strokes for a, b in pairwise(stroke))
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    diagonal = math.hypot(max(xs) - min(xs), max(ys) - min(ys))
    return length >= LEAST_LENGTH and diagonal >= LEAST_DIAGONAL


def seal_holds(evidence: dict[str, Any], key: dict[str, Any]) -> bool:
    """Whether the seal (ECDSA P-256 with SHA-256, raw r and s) covers this evidence. Any trouble means no."""
    try:
        seal = _from_base64url(str(evidence["seal"]))
        numbers = ec.EllipticCurvePublicNumbers(_number(key["x"]), _number(key["y"]), ec.SECP256R1())
        r, s = int.from_bytes(seal[:32]), int.from_bytes(seal[32:])
        numbers.public_key().verify(encode_dss_signature(r, s), sealed_part(evidence), ec.ECDSA(SHA256()))
    except (InvalidSignature, KeyError, ValueError, TypeError, binascii.Error):
        return False
    return len(seal) == 64


def _number(coordinate: str) -> int:
    return int.from_bytes(_from_base64url(coordinate))


def _from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
