"""The catalogue of rewards, what members redeem from it, and the codes behind it."""

from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app.core.rls import enable_row_level_security

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("reward", "reward_code", "hidden_reward", "redemption")
_TYPES = "reward_type IN ('cash_back', 'discount', 'exclusive_access', 'free_product', 'free_shipping')"
_ORIGIN = "(enrollment_id IS NULL) = (redemption_id IS NOT NULL) AND (version_id IS NULL) = (enrollment_id IS NULL)"

_SUGGESTED = (
    (UUID("019a0000-0000-7000-8000-000000000001"), "10 % off your next purchase", "discount", {"percent": "10"}, 200),
    (UUID("019a0000-0000-7000-8000-000000000002"), "Free shipping on your next order", "free_shipping", None, 250),
    (UUID("019a0000-0000-7000-8000-000000000003"), "A birthday treat", "free_product", None, 300),
    (UUID("019a0000-0000-7000-8000-000000000004"), "First in line: see new things before they go on sale",
     "exclusive_access", None, 500),
)  # fmt: skip


def upgrade() -> None:
    _create_rewards()
    _create_redemptions()
    _create_codes()
    _open_vouchers_to_the_catalogue()
    _create_platform_rewards()
    enable_row_level_security(*TABLES)


def downgrade() -> None:
    for table in ("platform_reward", "reward_code", "redemption"):
        op.drop_table(table)
    op.execute("ALTER TABLE voucher NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM voucher WHERE enrollment_id IS NULL")
    op.execute("ALTER TABLE voucher FORCE ROW LEVEL SECURITY")
    op.drop_constraint(op.f("fk_voucher_business_id_reward_id"), "voucher")
    op.drop_constraint(op.f("ck_voucher_origin"), "voucher")
    for column in ("redemption_id", "reward_id", "warned_days"):
        op.drop_column("voucher", column)
    for column in ("enrollment_id", "version_id"):
        op.alter_column("voucher", column, nullable=False)
    for table in ("hidden_reward", "reward"):
        op.drop_table(table)


