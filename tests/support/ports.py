"""Ports for processes that bind them a moment after they were chosen."""

import random
import socket
from contextlib import suppress

HOST = "127.0.0.1"
_PORTS = range(20_000, 32_000)
"""Below those that the system gives to each connection, and to whoever asks for any: nobody gets one by chance."""


def unused_port() -> int:
    """Return a port of this machine that nobody has bound."""
    chance = random.SystemRandom()
    while True:
        port = chance.choice(_PORTS)
        with suppress(OSError), socket.socket() as probe:
            probe.bind((HOST, port))
            return port
