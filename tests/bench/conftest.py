"""Something that answers the generators of load, and counts what it was asked."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator

import pytest


class Answering(socketserver.StreamRequestHandler):
    """Answers every request on a connection: PUT with 503, everything else with 200."""

    served = 0
    counting = threading.Lock()

    def handle(self) -> None:
        while line := self.rfile.readline():
            length = 0
            while (header := self.rfile.readline()).strip():
                if header.lower().startswith(b"content-length:"):
                    length = int(header.partition(b":")[2])
            self.rfile.read(length)
            with self.counting:
                type(self).served += 1
            status = b"503 Away" if line.startswith(b"PUT") else b"200 OK"
            self.wfile.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 5\r\n\r\nhello")


@pytest.fixture
def answering() -> Iterator[type[Answering]]:
    """The class that answers, with nothing served yet."""
    Answering.served = 0
    yield Answering


@pytest.fixture
def url(answering: type[Answering]) -> Iterator[str]:
    """Where it answers."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), answering) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
