"""`flask demo …`: a business with a year of real purchases, to look at."""

from __future__ import annotations

import time
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.cli.purchases import record_file
from app.cli.settling import settle_here
from app.core.config import settings
from app.core.unit_of_work import unit_of_work
from app.domain.errors import Conflict
from app.services import demo as demo_business
from app.services import demo_rewards, expiry, program_stats, snapshots
from app.services.purchase_files import PurchaseFile, RejectFile

demo = AppGroup("demo", help="The demo business.")


@demo.command("seed")
def seed() -> None:
    """Found the demo business and import its purchases; run again, it completes what is missing and no more."""
    began = time.monotonic()
    try:
        found = demo_business.found_demo(_folder())
    except Conflict as problem:
        raise click.ClickException(problem.message) from problem
    if found.is_complete:
        click.echo("The demo business is there already")
        return
    file = PurchaseFile(_folder() / demo_business.PURCHASES)
    rejects = RejectFile(settings().instance_path / "demo.rejected.csv", file.header, file.delimiter)
    totals = record_file(found.id, file, demo_business.demo_terms(_folder(), found, file), rejects)
    if settle_here(found.id) or totals.rejected:
        raise click.ClickException("Some purchases of the demo could not be imported")
    _catch_up(found)
    demo_business.complete_demo(found)
    click.echo(f"{totals.recorded:,} purchases recorded and settled in {time.monotonic() - began:.1f} s")


@demo.command("logins")
def logins() -> None:
    """Say how to sign in to the demo."""
    for login in demo_business.demo_logins(_folder()):
        pin = f"   till PIN {login.pin}" if login.pin else ""
        click.echo(f"Demo {login.role:<6} {login.email}   password: {login.password}{pin}")


def _catch_up(found: demo_business.Demo) -> None:
    """Do at once what jobs do by and by: expire old points, fold the figures, write the days that are over."""
    is_more = True
    while is_more:
        with unit_of_work(found.id):
            is_more = expiry.expire_points() > 0
    with unit_of_work(found.id):
        demo_rewards.fill_catalogue("coffee")
    with unit_of_work(found.id):
        program_stats.fold_program_stats()
    with unit_of_work(found.id):
        snapshots.write_snapshots()


def _folder() -> Path:
    return Path(current_app.root_path).parent / "data"
