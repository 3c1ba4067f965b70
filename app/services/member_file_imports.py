"""Imports a file of members in one go, as software asks for it: read by its header, checked and done, one operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import ValidationErrors
from app.domain.member_file import FIELDS, OWN
from app.models.member_import import MemberImport
from app.queries.member_imports import points_programs
from app.services import audit, operations
from app.services.member_imports import keep_file, set_columns
from app.services.member_tags import own_fields

_NAMES = {"columns": "map", "program": "programId"}


@dataclass(frozen=True, slots=True)
class FileWishes:
    """How a file is read: ``columns`` is field → title of its column ("" leaves it out), beside what the header says.

    ``mode`` says whether points are added or set, ``program_id`` whose they are; ``is_dry`` asks for the check alone.
    """

    file_name: str = "members.csv"
    columns: Mapping[str, str] = field(default_factory=dict)
    mode: str = "add"
    program_id: UUID | None = None
    is_dry: bool = False


def import_file(content: bytes, wishes: FileWishes, *, actor: Actor) -> UUID:
    """Check a file of members and do what can be done; returns the operation's id, whose subject is the import.

    The rows that could not be done are the operation's file. Raises ValidationErrors (file, map, mode, programId).
    """
    import_id = keep_file(wishes.file_name, content, actor=actor)
    imported = session().scalars(select(MemberImport).where(MemberImport.id == import_id)).one()
    columns = _columns(imported, wishes.columns)
    program_id = wishes.program_id or (_only_program() if "points" in columns else None)
    try:
        set_columns(import_id, columns, mode=wishes.mode, program_id=program_id)
    except ValidationErrors as error:
        named = {_NAMES.get(name, name): messages for name, messages in error.errors.items()}
        raise ValidationErrors(named) from error
    return _started(imported, wishes.is_dry, actor)


def _columns(imported: MemberImport, named: Mapping[str, str]) -> dict[str, int]:
    """What the header says, with the columns that were named in the place of what was guessed of them."""
    known = [*FIELDS, *(OWN + key for key in own_fields())]
    if unknown := [name for name in named if name not in known]:
        said = [f"There is no field {name}; the fields are {', '.join(known)}" for name in unknown]
        raise ValidationErrors({"map": said})
    missing = [title for title in named.values() if title and title not in imported.header]
    if missing:
        raise ValidationErrors({"map": [f"The file has no column {title}" for title in missing]})
    meant = {name: imported.header.index(title) for name, title in named.items() if title}
    guessed = {
        name: place
        for name, place in imported.columns.items()
        if name not in named and place not in set(meant.values())
    }
    return guessed | meant


def _only_program() -> UUID | None:
    """The program of points where there is but one; among several somebody has to choose."""
    found = points_programs()
    return UUID(found[0][0]) if len(found) == 1 else None


def _started(imported: MemberImport, is_dry: bool, actor: Actor) -> UUID:
    kind = "member_import_check" if is_dry else "member_import"
    params = {"byKind": actor.kind, "isWhole": True}
    operation_id = operations.start_operation(
        kind, total=imported.rows, actor=actor, subject_id=imported.id, params=params
    )
    imported.operation_id = operation_id
    if not is_dry:
        imported.state = "running"
        told = {"file": imported.file_name, "rows": imported.rows, "mode": imported.mode}
        audit.record(actor, "members.imported", ("member_import", imported.id), None, told)
    return operation_id
