"""Where notices arrive in tests: a small web service and a small mail server on this machine."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller

from tests.loopback import free_port


@dataclass
class WebReceiver:
    """A web service that remembers what it was sent, and answers what it is told to: 200 when it has no more orders."""

    port: int
    got: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    when_asked: Any = None

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        return f"json://robot:a-secret-word@{self.host}/hook"

    @property
    def titles(self) -> list[str]:
        return [message["title"] for message in self.got]


@contextmanager
def a_web_receiver() -> Iterator[WebReceiver]:
    """A web service, as long as the test needs it."""

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            receiver.asked.append(self.path)
            if receiver.when_asked:
                receiver.when_asked()
            status = receiver.answers.pop(0) if receiver.answers else 200
            if status < 300:
                receiver.got.append(content)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"http://{receiver.host}/elsewhere")
            self.end_headers()

        def log_message(self, *_said: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Desk) as server:
        receiver = WebReceiver(server.server_address[1])
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


@dataclass
class MailReceiver:
    """A mail server that remembers who was written to, the subject and the text."""

    port: int
    got: list[tuple[str, str, str]] = field(default_factory=list)

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=policy.default)
        body = message.get_body(("plain",))
        text = body.get_content() if body else ""
        self.got.append((envelope.rcpt_tos[0], str(message["Subject"]), text.replace("\r\n", "\n").strip()))
        return "250 OK"


@contextmanager
def a_mail_receiver() -> Iterator[MailReceiver]:
    """A mail server, as long as the test needs it."""
    receiver = MailReceiver(free_port())
    server = Controller(receiver, hostname="127.0.0.1", port=receiver.port)
    server.start()
    try:
        yield receiver
    finally:
        server.stop()
