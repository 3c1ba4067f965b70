"""What one till has done, the latest first, and who has signed in at it: an index each."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_till_item_device", "till_item", ["business_id", "device_id", "occurred_at", "id"])
    op.create_index(
        "ix_user_session_device",
        "user_session",
        ["device_id", "created_at"],
        postgresql_where=sa.text("device_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_user_session_device", table_name="user_session")
    op.drop_index("ix_till_item_device", table_name="till_item")
