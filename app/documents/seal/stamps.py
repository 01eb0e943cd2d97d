"""Time-stamps (RFC 3161): who says when a paper was sealed, asked of the server that `SEAL_TSA` names, if one is."""

import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import certifi
from asn1crypto import pem
from asn1crypto.core import ObjectIdentifier
from asn1crypto.x509 import Certificate

if TYPE_CHECKING:
    from pyhanko.sign.timestamps import TimeStamper

_STAMP = ObjectIdentifier("1.2.840.113549.1.9.16.2.14").dump().hex().upper().encode()
"""How a time-stamp begins in the place of a seal, which is written in hex."""
PATIENCE = 3.0
"""Seconds that a server has to answer: somebody waits for the paper."""
SILENCE = 60.0
"""Seconds for which a server that did not answer is not asked again, so that of 500 papers not each one waits."""

_silent_until: dict[str, float] = {}
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stamp:
    """What a time-stamp says. `trusted`: by an authority that this installation, or any browser, trusts."""

    by: str
    at: datetime
    trusted: bool


def server_to_ask(environment: Mapping[str, str] = os.environ) -> str:
    """The address of the time-stamp server; blank if none is set."""
    return environment.get("SEAL_TSA", "").strip()


def stamper(server: str) -> "TimeStamper | None":
    """What asks a server for a stamp; nothing while it is silent."""
    return None if time.monotonic() < _silent_until.get(server, 0) else _stamper(server)


def is_stamped(pdf: bytes) -> bool:
    """Whether a paper that we sealed bears a time-stamp."""
    return _STAMP in pdf


def note_silence(server: str, error: Exception) -> None:
    """It did not answer, or not with a stamp."""
    _silent_until[server] = time.monotonic() + SILENCE
    _log.warning("the time-stamp server gives no stamp, papers are sealed without: %r", error)


def authorities(environment: Mapping[str, str] = os.environ) -> list[Certificate]:
    """Whose stamps are trusted: the certificates in the PEM file that `SEAL_TSA_CERT` names, or what browsers trust."""
    return _read(Path(environment.get("SEAL_TSA_CERT") or certifi.where()))


@lru_cache(maxsize=4)
def _stamper(server: str) -> "TimeStamper":
    from pyhanko.sign.timestamps.requests_client import (  # noqa: PLC0415 - a second, for who seals alone
        RequestsHTTPTimeStamper,
    )

    return RequestsHTTPTimeStamper(server, timeout=PATIENCE)  # type: ignore[no-untyped-call]


@lru_cache(maxsize=2)
def _read(path: Path) -> list[Certificate]:
    found = pem.unarmor(path.read_bytes(), multiple=True)
    return [Certificate.load(certificate) for _type, _headers, certificate in found]
