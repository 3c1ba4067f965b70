"""`flask ledger …`: proves the books."""

from __future__ import annotations

import json

import click
from flask.cli import AppGroup

from app.cli.progress import progress
from app.core.tenancy import unscoped
from app.queries.verification import Books, Break, books_to_verify, breaks

ledger = AppGroup("ledger", help="The books of points and cashback.")


@ledger.command("verify")
@click.option("--business", "slug", help="Only the books of this business; default: of every one.")
@click.option("--json", "as_json", is_flag=True, help="Answer as one JSON object.")
def verify(slug: str | None, as_json: bool) -> None:
    """Prove that entries, lots, allocations, balances, vouchers and tiers belong together.

    Reads only, beside running workers. Exit status 0 when everything adds up, 1 at the first break.
    """
    with unscoped("ledger verify") as session:
        books = books_to_verify(session, slug)
        if slug and not books:
            raise click.UsageError(f"There is no business {slug}")
        with progress("Verifying entries", sum(each.entries for each in books)) as advance:
            for each in books:
                found = next(breaks(session, each.business_id), None)
                if found is not None:
                    _tell_break(each, found, as_json)
                    raise SystemExit(1)
                advance(each.entries)
    _tell_all_right(books, as_json)


def _tell_break(books: Books, found: Break, as_json: bool) -> None:
    if as_json:
        told = {"check": found.check, "row": found.subject, "found": found.found}
        click.echo(json.dumps({"ok": False, "business": books.slug, **told}))
    else:
        click.echo(f"The books of {books.slug} do not add up. {found.check}: row {found.subject}: {found.found}")


def _tell_all_right(books: list[Books], as_json: bool) -> None:
    entries = sum(each.entries for each in books)
    if as_json:
        click.echo(json.dumps({"ok": True, "businesses": len(books), "entries": entries}))
    else:
        click.echo(f"The books of {len(books):,} businesses add up ({entries:,} entries)")
