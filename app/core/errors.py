"""Refusals: a stable code that a program can keep and a sentence that a person can read."""

from typing import Protocol


class Words(Protocol):
    """A sentence, translated already or when it is shown."""

    def __str__(self) -> str: ...


class Refused(Exception):
    """The product will not do this. Nothing was changed; each door answers with `message` and `status`."""

    status = 422

    def __init__(self, code: str, message: Words, **detail: object) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.detail = detail


class NotAllowed(Refused):
    """Whoever asks may not do this."""

    status = 403


class NotFound(Refused):
    """There is no such thing, or not for whoever asks."""

    status = 404


class Outdated(Refused):
    """Somebody else was faster: what was shown has changed since."""

    status = 409


class TooLarge(Refused):
    """More was sent than the product takes at once."""

    status = 413


class Busy(Refused):
    """Too much is asked at this moment; later it will be done."""

    status = 503
