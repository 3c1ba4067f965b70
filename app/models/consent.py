"""What a member has agreed to or taken back: one row for each time they said so."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, TenantOwned, UtcDateTime
from app.models.keys import belongs_to

KINDS = ("card_mail", "offers_mail", "push", "mail_rewards", "mail_points", "mail_tiers", "mail_programs")


class Consent(TenantOwned, Base):
    """The newest row of a kind counts; `words` is the sentence that was shown, `source` where it was said."""

    __tablename__ = "consent"
    __names_business__ = False

    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    kind: Mapped[str]
    is_given: Mapped[bool]
    source: Mapped[str]
    words: Mapped[str]
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        belongs_to("member"),
        CheckConstraint(f"kind IN {KINDS!r}", name="kind"),
        Index("ix_consent_newest", "business_id", "member_id", "kind", "said_at", "id"),
    )
