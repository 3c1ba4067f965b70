"""The mails that were written instead of sent, for whoever tries Regulars out on their own machine."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, abort, render_template

from app.core.config import settings
from app.domain.permissions import Open
from app.queries.kept_mails import kept_mail, kept_mails
from app.web.support.doors import page
from app.web.support.guards import is_on_this_machine

bp = Blueprint("dev_mail", __name__)


@page(bp, "/dev/mail", permission=Open.ANYONE)
def index() -> str:
    """List the last mails, the latest first."""
    return render_template("public/mails.html", mails=kept_mails(_folder()))


@page(bp, "/dev/mail/<key>", permission=Open.ANYONE)
def show(key: str) -> str:
    """Show what one says, its links to be followed."""
    mail = kept_mail(_folder(), key)
    return render_template("public/mail.html", mail=mail) if mail else abort(404)


def _folder() -> Path:
    """Return where mails lie; the page does not exist where mails are sent, in production, or seen from elsewhere."""
    found = settings()
    if found.smtp_url or found.is_https or not is_on_this_machine():
        abort(404)
    return found.instance_path / "mail"
