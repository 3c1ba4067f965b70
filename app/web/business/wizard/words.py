"""What owners read around each field: the sentence before and after it, and a hint; titles stand in for the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence around a field; ``is_main`` fields are seen at once, the others under More options."""

    lead: str
    trail: str = ""
    hint: str = ""
    is_main: bool = False


_WORDS = {
    "pointsPerDollar": Words("Customers earn", "points for every {one} spent", "At most 4 decimals."),
    "redemptionRate": Words("Points are money:", "points are worth {one}", "The fewer points, the more you give back."),
    "minimumPurchaseAmount": Words(
        "Only purchases of at least", "count", "Leave it empty to count every purchase.", is_main=True
    ),
    "categoryMultipliers": Words("Some things earn more", "", "A category of your till, and times how many points."),
    "redemptionSteps": Words("Points are used in steps", "", "For instance 100 points for 5, 250 points for 15."),
    "redemptionSteps.points": Words("Points"),
    "redemptionSteps.value": Words("are worth"),
    "minimumRedemptionPoints": Words("Points can be used from", "points on"),
    "expirationMonths": Words("Points run out after", "months", "Leave it empty and they never do."),
    "pendingDays": Words("Points can be used after", "days", "A few days cover the time for returns."),
    "rounding": Words("Parts of a point are rounded"),
    "punchesRequired": Words("Customers collect", "punches for a reward", "Between 2 and 50. One punch a purchase."),
    "stampsRequired": Words("Customers collect", "stamps for a reward", "Between 2 and 100."),
    "stampEarnRule": Words("How stamps come", is_main=True),
    "stampEarnRule.value": Words("Each brings", "stamps", "For money: stamps for every 1 spent."),
    "stampEarnRule.type": Words("Stamps come"),
    "endowedStart": Words(
        "New members start with",
        "on the card",
        "Twice as many people finish a card that is already begun.",
        is_main=True,
    ),
    "categoryFilter": Words("Only this category counts", "", "As your till calls it, such as coffee. Empty: all."),
    "validHours": Words("Only these hours count", "", "On the clock of the shop. Both empty: all day."),
    "validHours.start": Words("From", "o'clock"),
    "validHours.end": Words("to", "o'clock"),
    "rewardType": Words("Then they get"),
    "rewardValue": Words(
        "Its worth", "", "A free item: its name at your till. A discount: the percentage. Credit: the amount."
    ),
    "rewardDescription": Words("Customers read", "", "Such as: Any coffee, free."),
    "rewardExpiresAfterDays": Words("A reward can be used for", "days", "Empty: as long as the program says."),
    "thresholdAmount": Words("Customers get the reward when they spend"),
    "resetPeriod": Words("What they spent counts", "", "A new period begins at nothing.", is_main=True),
    "repeatable": Words("They can earn it again and again", is_main=True),
    "visitsRequired": Words("Customers come on", "different days", "Between 2 and 365."),
    "withinDays": Words("All of them within", "days"),
    "consecutiveRequired": Words("The days must follow one another", is_main=True),
    "tiers": Words("Tiers, from the lowest", "", "Each asks for more than the one before."),
    "tiers.name": Words("Name"),
    "tiers.threshold": Words(""),
    "tiers.threshold.type": Words("Reached by"),
    "tiers.threshold.value": Words("from"),
    "tiers.threshold.period": Words("counted"),
    "tiers.multipliers": Words("Multiplies", "", "Type points and 1.25 for a quarter more points."),
    "tiers.benefits": Words("Benefits", "", "One a line. Customers read them."),
    "tiers.exclusiveRewards": Words("Rewards for this tier alone", "", "One a line."),
    "tiers.birthdayBonusMultiplier": Words("On birthdays, times"),
    "evaluationPeriod": Words("Tiers are looked at"),
    "degradationRules": Words("When a tier is lost"),
    "degradationRules.enabled": Words("Tiers can be lost"),
    "degradationRules.gracePeriodMonths": Words("A member keeps it for", "more months"),
    "degradationRules.inactivityMonths": Words("It is lost after", "months without a purchase"),
    "rates": Words("How much comes back", "", "The first line begins at 0; each line asks for more."),
    "rates.minimumAmount": Words("Purchases from"),
    "rates.ratePercent": Words("give back", "%"),
    "maximumPerPurchase": Words("At most", "for one purchase"),
    "minimumPayout": Words("Paid out from", "on"),
    "payout": Words("Paid out as"),
}
_OPTIONS = {
    "free_item": "something free",
    "discount": "a discount in percent",
    "credit": "money off",
    "per_visit": "by visit",
    "per_item": "by item",
    "per_dollar": "by money spent",
    "monthly": "every month",
    "quarterly": "every quarter",
    "yearly": "every year",
    "lifetime": "for ever",
    "spending": "money spent",
    "visits": "visits",
    "points": "points earned",
    "down": "down",
    "nearest": "to the nearest",
    "up": "up",
    "store_credit": "credit in the shop",
    "provider": "a payment",
}


def words_of(path: str, title: str) -> Words:
    """Return the words of a field; ``path`` may hold the places of rows."""
    return _WORDS.get(re.sub(r"\.\d+(?=\.|$)", "", path), Words(title))


def option_words(option: str) -> str:
    """Return how an owner calls an option."""
    return _OPTIONS.get(option, option.replace("_", " "))
