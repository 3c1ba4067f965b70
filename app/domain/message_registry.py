"""The message kinds there are: every module of `messages`, found by itself, and the events that they listen to."""

import importlib
import pkgutil
from typing import cast

from app.domain import messages
from app.domain.events import EventType
from app.domain.mail_topics import Topic
from app.domain.message_kind import Audience, MessageKind

MESSAGES: dict[str, MessageKind] = {
    module.name: cast(MessageKind, importlib.import_module(f"{messages.__name__}.{module.name}"))
    for module in pkgutil.iter_modules(messages.__path__)
}

MESSAGES_BY_EVENT: dict[str, list[str]] = {
    event.value: [name for name, kind in MESSAGES.items() if kind.EVENT is event] for event in EventType
}

AUDIENCES: dict[str, Audience] = {name: getattr(kind, "AUDIENCE", Audience.MEMBER) for name, kind in MESSAGES.items()}

TOPICS: dict[str, Topic | None] = {name: getattr(kind, "TOPIC", None) for name, kind in MESSAGES.items()}

WANTED = frozenset(kind.EVENT for kind in MESSAGES.values() if kind.EVENT is not None)
"""Events that a job listens to; all others cost their row and nothing else (ARCHITECTURE 2)."""
