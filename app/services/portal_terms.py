"""The owner's own terms, which stand on the members' page of rules below what the programs say themselves."""

from __future__ import annotations

from app.domain.actor import Actor
from app.domain.errors import ValidationErrors
from app.services.businesses import update_business

LONGEST = 10_000


def set_terms(text: str, *, actor: Actor) -> None:
    """Set the terms of the business in scope; paragraphs are parted by an empty line, no text takes them away.

    Kept in ``settings.terms``, audited like every change of the business. Raises ValidationErrors for ``terms``.
    """
    terms = "\n\n".join(part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip())
    if len(terms) > LONGEST:
        raise ValidationErrors({"terms": [f"Terms must have at most {LONGEST:,} characters"]})
    update_business({"settings": {"terms": terms or None}}, actor)
