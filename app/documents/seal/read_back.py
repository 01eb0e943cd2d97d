"""What a paper says of itself once it has been read. Imports nothing large, as whoever only asks needs it too."""

from dataclasses import dataclass
from datetime import datetime

from app.documents.seal.stamps import Stamp


@dataclass(frozen=True)
class SealRead:
    """`whole`: not a byte was changed or added since. `ours`: made with a seal of this installation's, or, where it is
    not whole, bearing its certificate. `stamp`: who else says when, if somebody does.
    """

    by: str
    at: datetime | None
    whole: bool
    ours: bool
    stamp: Stamp | None = None


@dataclass(frozen=True)
class PaperRead:
    """Its seal, if it bears one; the signed text and, as JSON, the head of the journal, if they travel in it."""

    seal: SealRead | None
    statement: str | None
    head: str | None
