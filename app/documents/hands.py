"""Through whose hands a paper went on its chain, as its form tells it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.approvals.models import Review
from app.approvals.rules import Chain, Move


@dataclass(frozen=True)
class Hand:
    """Who had it in hand, to do what (`count`, or a value of `Duty`), and their opinion; nobody at a stage ahead."""

    duty: str
    name: str = ""
    at: datetime | None = None
    opinion: str = ""


def hands_of(review: Review) -> Iterable[Hand]:
    """Handed up, then the stages of its chain."""
    acts = [act for act in review.acts if act.round == review.round and act.move in (Move.SUBMIT, Move.HAND_ON)]
    duties = ["count", *(stage.duty.value for stage in review.chain)]
    for n, duty in enumerate(duties):
        yield Hand(duty, acts[n].by.name, acts[n].at, acts[n].note) if n < len(acts) else Hand(duty)


def hands_ahead(chain: Chain) -> Iterable[Hand]:
    """Whose hands a paper of this chain will go through; it is in none of them yet."""
    yield from (Hand(duty) for duty in ("count", *(stage.duty.value for stage in chain)))
