"""When a reward can be had, whether it hides once it is out of stock, and the ways in which members may get it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reward", sa.Column("valid_hours", JSONB(), server_default="{}", nullable=False))
    op.add_column("reward", sa.Column("hide_when_out", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("reward", sa.Column("delivery_methods", JSONB(), server_default='["in_store"]', nullable=False))


def downgrade() -> None:
    for column in ("delivery_methods", "hide_when_out", "valid_hours"):
        op.drop_column("reward", column)
