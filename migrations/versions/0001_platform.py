"""Businesses, accounts and what serves all businesses; locations and the audit log as the first guarded tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app.core.rls import create_refuse_change, drop_refuse_change, enable_row_level_security, make_append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "business",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("industry", sa.Text(), nullable=True),
        sa.Column("brand_color", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("settings", JSONB(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name="ck_business_currency"),
        sa.CheckConstraint("slug ~ '^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$'", name="ck_business_slug"),
        sa.CheckConstraint("status IN ('active', 'closed')", name="ck_business_status"),
        sa.PrimaryKeyConstraint("id", name="pk_business"),
        sa.UniqueConstraint("slug", name="uq_business_slug"),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_user_account"),
    )
    op.create_index("uq_user_account_email", "user_account", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "api_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("permissions", JSONB(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('manager', 'staff')", name="ck_api_key_role"),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name="fk_api_key_business_id", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["created_by"], ["user_account.id"], name="fk_api_key_created_by", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
        sa.UniqueConstraint("key_hash", name="uq_api_key_key_hash"),
    )
    op.create_index("ix_api_key_business_id_created_at", "api_key", ["business_id", "created_at"], unique=False)
    op.create_table(
        "audit_log",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), server_default="", nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target_kind", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=True),
        sa.Column("before", JSONB(), nullable=True),
        sa.Column("after", JSONB(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name="fk_audit_log_business_id", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("business_id", "id", name="pk_audit_log"),
    )
    op.create_index(
        "ix_audit_log_business_id_recorded_at_id", "audit_log", ["business_id", "recorded_at", "id"], unique=False
    )
    op.create_index(
        "ix_audit_log_business_id_target_id_recorded_at",
        "audit_log",
        ["business_id", "target_id", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "due",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name="fk_due_business_id", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_due"),
    )
    op.create_index("ix_due_business_id_kind", "due", ["business_id", "kind"], unique=False)
    op.create_index("ix_due_due_at", "due", ["due_at"], unique=False)
    op.create_table(
        "idempotency",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id"], ["business.id"], name="fk_idempotency_business_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("business_id", "principal_id", "key", name="pk_idempotency"),
    )
    op.create_index("ix_idempotency_created_at", "idempotency", ["created_at"], unique=False)
    op.create_table(
        "location",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", JSONB(), server_default="{}", nullable=False),
        sa.Column("timezone", sa.Text(), nullable=True),
        sa.Column("hours", JSONB(), server_default="{}", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name <> ''", name="ck_location_name"),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name="fk_location_business_id", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("business_id", "id", name="pk_location"),
    )
    op.create_index(
        "ix_location_business_id_created_at_id", "location", ["business_id", "created_at", "id"], unique=False
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('owner', 'manager', 'staff')", name="ck_membership_role"),
        sa.ForeignKeyConstraint(
            ["business_id"], ["business.id"], name="fk_membership_business_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_membership_user_id", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_membership"),
        sa.UniqueConstraint("business_id", "user_id", name="uq_membership_business_id_user_id"),
    )
    op.create_index("ix_membership_user_id", "membership", ["user_id"], unique=False)
    op.create_table(
        "user_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_why", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("agent", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("(kind = 'api') = (business_id IS NOT NULL)", name="ck_user_session_business"),
        sa.CheckConstraint("kind IN ('web', 'api')", name="ck_user_session_kind"),
        sa.ForeignKeyConstraint(
            ["business_id"], ["business.id"], name="fk_user_session_business_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_user_session_user_id", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_user_session"),
        sa.UniqueConstraint("token_hash", name="uq_user_session_token_hash"),
    )
    op.create_index(
        "ix_user_session_live",
        "user_session",
        ["user_id"],
        unique=False,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("paired_by", sa.Uuid(), nullable=False),
        sa.Column("paired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["business_id", "location_id"],
            ["location.business_id", "location.id"],
            name="fk_device_business_id_location_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name="fk_device_business_id", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["paired_by"], ["user_account.id"], name="fk_device_paired_by", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_device"),
        sa.UniqueConstraint("secret_hash", name="uq_device_secret_hash"),
    )
    create_refuse_change()
    enable_row_level_security("location", "audit_log")
    make_append_only("audit_log")


def downgrade() -> None:
    op.drop_table("device")
    op.drop_table("user_session")
    op.drop_table("membership")
    op.drop_table("location")
    op.drop_table("idempotency")
    op.drop_table("due")
    op.drop_table("audit_log")
    op.drop_table("api_key")
    op.drop_table("user_account")
    op.drop_table("business")
    drop_refuse_change()
