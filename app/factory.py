"""The composition root: makes the application out of its parts."""

from __future__ import annotations

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from app.adapters.mailer import mailer
from app.adapters.storage import storage
from app.adapters.web_push import WebPushSender
from app.adapters.webhook_sender import WebhookSender
from app.api import errors as api_errors
from app.api import mount as api
from app.api.kept_first import KeptFirst
from app.cli import mount as cli
from app.core import extensions, logging, redis_client, request_log
from app.core.application import Application
from app.core.config import Settings
from app.web import mount as web
from app.web.support import errors as web_errors
from app.web.support.headers import SecurityHeaders, keep_from_caches

_API = "/api/"


def create_app(settings: Settings | None = None) -> Flask:
    """Return a new application; without settings they are read from the environment."""
    settings = settings or Settings.from_env()
    logging.start(settings.log_level)
    app = Application("app")
    app.config.from_mapping(settings.flask())
    app.extensions["settings"] = settings
    hops = settings.proxy_hops  # exactly as many proxies as stand before us are believed
    behind_proxies = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
    app.wsgi_app = SecurityHeaders(KeptFirst(app, behind_proxies), is_https=settings.is_https)  # type: ignore[method-assign]
    request_log.start(app)
    extensions.start(app, settings)
    redis_client.start(app, settings.redis_url)
    app.extensions["web_push"] = WebPushSender(settings.vapid_key(), settings.mail_from)
    app.extensions["mailer"] = mailer(settings.smtp_url, settings.instance_path / "mail", settings.mail_from)
    app.extensions["storage"] = storage(settings.storage_url, settings.instance_path / "uploads")
    app.extensions["webhook_sender"] = WebhookSender(settings.allows_private_webhooks)
    api.mount(app)
    web.mount(app)
    cli.mount(app)
    app.after_request(keep_from_caches)
    app.register_error_handler(Exception, _answer_error)
    return app


def _answer_error(error: Exception) -> Response:
    """Answer in the language of the caller: problems for programs, pages for people."""
    if request.path.startswith(_API):
        return api_errors.answer_error(error)
    return web_errors.answer_error(error)
