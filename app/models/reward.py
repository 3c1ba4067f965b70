"""The catalogue: what members turn points into, the codes of lists, and what the platform offers to every business."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.model import Base, Json, Platform, TenantOwned, UtcDateTime
from app.models.keys import belongs_to, unique_in_business

REWARD_TYPES = ("cash_back", "discount", "exclusive_access", "free_product", "free_shipping")
CODE_KINDS = ("none", "shared", "generated", "list")


class Reward(TenantOwned, Base):
    """One reward of a business; ``value`` as in domain.reward_registry, money in minor units.

    ``quantity_available`` null is an unlimited stock; otherwise ``quantity_remaining`` is that less the redemptions
    that hold a unit, and for a list of codes how many of them are left. ``valid_hours`` are those of
    domain.opening_hours, {} for any time; ``delivery_methods`` are what members may choose from. ``version`` counts
    what an owner changed, not what members took.
    """

    __tablename__ = "reward"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    program_id: Mapped[UUID | None]
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    reward_type: Mapped[str]
    value: Mapped[dict[str, Any] | None] = mapped_column(Json)
    points_cost: Mapped[int]
    quantity_available: Mapped[int | None]
    quantity_remaining: Mapped[int | None]
    per_member_limit: Mapped[int | None]
    tier_exclusive: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voucher_expires_after_days: Mapped[int | None]
    code_kind: Mapped[str] = mapped_column(default="generated")
    shared_code: Mapped[str | None]
    location_ids: Mapped[list[Any]] = mapped_column(Json, default=list)
    valid_hours: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}")
    hide_when_out: Mapped[bool] = mapped_column(default=False, server_default="false")
    delivery_methods: Mapped[list[Any]] = mapped_column(
        Json, default=lambda: ["in_store"], server_default='["in_store"]'
    )
    terms: Mapped[str] = mapped_column(default="")
    image_key: Mapped[str | None]
    image_alt: Mapped[str] = mapped_column(default="")
    copied_from: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        belongs_to("program"),
        CheckConstraint(f"reward_type IN {REWARD_TYPES!r}", name="reward_type"),
        CheckConstraint(f"code_kind IN {CODE_KINDS!r}", name="code_kind"),
        CheckConstraint("points_cost > 0", name="points_cost"),
        CheckConstraint(
            "(quantity_available IS NULL) = (quantity_remaining IS NULL) "
            "AND quantity_remaining BETWEEN 0 AND quantity_available",
            name="stock",
        ),
        CheckConstraint("starts_at IS NULL OR ends_at IS NULL OR starts_at < ends_at", name="starts_before_end"),
        CheckConstraint("image_key IS NULL OR image_alt <> ''", name="image_has_words"),
        Index("ix_reward_newest", "business_id", "created_at", "id", postgresql_where=text("deleted_at IS NULL")),
    )


class RewardCode(TenantOwned, Base):
    """A code that an owner uploaded; one that was given out is never given out again."""

    __tablename__ = "reward_code"
    __names_business__ = False

    id: Mapped[UUID] = mapped_column(primary_key=True)
    reward_id: Mapped[UUID]
    code: Mapped[str]
    redemption_id: Mapped[UUID | None]

    __table_args__ = (
        belongs_to("reward"),
        belongs_to("redemption"),
        unique_in_business("code"),
        Index("ix_reward_code_free", "business_id", "reward_id", "id", postgresql_where=text("redemption_id IS NULL")),
    )


class PlatformReward(Platform, Base):
    """A reward that the platform suggests to every business; owners read it and copy it, members redeem copies."""

    __tablename__ = "platform_reward"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    reward_type: Mapped[str]
    value: Mapped[dict[str, Any] | None] = mapped_column(Json)
    points_cost: Mapped[int]
    terms: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint(f"reward_type IN {REWARD_TYPES!r}", name="reward_type"),
        CheckConstraint("points_cost > 0", name="points_cost"),
    )


class HiddenReward(TenantOwned, Base):
    """A platform reward that a business does not want to see."""

    __tablename__ = "hidden_reward"

    platform_reward_id: Mapped[UUID] = mapped_column(primary_key=True)
