"""Reads what members have agreed to: the newest word on each kind counts."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.unit_of_work import session
from app.models.consent import Consent

KINDS = ("card_mail", "offers_mail", "push")


def consents_of(member_id: UUID) -> dict[str, bool]:
    """Return {kind: agreed} for every kind; what was never asked is not agreed to."""
    return dict.fromkeys(KINDS, False) | answers_of(member_id)


def answers_of(member_id: UUID) -> dict[str, bool]:
    """Return {kind: agreed} for what a member was asked; the rest is absent."""
    said = select(Consent.kind, Consent.is_given).where(Consent.member_id == member_id)
    rows = session().execute(said.order_by(Consent.said_at, Consent.id))
    return {row.kind: row.is_given for row in rows}


def members_who_refuse(kind: str, member_ids: Collection[UUID]) -> set[UUID]:
    """Return who of some members has taken a consent back; who was never asked has not. At most one statement."""
    if not member_ids:
        return set()
    said = select(Consent.member_id, Consent.is_given).where(Consent.member_id.in_(member_ids), Consent.kind == kind)
    rows = session().execute(said.order_by(Consent.said_at, Consent.id))
    newest = {row.member_id: row.is_given for row in rows}
    return {member_id for member_id, is_given in newest.items() if not is_given}


def consent_history(member_id: UUID) -> list[dict[str, Any]]:
    """Return every word said, the first one first: {kind, isGiven, source, words, saidAt}."""
    rows = session().scalars(
        select(Consent).where(Consent.member_id == member_id).order_by(Consent.said_at, Consent.id)
    )
    return [
        {"kind": row.kind, "isGiven": row.is_given, "source": row.source, "words": row.words, "saidAt": row.said_at}
        for row in rows
    ]
