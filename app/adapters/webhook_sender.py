"""Posts one webhook: to the address that was vetted, without redirects, ten seconds in all, 64 kB of answer at most."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from app.adapters.public_addresses import Refused, Target, target
from app.domain.webhooks import Answer

SECONDS_IN_ALL = 10.0
MOST_READ = 64 * 1024
EXCERPT = 1_000


@dataclass(frozen=True, slots=True)
class WebhookSender:
    """`allows_private` lets development reach its own machine, by plain http too."""

    allows_private: bool = False
    seconds: float = SECONDS_IN_ALL

    def vet(self, url: str) -> None:
        """Raise Refused when the URL must not be called."""
        target(url, allows_private=self.allows_private)

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send the body once; what went wrong is in the answer's `error`, nothing is raised."""
        started = time.monotonic()
        try:
            found = _exchange(target(url, allows_private=self.allows_private), headers, body, self.seconds)
        except Refused as refusal:
            found = Answer(None, str(refusal))
        except (OSError, http.client.HTTPException, ValueError) as error:
            found = Answer(None, _said(error, time.monotonic() - started >= self.seconds))
        took = round((time.monotonic() - started) * 1_000)
        return Answer(found.status, found.error, found.excerpt, found.retry_after, took)


class _PinnedConnection(http.client.HTTPConnection):
    """Connects to the vetted address, whatever the name means by now; TLS still proves the name."""

    def __init__(self, place: Target, seconds: float) -> None:
        super().__init__(place.host, place.port, timeout=seconds)
        self._place = place
        self._wire: socket.socket | None = None
        self.is_cut = False

    def connect(self) -> None:
        """Connect to the address alone, and prove the name by TLS."""
        self._wire = self.sock = socket.create_connection((self._place.address, self._place.port), self.timeout)
        if self._place.scheme == "https":
            context = ssl.create_default_context()
            self._wire = self.sock = context.wrap_socket(self.sock, server_hostname=self._place.host)

    def cut(self) -> None:
        """End whatever is going on; who waits for it gets an error."""
        self.is_cut = True
        if self._wire is not None:
            with suppress(OSError):
                self._wire.shutdown(socket.SHUT_RDWR)


def _exchange(place: Target, headers: Mapping[str, str], body: bytes, seconds: float) -> Answer:
    connection = _PinnedConnection(place, seconds)
    alarm = threading.Timer(seconds, connection.cut)  # a receiver that drips bytes never times out by itself
    alarm.daemon = True
    alarm.start()
    try:
        connection.putrequest("POST", place.path, skip_host=True, skip_accept_encoding=True)
        for name, value in {"host": place.host_header, "content-length": str(len(body)), **headers}.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        response = connection.getresponse()
        excerpt = response.read(MOST_READ)[:EXCERPT].decode("utf-8", "replace").replace("\x00", "")
        if connection.is_cut:  # what came until then looks like an answer
            raise TimeoutError
        return Answer(response.status, "", excerpt, _retry_after(response.headers.get("Retry-After")))
    finally:
        alarm.cancel()
        connection.close()


def _retry_after(text: str | None) -> timedelta | None:
    return timedelta(seconds=int(text)) if text and text.isdecimal() and len(text) < 8 else None


def _said(error: Exception, is_late: bool) -> str:
    if is_late or isinstance(error, TimeoutError):
        return f"No whole answer within {SECONDS_IN_ALL:.0f} seconds"
    return f"{type(error).__name__}: {error}"[:300]
