"""The settings of one process, read from the environment once."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy.engine import make_url

from app.core import serial

_DRIVER = "postgresql+psycopg"
_STATEMENT_TIMEOUT_MS = {"web": 5_000}
_LONG_STATEMENT_TIMEOUT_MS = 120_000
_MEBIBYTE = 1024 * 1024
PUSH_SERVICES = "fcm.googleapis.com .push.services.mozilla.com .notify.windows.com .push.apple.com"
"""Where browsers have their push addresses: hosts, or with a dot in front all hosts below."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that differs between two installations; `.env.example` documents each variable."""

    database_url: str
    owner_url: str
    maintenance_url: str
    redis_url: str
    secret_key: str
    jwt_secret: str = ""
    pin_pepper: str = ""
    vapid_secret: str = ""
    instance_path: Path
    base_url: str = "http://localhost:8000"
    smtp_url: str = ""
    mail_from: str = "regulars@localhost"
    storage_url: str = ""
    process: str = "web"
    is_https: bool = False
    proxy_hops: int = 0
    pool_size: int = 8
    patience_seconds: int = 2
    sweep_seconds: int = 15
    api_rate_limit: str = "100 per minute"
    api_ingest_rate_limit: str = "1200 per minute"
    auth_rate_limit: str = "20 per minute"
    code_rate_limit: str = "5 per hour"
    lookup_rate_limit: str = "600 per minute"
    push_services: str = PUSH_SERVICES
    metrics_token: str = ""
    allows_private_webhooks: bool = False
    log_level: str = "INFO"
    is_testing: bool = False

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
        """Read the environment; a missing required variable raises KeyError with its name."""
        env = os.environ if env is None else env
        database_url = _with_driver(env["DATABASE_URL"])
        found: dict[str, Any] = {
            "database_url": database_url,
            "owner_url": _with_driver(env.get("DATABASE_OWNER_URL") or database_url),
            "maintenance_url": _with_driver(env.get("DATABASE_MAINTENANCE_URL") or database_url),
            "redis_url": env["REDIS_URL"],
            "secret_key": _secret(env),
            "jwt_secret": env.get("JWT_SECRET", ""),
            "pin_pepper": env.get("PIN_PEPPER", ""),
            "vapid_secret": env.get("VAPID_SECRET", ""),
            "instance_path": Path(env.get("INSTANCE_PATH") or "instance").resolve(),
            "base_url": (env.get("BASE_URL") or cls.base_url).rstrip("/"),
            "smtp_url": env.get("SMTP_URL", ""),
            "mail_from": env.get("MAIL_FROM") or cls.mail_from,
            "storage_url": env.get("STORAGE_URL", ""),
            "process": env.get("REGULARS_PROCESS") or "web",
            "is_https": env.get("HTTPS", "off") == "on",
            "proxy_hops": int(env.get("PROXY_HOPS") or 0),
            "pool_size": int(env.get("DATABASE_POOL_SIZE") or 8),
            "sweep_seconds": int(env.get("SWEEP_SECONDS") or 15),
            "api_rate_limit": env.get("API_RATE_LIMIT") or cls.api_rate_limit,
            "api_ingest_rate_limit": env.get("API_INGEST_RATE_LIMIT") or cls.api_ingest_rate_limit,
            "auth_rate_limit": env.get("AUTH_RATE_LIMIT") or cls.auth_rate_limit,
            "code_rate_limit": env.get("CODE_RATE_LIMIT") or cls.code_rate_limit,
            "lookup_rate_limit": env.get("LOOKUP_RATE_LIMIT") or cls.lookup_rate_limit,
            "push_services": env.get("PUSH_SERVICES") or cls.push_services,
            "metrics_token": env.get("METRICS_TOKEN", ""),
            "allows_private_webhooks": env.get("WEBHOOK_PRIVATE_TARGETS", "off") == "on",
            "log_level": env.get("LOG_LEVEL") or "INFO",
        }
        return cls(**(found | overrides))

    def jwt_key(self) -> bytes:
        """Return the 32-byte key that signs access tokens."""
        return self._derived(self.jwt_secret, b"access tokens")

    def pin_key(self) -> bytes:
        """Return the 32-byte pepper of the till PINs, without which a stolen table of them is worth nothing."""
        return self._derived(self.pin_pepper, b"till PINs")

    def card_key(self) -> bytes:
        """Return the 32-byte key that signs the links to members' cards."""
        return self._derived("", b"member cards")

    def sign_in_key(self) -> bytes:
        """Return the 32-byte key from which the codes that members sign in with are derived."""
        return self._derived("", b"sign-in codes")

    def vapid_key(self) -> bytes:
        """Return the 32 bytes behind the key that proves to push services who sends (RFC 8292)."""
        return self._derived(self.vapid_secret, b"web push")

    def sealing_key(self) -> bytes:
        """Return the 32-byte key under which the secrets of webhooks are stored."""
        return self._derived("", b"sealed secrets")

    def account_key(self) -> bytes:
        """Return the 32-byte key that signs the links in mails to people with an account."""
        return self._derived("", b"account links")

    def invitation_key(self) -> bytes:
        """Return the 32-byte key that signs the links of invitations."""
        return self._derived("", b"staff invitations")

    def _derived(self, secret: str, purpose: bytes) -> bytes:
        """Derive a key for one purpose from its own secret, or from SECRET_KEY where it has none."""
        return hmac.digest((secret or self.secret_key).encode(), purpose, hashlib.sha256)

    def flask(self) -> dict[str, Any]:
        """Return the configuration of Flask and its extensions."""
        return {
            "SECRET_KEY": self.secret_key,
            "TESTING": self.is_testing,
            "MAX_CONTENT_LENGTH": 5 * _MEBIBYTE,
            "PREFERRED_URL_SCHEME": "https" if self.is_https else "http",
            "SESSION_COOKIE_NAME": "__Host-page" if self.is_https else "page",
            "SESSION_COOKIE_SECURE": self.is_https,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "WTF_CSRF_TIME_LIMIT": None,
            "WTF_CSRF_CHECK_DEFAULT": False,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": self._engine_options(),
        }

    def _engine_options(self) -> dict[str, Any]:
        """Return the pool and the per-connection limits (RELIABILITY 4.7).

        ``patience_seconds`` is how long a lock, or a connection, is waited for before all are said to be busy.

        No pre-ping: `unit_of_work` begins with a statement of its own and begins again on a fresh connection when
        that one finds the old connection dead, which costs nothing on the thousands of times when it lives.
        """
        statement_timeout = _STATEMENT_TIMEOUT_MS.get(self.process, _LONG_STATEMENT_TIMEOUT_MS)
        limits = {
            "statement_timeout": statement_timeout,
            "lock_timeout": self.patience_seconds * 1_000,
            "idle_in_transaction_session_timeout": 10_000 if self.process == "web" else 60_000,
            "timezone": "UTC",
        }
        return {
            "pool_size": self.pool_size,
            "max_overflow": self.pool_size // 2,
            "pool_timeout": self.patience_seconds,
            "pool_recycle": 1_800,
            "json_serializer": serial.dumps,
            "json_deserializer": serial.loads,
            "connect_args": {
                "autocommit": True,  # `core.tenancy` begins each transaction, in one go with naming its business
                "connect_timeout": 2,
                "application_name": f"regulars {self.process}",
                "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
            },
        }


def settings() -> Settings:
    """Return the settings of the current application."""
    found: Settings = current_app.extensions["settings"]
    return found


def _with_driver(url: str) -> str:
    """Name the driver, whichever of the usual spellings the environment has."""
    return make_url(url).set(drivername=_DRIVER).render_as_string(hide_password=False)


def _secret(env: Mapping[str, str]) -> str:
    """Return SECRET_KEY; a short one would make every signature guessable."""
    secret = env["SECRET_KEY"]
    if len(secret) < 32:
        raise ValueError("SECRET_KEY needs at least 32 characters")
    return secret
