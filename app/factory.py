"""The composition root: makes the application out of its parts."""

from __future__ import annotations

from flask import Flask

from app.core import extensions, logging, redis_client
from app.core.config import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """Return a new application; without settings they are read from the environment."""
    settings = settings or Settings.from_env()
    logging.start(settings.log_level)
    app = Flask("app")
    app.config.from_mapping(settings.flask())
    app.extensions["settings"] = settings
    extensions.start(app, settings)
    redis_client.start(app, settings.redis_url)
    return app
