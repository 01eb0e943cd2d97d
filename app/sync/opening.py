"""Taking an operation out of its envelope. Needs no database, and never fails: what cannot be read says why."""

from dataclasses import dataclass

from pydantic import ValidationError

from app.signatures.rules import sha256_hex
from app.sync.keys import open_frozen
from app.sync.messages import OperationText, SentOperation
from app.sync.models import Operation


@dataclass(frozen=True)
class Opened:
    """An operation taken out of its envelope, or why that failed."""

    sent: SentOperation
    text: OperationText | None = None
    code: str = ""
    detail: str = ""


def open_operation(sent: SentOperation) -> Opened:
    """Check the hash, decrypt, parse. Never raises: what cannot be read is kept with the reason."""
    if sha256_hex(sent.jwe.encode()) != sent.digest:
        return Opened(sent, code="operation:hash_differs")
    try:
        text = OperationText.model_validate_json(open_frozen(sent.jwe, "doorstep-op"))
    except ValidationError as error:
        return Opened(sent, code="operation:unreadable", detail=str(error.errors(include_input=False)))
    except ValueError as error:
        return Opened(sent, code="operation:unreadable", detail=str(error))
    if (text.op_id, text.op_seq) != (sent.op_id, sent.op_seq):
        return Opened(sent, code="operation:envelope_differs")
    return Opened(sent, text)


def sent_as(operation: Operation) -> SentOperation:
    """An operation as its tablet sent it."""
    return SentOperation(
        op_id=operation.op_id,
        op_seq=operation.op_seq,
        digest=operation.digest,
        jwe=operation.frozen.decode("ascii"),
    )
