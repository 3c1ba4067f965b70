"""The ledger with its lots and allocations, vouchers and the history of tiers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app.core.rls import enable_row_level_security, make_append_only

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ('ledger_entry', 'entry_note', 'lot', 'allocation', 'voucher', 'tier_history')


def upgrade() -> None:
    op.create_table('ledger_entry',
    sa.Column('business_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('enrollment_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('program_id', sa.Uuid(), nullable=False),
    sa.Column('version_id', sa.Uuid(), nullable=True),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('balance_after', sa.BigInteger(), nullable=False),
    sa.Column('purchase_id', sa.Uuid(), nullable=True),
    sa.Column('source_key', sa.Text(), nullable=False),
    sa.Column('reverses_entry_id', sa.Uuid(), nullable=True),
    sa.Column('staff_id', sa.Uuid(), nullable=True),
    sa.Column('location_id', sa.Uuid(), nullable=True),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('trace', JSONB(), nullable=False),
    sa.Column('note_digest', sa.LargeBinary(), nullable=True),
    sa.Column('previous_hash', sa.LargeBinary(), nullable=True),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint("(kind IN ('earn', 'bonus', 'restore')) <= (amount > 0)", name=op.f('ck_ledger_entry_credits')),
    sa.CheckConstraint("(kind IN ('reversal', 'redeem', 'expire')) <= (amount < 0)", name=op.f('ck_ledger_entry_debits')),
    sa.CheckConstraint("kind IN ('earn', 'bonus', 'adjust', 'restore', 'reversal', 'redeem', 'expire')", name=op.f('ck_ledger_entry_kind')),
    sa.CheckConstraint("unit IN ('points', 'money')", name=op.f('ck_ledger_entry_unit')),
    sa.CheckConstraint('amount <> 0', name=op.f('ck_ledger_entry_amount')),
    sa.ForeignKeyConstraint(['business_id', 'enrollment_id', 'member_id', 'program_id'], ['enrollment.business_id', 'enrollment.id', 'enrollment.member_id', 'enrollment.program_id'], name=op.f('fk_ledger_entry_business_id_enrollment_id_member_id_program_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['business_id', 'purchase_id'], ['purchase.business_id', 'purchase.id'], name=op.f('fk_ledger_entry_business_id_purchase_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['business_id', 'reverses_entry_id'], ['ledger_entry.business_id', 'ledger_entry.id'], name=op.f('fk_ledger_entry_business_id_reverses_entry_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['business_id', 'version_id'], ['program_version.business_id', 'program_version.id'], name=op.f('fk_ledger_entry_business_id_version_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('business_id', 'id', name=op.f('pk_ledger_entry')),
    sa.UniqueConstraint('business_id', 'enrollment_id', 'number', name=op.f('uq_ledger_entry_business_id_enrollment_id_number')),
    sa.UniqueConstraint('business_id', 'enrollment_id', 'source_key', name=op.f('uq_ledger_entry_business_id_enrollment_id_source_key'))
    )
    op.create_index('ix_ledger_entry_member', 'ledger_entry', ['business_id', 'member_id', 'recorded_at', 'id'], unique=False)
    op.create_index('ix_ledger_entry_program', 'ledger_entry', ['business_id', 'program_id', 'recorded_at'], unique=False)
    op.create_index('ix_ledger_entry_purchase', 'ledger_entry', ['business_id', 'purchase_id'], unique=False)
    op.create_index('ix_ledger_entry_reverses', 'ledger_entry', ['business_id', 'reverses_entry_id'], unique=False, postgresql_where=sa.text('reverses_entry_id IS NOT NULL'))
    op.create_table('entry_note',
    sa.Column('business_id', sa.Uuid(), nullable=False),
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['business_id', 'entry_id'], ['ledger_entry.business_id', 'ledger_entry.id'], name=op.f('fk_entry_note_business_id_entry_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('business_id', 'entry_id', name=op.f('pk_entry_note'))
    )
    op.create_table('lot',
    sa.Column('business_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('enrollment_id', sa.Uuid(), nullable=False),
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('remaining', sa.BigInteger(), nullable=False),
    sa.Column('available_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('is_matured', sa.Boolean(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('earned_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount > 0 AND remaining BETWEEN 0 AND amount', name=op.f('ck_lot_remaining')),
    sa.ForeignKeyConstraint(['business_id', 'enrollment_id'], ['enrollment.business_id', 'enrollment.id'], name=op.f('fk_lot_business_id_enrollment_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['business_id', 'entry_id'], ['ledger_entry.business_id', 'ledger_entry.id'], name=op.f('fk_lot_business_id_entry_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('business_id', 'id', name=op.f('pk_lot')),
    sa.UniqueConstraint('business_id', 'entry_id', name=op.f('uq_lot_business_id_entry_id'))
    )
    op.create_index('ix_lot_expiring', 'lot', ['business_id', 'expires_at'], unique=False, postgresql_where=sa.text('remaining > 0 AND expires_at IS NOT NULL'))
    op.create_index('ix_lot_maturing', 'lot', ['business_id', 'available_at'], unique=False, postgresql_where=sa.text('remaining > 0 AND NOT is_matured AND available_at IS NOT NULL'))
    op.create_index('ix_lot_open', 'lot', ['business_id', 'enrollment_id'], unique=False, postgresql_where=sa.text('remaining > 0'))
    op.create_table('allocation',
    sa.Column('business_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    sa.Column('lot_id', sa.Uuid(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_allocation_amount')),
    sa.ForeignKeyConstraint(['business_id', 'entry_id'], ['ledger_entry.business_id', 'ledger_entry.id'], name=op.f('fk_allocation_business_id_entry_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['business_id', 'lot_id'], ['lot.business_id', 'lot.id'], name=op.f('fk_allocation_business_id_lot_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('business_id', 'id', name=op.f('pk_allocation')),
    sa.UniqueConstraint('business_id', 'entry_id', 'lot_id', name=op.f('uq_allocation_business_id_entry_id_lot_id'))
    )
    op.create_index('ix_allocation_lot', 'allocation', ['business_id', 'lot_id'], unique=False)
    op.create_table('voucher',
    sa.Column('business_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('program_id', sa.Uuid(), nullable=False),
    sa.Column('enrollment_id', sa.Uuid(), nullable=False),
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('purchase_id', sa.Uuid(), nullable=True),
    sa.Column('reward_type', sa.Text(), nullable=False),
    sa.Column('reward_value', JSONB(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('redeemed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('location_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint("status IN ('available', 'redeemed', 'expired', 'revoked')", name=op.f('ck_voucher_status')),
    sa.ForeignKeyConstraint(['business_id', 'enrollment_id'], ['enrollment.business_id', 'enrollment.id'], name=op.f('fk_voucher_business_id_enrollment_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['business_id', 'location_id'], ['location.business_id', 'location.id'], name=op.f('fk_voucher_business_id_location_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['business_id', 'member_id'], ['member.business_id', 'member.id'], name=op.f('fk_voucher_business_id_member_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['business_id', 'program_id'], ['program.business_id', 'program.id'], name=op.f('fk_voucher_business_id_program_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['business_id', 'purchase_id'], ['purchase.business_id', 'purchase.id'], name=op.f('fk_voucher_business_id_purchase_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['business_id', 'version_id'], ['program_version.business_id', 'program_version.id'], name=op.f('fk_voucher_business_id_version_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('business_id', 'id', name=op.f('pk_voucher')),
    sa.UniqueConstraint('business_id', 'code', name=op.f('uq_voucher_business_id_code'))
    )
    op.create_index('ix_voucher_enrollment', 'voucher', ['business_id', 'enrollment_id', 'issued_at'], unique=False)
    op.create_index('ix_voucher_expiring', 'voucher', ['business_id', 'expires_at'], unique=False, postgresql_where=sa.text("status = 'available' AND expires_at IS NOT NULL"))
    op.create_index('ix_voucher_member', 'voucher', ['business_id', 'member_id', 'issued_at'], unique=False)
    op.create_table('tier_history',
    sa.Column('business_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('enrollment_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('program_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('from_tier', sa.Text(), nullable=True),
    sa.Column('to_tier', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('effective_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('order_id', sa.Text(), nullable=False),
    sa.Column('purchase_id', sa.Uuid(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("reason IN ('automatic', 'manual_promotion', 'special_event', 'period_end', 'inactivity')", name=op.f('ck_tier_history_reason')),
    sa.ForeignKeyConstraint(['business_id', 'enrollment_id', 'member_id', 'program_id'], ['enrollment.business_id', 'enrollment.id', 'enrollment.member_id', 'enrollment.program_id'], name=op.f('fk_tier_history_business_id_enrollment_id_member_id_program_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['business_id', 'purchase_id'], ['purchase.business_id', 'purchase.id'], name=op.f('fk_tier_history_business_id_purchase_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('business_id', 'id', name=op.f('pk_tier_history')),
    sa.UniqueConstraint('business_id', 'enrollment_id', 'number', name=op.f('uq_tier_history_business_id_enrollment_id_number'))
    )
    op.create_index('ix_tier_history_enrollment', 'tier_history', ['business_id', 'enrollment_id', 'effective_at'], unique=False)
    enable_row_level_security(*TABLES)
    make_append_only('ledger_entry')


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
