"""Seals a printed paper (PAdES baseline B)."""

import io

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import TimeStamper

from app.documents.seal.detached import signer_of
from app.documents.seal.seals import CompanySeal
from app.documents.seal.stamps import stamped

FIELD = "CompanySeal"
_BESIDE_CERTIFICATES = 1800  # bytes: what is signed with them and, of the largest keys, the signature


def seal(pdf: bytes, company: CompanySeal, *, reason: str) -> bytes:
    """The paper with an invisible seal that allows no change after it; about 7 kB more, PDF/A and PDF/UA as before.

    With a time-stamp, where a server for it is set and answers.
    """
    return stamped(company.stamped_by, lambda asks: _sealed(pdf, company, reason, asks))


def _sealed(pdf: bytes, company: CompanySeal, reason: str, asks: TimeStamper | None) -> bytes:
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        subfilter=fields.SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        reason=reason,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    sealed = signers.PdfSigner(metadata, signer_of(company), timestamper=asks).sign_pdf(
        writer, bytes_reserved=_room(company) if asks is None else None
    )
    return bytes(sealed.getbuffer())


def _room(company: CompanySeal) -> int:
    """Hexadecimal digits of a seal without a time-stamp, at most.

    Left to itself, as with a time-stamp, pyHanko finds out how many there must be by sealing something else before.
    """
    return 2 * (_BESIDE_CERTIFICATES + sum(map(len, (company.certificate, *company.above))))
