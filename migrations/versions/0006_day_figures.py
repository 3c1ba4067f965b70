"""How programs and businesses stood at the end of each local day."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app.core.rls import enable_row_level_security

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("program_day", "business_day")
COUNTS = (
    "total_members",
    "active_members",
    "new_members",
    "churned_members",
    "visits",
    "earned_members",
    "redeemed_members",
    "vouchers_issued",
    "vouchers_redeemed",
)
AMOUNTS = (
    "total_points_issued",
    "total_points_redeemed",
    "total_points_expired",
    "total_points_outstanding",
    "average_member_points",
    "total_spending",
    "average_spending_per_member",
)


def upgrade() -> None:
    op.create_table(
        "program_day",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        *_figures(),
        sa.PrimaryKeyConstraint("business_id", "program_id", "day", name="pk_program_day"),
        sa.ForeignKeyConstraint(
            ["business_id", "program_id"],
            ["program.business_id", "program.id"],
            name="fk_program_day_business_id_program_id",
            ondelete="RESTRICT",
        ),
    )
    op.create_table(
        "business_day",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        *_figures(),
        sa.PrimaryKeyConstraint("business_id", "day", name="pk_business_day"),
        sa.ForeignKeyConstraint(
            ["business_id"], ["business.id"], name="fk_business_day_business_id", ondelete="RESTRICT"
        ),
    )
    enable_row_level_security(*TABLES)
    _index_redeemed("voucher", "redeemed_at", "status = 'redeemed'")
    _index_redeemed("ledger_entry", "occurred_at", "kind = 'redeem'")


def downgrade() -> None:
    for table in ("ledger_entry", "voucher"):
        op.drop_index(f"ix_{table}_redeemed", table)
    for table in TABLES:
        op.drop_table(table)


def _index_redeemed(table: str, at: str, condition: str) -> None:
    op.create_index(f"ix_{table}_redeemed", table, ["business_id", at], postgresql_where=sa.text(condition))


def _figures() -> list[sa.Column]:
    return [
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in AMOUNTS),
        sa.Column("redemption_rate", sa.Numeric(5, 2), nullable=False),
        sa.Column("tier_distribution", JSONB(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
    ]
