"""What htmx says of a request: the page as a whole, or the fragment alone."""

from __future__ import annotations

from flask import Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

SEE_OTHER = 303


def wants_fragment() -> bool:
    """Say whether htmx asks for a part; when it restores a page from the history it needs the whole."""
    is_restoring = request.headers.get("HX-History-Restore-Request") == "true"
    return request.headers.get("HX-Request") == "true" and not is_restoring


def render(page: str, fragment: str, **context: object) -> str:
    """Render the fragment for htmx, the page that includes it for everybody else."""
    return render_template(fragment if wants_fragment() else page, **context)


def go_to(url: str) -> AnyResponse:
    """Send the browser on after a change: by 303, or by htmx's header, which replaces the page and not a part."""
    if wants_fragment():
        return Response(status=204, headers={"HX-Redirect": url})
    return redirect(url, SEE_OTHER)
