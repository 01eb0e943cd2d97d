"""Signs bytes with the company's seal beside them (CMS, detached), and reads such a signature back."""

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime

from asn1crypto.cms import ContentInfo, SignerInfo
from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.parser import peek
from asn1crypto.x509 import Certificate
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import async_validate_detached_cms
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from app.documents.seal.seals import CompanySeal
from app.documents.seal.stamps import Stamp, judges, stamp_of, stamped

_PLACE = re.compile(rb"/ByteRange \[0 ([0-9]{1,10}) ([0-9]{1,10}) ([0-9]{1,10}) *\]")
_MOST_OF_A_SEAL = 256 * 1024  # hexadecimal digits


@dataclass(frozen=True)
class SignatureRead:
    """`holds`: it is over exactly these bytes. `certificate`: of whoever signed, in DER.

    `trusted`: that certificate is one of those trusted, or was issued under one. `stamp`: who else says when.
    """

    by: str
    at: datetime | None
    certificate: bytes
    holds: bool
    trusted: bool
    stamp: Stamp | None


def signer_of(company: CompanySeal) -> SimpleSigner:
    """What signs with the company's key, and names the certificates above its own."""
    store = SimpleCertificateStore.from_certs(map(Certificate.load, company.above))  # type: ignore[no-untyped-call]
    return SimpleSigner(
        signing_cert=Certificate.load(company.certificate),
        signing_key=PrivateKeyInfo.load(company.key),
        cert_registry=store,
    )


def sign_beside(content: bytes, company: CompanySeal, at: datetime) -> bytes:
    """The signature, in DER; `openssl cms -verify` reads it. With a time-stamp, where a server is set and answers."""
    return stamped(company.stamped_by, lambda asks: asyncio.run(_signed(content, company, at, asks)))


async def _signed(content: bytes, company: CompanySeal, at: datetime, asks: TimeStamper | None) -> bytes:
    said = PdfCMSSignedAttributes(signing_time=at)
    signed = await signer_of(company).async_sign_general_data(
        content, "sha256", timestamper=asks, signed_attr_settings=said
    )
    return bytes(signed.dump())


def read_beside(content: bytes, signature: bytes, trusted: list[bytes]) -> SignatureRead:
    """Whose signature it is and whether it holds, judged by certificates in DER; none: nobody is trusted.

    Raises whatever comes of bytes that are no such signature: that, too, is a failed verification.
    """
    signed = ContentInfo.load(signature, strict=True)["content"]
    [signer] = signed["signer_infos"]
    roots = [Certificate.load(one) for one in trusted]
    # As with sealed papers: a certificate that has ended since was good when it signed.
    context = ValidationContext(
        trust_roots=roots, allow_fetching=False, moment=_signed_at(signer), retroactive_revinfo=True
    )
    status = asyncio.run(async_validate_detached_cms(content, signed, context, ts_validation_context=judges(signer)))
    stamp = status.timestamp_validity
    holds = bool(status.intact and status.valid and (stamp is None or (stamp.intact and stamp.valid)))
    return SignatureRead(
        by=str(status.signing_cert.subject.native.get("common_name", "")),
        at=status.signer_reported_dt,
        certificate=status.signing_cert.dump(),
        holds=holds,
        trusted=bool(holds and status.trusted),
        stamp=stamp_of(stamp) if stamp is not None and holds else None,
    )


def is_sealed_by(pdf: bytes, trusted: list[bytes]) -> bool:
    """Whether a file ends with a seal, by one of those trusted, over all of its bytes. Known without reading a PDF."""
    *_others, place = [None, *_PLACE.finditer(pdf)]
    if place is None:
        return False
    begin, end, rest = map(int, place.groups())
    if not begin < end <= begin + _MOST_OF_A_SEAL or end + rest != len(pdf):
        return False
    try:
        signature = bytes.fromhex(pdf[begin + 1 : end - 1].decode())
        return read_beside(pdf[:begin] + pdf[end:], signature[: peek(signature)], trusted).trusted
    except Exception:  # noqa: BLE001 - the libraries raise whatever comes of broken bytes
        return False


def _signed_at(signer: SignerInfo) -> datetime | None:
    """The moment that the signer gives."""
    given = [one["values"][0].native for one in signer["signed_attrs"] if one["type"].native == "signing_time"]
    return given[0] if given else None
