"""Keeps files in a bucket of Amazon S3 or of anything that speaks like it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from app.core.files import Stored, check_folder, check_type, content_type_of

_MISSING = {"NoSuchKey", "404"}
_OPTIONS = {"endpoint", "region", "prefix"}
_CONFIG = Config(
    connect_timeout=3,
    read_timeout=10,
    retries={"max_attempts": 3, "mode": "standard"},
    request_checksum_calculation="when_required",  # stores other than Amazon's refuse the newer checksums
    response_checksum_validation="when_required",
)


class S3Storage:
    """One object a key in one bucket, below ``prefix``; the connection is made when it is first needed."""

    def __init__(
        self, bucket: str, *, endpoint: str | None = None, region: str | None = None, prefix: str = ""
    ) -> None:
        self._bucket = bucket
        self._place = {"endpoint_url": endpoint, "region_name": region}
        self._prefix = prefix
        self._lock = threading.Lock()
        self._made: Any = None

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Send the object; S3 shows it whole or not at all."""
        check_type(key, content_type)
        self._ask("put_object", key, Body=content, ContentType=content_type)

    def get(self, key: str) -> Stored | None:
        """Fetch the object; its type is what its key says, whoever wrote it."""
        content_type = content_type_of(key)
        found = self._ask("get_object", key)
        if found is None:
            return None
        try:
            return Stored(found["Body"].read(), content_type)
        except BotoCoreError as error:
            raise OSError(f"S3 did not answer: {error}") from error

    def delete(self, key: str) -> None:
        """Delete the object."""
        content_type_of(key)
        self._ask("delete_object", key)

    def kept_below(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """List the objects, a thousand a call."""
        check_folder(folder)
        pages = self._client().get_paginator("list_objects_v2")
        try:
            for listed in pages.paginate(Bucket=self._bucket, Prefix=f"{self._prefix}{folder}/"):
                for found in listed.get("Contents", ()):
                    yield found["Key"].removeprefix(self._prefix), found["LastModified"]
        except (ClientError, BotoCoreError) as error:
            raise OSError(f"S3 did not list: {error}") from error

    def _ask(self, call: str, key: str, **arguments: Any) -> Any:
        """Call S3 for one key; None where the object is not there."""
        try:
            return getattr(self._client(), call)(Bucket=self._bucket, Key=f"{self._prefix}{key}", **arguments)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _MISSING:
                return None
            raise OSError(f"S3 refused: {error}") from error
        except BotoCoreError as error:
            raise OSError(f"S3 did not answer: {error}") from error

    def _client(self) -> Any:
        with self._lock:  # making a client is not safe in two threads at once, using one is
            if self._made is None:
                self._made = boto3.session.Session().client("s3", config=_CONFIG, **self._place)
            return self._made


def storage(url: str) -> S3Storage:
    """The store behind ``s3://bucket?endpoint=https://…&region=…&prefix=…``; keys come from the AWS variables."""
    where = urlsplit(url)
    options = {name: values[-1] for name, values in parse_qs(where.query, strict_parsing=bool(where.query)).items()}
    unknown = options.keys() - _OPTIONS
    if unknown or not where.hostname:
        raise ValueError("STORAGE_URL must look like s3://bucket?endpoint=https://…&region=…&prefix=…")
    return S3Storage(where.netloc, **options)
