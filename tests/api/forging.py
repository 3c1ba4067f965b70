"""Every way we know to forge an access token: the tricks of the JWT battery (RFC 8725, RELIABILITY C-72)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from app.core import clock
from app.core.config import Settings
from app.core.ids import new_id
from tests.factories.people import Person

HEADER = {"typ": "at+jwt", "alg": "HS256", "kid": "1"}
SECRETS = (b"", b"secret", b"changeme", b"your-256-bit-secret", b"key", b"null", b"regulars", b"\0" * 32)
NONE = ("none", "None", "NONE", "nOnE", "", None)
HOSTILE_KIDS: tuple[Any, ...] = (
    "2", "01", " 1", "1 ", "1\0", "../../../../dev/null", "/dev/null", "/etc/passwd", "file:///dev/null",
    "x' UNION SELECT '' --", "1' OR '1'='1", "http://127.0.0.1/key", "https://example.com/jwks.json", "|id", "`id`",
    "1" * 2_000, "☕", "", 1, 1.0, True, None, [], ["1"], {}, {"1": 1},
)  # fmt: skip
FOREIGN_HEADERS: dict[str, Any] = {
    "jku": "https://example.com/jwks.json",
    "x5u": "https://example.com/key.pem",
    "x5c": ["MIIB"],
    "x5t": "AAAA",
    "jwk": {"kty": "oct", "k": base64.urlsafe_b64encode(b"k" * 32).decode()},
    "crit": ["exp"],
    "cty": "JWT",
    "zip": "DEF",
    "b64": False,
    "enc": "A256GCM",
    "anything": 1,
}
WRONG_TIMES: tuple[Any, ...] = (None, "", "0", "9999999999", True, [], {}, -1, 0, 1.5, 10**400, "never")
NO_IDS: tuple[Any, ...] = (None, "", "x", 1, ["x"], {}, "1' OR '1'='1", "00000000-0000-0000-0000-000000000000\0")
WRONG_AUDIENCES: tuple[Any, ...] = (
    "elsewhere", "", None, ["regulars-api", "elsewhere"], ["regulars-api"], {"regulars-api": 1},
)  # fmt: skip
WRONG_ISSUERS: tuple[Any, ...] = ("elsewhere", "", None, ["regulars"], "regulars ", "Regulars")


def encoded(part: Any) -> str:
    """A part of a token as RFC 7515 has it: base64url without padding; text is taken as it is."""
    text = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def signed(header: Any, payload: Any, key: bytes, digest: str = "sha256") -> str:
    """A token signed with HMAC by nobody's library, which would refuse most of these."""
    text = f"{encoded(header)}.{encoded(payload)}"
    return f"{text}.{encoded(hmac.digest(key, text.encode(), digest))}"


def claims_of(person: Person) -> dict[str, Any]:
    """What a genuine token of somebody says."""
    found: dict[str, Any] = jwt.decode(person.access_token, options={"verify_signature": False})
    return found


