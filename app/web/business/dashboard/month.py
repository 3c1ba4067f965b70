"""The last 30 days of Home out of the nightly snapshots, and everything that Home shows as tables for a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.errors import NotFound
from app.domain.money import format_money
from app.web.support.formatting import points
from app.web.support.words import called, counted

DAYS = 30

Row = Mapping[str, Any]
Month = Sequence[Row]

_FEWEST = 2  # days that make a line


class UnknownTable(NotFound):
    """Home has no table of this name."""


def tiers(month: Month) -> list[dict[str, Any]]:
    """Return {name, total, share} of each tier that is held, the most members first; share is in percent."""
    held = month[-1]["tier_distribution"] if month else {}
    total = sum(held.values())
    ranked = sorted(held.items(), key=lambda each: (-each[1], each[0]))
    return [{"name": name, "total": number, "share": round(100 * number / total)} for name, number in ranked]


def trend_chart(month: Month) -> dict[str, Any] | None:
    """Return the chart (components/trend.html) of who joined and what was redeemed; None before the second night."""
    days = _by_day(month)
    if len(days) < _FEWEST:
        return None
    columns = [("joined", "Joined"), ("visits", "Visits"), ("redeemed", "Rewards redeemed")]
    joined, redeemed = (sum(day[name] for day in days) for name in ("joined", "redeemed"))
    return {
        "name": "month",
        "title": f"{points(joined)} joined, {counted(redeemed, 'reward')} redeemed",
        "label": "Joins, visits and redemptions by day",
        "first_column": "Day",
        "columns": [words for _, words in columns],
        "rows": [
            {"label": f"{day['day'].day} {day['day']:%b}", "cells": [points(day[name]) for name, _ in columns]}
            for day in reversed(days)
        ],
        "plot": {
            "days": [day["day"].isoformat() for day in days],
            "places": 0,
            "lines": [
                {"label": words, "isLevel": False, "values": [day[name] for day in days]} for name, words in columns
            ],
        },
    }


def csv_rows(table: str, shown: Mapping[str, Any], currency: str) -> list[list[Any]]:
    """Return a table of Home, its head first; ``shown`` is what Home reads (see `views`). NotFound for another name."""
    match table:
        case "figures":
            rows = [[row["label"], row["value"], row["note"]] for row in shown["kpis"]]
            return [["Figure", "Value", "Note"], *rows]
        case "weeks":
            return [["Seven days from", "Visits"], *([day.isoformat(), total] for day, total in shown["weeks"])]
        case "days":
            head = ["Day", "Joined", "Visits", "Rewards redeemed"]
            days = _by_day(shown["month"])
            return [head, *([day["day"].isoformat(), day["joined"], day["visits"], day["redeemed"]] for day in days)]
        case "tiers":
            return [["Tier", "Members"], *([row["name"], row["total"]] for row in tiers(shown["month"]))]
        case "top-members":
            head = ["Member", "Tier", "Visits", f"Spending {currency}"]
            return [head, *(_member(row, currency) for row in shown["top"])]
        case _:
            raise UnknownTable


def _member(row: Row, currency: str) -> list[Any]:
    return [called(row), row["tier"] or "", row["visits"], format_money(row["spent"], currency)]


def _by_day(month: Month) -> list[dict[str, Any]]:
    """Return what each day added; a night before the month is only there to be taken off."""
    befores: list[Row] = [{"vouchers_redeemed": 0}, *month]
    days = [
        {
            "day": row["day"],
            "joined": row["new_members"],
            "visits": row["visits"],
            "redeemed": row["vouchers_redeemed"] - before["vouchers_redeemed"],
        }
        for before, row in zip(befores, month, strict=False)
    ]
    return days[-DAYS:]
