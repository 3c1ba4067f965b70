"""The Flask extensions, made once and bound to an application in `app.factory`."""

from __future__ import annotations

import os
import weakref

from flask import Flask
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from app.core import serial
from app.core.config import Settings
from app.core.tenancy import db

__all__ = ["csrf", "db", "login", "migrate", "start"]

migrate = Migrate(directory="migrations")
login = LoginManager()
csrf = CSRFProtect()

_engines: weakref.WeakSet[Engine] = weakref.WeakSet()


def start(app: Flask, settings: Settings) -> None:
    """Bind every extension to the application, with one engine more: the maintenance role's."""
    db.init_app(app)
    migrate.init_app(app, db)
    csrf.init_app(app)
    _start_login(app)
    with app.app_context():
        engines = db._app_engines[app]
        engines["maintenance"] = create_engine(
            settings.maintenance_url,
            poolclass=NullPool,
            json_serializer=serial.dumps,
            json_deserializer=serial.loads,
            connect_args={"connect_timeout": 2, "options": "-c timezone=UTC"},
        )
        _engines.update(engines.values())


def _start_login(app: Flask) -> None:
    """Bind Flask-Login for `current_user` alone: sessions are rows of ours, and nobody is remembered by a cookie.

    Its hook for that cookie would open Flask's own session on every request, the API's too.
    """
    login.session_protection = None
    login.init_app(app, add_context_processor=False)
    app.after_request_funcs[None].remove(login._update_remember_cookie)


def _forget_connections() -> None:
    """Give a forked child (a work horse, a web worker) connections of its own, and leave the parent's open."""
    for engine in _engines:
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_forget_connections)
