"""Tells members what is left in a program that has ended: when it ends, and before it runs out (PRODUCT 7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from app.core import clock
from app.core.unit_of_work import session
from app.models.program import Program, ProgramVersion
from app.queries.leftovers import members_to_tell
from app.services.messages import NewMessage, Recipient, write_messages
from app.services.program_facts import WARNED_BEFORE, last_redeem_day

BATCH = 1_000
ENDED, RUNNING_OUT = "program_ended", "program_running_out"


def tell_participants() -> int:
    """Leave up to 1,000 mails of the business in scope; returns how many, 0 when everybody has been told.

    One mail a member, kind and program (and last day), whoever runs this how often.
    """
    now = clock.now()
    for program, zone in session().execute(_ended_programs(now)):
        context = {"programId": str(program.id), "lastDay": last_redeem_day(program, zone)}
        for kind, source_key in _kinds(program, context, now):
            told = _tell(program, kind, source_key, context, now)
            if told:
                return told
    return 0


def _tell(program: Program, kind: str, source_key: str, context: dict[str, Any], now: datetime) -> int:
    besides = ENDED if kind == RUNNING_OUT else None
    member_ids = members_to_tell(program.id, kind, source_key, limit=BATCH, besides=besides, since=now - WARNED_BEFORE)
    write_messages(NewMessage(kind, Recipient(member_id=each), source_key, context) for each in member_ids)
    return len(member_ids)


def _kinds(program: Program, context: dict[str, Any], now: datetime) -> list[tuple[str, str]]:
    """Which mails are due for a program, with their source keys."""
    assert program.redeem_until is not None
    kinds = [(ENDED, str(program.id))]
    if program.redeem_until - WARNED_BEFORE <= now:
        kinds.append((RUNNING_OUT, f"{program.id} {context['lastDay']}"))
    return kinds


def _ended_programs(now: datetime) -> Any:
    """Programs that have ended, deleted ones too, in which something may still be redeemed; with their timezones."""
    newest = (ProgramVersion.program_id == Program.id) & (ProgramVersion.number == Program.newest_version)
    return (
        select(Program, ProgramVersion.snapshot["timezone"].astext)
        .join(ProgramVersion, newest)
        .where(Program.redeem_until > now, or_(Program.state == "ended", Program.ends_at <= now))
        .order_by(Program.id)
    )
