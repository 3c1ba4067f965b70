"""Where webhooks may go, and how little a hostile receiver can do to us."""

from __future__ import annotations

import resource
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from app.adapters.public_addresses import Refused, is_public, target
from app.adapters.webhook_sender import WebhookSender
from tests.support.receiver import Receiver, answer, drip, flood, hang, receiving

LOOPBACK = [
    "127.0.0.1", "127.1", "127.0.1", "0", "0.0.0.0", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1",
    "017700000001", "127.255.255.254", "localhost", "LOCALHOST", "localhost.", "[::1]", "[::]",
    "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
]  # fmt: skip
PRIVATE = [
    "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.1.254", "169.254.0.1",
    "169.254.169.254", "[fd00::1]", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "100.64.0.1", "100.127.255.254",
    "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255",
    "240.0.0.1", "255.255.255.255", "[ff02::1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::1]", "[2002:7f00:1::]",
    "[2001::1]", "[2001:db8::1]", "[::ffff:169.254.169.254]", "[::ffff:10.0.0.1]", "[fec0::1]", "[3fff::1]",
    "[5f00::1]", "[100::1]", "192.88.99.1", "168.63.129.16",
]  # fmt: skip
TRICKS = [
    "https://127.0.0.1:8443/", "https://user@127.0.0.1/", "https://example.com@127.0.0.1/",
    "https://user:secret@example.com/", "http://example.com/", "ftp://example.com/", "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_FLUSHALL", "https://example.com:22/", "https://example.com:6379/", "https:///hooks",
    "//example.com/", "example.com", "", "https://example.com\\@127.0.0.1/", "https://127.0.0.1\t.example.com/",
    "https://exa mple.com/", "https://example.com/\r\nHost: x", "https://①②⑦.⓪.⓪.①/", "https://[::1/",
    "https://example.com:99999/", "https://" + "a" * 2_000 + ".com/",
]  # fmt: skip
CORPUS = [f"https://{host}{port}/" for host in LOOPBACK + PRIVATE for port in ("", ":8443")] + TRICKS


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A server on this machine."""
    with receiving() as running:
        yield running


@pytest.mark.parametrize("url", CORPUS)
def test_no_address_inside_is_ever_connected_to(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connected: list[Any] = []
    monkeypatch.setattr(socket, "create_connection", lambda place, *rest: connected.append(place))
    with pytest.raises(Refused):
        WebhookSender().vet(url)
    sent = WebhookSender().post(url, {}, b"{}")
    assert (sent.status, connected) == (None, [])
    assert sent.error


def test_a_name_that_means_a_public_and_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _resolve_to(monkeypatch, "93.184.216.34", "127.0.0.1")
    with pytest.raises(Refused, match="public internet"):
        WebhookSender().vet("https://rebinding.example/")


def test_a_name_that_changes_its_mind_after_it_was_vetted_is_not_followed(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    connected: list[str] = []

    def connect(place: tuple[str, int], *_: Any) -> Any:
        connected.append(place[0])
        raise OSError("this test goes nowhere")

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (ip, 443)) for ip in next(answers)])
    monkeypatch.setattr(socket, "create_connection", connect)
    WebhookSender().post("https://rebinding.example/", {}, b"{}")
    assert connected == ["93.184.216.34"], "resolved once, and connected to what was vetted"
    assert "public internet" in WebhookSender().post("https://rebinding.example/", {}, b"{}").error
    assert (len(connected), receiver.connections) == (1, 0)


def test_a_name_that_nobody_has_is_refused() -> None:
    with pytest.raises(Refused, match=r"no server by the name of nowhere\.invalid"):
        WebhookSender().vet("https://nowhere.invalid/")


def test_public_addresses_are_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    for address in ("93.184.216.34", "8.8.8.8", "2606:4700:4700::1111"):
        assert is_public(address)
        _resolve_to(monkeypatch, address)
        assert target("https://example.com/hooks?a=1", allows_private=False).path == "/hooks?a=1"
        assert target("https://example.com:8443", allows_private=False).host_header == "example.com:8443"


def test_a_post_arrives_as_it_was_signed(receiver: Receiver) -> None:
    sent = WebhookSender(allows_private=True).post(f"{receiver.url}/hooks?x=1", {"webhook-id": "1"}, b'{"a": 1}')
    assert (sent.status, sent.error) == (204, "")
    [got] = receiver.got
    assert (got.path, got.body, got.headers["webhook-id"]) == ("/hooks?x=1", b'{"a": 1}', "1")
    assert got.headers["host"] == receiver.url.removeprefix("http://")


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.behave = lambda handler: answer(handler, 302, Location=f"{receiver.url}/inside")
    assert WebhookSender(allows_private=True).post(receiver.url, {}, b"{}").status == 302
    assert receiver.connections == 1


@pytest.mark.parametrize("behaviour", [hang, drip])
def test_a_receiver_that_dawdles_is_left_after_its_time(receiver: Receiver, behaviour: Any) -> None:
    receiver.behave = behaviour
    sent = WebhookSender(allows_private=True, seconds=1.0).post(receiver.url, {}, b"{}")
    assert receiver.ended == 0, "it dawdles on"
    assert sent.status is None
    assert "No whole answer" in sent.error


def test_a_flood_is_read_up_to_64_kilobytes(receiver: Receiver) -> None:
    receiver.behave = flood
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sent = WebhookSender(allows_private=True).post(receiver.url, {}, b"{}")
    assert (sent.status, len(sent.excerpt)) == (200, 1_000)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000, "kilobytes"


def test_what_a_receiver_says_is_kept_as_text_without_nul(receiver: Receiver) -> None:
    receiver.behave = lambda handler: answer(handler, 500, b"\xff\x00broken", Retry_After="120")
    sent = WebhookSender(allows_private=True).post(receiver.url, {}, b"{}")
    assert (sent.status, sent.excerpt) == (500, "�broken")
    assert sent.retry_after is not None
    assert sent.retry_after.total_seconds() == 120


def test_an_impostor_without_the_name_s_certificate_is_refused(receiver: Receiver) -> None:
    sent = WebhookSender(allows_private=True).post(receiver.url.replace("http", "https"), {}, b"{}")
    assert sent.status is None
    assert "SSL" in sent.error


def test_a_receiver_that_is_not_there_is_an_error_and_no_exception() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        assert "ConnectionRefused" in WebhookSender(allows_private=True).post(url, {}, b"{}").error


def _resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, 443)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
