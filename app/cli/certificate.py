"""The certificate of `TLS=1`: the one given, or one from an authority of our own that tablets trust once."""

import ipaddress
import os
import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.cli.address import own_addresses
from app.factory import create_app

AUTHORITY_PATH = "/doorstep-ca.crt"
AUTHORITY_LASTS = timedelta(days=3650)
LASTS = timedelta(days=820)  # iPads refuse more than 825
RENEWED_BEFORE = timedelta(days=90)

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class CertificateError(Exception):
    """The settings name a certificate that cannot be used. The message is one line that says what to do."""


@dataclass(frozen=True)
class Certificate:
    """Files in PEM: the chain, its key and, if we made it, the authority behind it."""

    chain: Path
    key: Path
    authority: Path | None = None

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the authority, as tablets show it."""
        if self.authority is None:
            return ""
        authority = x509.load_pem_x509_certificate(self.authority.read_bytes())
        return authority.fingerprint(hashes.SHA256()).hex(":").upper()


def certificate_for(folder: Path, now: datetime, environment: Mapping[str, str] = os.environ) -> Certificate:
    """The certificate that `TLS_CERT` and `TLS_KEY` name, otherwise our own, kept in `folder`."""
    chain, key = environment.get("TLS_CERT"), environment.get("TLS_KEY")
    if not (chain or key):
        return own_certificate(folder, own_names(environment), now)
    if not (chain and key and Path(chain).is_file() and Path(key).is_file()):
        raise CertificateError("TLS_CERT and TLS_KEY must both name a file in PEM")
    return Certificate(Path(chain), Path(key))


def own_names(environment: Mapping[str, str] = os.environ) -> list[str]:
    """How tablets may call this machine; `TLS_NAMES` adds more, separated by commas."""
    host = socket.gethostname()
    more = [name.strip() for name in environment.get("TLS_NAMES", "").split(",")]
    names = ["localhost", host, f"{host}.local", "127.0.0.1", "::1", *own_addresses(), *more]
    return list(dict.fromkeys(name for name in names if name))


def own_certificate(folder: Path, names: Iterable[str], now: datetime) -> Certificate:
    """A certificate for all `names`, made anew when it ends soon or lacks a name; the authority stays."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ours = Certificate(folder / "server.pem", folder / "server-key.pem", folder / "ca.pem")
    authority = _authority(folder, now)
    wanted = {_general_name(name) for name in names}
    if not (ours.chain.exists() and _still_good(ours.chain, authority[0], wanted, now)):
        _issue(ours, authority, wanted, now)
    return ours


def _authority(folder: Path, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    file, key_file = folder / "ca.pem", folder / "ca-key.pem"
    if not (file.exists() and key_file.exists()):
        key = ec.generate_private_key(ec.SECP256R1())
        _write_key(key_file, key)
        file.write_bytes(_self_signed(key, now).public_bytes(Encoding.PEM))
    kept = load_pem_private_key(key_file.read_bytes(), password=None)
    if not isinstance(kept, ec.EllipticCurvePrivateKey):
        raise CertificateError(f"{key_file} is no key of ours; move its folder away to have one made")
    return x509.load_pem_x509_certificate(file.read_bytes()), kept


def _self_signed(key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    name = _name(f"Doorstep {socket.gethostname()} {now:%Y-%m-%d}"[:64])
    return (
        _builder(name, name, key, now, AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )


def _issue(
    ours: Certificate,
    authority: tuple[x509.Certificate, ec.EllipticCurvePrivateKey],
    names: Iterable[x509.GeneralName],
    now: datetime,
) -> None:
    issuer, issuer_key = authority
    key = ec.generate_private_key(ec.SECP256R1())
    signed_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    leaf = (
        _builder(_name("Doorstep"), issuer.subject, key, now, LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(signed_by, critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    _write_key(ours.key, key)
    ours.chain.write_bytes(leaf.public_bytes(Encoding.PEM) + issuer.public_bytes(Encoding.PEM))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # a tablet's clock may be behind
        .not_valid_after(now + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _usage(signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _still_good(chain: Path, issuer: x509.Certificate, wanted: set[x509.GeneralName], now: datetime) -> bool:
    leaf = x509.load_pem_x509_certificate(chain.read_bytes())
    held = set(leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    lasts = now < leaf.not_valid_after_utc - RENEWED_BEFORE
    return lasts and wanted <= held and leaf.issuer == issuer.subject


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name.encode("idna").decode())


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def application() -> Wsgi:
    """The program, with the authority for tablets to fetch before they can trust anything else here."""
    app = create_app()
    authority = Path(app.config["DATA"]) / "tls" / "ca.pem"
    return with_authority(app, authority.read_bytes()) if _is_ours(authority) else app


def _is_ours(authority: Path) -> bool:
    return authority.exists() and not os.environ.get("TLS_CERT")


def with_authority(app: Wsgi, authority: bytes) -> Wsgi:
    """`app`, and at `AUTHORITY_PATH` the authority's certificate (PEM) as a download."""

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != AUTHORITY_PATH:
            return app(environ, start_response)
        start_response(
            "200 OK",
            [
                ("Content-Type", "application/x-x509-ca-cert"),
                ("Content-Disposition", 'attachment; filename="doorstep-ca.crt"'),
                ("Content-Length", str(len(authority))),
            ],
        )
        return [authority]

    return serve
