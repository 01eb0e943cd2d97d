"""Signs bytes with the company's seal beside them (CMS, detached), and reads such a signature back."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from asn1crypto.cms import ContentInfo, SignedData
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_der_private_key
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder
from cryptography.x509 import load_der_x509_certificate
from pyhanko.sign.validation.generic_cms import async_validate_detached_cms
from pyhanko_certvalidator import ValidationContext

from app.documents.seal.seals import CompanySeal

_HOW = [PKCS7Options.DetachedSignature, PKCS7Options.Binary, PKCS7Options.NoCapabilities]


@dataclass(frozen=True)
class SignatureRead:
    """`holds`: it is over exactly these bytes. `certificate`: of whoever signed, in DER.

    `trusted`: that certificate is one of those trusted, or was issued under one.
    """

    by: str
    at: datetime | None
    certificate: bytes
    holds: bool
    trusted: bool


def sign_beside(content: bytes, company: CompanySeal) -> bytes:
    """The signature, in DER; `openssl cms -verify` reads it."""
    key = load_der_private_key(company.key, None)
    if not isinstance(key, EllipticCurvePrivateKey | RSAPrivateKey):
        raise ValueError("a seal is an elliptic-curve or an RSA key")
    builder = PKCS7SignatureBuilder().set_data(content)
    builder = builder.add_signer(load_der_x509_certificate(company.certificate), key, SHA256())
    for above in company.above:
        builder = builder.add_certificate(load_der_x509_certificate(above))
    return builder.sign(Encoding.DER, _HOW)


def read_beside(content: bytes, signature: bytes, trusted: list[bytes]) -> SignatureRead:
    """Whose signature it is and whether it holds, judged by certificates in DER; none: nobody is trusted.

    Raises whatever comes of bytes that are no such signature: that, too, is a failed verification.
    """
    signed = ContentInfo.load(signature, strict=True)["content"]
    roots = [Certificate.load(one) for one in trusted]
    # As with sealed papers: a certificate that has ended since was good when it signed.
    context = ValidationContext(
        trust_roots=roots, allow_fetching=False, moment=_signed_at(signed), retroactive_revinfo=True
    )
    status = asyncio.run(async_validate_detached_cms(content, signed, signer_validation_context=context))
    return SignatureRead(
        by=str(status.signing_cert.subject.native.get("common_name", "")),
        at=status.signer_reported_dt,
        certificate=status.signing_cert.dump(),
        holds=bool(status.intact and status.valid),
        trusted=bool(status.intact and status.valid and status.trusted),
    )


def _signed_at(signed: SignedData) -> datetime | None:
    """The moment that the signer gives."""
    [signer] = signed["signer_infos"]
    given = [one["values"][0].native for one in signer["signed_attrs"] if one["type"].native == "signing_time"]
    return given[0] if given else None
