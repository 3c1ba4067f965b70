"""JSON logs: one line an event, with the request, business and job that it belongs to."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import orjson
import structlog

_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


def start(level: str) -> None:
    """Send structlog's and the standard library's events to standard error as JSON lines.

    Our own go there without the standard library in between, which would cost four times as much.
    """
    to_line = structlog.processors.JSONRenderer(serializer=_line)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, to_line],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for chatty in ("apscheduler", "rq.worker", "werkzeug", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*_SHARED, to_line],
        logger_factory=_StandardError,
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        cache_logger_on_first_use=True,
    )


class _StandardError:
    """Writes the lines of one logger."""

    def __init__(self, name: str = "") -> None:
        self.name = name

    def info(self, line: str) -> None:
        """Write one line, in one piece."""
        sys.stderr.write(f"{line}\n")

    debug = warning = error = critical = info


@contextmanager
def bound(**values: object) -> Iterator[None]:
    """Add values (request_id, business_id, job) to every line that is logged inside."""
    with structlog.contextvars.bound_contextvars(**values):
        yield


def _line(event: object, **_: object) -> str:
    return orjson.dumps(event, default=str).decode()
