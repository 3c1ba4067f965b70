"""What is drawn from the code is drawn anew when the code changes."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from app.core import clock
from app.domain.webhooks import secret_text, signed_headers

ROOT = Path(__file__).parents[2]
PART = re.compile(r"<(?:\w+:)?(\w+)>")
LINK = re.compile(r"\]\(([^)#\s][^)\s]*)\)")


def test_the_diagram_of_the_tables_is_up_to_date(app: Flask) -> None:
    picture = ROOT / "docs" / "er-diagram.md"
    answer = app.test_cli_runner().invoke(args=["docs", "er-diagram", "--check", "--file", str(picture)])
    assert answer.exit_code == 0, answer.output


def test_a_diagram_that_is_out_of_date_is_told_and_made_anew(app: Flask, tmp_path: Path) -> None:
    runner, picture = app.test_cli_runner(), tmp_path / "tables.md"
    picture.write_text("The tables of last year")
    stale = runner.invoke(args=["docs", "er-diagram", "--check", "--file", str(picture)])
    assert (stale.exit_code, "out of date" in stale.output) == (1, True)
    assert runner.invoke(args=["docs", "er-diagram", "--file", str(picture)]).exit_code == 0
    assert runner.invoke(args=["docs", "er-diagram", "--check", "--file", str(picture)]).exit_code == 0


def test_the_page_of_all_calls_and_the_collection_are_up_to_date(app: Flask) -> None:
    folder = ROOT / "docs" / "reference"
    answer = app.test_cli_runner().invoke(args=["docs", "api-reference", "--check", "--folder", str(folder)])
    assert answer.exit_code == 0, answer.output


def test_every_call_has_its_curl_and_its_place_in_the_collection(app: Flask, tmp_path: Path) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["docs", "api-reference", "--folder", str(tmp_path)]).exit_code == 0
    page = (tmp_path / "api.md").read_text()
    made = json.loads((tmp_path / "regulars.postman_collection.json").read_text())
    collected = {
        (one["request"]["method"], one["request"]["url"]["raw"]) for group in made["item"] for one in group["item"]
    }
    calls = 0
    for rule in app.url_map.iter_rules():
        route = getattr(app.view_functions[rule.endpoint], "route", None)
        if route is None:
            continue
        calls += 1
        path = PART.sub(r"{\1}", rule.rule)
        assert f"### `{route.method} {path.removeprefix('/api/v1')}`" in page
        assert (route.method, "{{baseUrl}}" + PART.sub(r":\1", rule.rule)) in collected
    assert (calls, page.count("```sh\ncurl")) == (len(collected), calls)


def test_links_between_the_pages_lead_somewhere() -> None:
    pages = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    broken = [
        (str(page.relative_to(ROOT)), target)
        for page in pages
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target.partition("#")[0]).exists()
    ]
    assert broken == []


def test_the_check_of_a_signature_agrees_with_what_is_sent() -> None:
    page = (ROOT / "docs" / "how-to" / "receive-webhooks.md").read_text(encoding="utf-8")
    *_, code = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    written: dict[str, Any] = {}
    exec(code, written)
    new, old, body = b"n" * 32, b"o" * 32, b'{"eventId": "1"}'
    for secret in (new, old):
        headers = signed_headers("msg_1", clock.now(), body, [new, old])
        assert written["is_genuine"](secret_text(secret), headers, body)
        assert not written["is_genuine"](secret_text(secret), headers, body + b" ")
        stale = signed_headers("msg_1", clock.now() - timedelta(minutes=6), body, [new, old])
        assert not written["is_genuine"](secret_text(secret), stale, body)
