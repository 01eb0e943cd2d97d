"""Frozen statements and the signatures under them. Both are immutable, for the database too."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Kept
from app.signatures.rules import How, SignerRole


class Statement(Kept):
    """What was on the screen, as canonical JSON (RFC 8785), and its SHA-256. Never changes."""

    __tablename__ = "statement"

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    record_id: Mapped[uuid.UUID] = mapped_column(index=True)
    schema_version: Mapped[int]
    locale: Mapped[str] = mapped_column(sa.String(8))
    text: Mapped[str] = mapped_column(sa.Text)
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    received_at: Mapped[datetime]
    signatures: Mapped[list["Signature"]] = relationship(back_populates="statement", order_by="Signature.position")


class Signature(Kept):
    """One signature under a statement, with the evidence exactly as the tablet sealed it. Never changes."""

    __tablename__ = "signature"

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    statement_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("statement.id"), index=True)
    position: Mapped[int]
    role: Mapped[SignerRole]
    how: Mapped[How]
    signer_name: Mapped[str] = mapped_column(sa.String(120))
    relation: Mapped[str] = mapped_column(sa.String(20))
    person_id: Mapped[uuid.UUID | None]
    staff_id: Mapped[uuid.UUID | None]
    witness: Mapped[str] = mapped_column(sa.String(120), default="")
    evidence: Mapped[str] = mapped_column(sa.Text)
    evidence_sha256: Mapped[str] = mapped_column(sa.String(64), unique=True)
    previous: Mapped[str] = mapped_column(sa.String(64))
    device_id: Mapped[uuid.UUID]
    signed_at: Mapped[datetime]
    statement: Mapped[Statement] = relationship(back_populates="signatures")


class DeskSignature(Kept):
    """A signature drawn in the office under a paper, by somebody who had just given their password. Never changes.

    `subject_id` is the paper, `act_id` the act that it was drawn for; `text` is what was signed, as canonical JSON.
    """

    __tablename__ = "desk_signature"

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(index=True)
    act_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    staff_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    signer_name: Mapped[str] = mapped_column(sa.String(120))
    text: Mapped[str] = mapped_column(sa.Text)
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    ink: Mapped[str] = mapped_column(sa.Text)
    signed_at: Mapped[datetime]
