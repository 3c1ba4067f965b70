"""What a program would do with purchases that never happened: the engine itself, saving nothing (RULES 7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.caps import charges
from app.domain.earning import settle
from app.domain.program import ProgramVersion
from app.domain.purchase import Purchase
from app.domain.rule_type import Standpoint, State
from app.domain.standing import MemberFacts, Outcome, Standing


@dataclass(frozen=True, slots=True)
class Preview:
    """One outcome for each purchase, in the order in which they settle, and the progress after the last."""

    outcomes: list[Outcome]
    progress: dict[str, Any]


@dataclass(slots=True)
class _Member:
    """A member who exists only for the preview."""

    facts: MemberFacts
    tier: str | None
    state: State | None
    issued: int = 0
    earned: int = 0


def preview(
    version: ProgramVersion,
    purchases: Iterable[Purchase],
    *,
    facts: MemberFacts,
    now: datetime,
    tier: str | None = None,
    state: State | None = None,
) -> Preview:
    """Settle the purchases one after the other for a member in one version, as if it were live all the time.

    ``facts.multipliers`` carries a tier's multiplier of another program; ``tier`` is the one held in this program,
    ``state`` a state of its rule to start from. The budget is taken as untouched.
    """
    member = _Member(facts, tier, state)
    used: Counter[tuple[str, str]] = Counter()
    outcomes = [_settled(version, purchase, member, used) for purchase in sorted(purchases, key=lambda one: one.key)]
    return Preview(outcomes, _progress(version, member, now))


def _settled(version: ProgramVersion, purchase: Purchase, member: _Member, used: Counter[tuple[str, str]]) -> Outcome:
    standing = Standing(enrolled=True, state=member.state, issued=member.issued, cap_used=used)
    held = {version.program_id: member.tier} if version.rule_type == "TIER_BASED" else {}
    outcome = settle(purchase, [version], member.facts, {version.program_id: standing}, held, {})[0]
    used.update(charges(version, outcome))
    member.state = outcome.state if outcome.state is not None else member.state
    member.issued += outcome.rewards + outcome.forfeited
    member.earned += outcome.points or outcome.cashback_minor
    member.tier = outcome.tier or member.tier
    return outcome


def _progress(version: ProgramVersion, member: _Member, now: datetime) -> dict[str, Any]:
    earned = {"lifetime": member.earned, "earned": member.earned, "pending": member.earned}
    state: State | None = earned if version.rule.YIELDS in ("points", "cashback") else member.state
    if version.rule_type == "TIER_BASED" and state is not None:
        state = {**state, "tier": member.tier}
    return version.rule.progress(version.terms, state, Standpoint(now, version.zone, member.issued))
