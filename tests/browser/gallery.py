"""A small application that draws every page template from made-up samples, for pictures and accessibility checks."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import segno
from flask import Flask, Response, abort, render_template, request
from markupsafe import Markup

from app.core.config import Settings
from app.domain.branding import brand_stylesheet
from app.embedded.services import POSTGRES_URLS
from app.factory import create_app
from tests.browser.samples.cast import COMMON
from tests.browser.samples.counter import RESULT, STILL_COUNTING
from tests.browser.samples.members import DAYS
from tests.browser.samples.pages import PAGES

APP = Path(__file__).parents[2] / "app"
POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'self'"


def _older_days(member_id: str) -> str:
    return render_template("business/members/_days.html", days=DAYS[1:], older_url=None)


def _counted(purchase_id: str) -> str | tuple[str, int]:
    if purchase_id == STILL_COUNTING:
        return _nothing()
    return render_template("till/_result.html", **RESULT, business=COMMON["business"])


FRAGMENTS: dict[str, Callable[..., Any]] = {"members.show": _older_days, "till.result": _counted}


def gallery() -> Flask:
    """Return the application: `/page/<name>?brand=7f3b1c` draws the sample of that name."""
    app = Flask("gallery", template_folder=str(APP / "templates"), static_folder=str(APP / "static"))
    app.secret_key = "samples only"
    for endpoint, rule in _links().items():
        app.add_url_rule(rule, endpoint, FRAGMENTS.get(endpoint, _nothing))
    app.add_url_rule("/page/<name>", "page", _page)
    app.add_url_rule("/brand.css", "brand.css", _brand)
    app.after_request(_with_policy)
    app.jinja_env.globals |= {"csrf_token": lambda: "token", "qr_svg": _qr_svg}
    app.jinja_env.filters |= _filters()
    return app


def _links() -> dict[str, str]:
    """The addresses of the product's pages, without the business and with parts of any kind."""
    nowhere = dict.fromkeys(POSTGRES_URLS, "postgresql://nowhere/none")
    secret = {"SECRET_KEY": "made up, since these pages are only samples"}
    real = create_app(Settings.from_env({**nowhere, **secret, "REDIS_URL": "unix:///nowhere"}))
    own = {"brand.css", "static"}
    pages = [rule for rule in real.url_map.iter_rules() if rule.endpoint not in own and rule.rule[:4] != "/api"]
    return {rule.endpoint: re.sub(r"/[bm]/<slug>|(?<=<)\w+:", "", rule.rule) or "/none" for rule in reversed(pages)}


def _page(name: str) -> str:
    if name not in PAGES:
        abort(404)
    template, context = PAGES[name]
    shared = COMMON if not template.startswith(("auth/", "errors/")) else {}
    business = {**COMMON["business"], "brand_colour": "#" + request.args.get("brand", "7f3b1c")}
    return render_template(template, **{**shared, **({"business": business} if shared else {}), **context})


def _brand() -> Response:
    return Response(brand_stylesheet("#" + request.args["colour"]), mimetype="text/css")


def _nothing(**_: str) -> tuple[str, int]:
    return "", 204


def _with_policy(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _qr_svg(text: str) -> Markup:
    return Markup(segno.make(text, error="q", micro=False).svg_inline(omitsize=True, border=0))


def _filters() -> dict[str, Callable[..., Any]]:
    def local_time(at: datetime) -> str:
        return f"{at.day} {at:%b %Y, %H:%M}"

    def date(at: datetime) -> str:
        return f"{at.day} {at:%B %Y}"

    return {
        "money": lambda minor, currency: f"₴{minor // 100:,}" if minor % 100 == 0 else f"₴{minor / 100:,.2f}",
        "points": lambda number: f"{number:,}",
        "local_time": local_time,
        "date": date,
        "ago": lambda at: "2 hours ago",
    }
