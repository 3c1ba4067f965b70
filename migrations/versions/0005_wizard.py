"""What an owner has typed into a draft that is not part of the program yet."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("program", sa.Column("wizard", JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("program", "wizard")
