"""The one shape of a rule type: what every file in `rules` offers to the engine, the pages and the API."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from app.domain.boosts import Product
from app.domain.purchase import Purchase

State = dict[str, Any]
TraceLine = list[Any]  # [code, params]: what is stored as JSON beside an outcome
Trace = list[TraceLine]
Yield = Literal["points", "cashback", "punches", "stamps", "visits", "spend", "metric"]


@dataclass(frozen=True, slots=True)
class Miss:
    """The rule's own condition that failed, as a code of RULES 2 with what a sentence about it needs."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Contribution:
    """What one purchase adds by itself, whatever came before it.

    `adds` is counted by the rules that count (punches, stamps, visits 0 or 1, minor units, a tier's metric);
    `computed` is what the others grant before caps: points, or cashback in minor units.
    """

    adds: int = 0
    computed: int = 0
    trace: Trace = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Counted:
    """A purchase that counted, as count-then-owe walks it: in (occurred_at, order_id)."""

    occurred_at: datetime
    order_id: str
    local_day: date
    adds: int


@dataclass(frozen=True, slots=True)
class Step:
    """After one more counted purchase: the state, what this purchase itself yielded, all vouchers due so far."""

    state: State
    yielded: int
    due: int


@dataclass(frozen=True, slots=True)
class Standpoint:
    """From where progress is read: an instant, the program's zone, vouchers issued and not revoked."""

    now: datetime
    zone: ZoneInfo
    issued: int = 0


class RuleType(Protocol):
    """A module of `rules`. `terms` is the config compiled once for the speed of settling."""

    NAME: str
    TITLE: str
    YIELDS: Yield
    Config: type[Any]

    def compile_terms(self, config: Any, places: int, blackout_dates: frozenset[date]) -> Any:
        """Integers and sets out of a validated config; `places` are the currency's decimals."""
        ...

    def contribute(self, terms: Any, purchase: Purchase, local: datetime, boost: Product) -> Contribution | Miss:
        """What the purchase adds by itself under this rule, or why nothing."""
        ...

    def progress(self, terms: Any, state: State | None, standpoint: Standpoint) -> dict[str, Any]:
        """API.md's progress of an enrollment; amounts in minor units."""
        ...

    def summary(self, config: Any, currency: str) -> str:
        """The offer in one sentence, for owners and customers."""
        ...


class CountingRule(RuleType, Protocol):
    """A rule that counts, then owes: a left fold of `step` over the counted purchases, from `initial` (RULES 3)."""

    def initial(self, terms: Any) -> State:
        """The state of a member who has not bought anything yet."""
        ...

    def step(self, terms: Any, state: State, counted: Counted) -> Step:
        """One more purchase; `state` is left as it was."""
        ...


def config_of(rule: RuleType, raw: Mapping[str, Any], currency: str) -> BaseModel:
    """The validated config of a stored ruleConfig; raises pydantic's ValidationError."""
    model: BaseModel = rule.Config.model_validate(raw, context={"currency": currency})
    return model
