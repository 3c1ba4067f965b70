"""Where we may connect to for an owner: public addresses on the ports of https, resolved once (ASVS 1.3.6, API7)."""

from __future__ import annotations

import ipaddress
import socket
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass
from urllib.parse import urlsplit

PORTS = (443, 8443)
RESOLVE_SECONDS = 5.0
_LONGEST_URL = 2_000
_NEVER = tuple(
    ipaddress.ip_network(text)
    for text in (
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2002::/16",
        "2001::/32",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "::ffff:0:0/96",
        "3fff::/20",
        "168.63.129.16/32",
    )
)
"""What ipaddress calls global although it leads elsewhere: NAT64, 6to4 and its relays, Teredo, IETF's own, mapped IPv4,
documentation, and the address at which a big cloud talks to its own machines."""
_UNICAST = ipaddress.ip_network("2000::/3")
"""All that is given out of IPv6 as global unicast; site-local addresses, for one, are outside."""

_resolvers = ThreadPoolExecutor(8, thread_name_prefix="resolve")


class Refused(ValueError):
    """We do not connect there; the message says why, in an owner's words."""


@dataclass(frozen=True, slots=True)
class Target:
    """A vetted place: connect to `address`, speak to `host`."""

    scheme: str
    host: str
    port: int
    address: str
    path: str

    @property
    def host_header(self) -> str:
        """The Host header: the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"https": 443, "http": 80}[self.scheme] else f"{host}:{self.port}"


def target(url: str, *, allows_private: bool) -> Target:
    """Vet a URL and resolve its host once; raises Refused.

    Every address that the name has must be public, or none is used: a name that answers both is a trap. With
    `allows_private` (development) http, any port and any address are fine.
    """
    scheme, host, port, path = _parts(url, allows_private=allows_private)
    addresses = _resolved(host, port)
    if not allows_private and not all(is_public(address) for address in addresses):
        raise Refused("This address is not on the public internet. Enter one that everybody can reach.")
    return Target(scheme, host, port, addresses[0], path)


def is_public(address: str) -> bool:
    """Say whether an IP address is one of the public internet, and leads nowhere else."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if ip.is_multicast or ip.is_reserved or not ip.is_global or (ip.version == 6 and ip not in _UNICAST):
        return False
    return not any(ip.version == network.version and ip in network for network in _NEVER)


def _parts(url: str, *, allows_private: bool) -> tuple[str, str, int, str]:
    if len(url) > _LONGEST_URL or any(not " " < sign < "\x7f" or sign == "\\" for sign in url):
        raise Refused("Enter an address of at most 2,000 plain letters, like https://example.com/hooks")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Refused("Enter a whole address, like https://example.com/hooks") from None
    schemes = ("https", "http") if allows_private else ("https",)
    if parts.scheme not in schemes or not host:
        raise Refused("Enter an address that begins with https://")
    if parts.username is not None or parts.password is not None:
        raise Refused("Leave the user name and password out of the address")
    port = port or (443 if parts.scheme == "https" else 80)
    if not allows_private and port not in PORTS:
        raise Refused("Use port 443 or 8443")
    path = parts.path or "/"
    return parts.scheme, host, port, f"{path}?{parts.query}" if parts.query else path


def _resolved(host: str, port: int) -> list[str]:
    asked = _resolvers.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    try:
        found = asked.result(timeout=RESOLVE_SECONDS)
    except (OSError, UnicodeError, TooSlow):
        raise Refused(f"There is no server by the name of {host}") from None
    return [str(entry[4][0]) for entry in found]
