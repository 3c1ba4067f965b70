"""The pages about the API: its reader, and what each error means."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from flask.testing import FlaskClient

from app.domain.problems import PROBLEMS
from tests.factories.people import Person

APP = Path(__file__).parents[2] / "app"
NOT_THE_API = {"web"}  # pages raise conflicts of their own and show them in words

ON_PAGES_ALONE = {
    "already_invited", "already_staff", "contact_not_free", "demo_in_the_way", "edit_open",
    "field_exists", "import_not_checked", "import_started", "moved_on", "not_editable", "nothing_to_import",
    "not_enrolled", "storage_unavailable", "tier_not_higher", "too_many_fields", "too_many_mails", "too_old",
    "undone_already",
    "unknown_staff", "voucher_not_found",
}  # fmt: skip
"""What no call of the API can meet: pages, tills and commands say these in words."""


def test_an_error_leads_to_the_page_that_explains_it(alma: Person, client: FlaskClient) -> None:
    problem = alma.get("/loyalty/programs?colour=blue")
    assert problem.json["code"] == "invalid_query"
    address = problem.json["type"]
    assert address.endswith("/api/problems/invalid_query")
    page = client.get("/api/problems/invalid_query")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert "Leave out what the reference does not name" in page.text
    assert client.get("/api/problems/nothing_of_ours").status_code == 404
    assert "invalid_query" in client.get("/api/problems").text


def test_every_code_that_the_code_raises_is_explained() -> None:
    raised = {
        code for file in APP.rglob("*.py") if file.relative_to(APP).parts[0] not in NOT_THE_API for code in _codes(file)
    }
    assert len(raised) > 30
    assert raised - set(PROBLEMS) == ON_PAGES_ALONE


def test_the_reader_is_served_from_here(client: FlaskClient) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert "swagger-ui-5.35.0/swagger-ui-bundle.js" in page.text
    assert "http" not in page.text.split("<main")[1]


def _codes(file: Path) -> Iterator[str]:
    """The codes in calls of Conflict(code, …), Problem(status, code, …) and ValidationErrors(…, code=…)."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        places = {"Conflict": node.args[:1], "Problem": node.args[1:2]}.get(name, [])
        named = [word.value for word in node.keywords if word.arg == "code" and name == "ValidationErrors"]
        for value in [*places, *named]:
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value
