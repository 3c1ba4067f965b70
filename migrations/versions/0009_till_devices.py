"""Paired tills: pairing codes, PIN tries, sign-ins at a till, and what an offline till has sent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app.core.rls import enable_row_level_security

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = ("device_pairing", "pin_guard", "till_item")
SESSION_CHECKS = {
    "kind": ("kind IN ('web', 'api')", "kind IN ('web', 'api', 'till')"),
    "business": ("(kind = 'api') = (business_id IS NOT NULL)", "(kind = 'web') = (business_id IS NULL)"),
}


def upgrade() -> None:
    op.add_column("device", sa.Column("last_seen_at", _instant(), nullable=True))
    op.add_column("device", sa.Column("clock_offset_ms", sa.BigInteger(), nullable=True))
    op.create_index("ix_device_business_id", "device", ["business_id"])
    _allow_till_sessions()
    _create_pairing()
    _create_guard()
    _create_items()
    enable_row_level_security(*TABLES)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DELETE FROM user_session WHERE kind = 'till'")
    op.drop_constraint("ck_user_session_device", "user_session", type_="check")
    for name, (before, _) in SESSION_CHECKS.items():
        op.drop_constraint(f"ck_user_session_{name}", "user_session", type_="check")
        op.create_check_constraint(f"ck_user_session_{name}", "user_session", before)
    op.drop_column("user_session", "location_id")
    op.drop_column("user_session", "device_id")
    op.drop_index("ix_device_business_id", "device")
    op.drop_column("device", "clock_offset_ms")
    op.drop_column("device", "last_seen_at")


def _allow_till_sessions() -> None:
    """A sign-in at a till names the device and where it stands."""
    op.add_column("user_session", sa.Column("device_id", sa.Uuid(), nullable=True))
    op.add_column("user_session", sa.Column("location_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_user_session_device_id", "user_session", "device", ["device_id"], ["id"], ondelete="RESTRICT"
    )
    op.create_foreign_key(
        "fk_user_session_business_id_location_id",
        "user_session",
        "location",
        ["business_id", "location_id"],
        ["business_id", "id"],
        ondelete="RESTRICT",
    )
    for name, (_, after) in SESSION_CHECKS.items():
        op.drop_constraint(f"ck_user_session_{name}", "user_session", type_="check")
        op.create_check_constraint(f"ck_user_session_{name}", "user_session", after)
    op.create_check_constraint("ck_user_session_device", "user_session", "(kind = 'till') = (device_id IS NOT NULL)")


def _create_pairing() -> None:
    op.create_table(
        "device_pairing",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", _instant(), nullable=False),
        sa.Column("expires_at", _instant(), nullable=False),
        sa.Column("used_at", _instant(), nullable=True),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("business_id", "id", name="pk_device_pairing"),
        sa.UniqueConstraint("business_id", "code_hash", name="uq_device_pairing_business_id_code_hash"),
        _to("device_pairing", "business_id", "business"),
        _to("device_pairing", "created_by", "user_account"),
        _to("device_pairing", "device_id", "device"),
        _within("device_pairing", "location_id", "location"),
    )


def _create_guard() -> None:
    op.create_table(
        "pin_guard",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", _instant(), nullable=True),
        sa.Column("reported_at", _instant(), nullable=True),
        sa.Column("seen_at", _instant(), nullable=True),
        sa.PrimaryKeyConstraint("business_id", "device_id", "membership_id", name="pk_pin_guard"),
        sa.CheckConstraint("failures >= 0", name="ck_pin_guard_failures"),
        _to("pin_guard", "business_id", "business"),
        _to("pin_guard", "device_id", "device"),
        _to("pin_guard", "membership_id", "membership"),
    )
    op.create_index(
        "ix_pin_guard_reported",
        "pin_guard",
        ["business_id", "reported_at"],
        postgresql_where=sa.text("reported_at IS NOT NULL AND seen_at IS NULL"),
    )


def _create_items() -> None:
    op.create_table(
        "till_item",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", JSONB(), nullable=False),
        sa.Column("occurred_at", _instant(), nullable=False),
        sa.Column("received_at", _instant(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("purchase_id", sa.Uuid(), nullable=True),
        sa.Column("resolved_at", _instant(), nullable=True),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("business_id", "id", name="pk_till_item"),
        sa.CheckConstraint("kind IN ('sale', 'punch', 'redeem')", name="ck_till_item_kind"),
        sa.CheckConstraint("outcome IN ('recorded', 'conflict', 'undone')", name="ck_till_item_outcome"),
        _to("till_item", "business_id", "business"),
        _to("till_item", "device_id", "device"),
        _within("till_item", "purchase_id", "purchase"),
    )
    op.create_index(
        "ix_till_item_open",
        "till_item",
        ["business_id", "received_at", "id"],
        postgresql_where=sa.text("outcome = 'conflict' AND resolved_at IS NULL"),
    )


def _instant() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}", ondelete="RESTRICT")


def _within(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_business_id_{column}"
    keys = [f"{target}.business_id", f"{target}.id"]
    return sa.ForeignKeyConstraint(["business_id", column], keys, name=name, ondelete="RESTRICT")
