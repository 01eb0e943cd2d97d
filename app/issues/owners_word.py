"""What an owner said of an issue or a work order: which answer, in which way, by whom, when and before whom."""

import enum
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from app.core.errors import Refused
from app.core.i18n import _
from app.issues.rules import CONTENT, Answer, HowAnswered
from app.issues.who_answers import SaidBy

TAKEN_DOWN = (HowAnswered.PHONE, HowAnswered.COUNTER, HowAnswered.WITNESSED, HowAnswered.PROXY)
"""How an owner's answer can be given that is taken down in the office; the last one follows from who says it."""


@dataclass(frozen=True)
class OwnersWord:
    """One answer as it was given. `how` is as it counts; `said_at` at a visit is by the tablet's clock.

    `person_id`: whoever said it, as far as the owner file knows them. Their name stands on the visit (`visit_id`), or
    here where there is none. `says_tenant`: they called themselves the tenant. `new_date`: the day the answer is
    about, where the owner was told that the work is put off; such an answer is kept and moves nothing. `explanation`:
    the words that a tablet showed them, where they answered to an explanation.
    """

    answer: Answer
    how: HowAnswered
    said_at: datetime
    words: str = ""
    person_id: uuid.UUID | None = None
    visit_id: uuid.UUID | None = None
    says_tenant: bool = False
    new_date: date | None = None
    explanation: str | None = None
    name: str = ""
    witness: str = ""

    @property
    def not_closing(self) -> "Stays":
        """Why it closes nothing if it is not given as it must be."""
        return Stays.ON_BEHALF if self.how is HowAnswered.PROXY else Stays.NOT_CLOSING

    @classmethod
    def taken_down(
        cls,
        answer: Answer,
        how: HowAnswered,
        words: str,
        *,
        said_at: datetime,
        said_by: SaidBy | None = None,
        witness: str = "",
    ) -> Self:
        """An answer that somebody in the office took down. Raises Refused where it does not say enough."""
        if how not in TAKEN_DOWN:
            raise Refused("answer:how", _("Say how the owner answered."))
        if how is HowAnswered.WITNESSED and not witness.strip():
            raise Refused("answer:witness_missing", _("Name the witness before whom the owner answered."))
        if witness.strip() and said_by is not None and witness.strip() == said_by.name.strip():
            raise Refused("answer:no_witness", _("A witness is somebody else than whoever answered."))
        if how is HowAnswered.WITNESSED and answer in CONTENT and not words.strip():
            raise Refused("answer:refusal_missing", _("Write down what the owner said, and why they did not sign."))
        if answer in (Answer.DISAGREED, Answer.OBJECTED) and not words.strip():
            raise Refused("answer:words_missing", _("Write down what the owner said."))
        return cls(
            answer,
            said_by.as_given(how) if said_by else how,
            said_at,
            words.strip(),
            person_id=said_by.person_id if said_by else None,
            name=said_by.name if said_by else "",
            witness=witness.strip(),
        )

    def columns(self) -> dict[str, Any]:
        """As an answer to an issue and one to a work order keep it; who said it on a visit is the visit's to say."""
        return {
            "answer": self.answer,
            "how": self.how,
            "reason": self.words,
            "visit_id": self.visit_id,
            "said_by": self.name,
            "said_by_id": None if self.visit_id else self.person_id,
            "witness": self.witness,
            "answered_at": self.said_at,
        }


class Stays(enum.Enum):
    """Why an answer is kept and moves nothing: a person looks at it."""

    MOVED_ON = "moved_on"
    """It is about another round, or about what nobody asks any more."""
    LATE = "late"
    """An objection after the days for it."""
    HAS_LEFT = "has_left"
    """Whoever gave it has sold the unit, or moved out of it."""
    ANOTHERS = "anothers"
    """A tenant called an owner's matter good."""
    NOT_CLOSING = "not_closing"
    """Satisfied, but not so given that it closes: only told at the door; of a complaint or of rework, by phone."""
    ON_BEHALF = "on_behalf"
    """Satisfied with a complaint or rework, but said on the owner's behalf."""
    ABOUT_TAKER = "about_taker"
    """Satisfied with a complaint, said to the very person it is about."""
    OF_A_DATE = "of_a_date"
    """It is about another date, not about the work."""
