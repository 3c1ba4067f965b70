"""Members at their own pages: what they are mailed, and browsers that are signed in."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from app.core.ids import token
from app.jobs.sign_in import send_codes
from tests.factories.businesses import Shop
from tests.factories.people import submit

CODE = re.compile(r"(\d{3}) (\d{3}) is your code")
ENDOWED_CARD = {
    "punchesRequired": 9,
    "endowedStart": 2,
    "rewardType": "free_item",
    "rewardValue": "free_coffee",
    "rewardDescription": "A coffee on the house",
}
"""The rules of a punch card that greets who joins with two punches."""


def own_address(name: str) -> str:
    """Return an e-mail address that nobody has yet, in the form in which members keep it."""
    return f"{name.lower()}.{token(64)}@example.com".lower()


def mails_to(app: Flask, address: str) -> list[EmailMessage]:
    """Return what was mailed to an address, the oldest first."""
    folder: Path = app.extensions["settings"].instance_path / "mail"
    found = sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
    read = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in found]
    return [mail for mail in read if mail["To"] == address.lower()]


def mailed_code(app: Flask, shop: Shop, address: str) -> str:
    """Do what the worker would, and return the newest code that was mailed to an address."""
    send_codes(str(shop.id))
    found = CODE.search(mails_to(app, address)[-1]["Subject"])
    assert found is not None
    return found[1] + found[2]


def card_browser(app: Flask, shop: Shop, address: str) -> FlaskClient:
    """Return a client in which the member with this address has signed in by a mailed code."""
    client = app.test_client()
    asked = submit(client, f"/m/{shop.slug}/sign-in", contact=address)
    assert asked.status_code == 303, asked.get_data(as_text=True)
    entered = submit(client, asked.headers["Location"], code=mailed_code(app, shop, address))
    assert entered.status_code == 303, entered.get_data(as_text=True)
    return client
