"""The company's seal: key and certificate that papers are sealed with. Each has an id; old ones stay to verify by."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import NameOID

from app.core.blobs import write_durably
from app.core.errors import Refused
from app.core.i18n import lazy_
from app.core.key_files import key_folder, making_keys
from app.documents.seal.stamps import server_to_ask

LASTS = timedelta(days=3650)
_BEGINS_BEFORE = timedelta(days=1)  # clocks of whoever verifies differ
_MOST_OF_A_NAME = 64  # RFC 5280, ub-common-name; bytes, as cryptography counts them


@dataclass(frozen=True)
class CompanySeal:
    """Certificate, those above it, and key, all in DER. `stamped_by`: the server that says when, blank if none does."""

    certificate: bytes
    above: tuple[bytes, ...]
    key: bytes
    stamped_by: str = ""


def company_seal(company: str, at: datetime, environment: Mapping[str, str] = os.environ) -> CompanySeal:
    """The seal that `SEAL_CERT` and `SEAL_KEY` name, files in PEM; otherwise our own, made once for `company`.

    What seals is kept among the known seals, so that its papers stay verifiable when it is replaced. Raises Refused,
    code `seal:unusable`.
    """
    chain, key = environment.get("SEAL_CERT"), environment.get("SEAL_KEY")
    if not (chain or key):
        return replace(_read(*_own(company, at)), stamped_by=server_to_ask(environment))
    try:
        seal = _read(Path(chain or ""), Path(key or ""))
    except (OSError, ValueError) as error:
        words = lazy_("SEAL_CERT and SEAL_KEY must name a certificate and its key, both in PEM.")
        raise Refused("seal:unusable", words, error=str(error)) from error
    _keep_known(seal)
    return replace(seal, stamped_by=server_to_ask(environment))


def known_seals() -> list[bytes]:
    """Certificates, in DER, of everything that this installation ever sealed with."""
    return [_certificates(path)[0] for path in sorted(key_folder().glob("seal-*.crt"))]


def names_on(certificates: list[bytes]) -> set[str]:
    """In whose names these are, in DER."""
    subjects = (x509.load_der_x509_certificate(one).subject for one in certificates)
    return {str(name.value) for subject in subjects for name in subject.get_attributes_for_oid(NameOID.COMMON_NAME)}


def _own(company: str, at: datetime) -> tuple[Path, Path]:
    """Our own certificate and key; made if there is none, or if it has ended."""
    if (found := _newest_own(at)) is None:
        with making_keys() as folder:
            if (found := _newest_own(at)) is None:
                key, certificate = _made(company, at)
                found = folder / f"seal-{certificate.fingerprint(hashes.SHA256()).hex()[:16]}.crt"
                pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
                write_durably(found.with_suffix(".key"), pem)
                write_durably(found, certificate.public_bytes(Encoding.PEM))
    return found, found.with_suffix(".key")


def _newest_own(at: datetime) -> Path | None:
    ours = [path for path in key_folder().glob("seal-*.crt") if path.with_suffix(".key").exists()]
    begun = {path: x509.load_pem_x509_certificate(path.read_bytes()) for path in ours}
    good = [path for path in ours if begun[path].not_valid_after_utc > at]
    return max(good, key=lambda path: begun[path].not_valid_before_utc, default=None)


def _made(company: str, at: datetime) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, company.encode()[:_MOST_OF_A_NAME].decode(errors="ignore"))]
    )
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(at - _BEGINS_BEFORE).not_valid_after(at + LASTS)
    builder = builder.add_extension(usage, critical=True)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    return key, builder.sign(key, hashes.SHA256())


@lru_cache(maxsize=8)
def _read(chain: Path, key: Path) -> CompanySeal:
    certificate, *above = _certificates(chain)
    private = load_pem_private_key(key.read_bytes(), None)
    if private.public_key() != x509.load_der_x509_certificate(certificate).public_key():
        raise ValueError("the key belongs to another certificate")
    secret = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return CompanySeal(certificate, tuple(above), secret)


def _certificates(path: Path) -> list[bytes]:
    found = x509.load_pem_x509_certificates(path.read_bytes())
    return [certificate.public_bytes(Encoding.DER) for certificate in found]


def _keep_known(seal: CompanySeal) -> None:
    certificate = x509.load_der_x509_certificate(seal.certificate)
    file = key_folder() / f"seal-{certificate.fingerprint(hashes.SHA256()).hex()[:16]}.crt"
    if not file.exists():
        with making_keys():
            write_durably(file, certificate.public_bytes(Encoding.PEM))
