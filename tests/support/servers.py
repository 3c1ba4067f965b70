"""Starts and stops a throw-away PostgreSQL and Valkey for tests; nothing of them outlives the run."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.embedded import paths
from app.embedded.services import Services

STACK_FOLDER = "REGULARS_TEST_STACK"  # set by bin/test or by pytest's controller, inherited by xdist's workers


@contextmanager
def temporary_services() -> Iterator[Services]:
    """Yield running servers in a fresh folder; stop them and remove every trace at the end.

    Without fsync (these data never need to survive a power cut), but with synchronous commits: what a killed server
    had acknowledged is still there, which the fault tests rely on.
    """
    folder = Path(tempfile.mkdtemp(prefix="regulars-test-"))
    folder.chmod(0o711)  # root's servers run as nobody and must be able to pass
    places = paths.settle(folder)
    services = Services(places, is_durable=False)
    try:
        services.start()
        yield services
    finally:
        services.stop()
        for rest in {places.instance, places.data, places.sockets}:
            shutil.rmtree(rest, ignore_errors=True)


def joined_services() -> Services | None:
    """Return the servers that bin/test or pytest's controller has started, or None when nobody has."""
    folder = os.environ.get(STACK_FOLDER)
    return Services(paths.settle(Path(folder)), is_durable=False) if folder else None
