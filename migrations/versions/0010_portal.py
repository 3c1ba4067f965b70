"""Members who sign in: codes, sessions, consents, push addresses; and the short links on posters."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app.core.rls import enable_row_level_security

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = ("sign_in_challenge", "member_session", "consent", "push_subscription", "push_message")
OPEN = sa.text("state IN ('waiting', 'sending')")


def upgrade() -> None:
    op.add_column("member", sa.Column("birthday_set_at", sa.DateTime(timezone=True), nullable=True))
    _sign_in()
    _consents()
    _push()
    enable_row_level_security(*TABLES)
    _join_links()


def downgrade() -> None:
    for table in ("join_link", *reversed(TABLES)):
        op.drop_table(table)
    op.drop_column("member", "birthday_set_at")


def _sign_in() -> None:
    op.create_table(
        "sign_in_challenge",
        *_key(),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("change", JSONB(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        *_sending(),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("business_id", "id", name="pk_sign_in_challenge"),
        sa.ForeignKeyConstraint(
            ["business_id"], ["business.id"], name="fk_sign_in_challenge_business_id", ondelete="RESTRICT"
        ),
        _of_member("sign_in_challenge"),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'skipped', 'dead')", name=op.f("ck_sign_in_challenge_state")
        ),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_sign_in_challenge_tries")),
    )
    op.create_index("ix_sign_in_challenge_open", "sign_in_challenge", ["business_id", "id"], postgresql_where=OPEN)
    op.create_index("ix_sign_in_challenge_expiry", "sign_in_challenge", ["business_id", "expires_at"])
    op.create_table(
        "member_session",
        *_key(),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_why", sa.Text(), nullable=True),
        sa.Column("agent", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("business_id", "id", name="pk_member_session"),
        _of_member("member_session"),
        sa.UniqueConstraint("business_id", "token_hash", name="uq_member_session_business_id_token_hash"),
    )
    op.create_index(
        "ix_member_session_live",
        "member_session",
        ["business_id", "member_id"],
        postgresql_where=sa.text("revoked_at IS NULL"),
    )


def _consents() -> None:
    op.create_table(
        "consent",
        *_key(),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("is_given", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("business_id", "id", name="pk_consent"),
        _of_member("consent"),
        sa.CheckConstraint("kind IN ('card_mail', 'offers_mail', 'push')", name=op.f("ck_consent_kind")),
    )
    op.create_index("ix_consent_newest", "consent", ["business_id", "member_id", "kind", "said_at", "id"])


def _push() -> None:
    op.create_table(
        "push_subscription",
        *_key(),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("endpoint_hash", sa.LargeBinary(), nullable=False),
        sa.Column("p256dh", sa.Text(), nullable=False),
        sa.Column("auth", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("business_id", "id", name="pk_push_subscription"),
        _of_member("push_subscription"),
        sa.UniqueConstraint("business_id", "endpoint_hash", name="uq_push_subscription_business_id_endpoint_hash"),
    )
    op.create_index("ix_push_subscription_member", "push_subscription", ["business_id", "member_id"])
    op.create_table(
        "push_message",
        *_key(),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        *_sending(),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("business_id", "id", name="pk_push_message"),
        sa.ForeignKeyConstraint(
            ["business_id", "subscription_id"],
            ["push_subscription.business_id", "push_subscription.id"],
            name="fk_push_message_business_id_subscription_id",
            ondelete="RESTRICT",
        ),
        sa.UniqueConstraint(
            "business_id",
            "subscription_id",
            "source_key",
            name="uq_push_message_business_id_subscription_id_source_key",
        ),
        sa.CheckConstraint("state IN ('waiting', 'sending', 'sent', 'dead')", name=op.f("ck_push_message_state")),
    )
    op.create_index("ix_push_message_open", "push_message", ["business_id", "id"], postgresql_where=OPEN)


def _join_links() -> None:
    op.create_table(
        "join_link",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_join_link"),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name="fk_join_link_business_id", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["business_id", "location_id"],
            ["location.business_id", "location.id"],
            name="fk_join_link_business_id_location_id",
            ondelete="RESTRICT",
        ),
    )
    op.create_index(
        "uq_join_link_place",
        "join_link",
        ["business_id", "location_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )


def _key() -> list[sa.Column]:
    return [sa.Column("business_id", sa.Uuid(), nullable=False), sa.Column("id", sa.Uuid(), nullable=False)]


def _sending() -> list[sa.Column]:
    return [
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
    ]


def _of_member(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["business_id", "member_id"],
        ["member.business_id", "member.id"],
        name=f"fk_{table}_business_id_member_id",
        ondelete="RESTRICT",
    )
