"""Starts what the API is measured on: the product under granian with two workers, and the bare route beside it."""

from __future__ import annotations

import socket
import urllib.request
from dataclasses import dataclass

from app.embedded.log_files import tail
from app.embedded.processes import wait_until
from bench.stack import Stack

WORKERS = "2"
START_SECONDS = 60.0
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Web:
    """The addresses of both servers, without a slash at the end."""

    product: str
    bare: str


def start_web(stack: Stack) -> Web:
    """Start both and wait until they answer; they end with the stack."""
    product, bare = free_port(), free_port()
    stack.spawn("web", ["bin/web"], HOST=HOST, PORT=str(product), WEB_WORKERS=WORKERS, WEB_SERVER="granian")
    options = ("--interface", "wsgi", "--host", HOST, "--port", str(bare), "--no-ws", "--workers", WORKERS)
    stack.python("bare", "granian", "bench.bare:app", *options, "--blocking-threads", "4")
    found = Web(f"http://{HOST}:{product}", f"http://{HOST}:{bare}")
    for url in (f"{found.product}/readyz", f"{found.bare}/"):
        if not wait_until(lambda url=url: answers(url), START_SECONDS):  # type: ignore[misc]
            raise RuntimeError(f"{url} does not answer:\n{tail(stack.services.places.logs / 'web.log')}")
    return found


def answers(url: str) -> bool:
    """Say whether a GET is answered with 200."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
