"""The same request again gets the same answer: by the system's own order number, and by its Idempotency-Key."""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Response, request
from pydantic import BaseModel

from app.api.models import AnswerKept
from app.core import journal
from app.core.clock import now
from app.core.db import db, take_turn
from app.core.errors import Outdated, Refused
from app.core.i18n import _
from app.people.systems import OtherSystem

LONGEST_KEY = 255


@dataclass(frozen=True)
class Request:
    """One request of a system: what it is about, and what it says."""

    system: OtherSystem
    about: str
    digest: str

    @property
    def keys(self) -> list[str]:
        """By what it is known again; the header's own key first."""
        header = request.headers.get("Idempotency-Key", "").strip()
        if len(header) > LONGEST_KEY or not header.isprintable():
            raise Refused("idempotency:key", _("This Idempotency-Key is too long or holds signs that cannot be read."))
        return [f"key:{header}", self.about] if header else [self.about]


def a_request(system: OtherSystem, what: str, order_number: str, body: BaseModel) -> Request:
    """`what` happens to an order. A posted order is known by its number alone, its progress by what is said too."""
    text = f"{what}\n{order_number}\n{body.model_dump_json()}"
    digest = hashlib.sha256(text.encode()).hexdigest()
    about = f"{what}:{order_number}" if what == "posted" else f"{what}:{order_number}:{digest[:32]}"
    return Request(system, about, digest)


def answered_once(asked: Request, do: Callable[[], tuple[int, Callable[[], str]]]) -> Response:
    """The answer to a request: `do` gives status and text the first time; afterwards what was said then.

    The text is made in the last step of the transaction, when the order has its number.

    Requests of a system about one thing at the same moment take turns. Raises Outdated if the order number is known
    with other content, Refused if the Idempotency-Key came with another request.
    """
    for key in sorted(asked.keys):
        take_turn(f"{asked.system.id}:{key}")
    known = _known(asked)
    if known is not None:
        db.session.commit()
        return _as_answer(known.status, known.text, again=True)
    status, say = do()
    about = {"estate_id": asked.system.estate_id, "system_id": asked.system.id, "digest": asked.digest}
    kept = [AnswerKept(**about, key=key, status=status, text="", at=now()) for key in asked.keys]
    db.session.add_all(kept)

    def write(_versions: dict[uuid.UUID, int]) -> None:
        text = say()
        for one in kept:
            one.text = text

    journal.at_the_end(write)
    db.session.commit()
    return _as_answer(status, kept[0].text)


def _known(asked: Request) -> AnswerKept | None:
    keys = asked.keys
    found = sa.select(AnswerKept).where(AnswerKept.system_id == asked.system.id, AnswerKept.key.in_(keys))
    kept = {one.key: one for one in db.session.scalars(found)}
    for key in keys:
        if key in kept and kept[key].digest != asked.digest:
            if key == asked.about:
                raise Outdated(
                    "order:known_otherwise",
                    _("This order number is known already, with other content. Nothing was changed."),
                )
            raise Refused("idempotency:other_request", _("This Idempotency-Key came with another request before."))
    return next(iter(kept.values()), None)


def _as_answer(status: int, text: str, *, again: bool = False) -> Response:
    answer = Response(text, status, mimetype="application/json")
    if again:
        answer.headers["Idempotent-Replayed"] = "true"
    return answer
