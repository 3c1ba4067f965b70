"""A code that somebody has asked for: of a member or of a stranger, which only the worker that sends it finds out."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Json, TenantOwned, UtcDateTime
from app.models.keys import belongs_to


class SignInChallenge(TenantOwned, Base):
    """The code and the link are derived from `nonce` (core.sign_in_codes), so the row alone opens nothing.

    `contact` is what was typed, in its normal form, and is blanked once it is answered; `change` is the new e-mail
    address or phone number of a signed-in member, which counts once the code is typed. `fence` guards the sending.
    """

    __tablename__ = "sign_in_challenge"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact: Mapped[str]
    change: Mapped[dict[str, Any] | None] = mapped_column(Json)
    member_id: Mapped[UUID | None]
    nonce: Mapped[bytes] = mapped_column(LargeBinary)
    tries: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        belongs_to("member"),
        CheckConstraint("state IN ('waiting', 'sending', 'sent', 'skipped', 'dead')", name="state"),
        CheckConstraint("tries >= 0", name="tries"),
        Index(
            "ix_sign_in_challenge_open",
            "business_id",
            "id",
            postgresql_where=text("state IN ('waiting', 'sending')"),
        ),
        Index("ix_sign_in_challenge_expiry", "business_id", "expires_at"),
    )
