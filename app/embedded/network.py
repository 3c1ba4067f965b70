"""The web's port: whether it is free, and whether the product behind it is ready."""

import socket
import urllib.error
import urllib.request

from app.embedded.console import LaunchError, step
from app.embedded.processes import wait_until

LEFTOVER_SECONDS = 20.0
ANSWER_SECONDS = 5.0


def demand_free(host: str, port: int, *, is_after_kill: bool) -> None:
    """Raise LaunchError when something listens on the port; after a kill, the old web gets 20 s to leave first."""
    if is_free(host, port):
        return
    if is_after_kill:
        with step("The web process of the run before is leaving"):
            wait_until(lambda: is_free(host, port), LEFTOVER_SECONDS)
    if not is_free(host, port):
        raise LaunchError(
            f"Port {port} is taken by another program. Choose another one: PORT={port + 1} bin/run\n"
            "(for a second copy beside a running one, also INSTANCE_PATH=instance-2)"
        )


def is_free(host: str, port: int) -> bool:
    """Say whether the port can be bound."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def is_ready(host: str, port: int) -> bool:
    """Say whether GET /readyz answers 200."""
    address = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback is never behind a proxy
    try:
        with opener.open(f"http://{address}:{port}/readyz", timeout=ANSWER_SECONDS) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError, ValueError):
        return False
