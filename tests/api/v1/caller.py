"""Somebody who calls the API and says which answer they expect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.factories.people import Person


@dataclass(frozen=True)
class ApiCaller:
    """A person whose calls return the JSON of an answer that has the status expected."""

    person: Person

    @property
    def business_id(self) -> UUID:
        """The business they work for."""
        return self.person.business_id

    def call(
        self, method: str, path: str, body: Any = None, *, expect: int = 200, headers: Mapping[str, str] | None = None
    ) -> Any:
        """Return the JSON of the answer; None where there is none."""
        answer = self.person.call(method, path, body, **dict(headers or {}))
        assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.get_data(as_text=True)}"
        return answer.json if answer.data else None

    def get(self, path: str, **options: Any) -> Any:
        """GET below /api/v1."""
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        """POST below /api/v1."""
        return self.call("POST", path, body, **options)

    def put(self, path: str, body: Any, **options: Any) -> Any:
        """PUT below /api/v1."""
        return self.call("PUT", path, body, **options)

    def patch(self, path: str, body: Any, **options: Any) -> Any:
        """PATCH below /api/v1."""
        return self.call("PATCH", path, body, **options)

    def delete(self, path: str, **options: Any) -> Any:
        """DELETE below /api/v1."""
        return self.call("DELETE", path, **options)
