"""Sends requests at a steady pace, whatever the answers take: a time counts from when its request was due."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from urllib.parse import urlsplit

from bench.crowding import read_status

CONNECTIONS = 16
MILLISECONDS = 1_000


@dataclass(slots=True)
class Paced:
    """Milliseconds from when each request was due until its answer, what they were, and our share of the processor."""

    times: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    share: float = 0.0

    @property
    def good(self) -> int:
        """How many answers were 2xx."""
        return sum(total for status, total in self.statuses.items() if 200 <= status < 300)

    @property
    def errors(self) -> int:
        """How many were not."""
        return sum(self.statuses.values()) - self.good


@contextmanager
def sender() -> Iterator[ProcessPoolExecutor]:
    """A process that sends, so that two who send do not wait for one another's turn; it is warm when yielded."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(os.getpid).result()
        yield pool


def send_paced(url: str, requests: Sequence[bytes], a_second: float) -> Paced:
    """Send all of them, so many a second, over a few connections; raises OSError when the server goes away."""
    paced, busy, began = Paced(), time.process_time(), time.perf_counter()
    asyncio.run(_send(url, requests, a_second, paced))
    paced.share = (time.process_time() - busy) / (time.perf_counter() - began) / (os.cpu_count() or 1)
    return paced


def start_paced(pool: ProcessPoolExecutor, url: str, requests: Sequence[bytes], a_second: float) -> Future[Paced]:
    """The same in the process of `sender`."""
    return pool.submit(send_paced, url, list(requests), a_second)


async def _send(url: str, requests: Sequence[bytes], a_second: float, paced: Paced) -> None:
    address = urlsplit(url)
    assert address.hostname is not None
    streams = [await asyncio.open_connection(address.hostname, address.port) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    due = ((began + place / a_second, request) for place, request in enumerate(requests))
    await asyncio.gather(*(_work(due, reader, writer, paced) for reader, writer in streams))


async def _work(
    due: Iterator[tuple[float, bytes]], reader: asyncio.StreamReader, writer: asyncio.StreamWriter, paced: Paced
) -> None:
    """Send the next request when it is due, or at once when it is late, until none is left."""
    for at, request in due:
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        writer.write(request)
        status = await read_status(reader)
        paced.times.append((time.perf_counter() - at) * MILLISECONDS)
        paced.statuses[status] = paced.statuses.get(status, 0) + 1
    writer.close()
    await writer.wait_closed()
