"""Hangs every resource of app/api/v1 under /api/v1: a file there with a blueprint `bp` is a resource."""

from __future__ import annotations

import importlib
import pkgutil

from flask import Blueprint, Flask, Response

from app.api import asyncapi, openapi, v1
from app.api.door import limit_headers


def mount(app: Flask) -> None:
    """Register the API; its answers carry the rate limit's headers."""
    api = Blueprint("api", __name__, url_prefix="/api/v1")
    api.after_request(_with_limits)
    api.register_blueprint(openapi.bp)
    api.register_blueprint(asyncapi.bp)
    for module in pkgutil.iter_modules(v1.__path__):
        api.register_blueprint(importlib.import_module(f"{v1.__name__}.{module.name}").bp)
    app.register_blueprint(api)


def _with_limits(response: Response) -> Response:
    response.headers.update(limit_headers())
    return response