class Forger:
    """Forges from the genuine token of one person; `key` is our own, for what must fail although it is signed."""

    def __init__(self, person: Person, stranger: Person) -> None:
        self.person, self.stranger = person, stranger
        self.settings: Settings = person.app.extensions["settings"]
        self.key = self.settings.jwt_key()
        self.claims = claims_of(person)
        self.parts = person.access_token.split(".")

    def genuine(self) -> str:
        """The control: forged by the same means, and good."""
        return signed(HEADER, self.claims, self.key)

    def all(self) -> dict[str, str]:
        """Every forgery under its name."""
        groups = (self._algorithms(), self._keys(), self._headers(), self._claims(), self._times(), self._strangers())
        return {name: token for group in (*groups, self._shapes()) for name, token in group}

    def _with(self, **claims: Any) -> str:
        return signed(HEADER, self.claims | claims, self.key)

    def _header(self, **changes: Any) -> str:
        return signed(HEADER | changes, self.claims, self.key)

    def _algorithms(self) -> Iterator[tuple[str, str]]:
        text = ".".join(self.parts[:2])
        for name in NONE:
            unsigned = f"{encoded(HEADER | {'alg': name})}.{self.parts[1]}."
            yield f"alg {name!r}, no signature", unsigned
            yield f"alg {name!r}, the old signature", unsigned + self.parts[2]
            yield f"alg {name!r}, our signature", self._header(alg=name)
        yield "alg is not there", signed({"typ": "at+jwt", "kid": "1"}, self.claims, self.key)
        for name in ("sha384", "sha512"):
            yield f"our key with {name}", signed(HEADER | {"alg": f"HS{name[3:]}"}, self.claims, self.key, name)
            yield f"our key with {name} that says HS256", signed(HEADER, self.claims, self.key, name)
        others: tuple[Any, ...] = ("hs256", "HS256 ", "RS256", ["HS256"], {"HS256": 1}, 256)
        for other in others:
            yield f"alg {other!r}", self._header(alg=other)
        yield "empty signature", f"{text}."
        yield "no signature", text
        yield "another's signature", f"{text}.{self.stranger.access_token.split('.')[2]}"
        yield "half a signature", f"{text}.{self.parts[2][:20]}"

    def _keys(self) -> Iterator[tuple[str, str]]:
        pair, curve = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())
        for name, private in (("RS256", pair), ("PS256", pair), ("RS512", pair), ("ES256", curve)):
            yield f"{name} with a key of its own", jwt.encode(self.claims, private, name, {"typ": "at+jwt", "kid": "1"})
        for public in (pair.public_key(), curve.public_key()):
            for form in (serialization.Encoding.PEM, serialization.Encoding.DER):
                shown = public.public_bytes(form, serialization.PublicFormat.SubjectPublicKeyInfo)
                yield f"HS256 with a public key {form} {public.key_size}", signed(HEADER, self.claims, shown)
        for secret in SECRETS:
            yield f"HS256 with {secret!r}", signed(HEADER, self.claims, secret)
        ours = self.settings
        others = (ours.pin_key(), ours.card_key(), ours.account_key(), ours.sign_in_key(), ours.secret_key.encode())
        for number, other in enumerate((*others, hashlib.sha256(ours.secret_key.encode()).digest())):
            yield f"HS256 with another key of ours, {number}", signed(HEADER, self.claims, other)

    def _headers(self) -> Iterator[tuple[str, str]]:
        for kid in HOSTILE_KIDS:
            yield f"kid {kid!r:.40}", self._header(kid=kid)
            yield f"kid {kid!r:.40} and an empty key", signed(HEADER | {"kid": kid}, self.claims, b"")
        for name, value in FOREIGN_HEADERS.items():
            yield f"{name} in the header", self._header(**{name: value})
            yield f"{name} and a key of its own", signed(HEADER | {name: value}, self.claims, b"k" * 32)
        for name in HEADER:
            yield f"no {name}", signed(_without(HEADER, name), self.claims, self.key)
        for typ in ("JWT", "at+JWT", "application/at+jwt", "rt+jwt", "", None, 1):
            yield f"typ {typ!r}", self._header(typ=typ)
        yield "a header twice", signed(b'{"typ":"at+jwt","alg":"none","alg":"HS256","kid":"1"}', self.claims, self.key)

    def _claims(self) -> Iterator[tuple[str, str]]:
        for name in self.claims:
            yield f"no {name}", signed(HEADER, _without(self.claims, name), self.key)
        for name in ("sub", "sid", "bid", "jti"):
            for wrong in NO_IDS:
                yield f"{name} {wrong!r}", self._with(**{name: wrong})
        for wrong in WRONG_AUDIENCES:
            yield f"aud {wrong!r}", self._with(aud=wrong)
        for wrong in WRONG_ISSUERS:
            yield f"iss {wrong!r}", self._with(iss=wrong)
        yield "a claim more", self._with(scope="everything")
        text = json.dumps(self.claims)
        for name in self.claims:
            twice = f'{text[:-1]}, "{name}": {json.dumps(self.claims[name])}}}'.encode()
            yield f"{name} twice", signed(HEADER, twice, self.key)
        changed = encoded(self.claims | {"role": "owner", "bid": str(self.stranger.business_id)})
        yield "a changed payload", f"{self.parts[0]}.{changed}.{self.parts[2]}"
        yield "another's payload", f"{self.parts[0]}.{self.stranger.access_token.split('.')[1]}.{self.parts[2]}"

    def _times(self) -> Iterator[tuple[str, str]]:
        now = int(clock.now().timestamp())
        yield "expired", self._with(exp=now - 60)
        yield "expired just now", self._with(exp=now - 31)
        yield "not yet", self._with(nbf=now + 60)
        yield "made in the future", self._with(iat=now + 60)
        yield "of next year", self._with(iat=now + 31_000_000, nbf=now + 31_000_000, exp=now + 32_000_000)
        for name in ("iat", "nbf", "exp"):
            for wrong in WRONG_TIMES:
                if name == "exp" or not isinstance(wrong, int) or isinstance(wrong, bool) or wrong > now:
                    yield f"{name} {wrong!r:.30}", self._with(**{name: wrong})
        for word in (b"NaN", b"Infinity", b"1e999"):
            text = json.dumps(_without(self.claims, "exp")).encode()
            yield f"exp {word!r}", signed(HEADER, text[:-1] + b', "exp": ' + word + b"}", self.key)

    def _strangers(self) -> Iterator[tuple[str, str]]:
        other = claims_of(self.stranger)
        yield "a session that never was", self._with(sid=str(new_id()))
        yield "another's session", self._with(sid=other["sid"])
        yield "another person", self._with(sub=other["sub"])
        yield "another business", self._with(bid=other["bid"])
        yield "another business's session and id", self._with(sid=other["sid"], bid=other["bid"])
        yield "our person in another's session", self._with(sub=other["sub"], sid=other["sid"])
        yield "no business at all", self._with(bid=str(UUID(int=0)))

    def _shapes(self) -> Iterator[tuple[str, str]]:
        header, payload, signature = self.parts
        yield "a refresh token", self.person.refresh_token
        yield "a JWE", ".".join([encoded({"alg": "dir", "enc": "A256GCM", "kid": "1"}), "", *"abc"])
        yield "a JWE that wraps us", ".".join([header, payload, signature, "YQ", "YQ"])
        yield "JSON serialization", json.dumps({"payload": payload, "protected": header, "signature": signature})
        yield "four parts", f"{self.person.access_token}.x"
        yield "parts in another order", f"{payload}.{header}.{signature}"
        yield "nothing but dots", ".."
        yield "an array", signed([HEADER], self.claims, self.key)
        yield "a payload of text", signed(HEADER, "alma", self.key)
        yield "a payload of null", signed(HEADER, b"null", self.key)
        yield "a payload that is no JSON", signed(HEADER, b"\xff{", self.key)
        yield "a payload without end", signed(HEADER, b"[" * 2_000, self.key)
        yield "a header without end", f"{encoded(b'[' * 2_900)}.{payload}.{signature}"
        yield "a hundred kilobytes", self._with(jti="a" * 100_000)
        yield "a hundred kilobytes of nothing", "a" * 100_000
        for name, end in (("padding", "="), ("a blank", " "), ("a NUL", "%00"), ("a comma", ","), ("a quote", '"')):
            yield f"{name} at the end", self.person.access_token + end
        yield "quoted", f'"{self.person.access_token}"'
        yield "standard base64", self.person.access_token.replace("-", "+").replace("_", "/") + "=="
        yield "not a token", "☕".encode().hex()


def _without(found: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key != name}
