"""A time-stamp server (RFC 3161) on this machine, as small as one can be, and its certificate."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Event, Thread

from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.tsp import TimeStampReq
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper


@dataclass
class StampServer:
    """`asked`: how often. What is in `answers_with` it answers instead of a stamp."""

    address: str
    certificate: Path
    asked: int = 0
    answers_with: list[bytes] = field(default_factory=list)


@contextmanager
def a_stamp_server(
    folder: Path, name: str = "国家授时测试中心", at: datetime | None = None, lasts: timedelta = timedelta(days=3650)
) -> Iterator[StampServer]:
    """Answers on loopback until the end. `at`: what its clock says, else that of this machine; `lasts`: since a day
    before, so long its certificate is good.
    """
    stamper, certificate = _stamper(name, at, lasts)
    (folder / "tsa.pem").write_bytes(certificate)

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.asked += 1
            asked = TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            body = told.answers_with[0] if told.answers_with else stamper.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: object) -> None:
            """Nothing on the screen."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        told = StampServer(f"http://127.0.0.1:{server.server_port}/", folder / "tsa.pem")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def a_slow_server(begins_with: bytes) -> Iterator[StampServer]:
    """It answers for ever, a byte at a time, never so long silent that somebody who waits for a byte gives up."""
    over = Event()

    def answer() -> None:
        while not over.is_set():
            asking, _address = listening.accept()
            told.asked += 1
            with asking, suppress(OSError):
                asking.sendall(begins_with)
                while not over.wait(0.01):
                    asking.sendall(b"0")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        told = StampServer(f"http://127.0.0.1:{port}/", Path())
        thread = Thread(target=answer)
        thread.start()
        try:
            yield told
        finally:
            over.set()
            socket.create_connection(("127.0.0.1", port)).close()
            thread.join()


def _stamper(common_name: str, at: datetime | None, lasts: timedelta) -> tuple[DummyTimeStamper, bytes]:
    """The authority, and the certificate of whoever vouches for it, in PEM."""
    begins = (at or datetime.now(UTC)) - timedelta(days=1)
    root_key, key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    ca = x509.BasicConstraints(ca=True, path_length=None)
    stamps = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    root = _certificate("测试根证书", root_key, begins, timedelta(days=36500)).add_extension(ca, critical=True)
    ours = _certificate(common_name, key, begins, lasts).add_extension(stamps, critical=True)
    root_pem = root.sign(root_key, hashes.SHA256()).public_bytes(Encoding.PEM)
    certificate = Certificate.load(ours.sign(root_key, hashes.SHA256()).public_bytes(Encoding.DER))
    secret = PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    return DummyTimeStamper(certificate, secret, fixed_dt=at), root_pem


def _certificate(of: str, key: rsa.RSAPrivateKey, begins: datetime, lasts: timedelta) -> x509.CertificateBuilder:
    subject, issuer = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in (of, "测试根证书"))
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(begins).not_valid_after(begins + lasts)
