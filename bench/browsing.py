"""A browser as far as a till's page needs one: one connection, cookies, forms, and what htmx asks for again."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit


@dataclass(frozen=True, slots=True)
class Page:
    """An answer: its status, where it leads, and what it says."""

    status: int
    location: str
    text: str

    def field(self, name: str) -> str:
        """The value of a hidden field; raises LookupError where the page has none of that name."""
        found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', self.text)
        if found is None:
            raise LookupError(f"The page ({self.status}) has no field {name}")
        return found[1]


@dataclass
class Browser:
    """Sends one request after another over one connection; cookies are kept by name."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)
    _streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, *, is_fragment: bool = False) -> Page:
        """GET a page, or what htmx puts into it."""
        return await self._send("GET", path, {"HX-Request": "true"} if is_fragment else {}, b"")

    async def post(self, path: str, form: Mapping[str, str]) -> Page:
        """POST a form; the answer is not followed."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        return await self._send("POST", path, headers, urlencode(form).encode())

    async def close(self) -> None:
        """Close the connection."""
        if self._streams is not None:
            self._streams[1].close()
            await self._streams[1].wait_closed()

    async def _send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Page:
        reader, writer = await self._connected()
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        own = {"Host": urlsplit(self.url).netloc, "Cookie": cookies, "Content-Length": str(len(body)), **headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in own.items())
        writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        return await self._read(reader)

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            address = urlsplit(self.url)
            assert address.hostname is not None
            self._streams = await asyncio.open_connection(address.hostname, address.port)
        return self._streams

    async def _read(self, reader: asyncio.StreamReader) -> Page:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        pairs = [
            (name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines[1:]) if name
        ]
        for value in (value for name, value in pairs if name == "set-cookie"):
            self.cookies |= {name: each.value for name, each in SimpleCookie(value).items()}
        headers = dict(pairs)
        text = (await reader.readexactly(int(headers.get("content-length", "0")))).decode()
        return Page(int(lines[0].split(" ", 2)[1]), headers.get("location", ""), text)
