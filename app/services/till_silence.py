"""Tells the owners of a till that has fallen silent: it may hold work that nobody has seen yet."""

from __future__ import annotations

from app.core import clock
from app.domain.localtime import local_day
from app.domain.message_registry import MESSAGES
from app.queries.businesses import zone
from app.queries.recipients import owner_ids
from app.queries.silent_tills import silent_tills
from app.services.messages import NewMessage, Recipient, write_messages

_KIND = "till_silent"


def tell_of_silence() -> int:
    """Leave a mail to every owner about each till that is missed; returns about how many tills.

    Once for each silence, which is keyed by when the till was last heard of, however often this runs.
    """
    missed, here = silent_tills(), zone()
    owners = owner_ids() if missed else []
    messages = []
    for till in missed:
        context = {
            "deviceId": str(till.id),
            "deviceName": till.name,
            "seenAt": till.seen_at.isoformat(),
            "seenDay": local_day(till.seen_at, here).isoformat(),
            "days": (clock.now() - till.seen_at).days,
            "isOpen": till.is_open,
        }
        key = MESSAGES[_KIND].source_key(context) or ""
        messages += [NewMessage(_KIND, Recipient(user_id=owner), key, context) for owner in owners]
    write_messages(messages)
    return len(missed)
