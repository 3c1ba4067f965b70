"""Mails that no server sends are read on this machine, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.adapters.mailer import FolderMailer, Mail
from app.web.public import dev_mail

LINK = "http://localhost/m/cafe/card/abc"


@pytest.fixture
def instance(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An instance with one mail; sets the settings that differ."""
    mail = Mail("0190", "Café Alma", "cleo@example.com", "Your card <3", f"Hello Cleo\n\n{LINK}\n", "<p>Hello</p>")
    FolderMailer(tmp_path / "mail", "regulars@example.com").send(mail)
    usual = app.extensions["settings"]

    def set_to(**values: Any) -> None:
        monkeypatch.setattr(dev_mail, "settings", lambda: replace(usual, instance_path=tmp_path, **values))

    set_to()
    return set_to


def test_the_mails_are_listed_and_their_links_followed(app: Flask, instance: Any) -> None:
    browser = app.test_client()
    said = browser.get("/dev/mail").get_data(as_text=True)
    assert "Your card &lt;3" in said and "cleo@example.com" in said and "/dev/mail/0190" in said
    mail = browser.get("/dev/mail/0190").get_data(as_text=True)
    assert "Hello Cleo" in mail and f'href="{LINK}"' in mail
    assert browser.get("/dev/mail/0191").status_code == 404
    assert browser.get("/dev/mail/..%2Fmail%2F0190").status_code == 404


def test_the_page_does_not_exist_elsewhere_or_where_mails_are_sent(app: Flask, instance: Any) -> None:
    browser = app.test_client()
    for options in ({"environ_base": {"REMOTE_ADDR": "10.0.0.9"}}, {"headers": {"X-Forwarded-For": "127.0.0.1"}}):
        assert browser.get("/dev/mail", **options).status_code == 404
        assert browser.get("/dev/mail/0190", **options).status_code == 404
    for values in ({"smtp_url": "smtp://localhost"}, {"is_https": True}):
        instance(**values)
        assert browser.get("/dev/mail").status_code == 404
        assert browser.get("/dev/mail/0190").status_code == 404
