"""The audit log in words: what somebody did to what, and each field before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.domain.program_changes import Change, changes_between
from app.web.support.formatting import zone

Record = Mapping[str, Any]
Names = Mapping[tuple[str, UUID], str]

KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "programs": ("Programs", ("program",)),
    "business": ("Business and brand", ("business",)),
    "locations": ("Locations", ("location",)),
    "team": ("Team", ("staff", "invitation", "account", "user")),
    "keys": ("API keys and webhooks", ("api_key", "webhook_endpoint", "webhook_delivery")),
    "tills": ("Tills", ("device", "device_pairing", "till_item")),
    "rewards": ("Rewards", ("reward", "platform_reward")),
    "redemptions": ("Redemptions and vouchers", ("redemption", "voucher")),
    "members": ("Members", ("member", "member_field", "member_import", "operation")),
    "purchases": ("Purchases", ("purchase",)),
}
"""What the list can be narrowed to: the words for it, and the kinds of things that they mean."""

_SENTENCES = {
    "account.password_changed": "changed their password",
    "business.created": "founded the business",
    "business.changed": "changed the business",
    "invitation.sent": "invited somebody",
    "invitation.resent": "sent an invitation again",
    "invitation.revoked": "took an invitation back",
    "invitation.accepted": "accepted an invitation",
    "staff.added": "took somebody on",
    "staff.changed": "changed somebody's place in the team",
    "staff.removed": "let somebody go",
    "points.adjusted": "adjusted points",
    "api_key.created": "made an API key",
    "api_key.revoked": "revoked an API key",
    "till.pairing_code_made": "made a code to pair a till",
}
_NOUNS = {"member_field": "a field for members", "webhook_endpoint": "a webhook", "members": "members"}
_FIELDS = {
    "brandColor": "Colour",
    "email": "E-mail",
    "logo": "Logo",
    "slug": "Address on the web",
    "pin": "PIN",
    "terms": "Your own terms",
}
_SET = "a picture"


def sentence(record: Record, names: Names) -> str:
    """Return "paused the program Coffee card": what was done, without who did it."""
    action = record["action"]
    said = _SENTENCES.get(action) or _plainly(action)
    name = _name(record, names)
    return f"{said}: {name}" if name else said


def changes(record: Record) -> list[Change]:
    """Return each field that a record tells of; ``before`` is empty for what was made, ``after`` for what is gone."""
    before, after = (_readable(record[side]) for side in ("before", "after"))
    usual = {"timezone": zone().key}  # instants are told on the clocks of the business
    is_made, is_gone = record["before"] is None, record["after"] is None
    return [
        _named(change, is_made=is_made, is_gone=is_gone) for change in changes_between(usual | before, usual | after)
    ]


def _plainly(action: str) -> str:
    """Return "paused a program" for "program.paused"."""
    noun, _, verb = action.partition(".")
    thing = _NOUNS.get(noun) or f"a{'n' if noun[:1] in 'aeio' else ''} {noun.replace('_', ' ')}"
    return f"{verb.replace('_', ' ')} {thing}"


def _name(record: Record, names: Names) -> str:
    target = record["target"]
    fields = (record["after"] or {}) | (record["before"] or {})
    known = names.get((target["kind"], target["id"])) if target["id"] else None
    return str(known or fields.get("name") or fields.get("email") or "")


def _readable(fields: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the fields under camelCase keys, those of `settings` beside the others, pictures without their keys."""
    found = {_camel(name): value for name, value in (fields or {}).items()}
    settings = found.pop("settings", None)
    if isinstance(settings, Mapping):
        found |= settings
    if found.get("logo"):
        found["logo"] = f"{_SET} ({found['logo']})"
    return found


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(part.capitalize() for part in others)


def _named(change: Change, *, is_made: bool, is_gone: bool) -> Change:
    label = _FIELDS.get(change.path, change.label)
    before = f"another {_SET.partition(' ')[2]}" if change.before.startswith(_SET) else change.before
    after = _SET if change.after.startswith(_SET) else change.after
    return Change(change.path, label, "" if is_made else before, "" if is_gone else after)
