"""What tablet and office say to each other: a question, its answer, and the two ways in which a question fails."""

import json
from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Ask:
    """One request on its way to the office."""

    method: str
    path: str
    token: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    def saying(self, message: Any) -> "Ask":
        """With a message as its body."""
        headers = self.headers | {"Content-Type": "application/json"}
        return replace(self, body=json.dumps(message).encode(), headers=headers)

    @property
    def all_headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} | self.headers


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    text: str
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.text)
        except ValueError as error:
            raise NotReached("what answered is not the office") from error


class NotReached(Exception):
    """The office was not reached, or what answered was not the office."""


class OfficeRefused(Exception):
    """The office answered and said no."""

    def __init__(self, status: int, code: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code, self.headers = status, code, headers or {}

    @property
    def passing(self) -> bool:
        """Worth trying again as it is."""
        return self.status >= 500 or self.status in (408, 425, 429)


Talk = Generator[Ask, Answer, T]
"""A talk with the office: it stops at every question, so that anything may happen between two of them."""


def asked(ask: Ask) -> Talk[Answer]:
    """The answer to one question. Raises OfficeRefused; NotReached is thrown in by whoever carries the question."""
    answer = yield ask
    if answer.status >= 400:
        try:
            said = json.loads(answer.text)
        except ValueError:
            said = {}
        raise OfficeRefused(answer.status, str(said.get("code", f"http:{answer.status}")), answer.headers)
    return answer


def gone_through(talk: Talk[T], carry: Callable[[Ask], Answer]) -> T:
    """What a talk comes to, each of its questions carried to the office."""
    ask = next(talk)
    while True:
        try:
            heard: Answer | NotReached = carry(ask)
        except NotReached as lost:
            heard = lost
        try:
            ask = talk.throw(heard) if isinstance(heard, NotReached) else talk.send(heard)
        except StopIteration as end:
            return end.value
