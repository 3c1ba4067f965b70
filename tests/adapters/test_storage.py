"""Files are kept in a folder or in a bucket, by one contract: what was put comes back, and nothing else does."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from app.adapters.storage import DiskStorage, storage
from app.core.files import Storage, Stored

KEY = "0190-a/logo/picture.webp"


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    """A server on this machine that speaks as S3 does."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["disk", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, s3_endpoint: str) -> Storage:
    """Each kind of store, empty."""
    if request.param == "disk":
        return storage("", tmp_path / "uploads")
    bucket = f"pictures-{secrets.token_hex(4)}"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a secret")
    boto3.client("s3", endpoint_url=s3_endpoint, region_name="us-east-1").create_bucket(Bucket=bucket)
    return storage(f"s3://{bucket}?endpoint={s3_endpoint}&region=us-east-1&prefix=shop/", tmp_path)


def test_what_was_put_comes_back_with_its_type(store: Storage) -> None:
    store.put(KEY, b"\x00pixels\xff", "image/webp")
    assert store.get(KEY) == Stored(b"\x00pixels\xff", "image/webp")


def test_what_was_never_put_is_not_there(store: Storage) -> None:
    assert store.get(KEY) is None


def test_the_later_file_takes_the_place_of_the_earlier(store: Storage) -> None:
    store.put(KEY, b"one", "image/webp")
    store.put(KEY, b"another", "image/webp")
    assert store.get(KEY) == Stored(b"another", "image/webp")


def test_what_was_deleted_is_gone_and_may_be_deleted_again(store: Storage) -> None:
    store.put(KEY, b"one", "image/webp")
    store.delete(KEY)
    store.delete(KEY)
    assert store.get(KEY) is None


def test_a_folder_lists_its_own_files_with_the_time_of_each(store: Storage) -> None:
    folder = KEY.rpartition("/")[0]
    for key in (KEY, f"{folder}-too/other.webp", f"{folder}/second.webp"):
        store.put(key, b"x", "image/webp")
    listed = dict(store.kept_below(folder))
    assert {KEY, f"{folder}/second.webp"} <= set(listed)
    assert all(key.rpartition("/")[0] == folder for key in listed)
    assert all(at.tzinfo is not None and at <= datetime.now(UTC) + timedelta(minutes=1) for at in listed.values())
    assert list(store.kept_below("nothing/here")) == []
    with pytest.raises(ValueError, match="not a folder"):
        list(store.kept_below("../secrets"))


@pytest.mark.parametrize(
    "key",
    ["../secrets.webp", "a/../b.webp", "/etc/a.webp", "a/.b.webp", "a.webp", "a//b.webp", "a/b", "a/b.html", "A/b.png"],
)
def test_a_key_of_another_form_leads_nowhere(store: Storage, key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        store.get(key)
    with pytest.raises(ValueError, match="not a key"):
        store.delete(key)
    with pytest.raises(ValueError, match="not a key"):
        store.put(key, b"x", "image/webp")


def test_a_file_is_never_kept_under_the_name_of_another_type(store: Storage) -> None:
    with pytest.raises(ValueError, match="does not end like text/html"):
        store.put(KEY, b"<script>", "text/html")
    assert store.get(KEY) is None


def test_the_folder_holds_whole_files_alone(tmp_path: Path) -> None:
    DiskStorage(tmp_path).put(KEY, b"whole", "image/webp")
    assert [str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()] == [KEY]


@pytest.mark.parametrize("url", ["ftp://bucket", "s3://", "s3://bucket?secret=x", "s3://bucket?endpoint"])
def test_an_address_that_cannot_be_meant_is_refused_at_the_start(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        storage(url, tmp_path)


def test_a_bucket_that_cannot_be_reached_is_an_error_that_can_be_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a secret")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and never listens: nobody else gets the port meanwhile
        port = nobody.getsockname()[1]
        away = storage(f"s3://bucket?endpoint=http://127.0.0.1:{port}&region=us-east-1", tmp_path)
        with pytest.raises(OSError, match="S3 did not answer"):
            away.get(KEY)


def test_a_bucket_that_is_not_there_is_no_empty_one(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a secret")
    nowhere = storage(f"s3://nobody-made-it?endpoint={s3_endpoint}&region=us-east-1", Path())
    with pytest.raises(OSError, match="S3 refused"):
        nowhere.put(KEY, b"x", "image/webp")
