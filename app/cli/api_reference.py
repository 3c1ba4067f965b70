"""Makes the page of curl and the Postman collection out of the OpenAPI document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_HEAD = """# Every call

Made from the OpenAPI document by `flask docs api-reference`; a test fails when it is out of date. `/api/docs` shows the
same with every field, `/api/problems` each error. Set once:

```sh
REGULARS=http://127.0.0.1:8000
TOKEN=…  # an API key rk_…, or the accessToken of POST /auth/token
```

An `Idempotency-Key` makes a POST safe to send again: the second answer is the first one. `If-Match` takes the `version`
that you read, and refuses (412) when somebody was faster. Ids in capitals stand for yours.
"""
_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_PART = re.compile(r"\{(\w+)\}")
_BASE = "/api/v1"


@dataclass(frozen=True, slots=True)
class Call:
    """One operation of the document; `query` are the names that it knows, the needed ones with an example."""

    group: str
    method: str
    path: str
    summary: str
    is_open: bool
    takes_key: bool
    takes_version: bool
    query: tuple[str, ...]
    needed: tuple[str, ...]
    body: Any
    file: tuple[str, str] | None
    """The name and content type of a body that is a file."""


def calls(document: Mapping[str, Any]) -> list[Call]:
    """Return every operation, in the order of groups and paths."""
    return sorted(_calls(document), key=lambda call: (call.group, call.path, call.method))


def reference_text(document: Mapping[str, Any]) -> str:
    """Return the page: for every call what it does and a line of curl."""
    lines, group = [_HEAD], ""
    for call in calls(document):
        if call.group != group:
            group = call.group
            lines.append(f"## {group.replace('_', ' ').capitalize()}\n")
        lines.append(f"### `{call.method} {call.path.removeprefix(_BASE)}`\n\n{call.summary}.\n")
        if call.query:
            lines.append(f"Query: {', '.join(f'`{name}`' for name in call.query)}.\n")
        lines.append(f"```sh\n{_curl(call)}\n```\n")
    return "\n".join(lines)


def postman_text(document: Mapping[str, Any]) -> str:
    """Return a Postman collection (2.1) with the same calls, as JSON."""
    found = calls(document)
    groups = dict.fromkeys(call.group for call in found)
    collection = {
        "info": {"name": "Regulars", "schema": _SCHEMA},
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}", "type": "string"}]},
        "variable": [{"key": "baseUrl", "value": "http://127.0.0.1:8000"}, {"key": "token", "value": ""}],
        "item": [
            {
                "name": group.replace("_", " ").capitalize(),
                "item": [_item(call) for call in found if call.group == group],
            }
            for group in groups
        ],
    }
    return json.dumps(collection, indent=2, ensure_ascii=False) + "\n"


def _calls(document: Mapping[str, Any]) -> Iterator[Call]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            parameters = operation["parameters"]
            headers = {one["name"] for one in parameters if one["in"] == "header"}
            content = operation.get("requestBody", {}).get("content", {})
            yield Call(
                group=operation["tags"][0],
                method=method.upper(),
                path=path,
                summary=operation["summary"],
                is_open=operation.get("security") == [],
                takes_key="Idempotency-Key" in headers,
                takes_version="If-Match" in headers,
                query=tuple(one["name"] for one in parameters if one["in"] == "query"),
                needed=tuple(one["name"] for one in parameters if one["in"] == "query" and one["required"]),
                body=content.get("application/json", {}).get("example"),
                file=(operation["requestBody"]["x-file-name"], next(iter(content))) if _is_file(operation) else None,
            )


def _is_file(operation: Mapping[str, Any]) -> bool:
    return "x-file-name" in operation.get("requestBody", {})


def _curl(call: Call) -> str:
    address = _PART.sub(lambda part: f"${part[1].upper()}", call.path)
    query = "?" + "&".join(f"{name}=…" for name in call.needed) if call.needed else ""
    parts = ["curl" if call.method == "GET" else f"curl -X {call.method}", f'"$REGULARS{address}{query}"']
    if not call.is_open:
        parts.append('-H "Authorization: Bearer $TOKEN"')
    if call.takes_key:
        parts.append('-H "Idempotency-Key: $(uuidgen)"')
    if call.takes_version:
        parts.append("-H 'If-Match: \"1\"'")
    if call.file:
        parts += [f"-H 'Content-Type: {call.file[1]}'", f"--data-binary @{call.file[0]}"]
    if call.body is not None:
        parts += ["-H 'Content-Type: application/json'", f"-d '{json.dumps(call.body, ensure_ascii=False)}'"]
    return f"{parts[0]} {parts[1]}" + "".join(f" \\\n  {part}" for part in parts[2:])


def _item(call: Call) -> dict[str, Any]:
    parts = _PART.sub(r":\1", call.path).lstrip("/").split("/")
    url: dict[str, Any] = {"raw": "{{baseUrl}}/" + "/".join(parts), "host": ["{{baseUrl}}"], "path": parts}
    if call.query:
        disabled = {name: name not in call.needed for name in call.query}
        url["query"] = [{"key": name, "value": "", "disabled": is_off} for name, is_off in disabled.items()]
    if names := _PART.findall(call.path):
        url["variable"] = [{"key": name, "value": ""} for name in names]
    request: dict[str, Any] = {"method": call.method, "header": _headers(call), "url": url}
    if call.is_open:
        request["auth"] = {"type": "noauth"}
    if call.body is not None:
        raw = json.dumps(call.body, indent=2, ensure_ascii=False)
        request["body"] = {"mode": "raw", "raw": raw, "options": {"raw": {"language": "json"}}}
    elif call.file:
        request["body"] = {"mode": "file", "file": {"src": call.file[0]}}
    return {"name": call.summary, "request": request}


def _headers(call: Call) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if call.takes_key:
        found.append({"key": "Idempotency-Key", "value": "{{$guid}}"})
    if call.takes_version:
        found.append({"key": "If-Match", "value": '"1"', "disabled": True})
    if call.file:
        found.append({"key": "Content-Type", "value": call.file[1]})
    return found
