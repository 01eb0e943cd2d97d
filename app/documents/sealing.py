"""Seals a printed paper (PAdES baseline B), and reads a seal back: what it covers, whose it is, whether it holds."""

import io

from asn1crypto.cms import ContentInfo, SignedData
from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from app.documents.seals import CompanySeal, SealRead

FIELD = "CompanySeal"
_BESIDE_CERTIFICATES = 1800  # bytes: what is signed with them and, of the largest keys, the signature


def seal(pdf: bytes, company: CompanySeal, *, reason: str) -> bytes:
    """The paper with an invisible seal that allows no change after it; about 7 kB more, PDF/A and PDF/UA as before."""
    store = SimpleCertificateStore.from_certs(map(Certificate.load, company.above))  # type: ignore[no-untyped-call]
    signer = signers.SimpleSigner(
        signing_cert=Certificate.load(company.certificate),
        signing_key=PrivateKeyInfo.load(company.key),
        cert_registry=store,
    )
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        subfilter=fields.SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        reason=reason,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    room = _BESIDE_CERTIFICATES + sum(map(len, (company.certificate, *company.above)))
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    # Left to itself pyHanko finds out how much room there must be by sealing something else before.
    sealed = signers.PdfSigner(metadata, signer).sign_pdf(writer, bytes_reserved=2 * room)
    return bytes(sealed.getbuffer())


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
    status = validate_pdf_signature(found, context)
    whole = status.intact and status.valid and status.coverage is SignatureCoverageLevel.ENTIRE_FILE and not others
    whole = whole and _is_as_written(pdf, found)
    # Of a broken seal nothing is proved: it is named after the certificate in it, so that one reason is told, not two.
    ours = status.trusted if whole else found.signer_cert.dump() in known
    return SealRead(
        by=str(found.signer_cert.subject.native.get("common_name", "")),
        at=found.self_reported_timestamp,
        whole=whole,
        ours=bool(ours),
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
    root = PdfFileReader(io.BytesIO(pdf)).root
    for entry in (reference.get_object() for reference in root.get("/AF", ())):
        if str(entry["/UF"]).startswith("statement-"):
            return bytes(entry["/EF"]["/F"].data).decode()
    return None
