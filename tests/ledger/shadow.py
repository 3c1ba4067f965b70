"""What the books of one enrollment must say, in dicts and plain words: days for instants, no database, no hashes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

FOREVER = 10**9


@dataclass
class Shadow:
    """``lots`` stand in the order of earning; ``lapsed`` is what ran out and no refund has counted as taken yet."""

    today: int = 0
    owed: int = 0
    lifetime: int = 0
    spent: int = 0
    expired: int = 0
    lots: list[dict[str, Any]] = field(default_factory=list)

    def earn(self, amount: int, wait: int, lasts: int | None) -> None:
        """Points pay what is owed before they are kept."""
        paid = min(self.owed, amount)
        self.owed -= paid
        self.lifetime += amount
        gone = FOREVER if lasts is None else self.today + lasts
        self.lots.append(
            {
                "left": amount - paid,
                "usable": self.today + wait,
                "gone": gone,
                "at": self.today,
                "lapsed": 0,
                "free": amount,
            }
        )

    def spend(self, amount: int) -> None:
        """From what is usable, the soonest to go first, then the oldest."""
        self.spent += amount
        self._draw(amount, [lot for lot in self.lots if lot["usable"] <= self.today])

    def take_back(self, place: int, amount: int) -> None:
        """What lapsed of that lot counts as taken; then what is pending, then that lot, then the others, then debt."""
        own = self.lots[place]
        own["free"] -= amount
        counted = min(amount, own["lapsed"])
        own["lapsed"] -= counted
        amount -= counted
        self.lifetime -= amount
        for is_pending in (True, False):
            here = [lot for lot in self.lots if (lot["usable"] > self.today) == is_pending]
            amount = self._draw(amount, [lot for lot in here if lot is own])
            amount = self._draw(amount, here)
        self.owed += amount

    def sleep(self, days: int) -> None:
        """Time goes by: lots that are over are gone, by the clock and not by a job."""
        self.today += days
        for lot in self.lots:
            if lot["gone"] <= self.today:
                self.expired += lot["left"]
                lot["lapsed"] += lot["left"]
                lot["left"] = 0

    def active(self) -> int:
        """What may be spent today."""
        return sum(lot["left"] for lot in self.lots if lot["usable"] <= self.today)

    def pending(self) -> int:
        """What will be usable later."""
        return sum(lot["left"] for lot in self.lots if lot["usable"] > self.today)

    def _draw(self, amount: int, lots: list[dict[str, Any]]) -> int:
        for lot in sorted(lots, key=lambda lot: (lot["gone"], lot["at"])):
            part = min(amount, lot["left"])
            lot["left"] -= part
            amount -= part
        return amount
