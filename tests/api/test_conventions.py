"""What API.md says of every route, asked of every route: errors, methods, headers, versions, and who is asking."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.domain.problems import PROBLEMS
from tests.api.calls import BASE, Call, ask, calls_of, fault_of
from tests.factories.businesses import Shop
from tests.factories.people import Person
from tests.support.rows import rows_of

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
CHANGING = METHODS - {"GET"}
DOCUMENTS = [f"{BASE}/openapi.json", f"{BASE}/asyncapi.json"]
LARGEST = 5 * 1024 * 1024

UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

UNREADABLE: dict[str, tuple[bytes, int, str]] = {
    "nothing": (b"", 400, "malformed_json"),
    "half an object": (b"{", 400, "malformed_json"),
    "a list": (b"[]", 400, "malformed_json"),
    "a text": (b'"name"', 400, "malformed_json"),
    "null": (b"null", 400, "malformed_json"),
    "a doubled key": (b'{"name": 1, "name": 2}', 400, "malformed_json"),
    "a doubled key inside": (b'{"a": {"b": 1, "b": 2}}', 400, "malformed_json"),
    "no number": (b'{"amount": NaN}', 400, "malformed_json"),
    "no end": (b'{"amount": -Infinity}', 400, "malformed_json"),
    "a number beyond all": (b'{"amount": 1e99999999999999999999}', 400, "malformed_json"),
    "a number of 65 bits": (b'{"amount": 18446744073709551616}', 400, "malformed_json"),
    "a number of 20 digits": (b'{"amount": 1e19}', 400, "malformed_json"),
    "a number next to nothing": (b'{"amount": 1e-19}', 400, "malformed_json"),
    "two objects": (b"{} {}", 400, "malformed_json"),
    "a byte order mark": (b"\xef\xbb\xbf{}", 400, "malformed_json"),
    "Latin 1": (b'{"name": "Caf\xe9"}', 400, "malformed_json"),
    "UTF-16": ('{"name": "x"}'.encode("utf-16"), 400, "malformed_json"),
    "a NUL as a key": (b'{"\\u0000": 1}', 400, "malformed_json"),
    "half a character": (b'{"name": "\\ud83d"}', 400, "malformed_json"),
    "nesting": (b'{"a": ' + b"[" * 5000 + b"]" * 5000 + b"}", 400, "malformed_json"),
    "an unknown key": (b'{"colour": "red"}', 422, "validation_failed"),
}
NO_JSON = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", ""]


@pytest.fixture
def every(app: Flask, cafe: Shop) -> list[Call]:
    """Every call, on rows of the café's."""
    return calls_of(app, cafe)


def test_every_call_is_found(app: Flask, every: list[Call]) -> None:
    views = [view for view in app.view_functions.values() if hasattr(view, "route")]
    assert len(every) == len(views) > 80


def test_unknown_and_repeated_parameters_are_refused(alma: Person, every: list[Call]) -> None:
    wrong = _Faults()
    for call in every:
        wrong.note(call, ask(alma, call, query_string="colour=red"), 400, "invalid_query")
        wrong.note(call, ask(alma, call, query_string="limit=5&limit=6"), 400, "invalid_query")
        wrong.note(call, ask(alma, call, query_string="q=%00"), 400, "invalid_query")
        wrong.note(call, ask(alma, call, query_string="%00=1"), 400, "invalid_query")
    wrong.none()


@pytest.mark.parametrize("path", DOCUMENTS)
def test_the_documents_take_no_parameters_either(alma: Person, path: str) -> None:
    answer = alma.app.test_client().get(f"{path}?colour=red")
    assert fault_of(answer, 400, "invalid_query") is None


@pytest.mark.parametrize("what", UNREADABLE)
def test_a_body_that_cannot_be_read_is_refused_and_changes_nothing(
    cafe: Shop, alma: Person, every: list[Call], what: str
) -> None:
    raw, status, code = UNREADABLE[what]
    before, wrong = rows_of(cafe.id), _Faults()
    for call in every:
        takes_anything = call.route.method == "GET" or call.takes_file or (what == "nothing" and not call.takes_json)
        if takes_anything or (status == 422 and str(call) in _ANSWERS_WITH_VIOLATIONS):
            continue
        answer = ask(alma, call, data=raw, content_type="application/json")
        wrong.note(call, answer, status, code)
        if what == "an unknown key" and "colour" not in answer.json.get("errors", {}):
            wrong.add(call, f"does not name the key: {answer.json}")
    wrong.none()
    assert rows_of(cafe.id) == before


