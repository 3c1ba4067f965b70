"""The list of programs as a file for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import Response

from app.core import clock
from app.domain.localtime import local_day
from app.domain.registry import RULES
from app.queries.program_filters import ProgramFilter
from app.queries.program_wizard import open_locations
from app.queries.programs import programs_listing
from app.web.business.programs.rows import locations_words
from app.web.support.formatting import zone
from app.web.support.sentences import program_sentence
from app.web.support.spreadsheet import csv_text

MOST = 10_000

_HEAD = (
    "Id",
    "Name",
    "Rule type",
    "Rule",
    "Status",
    "Locations",
    "Starts",
    "Ends",
    "Redeem until",
    "Members",
    "Active in 90 days",
    "Redeemed",
    "Created",
)


def csv_answer(wanted: ProgramFilter) -> Response:
    """Return the programs that a filter finds as CSV, the newest first; times are local to the business."""
    shown, _ = programs_listing(wanted, page_size=MOST)
    locations = dict(open_locations())
    rows: Iterable[tuple[Any, ...]] = (_row(program, locations) for program in shown.rows)
    name = f"programs-{local_day(clock.now(), zone())}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(csv_text([_HEAD, *rows]), mimetype="text/csv", headers=headers)


def _row(program: Mapping[str, Any], locations: Mapping[str, str]) -> tuple[Any, ...]:
    return (
        program["id"],
        program["name"],
        RULES[program["ruleType"]].TITLE,
        program_sentence(program),
        program["status"].capitalize(),
        ", ".join(locations.get(str(each), "closed") for each in program["locationIds"]) or locations_words(program),
        _local(program["startsAt"]),
        _local(program["endsAt"]),
        _local(program["redeemUntil"]),
        program["enrollmentCount"],
        program["activeParticipants"],
        program["totalRedemptions"],
        _local(program["createdAt"]),
    )


def _local(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(zone()):%Y-%m-%d %H:%M}"
