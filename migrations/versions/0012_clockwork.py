"""Messages to people who are no members, unpublished edits of live programs, purchases by version.

Refund previews, tier periods, expiry warnings, message preferences.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app.core.rls import enable_row_level_security

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


_RECIPIENTS = "num_nonnulls(member_id, user_id, address) = 1"


def upgrade() -> None:
    _let_messages_go_to_anybody()
    _keep_unpublished_edits()
    _count_purchases_by_version()
    op.add_column("business", sa.Column("day_begun", sa.Date(), nullable=True))
    op.add_column("lot", sa.Column("warned_days", sa.Integer(), nullable=True))
    op.add_column("enrollment", sa.Column("tier_warned_until", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_tier_history_latest", "tier_history", ["business_id", "program_id", "effective_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_tier_history_latest", "tier_history")
    op.drop_column("enrollment", "tier_warned_until")
    op.drop_column("lot", "warned_days")
    op.drop_column("business", "day_begun")
    op.drop_column("program_stats_delta", "earned")
    op.drop_table("version_stats")
    op.drop_table("program_edit")
    _let_messages_go_to_members_alone()


def _let_messages_go_to_anybody() -> None:
    op.alter_column("message", "member_id", nullable=True)
    op.add_column("message", sa.Column("user_id", sa.Uuid(), nullable=True))
    op.add_column("message", sa.Column("address", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_message_one_recipient"), "message", _RECIPIENTS)
    for column in ("user_id", "address"):
        columns = ["business_id", column, "kind", "source_key"]
        op.create_unique_constraint(f"uq_message_business_id_{column}_kind_source_key", "message", columns)
    _refer("message", ["business_id"], "business", ["id"])
    _refer("message", ["business_id", "user_id"], "membership", ["business_id", "user_id"])


def _let_messages_go_to_members_alone() -> None:
    op.drop_constraint("fk_message_business_id_user_id", "message")
    op.drop_constraint("fk_message_business_id", "message")
    for column in ("user_id", "address"):
        op.drop_constraint(f"uq_message_business_id_{column}_kind_source_key", "message")
    op.drop_constraint("ck_message_one_recipient", "message")
    op.execute("DELETE FROM message WHERE member_id IS NULL")
    op.drop_column("message", "address")
    op.drop_column("message", "user_id")
    op.alter_column("message", "member_id", nullable=False)


def _keep_unpublished_edits() -> None:
    op.create_table(
        "program_edit",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("base", JSONB(), nullable=False),
        sa.Column("wizard", JSONB(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("business_id", "id", name="pk_program_edit"),
        sa.UniqueConstraint(
            "business_id", "program_id", "user_id", name="uq_program_edit_business_id_program_id_user_id"
        ),
    )
    _refer("program_edit", ["business_id", "program_id"], "program", ["business_id", "id"])
    _refer("program_edit", ["business_id", "user_id"], "membership", ["business_id", "user_id"])
    enable_row_level_security("program_edit")


def _count_purchases_by_version() -> None:
    op.create_table(
        "version_stats",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("earned", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("business_id", "version_id", name="pk_version_stats"),
    )
    _refer("version_stats", ["business_id", "version_id"], "program_version", ["business_id", "id"])
    enable_row_level_security("version_stats")
    op.add_column("program_stats_delta", sa.Column("earned", JSONB(), server_default="{}", nullable=False))


def _refer(table: str, columns: list[str], target: str, keys: list[str]) -> None:
    op.create_foreign_key(f"fk_{table}_{'_'.join(columns)}", table, target, columns, keys, ondelete="RESTRICT")
