"""Security headers of every answer: nothing inline, nothing foreign, framed by nobody (ASVS 3.4)."""

from __future__ import annotations

from flask import Response, request

from app.core.config import settings

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "worker-src 'self'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_TWO_YEARS = "max-age=63072000; includeSubDomains"


def secure(response: Response) -> Response:
    """Add the headers; pages are kept by nobody unless they say so, and differ for htmx and by cookie."""
    response.headers.update(_HEADERS)
    if settings().is_https:
        response.headers["Strict-Transport-Security"] = _TWO_YEARS
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if response.mimetype == "text/html":
        response.vary.update(("HX-Request", "Cookie"))
    return response
