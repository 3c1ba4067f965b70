"""Imports of purchases: a file is checked as a whole, and its rows wait in parts for the steps that record them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from app.core import serial
from app.domain.actor import Actor
from app.domain.errors import ValidationErrors
from app.domain.purchase_file import guessed_columns, terms_problems
from app.domain.table_file import Table, UnreadableFile, read_table
from app.queries.businesses import zone
from app.services import audit, operations

AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class PurchaseFileWishes:
    """How a file is read: ``columns`` is field → title of its column ("" leaves it out), beside what the header says.

    (``source``, order id) is recorded once for ever; wall times are in ``timezone``, by default the business's.
    """

    source: str
    columns: Mapping[str, str] = field(default_factory=dict)
    timezone: str | None = None
    is_dry: bool = False


def import_file(content: bytes, wishes: PurchaseFileWishes, *, actor: Actor) -> UUID:
    """Keep a file of purchases and start recording it as history; returns the operation's id. Audited.

    Nobody gets a message. Raises ValidationErrors (file, map).
    """
    try:
        table = read_table(content)
    except UnreadableFile as error:
        raise ValidationErrors({"file": [str(error)]}) from error
    columns = _columns(table, wishes.columns)
    kind = "purchase_import_check" if wishes.is_dry else "purchase_import"
    params = {
        "header": table.header,
        "columns": columns,
        "source": wishes.source,
        "zone": wishes.timezone or str(zone()),
        "hasDecimalComma": table.delimiter == ";",
    }
    operation_id = operations.start_operation(kind, total=len(table.rows), actor=actor, params=params)
    parts = [table.rows[place : place + AT_ONCE] for place in range(0, len(table.rows), AT_ONCE)]
    operations.hand_in(operation_id, [serial.dump_bytes(rows) for rows in parts])
    if not wishes.is_dry:
        told = {"source": wishes.source, "rows": len(table.rows)}
        audit.record(actor, "purchases.imported", ("operation", operation_id), None, told)
    return operation_id


def _columns(table: Table, named: Mapping[str, str]) -> dict[str, str]:
    guessed = {name: title for name, title in guessed_columns(table.header).items() if title not in named.values()}
    columns = {name: title for name, title in (guessed | dict(named)).items() if title}
    problems = terms_problems(columns, table.header)
    problems += [f"The file has two columns {title}" for title in columns.values() if table.header.count(title) > 1]
    if problems:
        raise ValidationErrors({"map": problems})
    return columns
