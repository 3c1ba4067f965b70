"""Tags, own fields, notes, merges, long work and imports of members; and an index for each filter of their list."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app.core.rls import enable_row_level_security

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = (
    "tag",
    "member_tag",
    "member_field",
    "member_merge",
    "merge_move",
    "operation",
    "operation_file",
    "member_import",
    "member_import_row",
)
KINDS = ("earn", "bonus", "adjust", "restore", "reversal", "redeem", "expire")


def upgrade() -> None:
    _columns()
    _tags()
    _merges()
    _operations()
    _imports()
    enable_row_level_security(*TABLES)
    _entry_kinds((*KINDS, "transfer"))


def downgrade() -> None:
    _entry_kinds(KINDS)
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_index("ix_voucher_open", "voucher")
    op.drop_index("ix_enrollment_holder", "enrollment")
    op.drop_index("ix_member_birth_month", "member")
    op.drop_index("ix_member_merged_into", "member")
    op.drop_index("ix_member_status", "member")
    for column in ("birth_month", "merged_into", "note"):
        op.drop_column("member", column)


def _entry_kinds(kinds: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_ledger_entry_kind"), "ledger_entry")
    op.create_check_constraint(op.f("ck_ledger_entry_kind"), "ledger_entry", f"kind IN {kinds!r}")


def _columns() -> None:
    op.add_column("member", sa.Column("note", sa.Text(), server_default="", nullable=False))
    op.add_column("member", sa.Column("merged_into", sa.Uuid(), nullable=True))
    month = sa.Computed("(EXTRACT(month FROM birthday))::smallint", persisted=True)
    op.add_column("member", sa.Column("birth_month", sa.SmallInteger(), month, nullable=True))
    op.create_index("ix_member_status", "member", ["business_id", "status", "joined_at", "id"])
    op.create_index(
        "ix_member_merged_into",
        "member",
        ["business_id", "merged_into"],
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_index(
        "ix_member_birth_month",
        "member",
        ["business_id", "birth_month", "joined_at", "id"],
        postgresql_where=sa.text("birth_month IS NOT NULL"),
    )
    op.create_index(
        "ix_enrollment_holder",
        "enrollment",
        ["business_id", "tier", "member_id"],
        postgresql_where=sa.text("tier IS NOT NULL"),
    )
    op.create_index(
        "ix_voucher_open", "voucher", ["business_id", "member_id"], postgresql_where=sa.text("status = 'available'")
    )


def _tags() -> None:
    op.create_table(
        "tag",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name=op.f("fk_tag_business_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("business_id", "id", name=op.f("pk_tag")),
        sa.UniqueConstraint("business_id", "folded", name=op.f("uq_tag_business_id_folded")),
    )
    op.create_table(
        "member_tag",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        _belongs("member_tag", "member_id", "member"),
        _belongs("member_tag", "tag_id", "tag"),
        sa.PrimaryKeyConstraint("business_id", "member_id", "tag_id", name=op.f("pk_member_tag")),
    )
    op.create_index("ix_member_tag_tag", "member_tag", ["business_id", "tag_id", "member_id"], unique=False)
    op.create_table(
        "member_field",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("choices", JSONB(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('text', 'number', 'date', 'choice')", name=op.f("ck_member_field_kind")),
        sa.ForeignKeyConstraint(
            ["business_id"], ["business.id"], name=op.f("fk_member_field_business_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("business_id", "id", name=op.f("pk_member_field")),
        sa.UniqueConstraint("business_id", "key", name=op.f("uq_member_field_business_id_key")),
    )


def _merges() -> None:
    op.create_table(
        "member_merge",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_member_id", sa.Uuid(), nullable=False),
        sa.Column("into_member_id", sa.Uuid(), nullable=False),
        sa.Column("before", JSONB(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_by", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=False),
        _belongs("member_merge", "from_member_id", "member"),
        _belongs("member_merge", "into_member_id", "member"),
        sa.PrimaryKeyConstraint("business_id", "id", name=op.f("pk_member_merge")),
    )
    op.create_index("ix_member_merge_from", "member_merge", ["business_id", "from_member_id"], unique=False)
    op.create_index(
        "ix_member_merge_into", "member_merge", ["business_id", "into_member_id", "merged_at"], unique=False
    )
    op.create_table(
        "merge_move",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("merge_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        _belongs("merge_move", "merge_id", "member_merge"),
        sa.PrimaryKeyConstraint(
            "business_id", "merge_id", "kind", "row_id", "program_id", "number", name=op.f("pk_merge_move")
        ),
    )


def _operations() -> None:
    op.create_table(
        "operation",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("params", JSONB(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("figures", JSONB(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("file_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_operation_state")
        ),
        sa.CheckConstraint("done BETWEEN 0 AND total", name=op.f("ck_operation_done")),
        sa.ForeignKeyConstraint(
            ["business_id"], ["business.id"], name=op.f("fk_operation_business_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("business_id", "id", name=op.f("pk_operation")),
    )
    op.create_index("ix_operation_newest", "operation", ["business_id", "created_at", "id"], unique=False)
    op.create_index(
        "ix_operation_open",
        "operation",
        ["business_id", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.create_table(
        "operation_file",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        _belongs("operation_file", "operation_id", "operation"),
        sa.PrimaryKeyConstraint("business_id", "operation_id", "number", name=op.f("pk_operation_file")),
    )


def _imports() -> None:
    op.create_table(
        "member_import",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("header", JSONB(), nullable=False),
        sa.Column("columns", JSONB(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("totals", JSONB(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=True),
        sa.Column("undo_operation_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("mode IN ('add', 'set')", name=op.f("ck_member_import_mode")),
        sa.CheckConstraint(
            "state IN ('draft', 'running', 'done', 'undoing', 'undone')", name=op.f("ck_member_import_state")
        ),
        _belongs("member_import", "operation_id", "operation"),
        _belongs("member_import", "program_id", "program"),
        _belongs("member_import", "undo_operation_id", "operation"),
        sa.ForeignKeyConstraint(
            ["business_id"], ["business.id"], name=op.f("fk_member_import_business_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("business_id", "id", name=op.f("pk_member_import")),
    )
    op.create_index("ix_member_import_newest", "member_import", ["business_id", "created_at", "id"], unique=False)
    op.create_table(
        "member_import_row",
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("cells", JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("before", JSONB(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'created', 'updated', 'same', 'failed', 'undone', 'kept')",
            name=op.f("ck_member_import_row_state"),
        ),
        _belongs("member_import_row", "import_id", "member_import"),
        _belongs("member_import_row", "member_id", "member"),
        sa.PrimaryKeyConstraint("business_id", "import_id", "number", name=op.f("pk_member_import_row")),
    )
    op.create_index("ix_member_import_row_member", "member_import_row", ["business_id", "member_id"])
    op.create_index(
        "ix_member_import_row_state", "member_import_row", ["business_id", "import_id", "state", "number"], unique=False
    )


def _belongs(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["business_id", column],
        [f"{target}.business_id", f"{target}.id"],
        name=op.f(f"fk_{table}_business_id_{column}"),
        ondelete="RESTRICT",
    )
