"""Members stop mails about their card by topic; an e-mail address is known to be theirs once a code was typed in."""

import sqlalchemy as sa

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BEFORE = "'card_mail', 'offers_mail', 'push'"
TOPICS = "'mail_rewards', 'mail_points', 'mail_tiers', 'mail_programs'"


def upgrade() -> None:
    _allow(f"{BEFORE}, {TOPICS}")
    op.add_column("member", sa.Column("confirmed_email", sa.Text()))


def downgrade() -> None:
    op.drop_column("member", "confirmed_email")
    op.execute("ALTER TABLE consent NO FORCE ROW LEVEL SECURITY")
    op.execute(f"DELETE FROM consent WHERE kind IN ({TOPICS})")
    op.execute("ALTER TABLE consent FORCE ROW LEVEL SECURITY")
    _allow(BEFORE)


def _allow(kinds: str) -> None:
    op.drop_constraint(op.f("ck_consent_kind"), "consent")
    op.create_check_constraint(op.f("ck_consent_kind"), "consent", f"kind IN ({kinds})")
