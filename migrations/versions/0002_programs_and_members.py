"""Programs with their versions and live periods, members, enrollments, and the figures kept of programs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app.core.rls import enable_row_level_security, make_append_only

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ('program', 'program_version', 'live_period', 'program_stats', 'program_stats_delta', 'budget_use', 'member', 'member_word', 'enrollment')


def upgrade() -> None:
    op.create_table('program',
    sa.Column('business_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('rule_type', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('redeem_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('first_activated_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('newest_version', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('event_sequence', sa.Integer(), nullable=False),
    sa.Column('announced_status', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("rule_type IN ('POINTS_BASED', 'PUNCH_CARD', 'STAMP_CARD', 'AMOUNT_SPENT', 'VISIT_FREQUENCY', 'TIER_BASED', 'CASH_BACK')", name=op.f('ck_program_rule_type')),
    sa.CheckConstraint("state IN ('draft', 'active', 'paused', 'ended')", name=op.f('ck_program_state')),
    sa.CheckConstraint('starts_at IS NULL OR ends_at IS NULL OR starts_at < ends_at', name=op.f('ck_program_starts_before_end')),
    sa.ForeignKeyConstraint(['business_id'], ['business.id'], name=op.f('fk_program_business_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('business_id', 'id', name=op.f('pk_program'))
    )
    op.create_index('ix_program_live', 'program', ['business_id', 'rule_type', 'id'], unique=False, postgresql_where=sa.text("state = 'active' AND deleted_at IS NULL"))
    op.create_index('ix_program_newest', 'program', ['business_id', 'created_at', 'id'], unique=False, postgresql_where=sa.text('deleted_at IS NULL'))
    op.create_index('ix_program_state', 'program', ['business_id', 'state', 'created_at'], unique=False, postgresql_where=sa.text('deleted_at IS NULL'))
    op.create_table('program_version',
    sa.Column('business_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('program_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('snapshot', JSONB(), nullable=False),
    sa.Column('changes', JSONB(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['business_id', 'program_id'], ['program.business_id', 'program.id'], name=op.f('fk_program_version_business_id_program_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('business_id', 'id', name=op.f('pk_program_version')),
    sa.UniqueConstraint('business_id', 'program_id', 'id', name=op.f('uq_program_version_business_id_program_id_id')),
    sa.UniqueConstraint('business_id', 'program_id', 'number', name=op.f('uq_program_version_business_id_program_id_number'))
    )
    op.create_table('live_period',
    sa.Column('business_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('program_id', sa.Uuid(), nullable=False),
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('live_from', sa.DateTime(timezone=True), nullable=False),
    sa.Column('live_to', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('live_to IS NULL OR live_from <= live_to', name=op.f('ck_live_period_from_before_to')),
    sa.ForeignKeyConstraint(['business_id', 'program_id'], ['program.business_id', 'program.id'], name=op.f('fk_live_period_business_id_program_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['business_id', 'version_id'], ['program_version.business_id', 'program_version.id'], name=op.f('fk_live_period_business_id_version_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('business_id', 'id', name=op.f('pk_live_period'))
    )
    op.create_index('ix_live_period_span', 'live_period', ['business_id', 'live_to', 'live_from'], unique=False)
    op.create_index('uq_live_period_open', 'live_period', ['business_id', 'program_id'], unique=True, postgresql_where=sa.text('live_to IS NULL'))
    op.create_table('program_stats',
    sa.Column('business_id', sa.Uuid(), nullable=False),
    sa.Column('program_id', sa.Uuid(), nullable=False),
    sa.Column('enrollments', sa.Integer(), nullable=False),
    sa.Column('active_participants', sa.Integer(), nullable=False),
    sa.Column('redemptions', sa.Integer(), nullable=False),
    sa.Column('vouchers_issued', sa.Integer(), nullable=False),
    sa.Column('issued', sa.BigInteger(), nullable=False),
    sa.Column('outstanding', sa.BigInteger(), nullable=False),
    sa.Column('expired', sa.BigInteger(), nullable=False),
    sa.Column('as_of', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['business_id', 'program_id'], ['program.business_id', 'program.id'], name=op.f('fk_program_stats_business_id_program_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('business_id', 'program_id', name=op.f('pk_program_stats'))
    )
    op.create_table('program_stats_delta',
    sa.Column('business_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('program_id', sa.Uuid(), nullable=False),
    sa.Column('enrollments', sa.Integer(), nullable=False),
    sa.Column('redemptions', sa.Integer(), nullable=False),
    sa.Column('vouchers_issued', sa.Integer(), nullable=False),
    sa.Column('issued', sa.BigInteger(), nullable=False),
    sa.Column('outstanding', sa.BigInteger(), nullable=False),
    sa.Column('expired', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['business_id', 'program_id'], ['program.business_id', 'program.id'], name=op.f('fk_program_stats_delta_business_id_program_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('business_id', 'id', name=op.f('pk_program_stats_delta'))
    )
    op.create_table('budget_use',
    sa.Column('business_id', sa.Uuid(), nullable=False),
    sa.Column('program_id', sa.Uuid(), nullable=False),
    sa.Column('period', sa.Text(), nullable=False),
    sa.Column('used', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('used >= 0', name=op.f('ck_budget_use_used')),
    sa.ForeignKeyConstraint(['business_id', 'program_id'], ['program.business_id', 'program.id'], name=op.f('fk_budget_use_business_id_program_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('business_id', 'program_id', 'period', name=op.f('pk_budget_use'))
    )
    op.create_table('member',
    sa.Column('business_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=True),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('birthday', sa.Date(), nullable=True),
    sa.Column('external_id', sa.Text(), nullable=True),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('referral_code', sa.Text(), nullable=False),
    sa.Column('referred_by', sa.Uuid(), nullable=True),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('private_multiplier', sa.Numeric(precision=4, scale=3), nullable=True),
    sa.Column('metadata', JSONB(), nullable=False),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_purchase_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('event_sequence', sa.Integer(), nullable=False),
    sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("status IN ('active', 'inactive', 'suspended', 'expired')", name=op.f('ck_member_status')),
    sa.CheckConstraint('email = lower(email)', name=op.f('ck_member_email_is_lower_case')),
    sa.CheckConstraint('private_multiplier BETWEEN 1 AND 3', name=op.f('ck_member_private_multiplier')),
    sa.ForeignKeyConstraint(['business_id'], ['business.id'], name=op.f('fk_member_business_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('business_id', 'id', name=op.f('pk_member')),
    sa.UniqueConstraint('business_id', 'code', name=op.f('uq_member_business_id_code')),
    sa.UniqueConstraint('business_id', 'email', name=op.f('uq_member_business_id_email')),
    sa.UniqueConstraint('business_id', 'external_id', name=op.f('uq_member_business_id_external_id')),
    sa.UniqueConstraint('business_id', 'phone', name=op.f('uq_member_business_id_phone')),
    sa.UniqueConstraint('business_id', 'referral_code', name=op.f('uq_member_business_id_referral_code'))
    )
    op.create_index('ix_member_last_purchase', 'member', ['business_id', 'last_purchase_at'], unique=False)
    op.create_index('ix_member_newest', 'member', ['business_id', 'joined_at', 'id'], unique=False, postgresql_where=sa.text('erased_at IS NULL'))
    op.create_table('member_word',
    sa.Column('business_id', sa.Uuid(), nullable=False),
    sa.Column('word', sa.Text(collation='C'), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['business_id', 'member_id'], ['member.business_id', 'member.id'], name=op.f('fk_member_word_business_id_member_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('business_id', 'word', 'member_id', name=op.f('pk_member_word'))
    )
    op.create_index('ix_member_word_member', 'member_word', ['business_id', 'member_id'], unique=False)
    op.create_table('enrollment',
    sa.Column('business_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('program_id', sa.Uuid(), nullable=False),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('unit', sa.Text(), nullable=True),
    sa.Column('balance', sa.BigInteger(), nullable=False),
    sa.Column('pending', sa.BigInteger(), nullable=False),
    sa.Column('owed', sa.BigInteger(), nullable=False),
    sa.Column('lifetime', sa.BigInteger(), nullable=False),
    sa.Column('spent', sa.BigInteger(), nullable=False),
    sa.Column('expired', sa.BigInteger(), nullable=False),
    sa.Column('state', JSONB(), nullable=True),
    sa.Column('issued', sa.Integer(), nullable=False),
    sa.Column('forfeited', sa.Integer(), nullable=False),
    sa.Column('tier', sa.Text(), nullable=True),
    sa.Column('tier_evaluated_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('counted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('counted_order_id', sa.Text(), nullable=True),
    sa.Column('entry_count', sa.Integer(), nullable=False),
    sa.Column('last_hash', sa.LargeBinary(), nullable=True),
    sa.Column('last_active_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("unit IN ('points', 'money')", name=op.f('ck_enrollment_unit')),
    sa.CheckConstraint('balance >= 0 AND pending >= 0 AND owed >= 0', name=op.f('ck_enrollment_never_negative')),
    sa.CheckConstraint('issued >= 0 AND forfeited >= 0', name=op.f('ck_enrollment_counts')),
    sa.CheckConstraint('owed = 0 OR balance + pending = 0', name=op.f('ck_enrollment_owed_only_when_empty')),
    sa.ForeignKeyConstraint(['business_id', 'member_id'], ['member.business_id', 'member.id'], name=op.f('fk_enrollment_business_id_member_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['business_id', 'program_id'], ['program.business_id', 'program.id'], name=op.f('fk_enrollment_business_id_program_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('business_id', 'id', name=op.f('pk_enrollment')),
    sa.UniqueConstraint('business_id', 'id', 'member_id', 'program_id', name=op.f('uq_enrollment_business_id_id_member_id_program_id')),
    sa.UniqueConstraint('business_id', 'member_id', 'program_id', name=op.f('uq_enrollment_business_id_member_id_program_id'))
    )
    op.create_index('ix_enrollment_program', 'enrollment', ['business_id', 'program_id', 'last_active_at'], unique=False)
    op.create_index('ix_enrollment_joined', 'enrollment', ['business_id', 'program_id', 'joined_at', 'id'], unique=False)
    op.create_index('ix_enrollment_tier', 'enrollment', ['business_id', 'program_id', 'tier'], unique=False, postgresql_where=sa.text('tier IS NOT NULL'))
    enable_row_level_security(*TABLES)
    make_append_only('program_version')


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
