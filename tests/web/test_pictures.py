"""Uploaded pictures: kept under keys that nobody can guess, shown to whoever has the key, forgotten with the change."""

from __future__ import annotations

import io
from typing import NoReturn

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from app.core import files
from app.core.unit_of_work import unit_of_work
from app.domain.errors import Conflict, ValidationErrors
from app.services.pictures import forget_picture, keep_picture, picture
from tests.factories.businesses import Shop


def _upload(colour: str = "red") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (50, 30), colour).save(file, "PNG")
    return file.getvalue()


def _kept(shop: Shop, content: bytes = b"") -> str:
    with unit_of_work(shop.id):
        return keep_picture("logo", content or _upload())


def test_a_picture_is_shown_for_good_as_an_image_and_nothing_else(cafe: Shop, client: FlaskClient) -> None:
    answer = client.get(f"/pictures/{_kept(cafe)}")
    assert (answer.status_code, answer.content_type) == (200, "image/webp")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in answer.headers
    assert Image.open(io.BytesIO(answer.data)).size == (50, 30)


def test_a_browser_that_has_it_is_sent_nothing_again(cafe: Shop, client: FlaskClient) -> None:
    path = f"/pictures/{_kept(cafe)}"
    tag = client.get(path).headers["ETag"]
    again = client.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_a_key_carries_the_business_and_is_never_the_same_twice(cafe: Shop) -> None:
    first, second = _kept(cafe), _kept(cafe)
    assert first.startswith(f"{cafe.id}/logo/")
    assert first.split("/")[2][:16] == second.split("/")[2][:16]
    assert first != second


@pytest.mark.parametrize("key", ["", "nothing", "../../secrets/secret_key", "%2e%2e/%2e%2e/x.webp", "a/logo/b.webp"])
def test_no_other_file_can_be_reached(key: str, client: FlaskClient) -> None:
    assert client.get(f"/pictures/{key}").status_code == 404


def test_other_stored_files_are_not_pictures(cafe: Shop, app: Flask, client: FlaskClient) -> None:
    key = f"{cafe.id}/exports/members.csv"
    app.extensions["storage"].put(key, b"name", "text/csv")
    assert client.get(f"/pictures/{key}").status_code == 404


def test_what_is_no_picture_is_refused_in_words(cafe: Shop) -> None:
    with pytest.raises(ValidationErrors) as refused, unit_of_work(cafe.id):
        keep_picture("logo", b"<svg/>")
    assert refused.value.errors == {"picture": ["Choose a PNG, JPEG or WebP picture of at most 25 megapixels"]}


def test_a_picture_is_forgotten_once_the_change_is_committed_and_not_before(cafe: Shop) -> None:
    key = _kept(cafe)
    with pytest.raises(ZeroDivisionError), unit_of_work(cafe.id):
        forget_picture(key)
        raise ZeroDivisionError
    assert picture(key) is not None
    with unit_of_work(cafe.id):
        forget_picture(key)
        forget_picture(None)
        assert picture(key) is not None
    assert picture(key) is None


def test_nobody_forgets_the_picture_of_another_business(cafe: Shop, florist: Shop) -> None:
    key = _kept(cafe)
    with pytest.raises(ValueError, match="another business"), unit_of_work(florist.id):
        forget_picture(key)
    assert picture(key) is not None


def test_a_store_that_is_away_is_said_in_words(cafe: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        def put(self, *_: object) -> NoReturn:
            raise OSError("refused")

    monkeypatch.setattr(files, "storage", Away)
    with pytest.raises(Conflict, match="Try again in a minute"), unit_of_work(cafe.id):
        keep_picture("logo", _upload())
