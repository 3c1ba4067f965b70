"""Adds the product's own commands to `flask`."""

from __future__ import annotations

from flask import Flask

from app.cli.demo import demo
from app.cli.docs import docs
from app.cli.ledger import ledger
from app.cli.purchases import purchases


def mount(app: Flask) -> None:
    """Register every group."""
    for group in (demo, docs, ledger, purchases):
        app.cli.add_command(group)
