"""What the settings pages keep: the logo, invitations of staff, when a key was used; the audit log by person and kind."""

import sqlalchemy as sa
from alembic import op

from app.core.rls import enable_row_level_security

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

AUDIT_FILTERS = ("actor_id", "target_kind")


def upgrade() -> None:
    op.add_column("business", sa.Column("logo_key", sa.Text(), nullable=True))
    op.add_column("api_key", sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
    for column in AUDIT_FILTERS:
        columns = ["business_id", column, "recorded_at", "id"]
        op.create_index(f"ix_audit_log_business_id_{column}_recorded_at_id", "audit_log", columns)
    _create_invitations()


def downgrade() -> None:
    op.drop_table("invitation")
    for column in AUDIT_FILTERS:
        op.drop_index(f"ix_audit_log_business_id_{column}_recorded_at_id", "audit_log")
    op.drop_column("api_key", "last_used_at")
    op.drop_column("business", "logo_key")


def _create_invitations() -> None:
    op.create_table(
        "invitation",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), server_default="1", nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column("invited_by_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('owner', 'manager', 'staff')", name=op.f("ck_invitation_role")),
        sa.CheckConstraint("accepted_at IS NULL OR revoked_at IS NULL", name=op.f("ck_invitation_one_end")),
        sa.PrimaryKeyConstraint("business_id", "id", name="pk_invitation"),
        sa.ForeignKeyConstraint(
            ["business_id"], ["business.id"], name="fk_invitation_business_id", ondelete="RESTRICT"
        ),
    )
    op.create_index(
        "uq_invitation_open",
        "invitation",
        ["business_id", sa.text("lower(email)")],
        unique=True,
        postgresql_where=sa.text("accepted_at IS NULL AND revoked_at IS NULL"),
    )
    enable_row_level_security("invitation")
