"""Which rule type suits a business: three questions about its regulars, and a suggestion with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """One question; ``answers`` are (what is sent, what is shown)."""

    name: str
    words: str
    answers: tuple[tuple[str, str], ...]


QUESTIONS = (
    Question(
        "visits",
        "How often does a regular come?",
        (("often", "Most weeks"), ("sometimes", "Every month or two"), ("rarely", "A few times a year")),
    ),
    Question(
        "basket",
        "What does one visit cost?",
        (
            ("same", "About the same every time"),
            ("items", "It depends on how many things they take"),
            ("varies", "It varies a lot"),
        ),
    ),
    Question(
        "goal",
        "What should the program do most of all?",
        (
            ("free", "Give something free now and then"),
            ("money", "Give money back"),
            ("spend", "Have people spend more"),
            ("frequency", "Have people come more often"),
            ("best", "Treat the best customers better"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A rule type of the registry, and why it fits the answers."""

    rule_type: str
    reason: str


def suggestion(answers: Mapping[str, str]) -> Suggestion:
    """Return what suits the three answers; KeyError for an answer that there is not (see `unanswered`)."""
    visits, basket, goal = (answers[question.name] for question in QUESTIONS)
    match goal:
        case "best":
            return Suggestion(
                "TIER_BASED", "Levels show your best customers that you notice them, and give others one to reach."
            )
        case "money":
            return Suggestion("CASH_BACK", "A percentage back needs no explaining, whatever the purchase costs.")
        case "frequency":
            return _more_visits(visits)
        case "spend":
            return _more_spending(basket)
        case _:
            return _something_free(visits, basket)


def unanswered(answers: Mapping[str, str]) -> list[Question]:
    """Return the questions without an answer of theirs."""
    return [question for question in QUESTIONS if answers.get(question.name) not in dict(question.answers)]


def _more_visits(visits: str) -> Suggestion:
    if visits == "rarely":
        return Suggestion(
            "AMOUNT_SPENT",
            "Who comes a few times a year cannot collect visits in a short time. What they spend in a year adds up.",
        )
    return Suggestion(
        "VISIT_FREQUENCY", "A reward for so many visits within some weeks gives people a reason to come again soon."
    )


def _more_spending(basket: str) -> Suggestion:
    if basket == "varies":
        return Suggestion("POINTS_BASED", "Where purchases differ, points are fair: who spends more, earns more.")
    return Suggestion("AMOUNT_SPENT", "One amount to reach is easy to remember, and people add a little to reach it.")


def _something_free(visits: str, basket: str) -> Suggestion:
    if visits == "rarely":
        return Suggestion(
            "AMOUNT_SPENT", "A card would take years to fill. A reward for what is spent comes within reach."
        )
    if basket == "items":
        return Suggestion("STAMP_CARD", "A stamp for each thing is fair: who takes three, gets three stamps.")
    if basket == "varies":
        return Suggestion("POINTS_BASED", "Where purchases differ, points are fair, and buy a free thing all the same.")
    return Suggestion("PUNCH_CARD", "Purchases are alike and people come often: one punch each, and everybody gets it.")
