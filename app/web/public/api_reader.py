"""The API for people: the reader of its description, and a page for each error."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from app.domain.permissions import Open
from app.domain.problems import PROBLEMS
from app.web.support.doors import page

bp = Blueprint("api_reader", __name__, url_prefix="/api")


@page(bp, "/docs", permission=Open.ANYONE)
def docs() -> str:
    """Show the API's description, to read and to try."""
    return render_template("public/api_docs.html")


@page(bp, "/problems", permission=Open.ANYONE)
def problems() -> str:
    """List every error code."""
    return render_template("public/problems.html", problems=sorted(PROBLEMS.items()))


@page(bp, "/problems/<code>", permission=Open.ANYONE)
def problem(code: str) -> str:
    """Say what one error means and what to do: the address is the error's `type`."""
    meaning = PROBLEMS.get(code)
    if meaning is None:
        abort(404)
    return render_template("public/problem.html", code=code, meaning=meaning)
