"""Asks a time-stamp server: so long and for so much as a stamp takes, however slowly and however much it answers."""

from concurrent.futures import Future
from threading import Thread

import requests
from asn1crypto.tsp import TimeStampReq, TimeStampResp
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

LARGEST = 256 * 1024
"""Bytes of an answer: a stamp has some five thousand."""


class PatientStamper(RequestsHTTPTimeStamper):
    """`timeout` is for an answer as a whole; `requests` would wait so long for each of its bytes."""

    _left: Thread | None = None
    """Whoever is still being answered though nobody waits any more: one at most, so that they do not grow in number."""

    async def async_request_tsa_response(self, req: TimeStampReq) -> TimeStampResp:
        """The answer. Raises TimestampRequestError, TimeoutError, or what `requests` raises."""
        if self._left is not None and self._left.is_alive():
            raise TimestampRequestError("the server has not done with its last answer")
        answer: Future[bytes] = Future()
        asking = Thread(target=self._ask, args=(req.dump(), answer), daemon=True)
        asking.start()
        try:
            return TimeStampResp.load(answer.result(self.timeout))
        except TimeoutError:
            self._left = asking
            raise

    def _ask(self, asked: bytes, answer: "Future[bytes]") -> None:
        try:
            answer.set_result(self._answered(asked))
        except Exception as error:  # noqa: BLE001 - told to whoever waits for the answer
            answer.set_exception(error)

    def _answered(self, asked: bytes) -> bytes:
        headers = self.request_headers()
        with requests.post(self.url, asked, headers=headers, timeout=self.timeout, stream=True) as told:
            content: bytes = told.raw.read(LARGEST + 1, decode_content=True)
        if told.headers.get("Content-Type") != "application/timestamp-reply" or len(content) > LARGEST:
            raise TimestampRequestError("this is no answer of a time-stamp server")
        return content
