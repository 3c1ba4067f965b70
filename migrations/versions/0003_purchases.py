"""Purchases, the corrections asked of them and what they did; events, messages and dead letters."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app.core.rls import enable_row_level_security, make_append_only

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ('purchase', 'correction', 'outcome', 'outbox', 'message', 'dead_letter')


def upgrade() -> None:
    op.create_table('purchase',
    sa.Column('business_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('order_id', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('location_id', sa.Uuid(), nullable=True),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('refunded_minor', sa.BigInteger(), nullable=False),
    sa.Column('items', JSONB(), nullable=False),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('settled_revision', sa.Integer(), nullable=True),
    sa.Column('waiting', sa.Boolean(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('is_dead', sa.Boolean(), nullable=False),
    sa.Column('is_historical', sa.Boolean(), nullable=False),
    sa.Column('referral_code', sa.Text(), nullable=True),
    sa.Column('sent', JSONB(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.Text(), nullable=False),
    sa.Column('staff_id', sa.Uuid(), nullable=True),
    sa.Column('processed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind IN ('sale', 'punch')", name=op.f('ck_purchase_kind')),
    sa.CheckConstraint("status IN ('pending', 'completed', 'cancelled')", name=op.f('ck_purchase_status')),
    sa.CheckConstraint('amount_minor BETWEEN 0 AND 9999999999', name=op.f('ck_purchase_amount')),
    sa.CheckConstraint('count BETWEEN 1 AND 5', name=op.f('ck_purchase_count')),
    sa.CheckConstraint('refunded_minor BETWEEN 0 AND amount_minor', name=op.f('ck_purchase_refunded')),
    sa.ForeignKeyConstraint(['business_id', 'location_id'], ['location.business_id', 'location.id'], name=op.f('fk_purchase_business_id_location_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['business_id', 'member_id'], ['member.business_id', 'member.id'], name=op.f('fk_purchase_business_id_member_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('business_id', 'id', name=op.f('pk_purchase')),
    sa.UniqueConstraint('business_id', 'source', 'order_id', name=op.f('uq_purchase_business_id_source_order_id'))
    )
    op.create_index('ix_purchase_dead', 'purchase', ['business_id', 'id'], unique=False, postgresql_where=sa.text('is_dead'))
    op.create_index('ix_purchase_member', 'purchase', ['business_id', 'member_id', 'occurred_at', 'order_id'], unique=False)
    op.create_index('ix_purchase_newest', 'purchase', ['business_id', 'occurred_at', 'id'], unique=False)
    op.create_index('ix_purchase_waiting', 'purchase', ['business_id', 'id'], unique=False, postgresql_where=sa.text('waiting'))
    op.create_index('ix_purchase_waiting_member', 'purchase', ['business_id', 'member_id'], unique=False, postgresql_where=sa.text('waiting'))
    op.create_table('correction',
    sa.Column('business_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('purchase_id', sa.Uuid(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('items', JSONB(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('from_member_id', sa.Uuid(), nullable=True),
    sa.Column('to_member_id', sa.Uuid(), nullable=True),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('requested_by', sa.Text(), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind IN ('refund', 'cancel', 'move')", name=op.f('ck_correction_kind')),
    sa.CheckConstraint('revision > 0', name=op.f('ck_correction_revision')),
    sa.ForeignKeyConstraint(['business_id', 'from_member_id'], ['member.business_id', 'member.id'], name=op.f('fk_correction_business_id_from_member_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['business_id', 'purchase_id'], ['purchase.business_id', 'purchase.id'], name=op.f('fk_correction_business_id_purchase_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['business_id', 'to_member_id'], ['member.business_id', 'member.id'], name=op.f('fk_correction_business_id_to_member_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('business_id', 'id', name=op.f('pk_correction')),
    sa.UniqueConstraint('business_id', 'purchase_id', 'revision', name=op.f('uq_correction_business_id_purchase_id_revision'))
    )
    op.create_index('ix_correction_from_member', 'correction', ['business_id', 'from_member_id'], unique=False)
    op.create_index('ix_correction_to_member', 'correction', ['business_id', 'to_member_id'], unique=False)
    op.create_table('outcome',
    sa.Column('business_id', sa.Uuid(), nullable=False),
    sa.Column('purchase_id', sa.Uuid(), nullable=False),
    sa.Column('program_id', sa.Uuid(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('enrollment_id', sa.Uuid(), nullable=True),
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.Text(), nullable=True),
    sa.Column('adds', sa.BigInteger(), nullable=False),
    sa.Column('points', sa.BigInteger(), nullable=False),
    sa.Column('computed', sa.BigInteger(), nullable=False),
    sa.Column('punches', sa.Integer(), nullable=False),
    sa.Column('stamps', sa.Integer(), nullable=False),
    sa.Column('visits', sa.Integer(), nullable=False),
    sa.Column('cashback_minor', sa.BigInteger(), nullable=False),
    sa.Column('vouchers', sa.Integer(), nullable=False),
    sa.Column('tier', sa.Text(), nullable=True),
    sa.Column('multipliers', JSONB(), nullable=False),
    sa.Column('trace', JSONB(), nullable=False),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('order_id', sa.Text(), nullable=False),
    sa.Column('local_day', sa.Date(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['business_id', 'enrollment_id', 'member_id', 'program_id'], ['enrollment.business_id', 'enrollment.id', 'enrollment.member_id', 'enrollment.program_id'], name=op.f('fk_outcome_business_id_enrollment_id_member_id_program_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['business_id', 'purchase_id'], ['purchase.business_id', 'purchase.id'], name=op.f('fk_outcome_business_id_purchase_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['business_id', 'version_id'], ['program_version.business_id', 'program_version.id'], name=op.f('fk_outcome_business_id_version_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('business_id', 'purchase_id', 'program_id', 'revision', name=op.f('pk_outcome'))
    )
    op.create_index('ix_outcome_enrollment', 'outcome', ['business_id', 'enrollment_id', 'occurred_at', 'order_id'], unique=False)
    op.create_table('outbox',
    sa.Column('business_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('event_type', sa.Text(), nullable=False),
    sa.Column('aggregate', sa.Text(), nullable=False),
    sa.Column('aggregate_id', sa.Uuid(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('payload', JSONB(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('is_wanted', sa.Boolean(), nullable=False),
    sa.Column('relayed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['business_id'], ['business.id'], name=op.f('fk_outbox_business_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('business_id', 'id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('business_id', 'aggregate_id', 'sequence', name=op.f('uq_outbox_business_id_aggregate_id_sequence'))
    )
    op.create_index('ix_outbox_newest', 'outbox', ['business_id', 'recorded_at', 'id'], unique=False)
    op.create_index('ix_outbox_unrelayed', 'outbox', ['business_id', 'id'], unique=False, postgresql_where=sa.text('is_wanted AND relayed_at IS NULL'))
    op.create_table('message',
    sa.Column('business_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('source_key', sa.Text(), nullable=False),
    sa.Column('context', JSONB(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('waiting', 'sending', 'sent', 'skipped', 'dead')", name=op.f('ck_message_state')),
    sa.ForeignKeyConstraint(['business_id', 'member_id'], ['member.business_id', 'member.id'], name=op.f('fk_message_business_id_member_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('business_id', 'id', name=op.f('pk_message')),
    sa.UniqueConstraint('business_id', 'member_id', 'kind', 'source_key', name=op.f('uq_message_business_id_member_id_kind_source_key'))
    )
    op.create_index('ix_message_member', 'message', ['business_id', 'member_id', 'created_at'], unique=False)
    op.create_index('ix_message_open', 'message', ['business_id', 'id'], unique=False, postgresql_where=sa.text("state IN ('waiting', 'sending')"))
    op.create_table('dead_letter',
    sa.Column('business_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['business_id'], ['business.id'], name=op.f('fk_dead_letter_business_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('business_id', 'id', name=op.f('pk_dead_letter')),
    sa.UniqueConstraint('business_id', 'kind', 'subject_id', name=op.f('uq_dead_letter_business_id_kind_subject_id'))
    )
    op.create_index('ix_dead_letter_open', 'dead_letter', ['business_id', 'created_at'], unique=False, postgresql_where=sa.text('resolved_at IS NULL'))
    enable_row_level_security(*TABLES)
    make_append_only('outcome')


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
