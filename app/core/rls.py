"""What migrations say to PostgreSQL beyond tables: row-level security and append-only tables (RELIABILITY 11.1)."""

from __future__ import annotations

from alembic import op

_OWN_ROWS = "business_id = nullif(current_setting('app.business_id', true), '')::uuid"

_REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""

# Whoever was granted rights on the table by name keeps SELECT and INSERT alone, whatever the roles are called.
_REVOKE_CHANGE = """
DO $$
DECLARE grantee_name text;
BEGIN
  FOR grantee_name IN
    SELECT DISTINCT grantee FROM information_schema.role_table_grants
     WHERE table_schema = current_schema() AND table_name = '{table}' AND grantee <> current_user
  LOOP
    EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM %I', grantee_name);
  END LOOP;
END $$
"""


def enable_row_level_security(*tables: str) -> None:
    """Show and accept only rows of the business in `app.business_id`, from the table's owner too (FORCE)."""
    for table in tables:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_business ON {table} USING ({_OWN_ROWS}) WITH CHECK ({_OWN_ROWS})")


def make_append_only(*tables: str) -> None:
    """Refuse UPDATE, DELETE and TRUNCATE twice: by missing rights, and by a trigger for whoever has them."""
    for table in tables:
        op.execute(_REVOKE_CHANGE.format(table=table))
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def create_refuse_change() -> None:
    """Create the function behind `make_append_only`; the first migration does."""
    op.execute(_REFUSE_CHANGE)


def drop_refuse_change() -> None:
    """Drop it again, once no table is append-only any more."""
    op.execute("DROP FUNCTION refuse_change()")
