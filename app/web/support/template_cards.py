"""Program templates as owners are shown them: the customer's card, the rule in a sentence, and what it costs."""

from __future__ import annotations

from typing import Any

from app.domain.registry import RULES
from app.domain.templates.catalogue import ProgramTemplate
from app.domain.templates.cost import typical_cost
from app.web.support.context import ICONS
from app.web.support.sample_card import sample_card


def template_card(found: ProgramTemplate, currency: str) -> dict[str, Any]:
    """Return {id, name, sentence, best_for, cost_words, type_words, card}; ``card`` is of components/card.html."""
    body = found.body(currency)
    return {
        "id": found.id,
        "name": found.name,
        "sentence": found.sentence(currency),
        "best_for": found.best_for,
        "cost_words": typical_cost(found.id, currency).words,
        "type_words": RULES[found.rule_type].TITLE,
        "card": sample_card({"id": found.id, **body}, currency, ICONS[found.industry]),
    }
