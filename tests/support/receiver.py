"""A receiver of webhooks for tests: a real HTTP server on this machine that behaves as it is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DAWDLING_SECONDS = 30.0


@dataclass
class Got:
    """One request as it arrived."""

    headers: dict[str, str]
    body: bytes
    path: str


@dataclass
class Receiver:
    """`behave` answers each request; the default is 204. `got` are the requests, `connections` counts them all.

    `ended` counts the requests with which it was done before the sender hung up; `over` ends all dawdling.
    """

    url: str = ""
    got: list[Got] = field(default_factory=list)
    connections: int = 0
    ended: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    behave: Callable[[Any], None] = lambda handler: answer(handler, 204)


def answer(handler: Any, status: int, body: bytes = b"", **headers: str) -> None:
    """Send an ordinary answer."""
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def hang(handler: Any) -> None:
    """Say nothing for longer than anybody waits."""
    handler.server.receiver.over.wait(DAWDLING_SECONDS)


def drip(handler: Any) -> None:
    """Send one byte now and then, for as long."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    until = time.monotonic() + DAWDLING_SECONDS
    while time.monotonic() < until and not handler.server.receiver.over.wait(0.1):
        handler.wfile.write(b".")
        handler.wfile.flush()


def flood(handler: Any) -> None:
    """Send a hundred megabytes."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(100 * 1024 * 1024))
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b"x" * 1024 * 1024)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Yield a receiver that listens on a free port of this machine."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            receiver.got.append(Got({name.lower(): value for name, value in self.headers.items()}, body, self.path))
            try:
                receiver.behave(self)
                receiver.ended += 1
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        receiver: Receiver

        def process_request(self, request: Any, client_address: Any) -> None:
            receiver.connections += 1
            super().process_request(request, client_address)

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A sender that hangs up is what these tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    server.receiver = receiver
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield receiver
    finally:
        receiver.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
