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
    """Return {kind: agreed} for the three consents; what was never asked is not agreed to."""
    answers = answers_of(member_id)
    return {kind: answers.get(kind, False) for kind in KINDS}


def answers_of(member_id: UUID) -> dict[str, bool]:
    """Return {kind: agreed} for what a member was asked, topics of mails too; the rest is absent."""
    said = select(Consent.kind, Consent.is_given).where(Consent.member_id == member_id)
    rows = session().execute(said.order_by(Consent.said_at, Consent.id))
    return {row.kind: row.is_given for row in rows}


def refusals(member_ids: Collection[UUID]) -> set[tuple[UUID, str]]:
    """Return who of some members has taken back what: (member, kind); who was never asked has not. One statement."""
    if not member_ids:
        return set()
    said = select(Consent.member_id, Consent.kind, Consent.is_given).where(Consent.member_id.in_(member_ids))
    rows = session().execute(said.order_by(Consent.said_at, Consent.id))
    newest = {(row.member_id, row.kind): row.is_given for row in rows}
    return {who_and_what for who_and_what, is_given in newest.items() if not is_given}


def consent_history(member_id: UUID) -> list[dict[str, Any]]:
    """Return every word said, the first one first: {kind, isGiven, source, words, saidAt}."""
    rows = session().scalars(
        select(Consent).where(Consent.member_id == member_id).order_by(Consent.said_at, Consent.id)
    )
    return [
        {"kind": row.kind, "isGiven": row.is_given, "source": row.source, "words": row.words, "saidAt": row.said_at}
        for row in rows
    ]
