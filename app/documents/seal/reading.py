"""Reads a sealed paper: what its seal covers, whose it is, whether it holds, and the texts that travel in it.

What somebody brings is read by way of `apart`. To import this takes a second; it imports nothing of ours that is large.
"""

import io

from asn1crypto.cms import ContentInfo, SignedData
from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from app.documents.seal.read_back import PaperRead, SealRead
from app.documents.seal.stamps import judges, stamp_of

MOST_TEXT = 8 * 1024 * 1024
"""Bytes of a text that travels in a paper; a signed one has some thousands."""


def read_paper(pdf: bytes, known: list[bytes]) -> PaperRead:
    """Everything that a paper says of itself. Raises what `read_seal` raises."""
    return PaperRead(read_seal(pdf, known), attached_statement(pdf), attached_head(pdf))


def read_seal(pdf: bytes, known: list[bytes]) -> SealRead | None:
    """The seal of a paper, judged by the certificates that are known; nothing if it has none.

    Raises whatever comes of a file that is no PDF or is broken: that, too, is a failed verification.
    """
    [found, *others] = PdfFileReader(io.BytesIO(pdf)).embedded_signatures or [None]
    if found is None:
        return None
    trusted = [Certificate.load(one) for one in known]
    context = ValidationContext(
        trust_roots=trusted, allow_fetching=False, moment=found.self_reported_timestamp, retroactive_revinfo=True
    )
    status = validate_pdf_signature(found, context, ts_validation_context=judges(found.signer_info), skip_diff=True)
    whole = status.intact and status.valid and status.coverage is SignatureCoverageLevel.ENTIRE_FILE and not others
    stamp = status.timestamp_validity
    whole = whole and _is_as_written(pdf, found) and (stamp is None or (stamp.intact and stamp.valid))
    # Of a broken seal nothing is proved: it is named after the certificate in it, so that one reason is told, not two.
    ours = status.trusted if whole else found.signer_cert.dump() in known
    return SealRead(
        by=str(found.signer_cert.subject.native.get("common_name", "")),
        at=found.self_reported_timestamp,
        whole=whole,
        ours=bool(ours),
        stamp=stamp_of(stamp) if stamp is not None and whole else None,
    )


def _is_as_written(pdf: bytes, found: EmbeddedPdfSignature) -> bool:
    """Whether the place of the seal holds it as it was written, and nothing beside it.

    A seal covers neither its own place nor the frame around what it signs: both are made again and compared.
    """
    _start, begin, end, _rest = (int(number) for number in found.byte_range)
    content = bytes(found.pkcs7_content)
    signed = ContentInfo.load(content)["content"]
    [signer] = signed["signer_infos"]
    frame = {
        "version": "v1",
        "digest_algorithms": [signer["digest_algorithm"]],
        "encap_content_info": {"content_type": "data"},
        "certificates": signed["certificates"],
        "signer_infos": [signer],
    }
    made_again = bytes(ContentInfo({"content_type": "signed_data", "content": SignedData(frame)}).dump())
    return pdf[begin:end] == b"<" + made_again.ljust(len(content), b"\0").hex().upper().encode() + b">"


def attached_statement(pdf: bytes) -> str | None:
    """The signed text that travels in a paper; nothing if there is none."""
    return _attached(pdf, "statement-")


def attached_head(pdf: bytes) -> str | None:
    """The head of the journal that stands on a paper, as JSON; nothing if there is none."""
    return _attached(pdf, "journal-head")


def _attached(pdf: bytes, beginning: str) -> str | None:
    root = PdfFileReader(io.BytesIO(pdf)).root
    for entry in (reference.get_object() for reference in root.get("/AF", ())):
        if str(entry["/UF"]).startswith(beginning):
            return _text(bytes(entry["/EF"]["/F"].data))
    return None


def _text(content: bytes) -> str:
    if len(content) > MOST_TEXT:
        raise ValueError("a text that is too long")
    return content.decode()
