"""Keeps what lists of programs are sorted and searched by: a row of figures from the start, and the words of names."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from app.core.bulk import insert_rows
from app.core.unit_of_work import session
from app.domain.program_words import words_of
from app.models.program import Program
from app.models.program_listing import ProgramWord
from app.models.program_stats import ProgramStats

_ZEROS = dict.fromkeys(
    ("enrollments", "active_participants", "redemptions", "vouchers_issued", "issued", "outstanding", "expired"), 0
)


def list_program(program: Program, now: datetime) -> None:
    """Let lists find a program that was just made; two statements."""
    insert_rows(ProgramStats, [{"program_id": program.id, "as_of": now, **_ZEROS}])
    _write_words(program)


def relist_program(program: Program) -> None:
    """Replace the words of a program whose row is locked."""
    session().execute(delete(ProgramWord).where(ProgramWord.program_id == program.id))
    _write_words(program)


def _write_words(program: Program) -> None:
    words = sorted(words_of(program.name, program.description))
    insert_rows(ProgramWord, [{"word": word, "program_id": program.id} for word in words])