_ANSWERS_WITH_VIOLATIONS = {
    "POST /loyalty/programs/validate",
    "POST /loyalty/programs/{program_id}/validate",
}


@pytest.mark.parametrize("content_type", NO_JSON)
def test_a_body_that_is_not_json_is_refused(alma: Person, every: list[Call], content_type: str) -> None:
    wrong = _Faults()
    for call in every:
        if call.route.method in CHANGING and not call.takes_file:
            wrong.note(call, ask(alma, call, data=b'{"a": 1}', content_type=content_type), 415)
    wrong.none()


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/json;"])
def test_json_may_be_named_in_full(alma: Person, every: list[Call], content_type: str) -> None:
    found = [ask(alma, call, data=b"{", content_type=content_type).status_code for call in every if call.takes_json]
    assert set(found) == {400}


def test_a_body_over_the_limit_is_refused(alma: Person, every: list[Call]) -> None:
    body, wrong = b'{"a": "' + b"a" * LARGEST + b'"}', _Faults()
    for call in every:
        if call.route.method in CHANGING:
            kind = call.file.get("content_type", "application/json")
            wrong.note(call, ask(alma, call, data=body, content_type=kind), 413, "too_large")
    wrong.none()


def test_every_address_names_its_methods_to_whoever_takes_another(app: Flask, every: list[Call]) -> None:
    taken: dict[str, set[str]] = {}
    for call in every:
        taken.setdefault(call.path, set()).add(call.route.method)
    wrong = _Faults()
    for call in every:
        allowed = taken[call.path] | {"OPTIONS"} | ({"HEAD"} if "GET" in taken[call.path] else set())
        for method in sorted(METHODS - taken[call.path]):
            answer = ask(None, call, app=app, method=method)
            wrong.note(call, answer, 405, "method_not_allowed")
            if set(answer.headers.get("Allow", "").split(", ")) != allowed:
                wrong.add(call, f"{method} allows {answer.headers.get('Allow')}")
        asked = ask(None, call, app=app, method="OPTIONS")
        if (asked.status_code, asked.data, set(asked.headers["Allow"].split(", "))) != (200, b"", allowed):
            wrong.add(call, f"OPTIONS: {asked.status_code} {asked.headers.get('Allow')}")
    wrong.none()


def test_head_says_what_get_would_without_the_body(alma: Person, every: list[Call]) -> None:
    wrong = _Faults()
    for call in every:
        if call.route.method == "GET":
            full, head = ask(alma, call), ask(alma, call, method="HEAD")
            if head.data or (head.status_code, head.mimetype) != (full.status_code, full.mimetype):
                wrong.add(call, f"HEAD {head.status_code} {head.data[:80]!r}, GET {full.status_code}")
    wrong.none()


def test_what_is_nowhere_is_a_problem_too(alma: Person, every: list[Call]) -> None:
    wrong = _Faults()
    for call in every:
        for path in (f"{call.path}/", f"{call.path}/nothing-here", f"{call.path}%00"):
            answer = ask(alma, call, path=path)
            if answer.status_code != 405:
                wrong.note(call, answer, 404, "not_found")
    for path in ("/api/", "/api/v1", "/api/v1/", "/api/v2/members", "/api/v1/nothing"):
        if fault := fault_of(alma.app.test_client().get(path), 404, "not_found"):
            wrong.lines.append(f"{path}: {fault}")
    wrong.none()


def test_an_id_is_an_id_however_it_is_spelled(alma: Person, every: list[Call]) -> None:
    wrong = _Faults()
    for call in every:
        loud = UUID_TEXT.sub(lambda found: found[0].upper(), call.path)
        if call.route.method != "GET" or loud == call.path:
            continue
        answers = [ask(alma, call, path=path) for path in (call.path, loud)]
        said = [(answer.status_code, (answer.json or {}) | {"requestId": ""}) for answer in answers]
        if said[0] != said[1]:
            wrong.add(call, str(said))
        for other in ("0", "not-an-id", str(uuid4()), "%00", "%FF", "..", "' OR 1=1"):
            wrong.note(call, ask(alma, call, path=UUID_TEXT.sub(other, call.path)), 404, "not_found")
    wrong.none()