def _create_rewards() -> None:
    op.create_table(
        "reward",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("reward_type", sa.Text(), nullable=False),
        sa.Column("value", JSONB(), nullable=True),
        sa.Column("points_cost", sa.Integer(), nullable=False),
        sa.Column("quantity_available", sa.Integer(), nullable=True),
        sa.Column("quantity_remaining", sa.Integer(), nullable=True),
        sa.Column("per_member_limit", sa.Integer(), nullable=True),
        sa.Column("tier_exclusive", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voucher_expires_after_days", sa.Integer(), nullable=True),
        sa.Column("code_kind", sa.Text(), nullable=False),
        sa.Column("shared_code", sa.Text(), nullable=True),
        sa.Column("location_ids", JSONB(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("image_key", sa.Text(), nullable=True),
        sa.Column("image_alt", sa.Text(), nullable=False),
        sa.Column("copied_from", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(_TYPES, name=op.f("ck_reward_reward_type")),
        sa.CheckConstraint("code_kind IN ('none', 'shared', 'generated', 'list')", name=op.f("ck_reward_code_kind")),
        sa.CheckConstraint("points_cost > 0", name=op.f("ck_reward_points_cost")),
        sa.CheckConstraint(
            "(quantity_available IS NULL) = (quantity_remaining IS NULL) "
            "AND quantity_remaining BETWEEN 0 AND quantity_available",
            name=op.f("ck_reward_stock"),
        ),
        sa.CheckConstraint(
            "starts_at IS NULL OR ends_at IS NULL OR starts_at < ends_at", name=op.f("ck_reward_starts_before_end")
        ),
        sa.CheckConstraint("image_key IS NULL OR image_alt <> ''", name=op.f("ck_reward_image_has_words")),
        _of_business("reward"),
        _refers("reward", "program_id", "program"),
        sa.PrimaryKeyConstraint("business_id", "id", name=op.f("pk_reward")),
    )
    where = sa.text("deleted_at IS NULL")
    op.create_index("ix_reward_newest", "reward", ["business_id", "created_at", "id"], postgresql_where=where)
    op.create_table(
        "hidden_reward",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("platform_reward_id", sa.Uuid(), nullable=False),
        _of_business("hidden_reward"),
        sa.PrimaryKeyConstraint("business_id", "platform_reward_id", name=op.f("pk_hidden_reward")),
    )


def _create_redemptions() -> None:
    op.create_table(
        "redemption",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("reward_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reward_type", sa.Text(), nullable=False),
        sa.Column("value", JSONB(), nullable=True),
        sa.Column("points_redeemed", sa.BigInteger(), nullable=False),
        sa.Column("points_returned", sa.BigInteger(), nullable=False),
        sa.Column("holds_stock", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("voucher_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("delivery_method", sa.Text(), nullable=False),
        sa.Column("shipping_address", JSONB(), nullable=True),
        sa.Column("tracking_number", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("request_key", sa.Text(), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fulfilled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_by", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('reward', 'credit')", name=op.f("ck_redemption_kind")),
        sa.CheckConstraint("(kind = 'reward') = (reward_id IS NOT NULL)", name=op.f("ck_redemption_reward")),
        sa.CheckConstraint(
            "status IN ('pending', 'approved', 'shipped', 'delivered', 'redeemed', 'cancelled')",
            name=op.f("ck_redemption_status"),
        ),
        sa.CheckConstraint(
            "delivery_method IN ('in_store', 'digital', 'shipping')", name=op.f("ck_redemption_delivery_method")
        ),
        sa.CheckConstraint(
            "points_redeemed > 0 AND points_returned BETWEEN 0 AND points_redeemed", name=op.f("ck_redemption_points")
        ),
        sa.CheckConstraint(
            "points_returned = 0 OR status = 'cancelled'", name=op.f("ck_redemption_returned_when_cancelled")
        ),
        sa.ForeignKeyConstraint(
            ["business_id", "enrollment_id", "member_id", "program_id"],
            ["enrollment.business_id", "enrollment.id", "enrollment.member_id", "enrollment.program_id"],
            name=op.f("fk_redemption_business_id_enrollment_id_member_id_program_id"),
            ondelete="RESTRICT",
        ),
        _refers("redemption", "reward_id", "reward"),
        _refers("redemption", "voucher_id", "voucher"),
        _refers("redemption", "location_id", "location"),
        sa.PrimaryKeyConstraint("business_id", "id", name=op.f("pk_redemption")),
        sa.UniqueConstraint("business_id", "request_key", name=op.f("uq_redemption_business_id_request_key")),
    )
    for name, columns in {
        "ix_redemption_newest": ["requested_at", "id"],
        "ix_redemption_status": ["status", "requested_at", "id"],
        "ix_redemption_member": ["member_id", "requested_at", "id"],
        "ix_redemption_reward": ["reward_id", "requested_at"],
    }.items():
        op.create_index(name, "redemption", ["business_id", *columns])
    where = sa.text("voucher_id IS NOT NULL")
    op.create_index("ix_redemption_voucher", "redemption", ["business_id", "voucher_id"], postgresql_where=where)


def _create_codes() -> None:
    op.create_table(
        "reward_code",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reward_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("redemption_id", sa.Uuid(), nullable=True),
        _refers("reward_code", "reward_id", "reward"),
        _refers("reward_code", "redemption_id", "redemption"),
        sa.PrimaryKeyConstraint("business_id", "id", name=op.f("pk_reward_code")),
        sa.UniqueConstraint("business_id", "code", name=op.f("uq_reward_code_business_id_code")),
    )
    where = sa.text("redemption_id IS NULL")
    op.create_index("ix_reward_code_free", "reward_code", ["business_id", "reward_id", "id"], postgresql_where=where)


def _open_vouchers_to_the_catalogue() -> None:
    for column in ("redemption_id", "reward_id"):
        op.add_column("voucher", sa.Column(column, sa.Uuid(), nullable=True))
    op.add_column("voucher", sa.Column("warned_days", sa.Integer(), nullable=True))
    for column in ("enrollment_id", "version_id"):
        op.alter_column("voucher", column, nullable=True)
    op.create_check_constraint(op.f("ck_voucher_origin"), "voucher", _ORIGIN)
    op.create_foreign_key(
        op.f("fk_voucher_business_id_reward_id"),
        "voucher",
        "reward",
        ["business_id", "reward_id"],
        ["business_id", "id"],
        ondelete="RESTRICT",
    )


def _create_platform_rewards() -> None:
    table = op.create_table(
        "platform_reward",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("reward_type", sa.Text(), nullable=False),
        sa.Column("value", JSONB(), nullable=True),
        sa.Column("points_cost", sa.Integer(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(_TYPES, name=op.f("ck_platform_reward_reward_type")),
        sa.CheckConstraint("points_cost > 0", name=op.f("ck_platform_reward_points_cost")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_reward")),
    )
    kept = {"description": "", "terms": "", "active": True, "created_at": datetime.now(UTC)}
    keys = ("id", "name", "reward_type", "value", "points_cost")
    op.bulk_insert(table, [dict(zip(keys, row, strict=True)) | kept for row in _SUGGESTED])


def _of_business(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["business_id"], ["business.id"], name=op.f(f"fk_{table}_business_id"), ondelete="RESTRICT"
    )


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["business_id", column],
        [f"{target}.business_id", f"{target}.id"],
        name=op.f(f"fk_{table}_business_id_{column}"),
        ondelete="RESTRICT",
    )
