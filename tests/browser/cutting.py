"""A wire between a browser and the product that can be cut at any moment, also between a request and its answer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_CHUNK = 65_536


class Wire:
    """Passes bytes on from a port of its own to a server; cut, it closes every connection and takes no new one."""

    def __init__(self, target_port: int) -> None:
        self._target = ("127.0.0.1", target_port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._is_cut = False
        self._flows = threading.Event()
        self._flows.set()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def origin(self) -> str:
        """The address for the browser."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def cut(self) -> None:
        """Break every connection now; what was on its way is lost on either side."""
        with self._lock:
            self._is_cut = True
            for each in self._open:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
            self._open.clear()

    def mend(self) -> None:
        """Let connections through again."""
        with self._lock:
            self._is_cut = False

    def hold(self) -> None:
        """Keep every answer back from now on; what is asked still arrives, as on a very slow connection."""
        self._flows.clear()

    def release(self) -> None:
        """Let the answers go on that were kept back, and all others."""
        self._flows.set()

    def close(self) -> None:
        """End it for good; nothing of it is left."""
        self.cut()
        self.release()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in self._threads:
            each.join()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._listener.accept()
                self._threads.append(threading.Thread(target=self._join, args=(here,), daemon=True))
                self._threads[-1].start()

    def _join(self, here: socket.socket) -> None:
        with self._lock:
            if self._is_cut:
                here.close()
                return
            there = socket.create_connection(self._target)
            self._open |= {here, there}
        back = threading.Thread(target=_pump, args=(there, here, self._flows), daemon=True)
        back.start()
        _pump(here, there, None)
        back.join()
        with self._lock:
            self._open -= {here, there}
        here.close()
        there.close()


def _pump(source: socket.socket, sink: socket.socket, flows: threading.Event | None) -> None:
    """Pass on what comes, while it may, until either end is closed; then close both for the other direction too."""
    with suppress(OSError):
        while data := source.recv(_CHUNK):
            if flows is not None:
                flows.wait()
            sink.sendall(data)
    for each in (source, sink):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


@contextmanager
def wire_to(origin: str) -> Iterator[Wire]:
    """A wire to a server, mended."""
    wire = Wire(int(origin.rpartition(":")[2]))
    try:
        yield wire
    finally:
        wire.close()