def test_every_answer_has_the_request_id_and_is_nobodys_to_keep(alma: Person, every: list[Call]) -> None:
    wrong = _Faults()
    for call in every:
        if call.route.method != "GET":
            continue
        answer = ask(alma, call, headers={"X-Request-ID": "till-7.42", "Accept": "text/html"})
        kept = (answer.headers["X-Request-ID"], answer.headers["Cache-Control"], answer.mimetype)
        kind = "application/json" if answer.status_code < 400 else "application/problem+json"
        if kept[:2] != ("till-7.42", "no-store") or (kept[2] != kind and "attachment" not in str(answer.headers)):
            wrong.add(call, str(kept))
    wrong.none()


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "<script>", "\t", "é", "a\u00a0b", "../../etc", '"', "a;b"])
def test_a_request_id_that_cannot_be_one_is_made_anew(alma: Person, given: str) -> None:
    for path in ("/me", "/nothing"):
        answer = alma.get(path, X_Request_ID=given)
        made = answer.headers["X-Request-ID"]
        assert made != given
        assert len(made) == 36
        assert path == "/me" or answer.json["requestId"] == made


def test_a_version_that_has_moved_on_is_left_alone(cafe: Shop, alma: Person, every: list[Call]) -> None:
    before, wrong = rows_of(cafe.id), _Faults()
    versioned = [call for call in every if call.route.method in ("PUT", "PATCH") or "if_match" in call.route.wants]
    assert len(versioned) >= 14
    for call in versioned:
        for given in ('"999999"', '"0"', "x", '""', '"-1"', 'W/"1"', '"1.0"', '"99999999999999999999"', ""):
            wrong.note(f"{call} with {given}", ask(alma, call, headers={"If-Match": given}), 412)
    wrong.none()
    assert rows_of(cafe.id) == before


def test_the_version_that_was_read_is_changed_once(alma: Person, every: list[Call]) -> None:
    wrong = _Faults()
    for call in every:
        if call.route.method not in ("PUT", "PATCH"):
            continue
        read = _version_of(alma, call)
        named = {"If-Match": f'"{read}"'}
        answers = [ask(alma, call, headers=headers) for headers in (named, named, {"If-Match": "*"})]
        has_moved = answers[0].status_code == 200 and answers[0].json["version"] > read
        codes = [answer.status_code for answer in answers]
        if codes not in ([200, 412, 200], [200, 412, 409]) if has_moved else codes != [200, 200, 200]:
            wrong.add(call, f"{read}: {codes} {answers[0].get_data(as_text=True)[:200]}")
    wrong.none()


def test_every_error_of_the_api_has_a_page(app: Flask) -> None:
    for code in PROBLEMS:
        assert app.test_client().get(f"/api/problems/{code}").status_code == 200


def test_no_route_reads_the_session_cookie(app: Flask, cafe: Shop, alma: Person, every: list[Call]) -> None:
    browser, wrong = alma.browser(), _Faults()
    assert browser.get(f"/b/{alma.slug}/").status_code == 200
    before = rows_of(cafe.id)
    for call in every:
        if not call.is_open:
            answer = browser.open(call.path, method=call.route.method, json=call.body)
            wrong.note(call, answer, 401, "unauthorized")
            if answer.headers.get("WWW-Authenticate") != "Bearer" or "Set-Cookie" in answer.headers:
                wrong.add(call, str(answer.headers))
    wrong.none()
    assert rows_of(cafe.id) == before


def _version_of(person: Person, call: Call) -> int:
    """Read what a call would change: at its own address, or among its like where it has none to be read at."""
    path = call.path.removesuffix("/image")
    read = ask(person, call, method="GET", path=path, json=None, query_string="")
    if read.status_code == 405:
        folder, _, name = path.rpartition("/")
        rows = ask(person, call, method="GET", path=folder, json=None, query_string="").json["data"]
        return int(next(row["version"] for row in rows if row["id"] == name))
    return int(read.json["version"])


class _Faults:
    """What was found wrong, all of it, before a test fails."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, call: Call | str, fault: str) -> None:
        self.lines.append(f"{call}: {fault}")

    def note(self, call: Call | str, answer: TestResponse, status: int, code: str | None = None) -> None:
        fault = fault_of(answer, status, code)
        if fault is not None:
            self.add(call, fault)

    def none(self) -> None:
        assert not self.lines, "\n".join(self.lines)
