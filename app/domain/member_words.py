"""The words under which a member is found: each is looked up by its beginning."""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST = 64
_WORD = re.compile(r"\w+")
_LAST_DIGITS = 4


def words_of(
    *,
    name: str = "",
    email: str | None = None,
    phone: str | None = None,
    code: str = "",
    external_id: str | None = None,
) -> set[str]:
    """Words of a member: of the name, the address and its parts, the phone with and without its country, the keys.

    The last four digits of a phone are a word too: it is what people say at a till. A key is found as a whole and,
    since queries are split into words, by its parts.
    """
    words = set(_WORD.findall(name.casefold()))
    if email:
        words |= {email, *_WORD.findall(email.partition("@")[0])}
    if phone:
        words |= _digit_words(phone.removeprefix("+"))
    for key in (code.casefold(), (external_id or "").casefold()):
        words |= {form for part in (key, *_WORD.findall(key)) for form in (part, part.lstrip("0"))}
    return {word[:LONGEST] for word in words if word}


def words_sought(query: str) -> list[str]:
    """The beginnings to look for, all of which a member must have; digits typed as a phone number are one word."""
    digits = re.sub(r"[\s()+./-]", "", query)
    if digits.isdecimal():
        return [digits.lstrip("0") or digits]
    sought: Iterable[str] = query.casefold().split()
    return [part[:LONGEST] for word in sought for part in ([word] if "@" in word else _WORD.findall(word))]


def _digit_words(digits: str) -> set[str]:
    """E.164 countries have one to three digits; which of the three is the number's own matters to nobody searching."""
    return {digits, *(digits[country:].lstrip("0") for country in (1, 2, 3)), digits[-_LAST_DIGITS:]}
