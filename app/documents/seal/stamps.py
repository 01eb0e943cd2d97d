"""Time-stamps (RFC 3161): who says when something was sealed, asked of the server that `SEAL_TSA` names, if one is."""

import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import certifi
from asn1crypto import pem
from asn1crypto.cms import CMSAttributes, SignerInfo
from asn1crypto.core import ObjectIdentifier
from asn1crypto.x509 import Certificate

if TYPE_CHECKING:
    from pyhanko.sign.timestamps import TimeStamper
    from pyhanko.sign.validation.status import TimestampSignatureStatus
    from pyhanko_certvalidator import ValidationContext

_STAMP = ObjectIdentifier("1.2.840.113549.1.9.16.2.14").dump().hex().upper().encode()
"""How a time-stamp begins in the place of a seal, which is written in hex."""
PATIENCE = 3.0
"""Seconds that a server has to answer: somebody waits for the paper."""
SILENCE = 60.0
"""Seconds for which a server that did not answer is not asked again, so that of 500 papers not each one waits."""

_silent_until: dict[str, float] = {}
_log = logging.getLogger(__name__)
_Sealed = TypeVar("_Sealed")


@dataclass(frozen=True)
class Stamp:
    """What a time-stamp says. `trusted`: by an authority that this installation, or any browser, trusts."""

    by: str
    at: datetime
    trusted: bool


def server_to_ask(environment: Mapping[str, str] = os.environ) -> str:
    """The address of the time-stamp server; blank if none is set."""
    return environment.get("SEAL_TSA", "").strip()


def stamped(server: str, seal: "Callable[[TimeStamper | None], _Sealed]") -> _Sealed:
    """What `seal` makes with a stamp, where a server is set and answers; without one rather than not at all."""
    if not server or time.monotonic() < _silent_until.get(server, 0):
        return seal(None)
    try:
        return seal(_stamper(server))
    except Exception as error:  # noqa: BLE001 - the libraries raise whatever comes of what a server answers
        _silent_until[server] = time.monotonic() + SILENCE
        _log.warning("the time-stamp server gives no stamp, what is sealed now bears none: %r", error)
        return seal(None)


def is_stamped(pdf: bytes) -> bool:
    """Whether a paper that we sealed bears a time-stamp."""
    return _STAMP in pdf


def judges(signer: SignerInfo) -> "ValidationContext | None":
    """By what the stamp beside a signature is judged; nothing where there is none.

    As with seals: the certificate of an authority that has ended since was good when it stamped. Raises ValueError if
    something else stands there: no signature covers that place, so nothing may but a stamp, which is signed by itself.
    """
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415 - a second, for who verifies alone

    beside: CMSAttributes = signer["unsigned_attrs"]
    if beside.native is None:
        return None
    [attribute] = beside
    [token] = attribute["values"]
    [authority] = token["content"]["signer_infos"]
    if attribute["type"].native != "signature_time_stamp_token" or authority["unsigned_attrs"].native is not None:
        raise ValueError("something stands beside the seal")
    at = token["content"]["encap_content_info"]["content"].parsed["gen_time"].native
    return ValidationContext(trust_roots=authorities(), allow_fetching=False, moment=at, retroactive_revinfo=True)


def stamp_of(read: "TimestampSignatureStatus") -> Stamp:
    """What a stamp says that was found to hold."""
    name = read.signing_cert.subject
    return Stamp(str(name.native.get("common_name") or name.human_friendly), read.timestamp, read.trusted)


def authorities(environment: Mapping[str, str] = os.environ) -> list[Certificate]:
    """Whose stamps are trusted: the certificates in the PEM file that `SEAL_TSA_CERT` names, or what browsers trust."""
    return _read(Path(environment.get("SEAL_TSA_CERT") or certifi.where()))


@lru_cache(maxsize=4)
def _stamper(server: str) -> "TimeStamper":
    from app.documents.seal.asking import PatientStamper  # noqa: PLC0415 - a second, for who seals alone

    return PatientStamper(server, timeout=PATIENCE)  # type: ignore[no-untyped-call]


@lru_cache(maxsize=2)
def _read(path: Path) -> list[Certificate]:
    found = pem.unarmor(path.read_bytes(), multiple=True)
    return [Certificate.load(certificate) for _type, _headers, certificate in found]
