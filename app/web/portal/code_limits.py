"""How many codes may be mailed for one address or number: counted for members and strangers alike."""

from __future__ import annotations

from flask import g

from app.core import limits
from app.core.config import settings
from app.core.passwords import digest
from app.domain.member_ref import MemberRef


def is_too_many(contact: MemberRef) -> bool:
    """Count a code for the contact in this business and say whether it is one too many."""
    key = digest(str(contact.value)).hex()[:32]
    allowance = limits.hit(settings().code_rate_limit, "codes", str(g.business["id"]), key, guards_secret=True)
    return allowance is not None and allowance.is_over
