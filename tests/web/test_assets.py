"""Static files: compressed, kept for good under the digest of their content, checked under any other address."""

from __future__ import annotations

import gzip
import re

from flask.testing import FlaskClient

GZIP = {"Accept-Encoding": "gzip"}


def test_a_page_names_its_files_by_their_content_and_they_are_kept_for_good(client: FlaskClient) -> None:
    addresses = re.findall(r'"(/static/[^"]+)"', client.get("/login").text)
    assert addresses
    for address in addresses:
        answer = client.get(address.replace("&amp;", "&"), buffered=True)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable", address


def test_text_is_sent_compressed_to_those_who_read_it(client: FlaskClient) -> None:
    plain = client.get("/static/css/tokens.css", buffered=True)
    packed = client.get("/static/css/tokens.css", headers=GZIP, buffered=True)
    assert plain.headers.get("Content-Encoding") is None
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_an_address_without_the_digest_is_checked_each_time(client: FlaskClient) -> None:
    assert client.get("/static/css/tokens.css", buffered=True).headers["Cache-Control"] == "no-cache"
    assert client.get("/static/css/tokens.css?v=0123456789", buffered=True).headers["Cache-Control"] == "no-cache"


def test_a_file_that_is_not_there_is_not_found(client: FlaskClient) -> None:
    assert client.get("/static/css/nothing.css", headers=GZIP).status_code == 404
