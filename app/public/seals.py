"""Where the company's seals are published: whoever verifies a paper or an archive elsewhere compares or trusts them."""

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate
from flask import Response

from app.core.limits import limiter
from app.documents.seal.seals import known_seals
from app.people.access import anybody
from app.public.door import public


@public.get("/verify/seals.pem")
@anybody("a certificate is in every sealed paper; it is published so that a forged one shows")
@limiter.limit("60 per minute")
def seals() -> Response:
    """The certificates of all that this installation ever sealed with, as `verify-archive --trust` reads them."""
    certificates = (load_der_x509_certificate(one).public_bytes(Encoding.PEM) for one in known_seals())
    return Response(b"".join(certificates), mimetype="application/x-pem-file")
