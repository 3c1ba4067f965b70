"""Turns minor units into the decimal strings that answers carry, wherever a number is money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.money import format_money

_MONEY_PROGRESS = {"AMOUNT_SPENT": ("spent", "threshold"), "CASH_BACK": ("earned", "paid", "pending")}
_METRIC = ("metric", "toNext", "toKeep")


def enrollment_answer(entry: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """The enrollment object of API.md out of queries.enrollments."""
    is_money = entry["unit"] == "money"
    balances = {key: _amount(entry[key], currency, is_money) for key in ("balance", "pending", "owed")}
    progress = with_money(entry["progress"], _money_keys(entry), currency)
    upcoming = entry["nextReward"]
    if upcoming and entry["ruleType"] == "AMOUNT_SPENT":
        upcoming = with_money(upcoming, ("remaining",), currency)
    named = {key: entry[key] for key in ("programId", "ruleType", "joinedAt")}
    return {**named, **balances, "progress": progress, "nextReward": upcoming}


def participant_answer(entry: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """The same, with whose it is."""
    return {"id": entry["id"], "memberId": entry["memberId"], **enrollment_answer(entry, currency)}


def entry_answer(entry: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """A ledger entry; only one in money is formatted."""
    return with_money(entry, ("amount", "balanceAfter") if entry["unit"] == "money" else (), currency)


def with_money(values: Mapping[str, Any], keys: tuple[str, ...], currency: str) -> dict[str, Any]:
    """The same values, those under ``keys`` as decimal strings; null stays null."""
    money = {key: format_money(values[key], currency) for key in keys if values[key] is not None}
    return {**values, **money}


def _money_keys(entry: Mapping[str, Any]) -> tuple[str, ...]:
    if entry["ruleType"] == "TIER_BASED":
        return _METRIC if entry["metricUnit"] == "spending" else ()
    return _MONEY_PROGRESS.get(entry["ruleType"], ())


def _amount(value: int, currency: str, is_money: bool) -> int | str:
    return format_money(value, currency) if is_money else value


def purchase_answer(purchase: Mapping[str, Any]) -> dict[str, Any]:
    """The purchase object of API.md out of queries.purchases."""
    currency = purchase["currency"]
    answer = with_money(purchase, ("amount", "refunded"), currency)
    answer["items"] = [with_money(item, ("unitPrice",), currency) for item in purchase["items"]]
    if "outcomes" in purchase:
        answer["outcomes"] = [with_money(outcome, ("cashback",), currency) for outcome in purchase["outcomes"]]
    return answer


def taken_back_answer(row: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """One program of a refund's preview."""
    is_money = row["unit"] == "money"
    plain = {key: value for key, value in row.items() if key != "unit"}
    return {**with_money(plain, ("cashback",), currency), "owed": _amount(row["owed"], currency, is_money)}


def preview_answer(played: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """The answer of a preview out of services.program_preview."""
    outcomes = [with_money(outcome, ("cashback",), currency) for outcome in played["outcomes"]]
    return {"outcomes": outcomes, "progress": with_money(played["progress"], _money_keys(played), currency)}
