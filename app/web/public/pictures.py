"""Uploaded pictures at addresses that nobody can guess and that never change."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request
from werkzeug.wrappers import Response as AnyResponse

from app.domain.permissions import Open
from app.services import pictures
from app.web.support.doors import page

bp = Blueprint("pictures", __name__)

_FOR_GOOD = "public, max-age=31536000, immutable"


@page(bp, "/pictures/<path:key>", permission=Open.ANYONE)
def show(key: str) -> AnyResponse:
    """Answer one picture; a browser that has it already is told to keep it."""
    found = pictures.picture(key)
    if found is None:
        abort(404)
    response = Response(found.content, content_type=found.content_type)
    response.headers["Cache-Control"] = _FOR_GOOD
    response.headers["Content-Disposition"] = "inline"
    response.set_etag(key.rpartition("/")[2])
    return response.make_conditional(request)
