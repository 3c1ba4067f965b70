"""What is logged of a request lets nobody in: links that open something are written down without their secret."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.request_log import logged_path


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/m/cafe/card/AbC-123_x", "/m/cafe/card/<token>"),
        (
            "/m/cafe/enter/01900000-0000-7000-8000-000000000000/feedface",
            "/m/cafe/enter/01900000-0000-7000-8000-000000000000/<link>",
        ),
        ("/m/cafe/join", "/m/cafe/join"),
        ("/nowhere", "/nowhere"),
    ],
)
def test_a_secret_in_an_address_is_not_written_down(app: Flask, path: str, logged: str) -> None:
    with app.test_request_context(path):
        assert logged_path() == logged
