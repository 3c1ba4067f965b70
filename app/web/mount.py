"""Hangs the pages into the application: every package of app/web with a `views` module, and the public ones."""

from __future__ import annotations

import importlib
import pkgutil

from flask import Flask

from app import web
from app.web.support import assets, context, doors, formatting, guards


def mount(app: Flask) -> None:
    """Register every blueprint `bp` found below app/web, and what all pages share."""
    app.before_request(guards.check_origin)
    app.url_defaults(doors.keep_slug)
    assets.start(app)
    context.start(app)
    formatting.start(app)
    for module in pkgutil.walk_packages(web.__path__, f"{web.__name__}."):
        blueprint = getattr(importlib.import_module(module.name), "bp", None)
        if blueprint is not None:
            app.register_blueprint(blueprint)
