"""Webhook endpoints, deliveries and tries."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app.core.rls import enable_row_level_security

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = ("webhook_endpoint", "webhook_delivery", "webhook_attempt")


def upgrade() -> None:
    op.create_table(
        "webhook_endpoint",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("event_types", JSONB(), nullable=False),
        sa.Column("payload_version", sa.Text(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_secret_before", sa.LargeBinary(), nullable=True),
        sa.Column("secret_before_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), server_default="enabled", nullable=False),
        sa.Column("disabled_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("state IN ('enabled', 'disabled')", name="ck_webhook_endpoint_state"),
        sa.PrimaryKeyConstraint("business_id", "id", name="pk_webhook_endpoint"),
        sa.ForeignKeyConstraint(
            ["business_id"], ["business.id"], name="fk_webhook_endpoint_business_id", ondelete="RESTRICT"
        ),
    )
    op.create_index("ix_webhook_endpoint_newest", "webhook_endpoint", ["business_id", "created_at", "id"])
    _create_deliveries()
    _create_attempts()
    enable_row_level_security(*TABLES)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_deliveries() -> None:
    op.create_table(
        "webhook_delivery",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'sending', 'delivered', 'dead')", name="ck_webhook_delivery_state"),
        sa.PrimaryKeyConstraint("business_id", "id", name="pk_webhook_delivery"),
        _belongs_to("webhook_delivery", "webhook_endpoint", "endpoint_id"),
        _belongs_to("webhook_delivery", "outbox", "event_id"),
        sa.UniqueConstraint(
            "business_id", "endpoint_id", "event_id", name="uq_webhook_delivery_business_id_endpoint_id_event_id"
        ),
    )
    op.create_index(
        "ix_webhook_delivery_open",
        "webhook_delivery",
        ["business_id", "due_at"],
        postgresql_where=sa.text("state IN ('waiting', 'sending')"),
    )
    op.create_index(
        "ix_webhook_delivery_newest", "webhook_delivery", ["business_id", "endpoint_id", "created_at", "id"]
    )


def _create_attempts() -> None:
    op.create_table(
        "webhook_attempt",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("business_id", "id", name="pk_webhook_attempt"),
        _belongs_to("webhook_attempt", "webhook_delivery", "delivery_id"),
    )
    op.create_index("ix_webhook_attempt_delivery", "webhook_attempt", ["business_id", "delivery_id", "number"])


def _belongs_to(table: str, target: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["business_id", column],
        [f"{target}.business_id", f"{target}.id"],
        name=f"fk_{table}_business_id_{column}",
        ondelete="RESTRICT",
    )
