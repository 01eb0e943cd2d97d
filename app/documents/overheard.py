"""What WeasyPrint says while it prints: what it could not draw, which step it is at."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from app.documents.how_far import HowFar, Step, Tell, tell_nobody


class _Complaints(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


class _Steps(logging.Handler):
    """WeasyPrint says which page it lays out, and when it begins to draw them."""

    def __init__(self, tell: Tell) -> None:
        super().__init__(logging.INFO)
        self._tell, self._pages = tell, 0

    def emit(self, record: logging.LogRecord) -> None:
        said = str(record.msg)
        if said.startswith("Step 5") and "Page" in said:
            (self._pages,) = cast("tuple[int]", record.args)
            self._tell(HowFar(Step.LAYING_OUT, self._pages))
        elif said.startswith("Step 6"):
            self._tell(HowFar(Step.DRAWING, self._pages))


@contextmanager
def steps(tell: Tell) -> Iterator[None]:
    """`tell` hears meanwhile how far it is."""
    if tell is tell_nobody:
        yield
    else:
        with _listening("weasyprint.progress", logging.INFO, _Steps(tell)):
            yield


@contextmanager
def complaints() -> Iterator[list[logging.LogRecord]]:
    """What WeasyPrint warns of meanwhile."""
    listener = _Complaints()
    with _listening("weasyprint", logging.WARNING, listener):
        yield listener.records


@contextmanager
def _listening(name: str, wanted: int, listener: logging.Handler) -> Iterator[None]:
    """A logger is made to speak to us: elsewhere it may have been silenced."""
    logger = logging.getLogger(name)
    level, disabled = logger.level, logger.disabled
    logger.setLevel(wanted)
    logger.disabled = False
    logger.addHandler(listener)
    try:
        yield
    finally:
        logger.removeHandler(listener)
        logger.setLevel(level)
        logger.disabled = disabled


def missing_glyph(record: logging.LogRecord) -> int | None:
    """The code point that WeasyPrint drew as an empty box, if the warning is about one."""
    if not str(record.msg).startswith(".notdef glyph"):
        return None
    _character, codepoint = cast("tuple[str, int]", record.args)
    return codepoint
