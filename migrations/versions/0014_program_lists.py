"""Lists of programs at any size: kept totals, words, an index for each order, and runs over many programs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app.core.rls import enable_row_level_security

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLES = ("program_total", "program_total_delta", "program_word", "bulk_run")
NOT_DELETED = "deleted_at IS NULL"
SORTED = ("enrollments", "active_participants", "redemptions")
READ = ("program", "program_stats")
INDEXES = (
    "name",
    "type",
    "type_name",
    "updated",
    "starts",
    "ends",
    "starts_last",
    "ends_last",
    "deleted",
    "to_begin",
    "to_end",
)

COUNT_PROGRAM = """
CREATE FUNCTION count_program() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.deleted_at IS NULL AND OLD.announced_status IS NOT NULL THEN
    INSERT INTO program_total_delta (business_id, rule_type, status, change)
    VALUES (OLD.business_id, OLD.rule_type, OLD.announced_status, -1);
  END IF;
  IF NEW.deleted_at IS NULL AND NEW.announced_status IS NOT NULL THEN
    INSERT INTO program_total_delta (business_id, rule_type, status, change)
    VALUES (NEW.business_id, NEW.rule_type, NEW.announced_status, 1);
  END IF;
  RETURN NULL;
END $$
"""
ON_INSERT = "CREATE TRIGGER count_new AFTER INSERT ON program FOR EACH ROW EXECUTE FUNCTION count_program()"
ON_UPDATE = """
CREATE TRIGGER count_changed AFTER UPDATE ON program FOR EACH ROW
WHEN ((OLD.rule_type, OLD.announced_status, OLD.deleted_at IS NULL)
      IS DISTINCT FROM (NEW.rule_type, NEW.announced_status, NEW.deleted_at IS NULL))
EXECUTE FUNCTION count_program()
"""
ANNOUNCE = """
UPDATE program SET announced_status = CASE
  WHEN state = 'ended' OR ends_at <= now() THEN 'ENDED'
  WHEN state = 'active' AND starts_at > now() THEN 'SCHEDULED'
  ELSE upper(state) END
WHERE announced_status IS NULL
"""
COUNT_ALL = """
INSERT INTO program_total (business_id, rule_type, status, total)
SELECT business_id, rule_type, announced_status, count(*) FROM program WHERE deleted_at IS NULL GROUP BY 1, 2, 3
"""
ALL_WORDS = """
INSERT INTO program_word (business_id, word, program_id)
SELECT DISTINCT business_id, left(found[1], 64), id
FROM program, regexp_matches(lower(name || ' ' || description), '\\w+', 'g') AS found
"""
ALL_STATS = """
INSERT INTO program_stats (business_id, program_id, enrollments, active_participants, redemptions, vouchers_issued,
                           issued, outstanding, expired, as_of)
SELECT business_id, id, 0, 0, 0, 0, 0, 0, 0, now() FROM program
ON CONFLICT DO NOTHING
"""


def upgrade() -> None:
    _make_tables()
    _make_indexes()
    op.execute(COUNT_PROGRAM)
    _fill()
    enable_row_level_security(*TABLES)
    op.execute(ON_INSERT)
    op.execute(ON_UPDATE)


def downgrade() -> None:
    for trigger in ("count_changed", "count_new"):
        op.execute(f"DROP TRIGGER {trigger} ON program")
    op.execute("DROP FUNCTION count_program()")
    for name in SORTED:
        op.drop_index(f"ix_program_stats_{name}", "program_stats")
    for name in INDEXES:
        op.drop_index(f"ix_program_{name}", "program")
    for table in TABLES:
        op.drop_table(table)


def _make_tables() -> None:
    op.create_table(
        "program_total",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("rule_type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("business_id", "rule_type", "status", name="pk_program_total"),
        _of_a_business("program_total"),
    )
    op.create_table(
        "program_total_delta",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("rule_type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("business_id", "id", name="pk_program_total_delta"),
        _of_a_business("program_total_delta"),
    )
    op.create_table(
        "program_word",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("business_id", "word", "program_id", name="pk_program_word"),
        sa.ForeignKeyConstraint(
            ["business_id", "program_id"],
            ["program.business_id", "program.id"],
            name="fk_program_word_business_id_program_id",
            ondelete="RESTRICT",
        ),
    )
    op.create_index("ix_program_word_program", "program_word", ["business_id", "program_id"])
    op.create_table(
        "bulk_run",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("waiting", JSONB(), nullable=False),
        sa.Column("results", JSONB(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("total BETWEEN 1 AND 500", name=op.f("ck_bulk_run_total")),
        sa.PrimaryKeyConstraint("business_id", "id", name="pk_bulk_run"),
        _of_a_business("bulk_run"),
    )


def _make_indexes() -> None:
    _index("name", [sa.text("lower(name)"), "id"], NOT_DELETED)
    _index("type", ["rule_type", "id"], NOT_DELETED)
    _index("type_name", ["rule_type", sa.text("lower(name)"), "id"], NOT_DELETED)
    for name in ("updated", "starts", "ends"):
        _index(name, [f"{name}_at", "id"], NOT_DELETED)
    for name in ("starts", "ends"):
        _index(f"{name}_last", [sa.text(f"{name}_at DESC NULLS LAST"), sa.text("id DESC")], NOT_DELETED)
    _index("deleted", ["deleted_at", "id"], "deleted_at IS NOT NULL")
    _index("to_begin", ["starts_at"], f"announced_status = 'SCHEDULED' AND {NOT_DELETED}")
    _index("to_end", ["ends_at"], f"announced_status <> 'ENDED' AND {NOT_DELETED}")
    for name in SORTED:
        op.create_index(f"ix_program_stats_{name}", "program_stats", ["business_id", name, "program_id"])


def _index(name: str, columns: list, condition: str) -> None:
    op.create_index(f"ix_program_{name}", "program", ["business_id", *columns], postgresql_where=sa.text(condition))


def _of_a_business(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["business_id"], ["business.id"], name=f"fk_{table}_business_id", ondelete="RESTRICT"
    )


def _fill() -> None:
    """Of every business at once: the owner of the tables sees all rows while row-level security is not forced."""
    for table in READ:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    for statement in (ANNOUNCE, COUNT_ALL, ALL_WORDS, ALL_STATS):
        op.execute(statement)
    for table in READ:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
