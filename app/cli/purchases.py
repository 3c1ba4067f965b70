"""`flask purchases …`: brings purchases of another system in."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup

from app.cli.progress import progress
from app.cli.settling import settle_here, wait_for_workers
from app.core import clock
from app.core.unit_of_work import platform_session
from app.domain.actor import Actor
from app.domain.localtime import zone_names
from app.domain.purchase_file import FIELDS, FileTerms, terms_problems
from app.queries.businesses import business, open_business_id
from app.services.imports import ImportTotals, import_purchases
from app.services.purchase_files import FileUnreadable, PurchaseFile, RejectFile

TRY_LATER = 75

purchases = AppGroup("purchases", help="Purchases made elsewhere.")


@purchases.command("import")
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--business", "slug", required=True, help="The business's address, such as kava.")
@click.option("--source", required=True, help="Where the file comes from; (source, order id) is recorded once.")
@click.option("--map", "mapping", multiple=True, required=True, metavar="FIELD=COLUMN", help=f"{', '.join(FIELDS)}")
@click.option("--timezone", help="Of times without an offset; default: the business's.")
@click.option("--shift-days", type=int, default=0, help="Move every sale by whole days, keeping the wall time.")
@click.option("--reject-file", type=click.Path(dir_okay=False, path_type=Path), help="Default: FILE.rejected.csv")
@click.option("--settle", "then", flag_value="settle", help="Settle in this process instead of waiting for workers.")
@click.option("--no-wait", "then", flag_value="leave", help="Only record; the workers settle when they can.")
def import_command(path: Path, slug: str, reject_file: Path | None, then: str | None, **terms: Any) -> None:
    """Record the purchases of a CSV file and let them earn.

    The file has a header and is separated by commas or semicolons, in UTF-8 or UTF-16. Rows without a member are
    counted and left out; rows that cannot be read go to the reject file with the reason. Nobody gets a message. Run
    again, it records nothing twice.

    \b
    flask purchases import sales.csv --business kava --source machine --settle \\
      --map order_id=order_id --map occurred_at=occurred_at_local --map member=card \\
      --map amount=amount --map item=item
    """
    file = _opened(path)
    business_id, file_terms = _terms(slug, file, **terms)
    rejects = RejectFile(reject_file or path.with_name(f"{path.stem}.rejected.csv"), file.header, file.delimiter)
    began = time.monotonic()
    totals = record_file(business_id, file, file_terms, rejects)
    _tell(totals, rejects, time.monotonic() - began)
    left = _settle(business_id, then)
    if left:
        click.echo(f"{left:,} purchases still wait; start a worker, or settle with --settle", err=True)
        raise SystemExit(TRY_LATER)


def record_file(business_id: UUID, file: PurchaseFile, terms: FileTerms, rejects: RejectFile) -> ImportTotals:
    """Record a file with a bar."""
    seen = 0

    def on_batch(totals: ImportTotals) -> None:
        nonlocal seen
        advance(totals.rows - seen)
        seen = totals.rows

    actor = Actor("import", None, f"import {terms.source}")
    try:
        with progress("Recording", file.lines) as advance:
            return import_purchases(business_id, file, terms, rejects, actor=actor, on_batch=on_batch)
    except FileUnreadable as problem:
        raise click.ClickException(str(problem)) from problem
    finally:
        rejects.close()


def _opened(path: Path) -> PurchaseFile:
    try:
        return PurchaseFile(path)
    except FileUnreadable as problem:
        raise click.ClickException(f"{path}: {problem}") from problem


def _terms(
    slug: str, file: PurchaseFile, *, source: str, mapping: tuple[str, ...], timezone: str | None, shift_days: int
) -> tuple[UUID, FileTerms]:
    columns = dict(_pair(each) for each in mapping)
    if problems := terms_problems(columns, file.header):
        raise click.UsageError("; ".join(problems))
    with platform_session():
        business_id = open_business_id(slug)
        if business_id is None:
            raise click.UsageError(f"There is no business {slug}")
        found = business(business_id)
    zone = timezone or found["timezone"]
    if zone not in zone_names():
        raise click.UsageError(f"{zone} is no timezone such as Europe/Kyiv")
    terms = FileTerms(
        columns, source, found["currency"], ZoneInfo(zone), clock.now(), shift_days, file.delimiter == ";"
    )
    return business_id, terms


def _pair(text: str) -> tuple[str, str]:
    name, sign, column = text.partition("=")
    if not sign:
        raise click.UsageError(f"--map {text}: write FIELD=COLUMN")
    return name.strip(), column


def _tell(totals: ImportTotals, rejects: RejectFile, seconds: float) -> None:
    speed = f" ({totals.recorded / seconds:,.0f} a second)" if totals.recorded and seconds > 0 else ""
    click.echo(
        f"{totals.recorded:,} purchases recorded in {seconds:.1f} s{speed}, {totals.known_before:,} known before, "
        f"{totals.without_member:,} without a member (no member), {totals.rejected:,} rejected"
    )
    if totals.rejected:
        click.echo(f"Rejected rows with their reasons: {rejects.path}")


def _settle(business_id: UUID, then: str | None) -> int:
    """Returns how many purchases still wait although they should not."""
    if then == "leave":
        return 0
    began = time.monotonic()
    left = settle_here(business_id) if then == "settle" else wait_for_workers(business_id)
    if not left:
        click.echo(f"All settled after {time.monotonic() - began:.1f} s")
    return left
