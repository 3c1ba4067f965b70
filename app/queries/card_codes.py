"""Whom a scanned or typed code names: the QR code and short code of a member's page, or the code on a card."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.core.card_tokens import SHORT_CODE_LENGTH, codes_behind, member_of_token
from app.core.unit_of_work import session
from app.models.member import Member


def member_shown(text: str, now: datetime) -> UUID | None:
    """The member whom a code names just now; None for any other text.

    A QR code's token and a short code live 60 seconds; a member's own eight signs always count. At most one statement.
    """
    plain = "".join(text.split()).upper()
    by_token = member_of_token(plain, now)
    if by_token is not None:
        return session().scalar(select(Member.id).where(Member.id == by_token, Member.erased_at.is_(None)))
    if len(plain) != SHORT_CODE_LENGTH:
        return None
    candidates = (plain, *codes_behind(plain, now))
    found = select(Member.id, Member.code).where(Member.code.in_(candidates), Member.erased_at.is_(None))
    rows = sorted(session().execute(found), key=lambda row: candidates.index(row.code))
    return rows[0].id if rows else None
