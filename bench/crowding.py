"""Sends thousands of requests over hundreds of connections, and reads from the server's log how long each took."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from app.core import serial

CONNECTIONS = 500
PATIENCE_SECONDS = 300.0


@dataclass(slots=True)
class Crowd:
    """What became of the requests: how many answers had which status, in how long, and our share of the processor."""

    statuses: dict[int, int] = field(default_factory=dict)
    seconds: float = 0.0
    share: float = 0.0

    @property
    def answered(self) -> int:
        """How many requests were answered at all."""
        return sum(self.statuses.values())

    @property
    def errors(self) -> int:
        """How many answers were not 2xx."""
        return sum(total for status, total in self.statuses.items() if not 200 <= status < 300)


def request(method: str, path: str, key: str, body: object = None) -> bytes:
    """A request of HTTP/1.1 as bytes."""
    sent = b"" if body is None else serial.dump_bytes(body)
    head = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {key}",
        *(["Content-Type: application/json"] if sent else []),
        f"Content-Length: {len(sent)}",
    ]
    return "\r\n".join([*head, "", ""]).encode() + sent


def send_all(url: str, requests: Sequence[bytes]) -> Crowd:
    """Send all of them, as many at a time as there are connections; raises TimeoutError when some get no answer."""
    crowd, began, busy = Crowd(), time.perf_counter(), time.process_time()
    asyncio.run(asyncio.wait_for(_send(url, requests, crowd), PATIENCE_SECONDS))
    crowd.seconds = time.perf_counter() - began
    crowd.share = (time.process_time() - busy) / crowd.seconds / (os.cpu_count() or 1)
    return crowd


def service_times(log: Path, offset: int, path: str, method: str) -> list[float]:
    """Milliseconds that the server worked on each request of this method and path, from its log; 2xx alone."""
    with log.open("rb") as lines:
        lines.seek(offset)
        told = [json.loads(line) for line in lines if b'"answered"' in line]
    return [
        each["ms"]
        for each in told
        if each["method"] == method and each["path"].startswith(path) and 200 <= each["status"] < 300
    ]


async def _send(url: str, requests: Sequence[bytes], crowd: Crowd) -> None:
    waiting = iter(requests)
    address = urlsplit(url)
    assert address.hostname is not None
    streams = [await asyncio.open_connection(address.hostname, address.port) for _ in range(CONNECTIONS)]
    await asyncio.gather(*(_work(waiting, reader, writer, crowd) for reader, writer in streams))


async def _work(
    waiting: Iterator[bytes], reader: asyncio.StreamReader, writer: asyncio.StreamWriter, crowd: Crowd
) -> None:
    """Send one request after another on a connection until none waits."""
    for sent in waiting:
        writer.write(sent)
        status = await read_status(reader)
        crowd.statuses[status] = crowd.statuses.get(status, 0) + 1
    writer.close()
    await writer.wait_closed()


async def read_status(reader: asyncio.StreamReader) -> int:
    """Read one answer to its end and return its status."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    found = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
    if found.strip():
        await reader.readexactly(int(found))
    return int(head.split(b" ", 2)[1])
