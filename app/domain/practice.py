"""A customer who does not exist, to practise the till with: the engine over every live program, saving nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Literal
from uuid import UUID

from app.domain.caps import charges
from app.domain.earning import settle
from app.domain.preview_start import PREVIEW_ID, starting_state
from app.domain.program import ProgramVersion
from app.domain.purchase import Item, Purchase, category_key
from app.domain.rule_type import Standpoint, State
from app.domain.standing import MemberFacts, Outcome, Standing

NAME = "Testy McTest"

_CARDS = ("punches", "stamps", "visits")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done in practice: a sale, a punch, a reward of a card given, or one of the catalogue for points.

    ``what`` is the program whose reward was given, or the reward; ``cost`` the points that it took from ``payer``.
    """

    kind: Literal["sale", "punch", "give", "buy"]
    at: datetime
    count: int = 1
    amount_minor: int = 0
    category: str = ""
    what: UUID | None = None
    payer: UUID | None = None
    cost: int = 0


@dataclass(slots=True)
class Place:
    """How far the practice customer is in one program: points, or minor units of cash back."""

    version: ProgramVersion
    state: State | None
    balance: int = 0
    pending: int = 0
    lifetime: int = 0
    issued: int = 0
    ready: int = 0
    tier: str | None = None
    used: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Practised:
    """Where every step leads: a place for each program, and what the last purchase did."""

    places: dict[UUID, Place]
    outcomes: list[Outcome]


def practise(
    versions: Iterable[ProgramVersion],
    steps: Iterable[Step],
    *,
    location_id: UUID | None,
    points: Mapping[UUID, int],
    began_at: datetime,
) -> Practised:
    """Play the steps through all versions, which count as live at each, for somebody in every segment.

    The customer is one short of a full card, so that a reward can be practised at once, and holds ``points`` by
    program id. Budgets are taken as untouched.
    """
    places = {one.program_id: _start(one, began_at, points.get(one.program_id, 0)) for one in versions}
    facts = MemberFacts(segments=frozenset().union(*(place.version.segments for place in places.values())))
    outcomes: list[Outcome] = []
    for number, step in enumerate(steps):
        if step.kind in ("sale", "punch"):
            outcomes = _bought(places, facts, _purchase(step, number, location_id))
        else:
            _handed_over(places, step)
    return Practised(places, outcomes)


def _start(version: ProgramVersion, at: datetime, points: int) -> Place:
    empty = starting_state(version, {}, at)
    if empty is None:
        return Place(version, None, balance=points, lifetime=points)
    if version.rule_type == "TIER_BASED":
        return Place(version, empty)
    shown = version.rule.progress(version.terms, empty, Standpoint(at, version.zone))
    full_but_one = {key: shown["required"] - 1 for key in _CARDS if key in shown}
    return Place(version, starting_state(version, full_but_one, at))


def _purchase(step: Step, number: int, location_id: UUID | None) -> Purchase:
    category = category_key(step.category)
    items = (Item(category, Fraction(1), step.amount_minor),) if category and step.kind == "sale" else ()
    kind: Literal["sale", "punch"] = "punch" if step.kind == "punch" else "sale"
    return Purchase(PREVIEW_ID, kind, step.count, step.amount_minor, items, step.at, f"{number:03d}", location_id)


def _bought(places: Mapping[UUID, Place], facts: MemberFacts, purchase: Purchase) -> list[Outcome]:
    standings = {
        program_id: Standing(enrolled=True, state=place.state, issued=place.issued, cap_used=place.used)
        for program_id, place in places.items()
    }
    held = {program_id: place.tier for program_id, place in places.items() if place.tier}
    versions = [place.version for place in places.values()]
    outcomes = settle(purchase, versions, facts, standings, held, {})
    for outcome in outcomes:
        _keep(places[outcome.program_id], outcome, purchase.occurred_at)
    return outcomes


def _keep(place: Place, outcome: Outcome, at: datetime) -> None:
    place.used.update(charges(place.version, outcome))
    place.state = outcome.state if outcome.state is not None else place.state
    place.issued += outcome.rewards + outcome.forfeited
    place.ready += outcome.rewards
    place.tier = outcome.tier or place.tier
    earned = outcome.points or outcome.cashback_minor
    place.lifetime += earned
    if outcome.cashback_minor or (outcome.available_at is not None and outcome.available_at > at):
        place.pending += earned
    else:
        place.balance += earned


def _handed_over(places: Mapping[UUID, Place], step: Step) -> None:
    """Take a reward or its points away; what is not there cannot be given."""
    given, payer = (places.get(found) if found else None for found in (step.what, step.payer))
    if step.kind == "give" and given is not None:
        given.ready = max(0, given.ready - 1)
    elif step.kind == "buy" and payer is not None:
        payer.balance = max(0, payer.balance - step.cost)
