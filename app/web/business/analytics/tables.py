"""The tables of the page: what a chart draws, what stands under it, and what a spreadsheet gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.errors import NotFound
from app.domain.money import exponent
from app.web.business.analytics.figures import Unit, amounts, rates
from app.web.support.formatting import money, points
from app.web.support.words import counted

Rows = Sequence[Mapping[str, Any]]

_DAYS = 30


class UnknownTable(NotFound):
    """The page has no table of this name."""


def people(periods: Rows, span: int) -> dict[str, Any]:
    """Return the chart of joins and visits, with its table."""
    joined, visits = (sum(row[name] for row in periods) for name in ("joined", "visits"))
    columns = [("joined", "Joined", False), ("visits", "Visits", False)]
    title = f"{counted(visits, 'visit')}, {points(joined)} joined"
    return _chart("people", title, "Joins and visits", periods, columns, span, str, 0)


def _columns(unit: Unit) -> list[tuple[str, str, bool]]:
    """Return (figure, its word, whether it is a level of its own scale) of what a program gives."""
    if unit.is_vouchers:
        return [("vouchers_issued", "Earned", False), ("vouchers_redeemed", "Redeemed", False)]
    return [
        ("points_issued", "Earned", False),
        ("points_redeemed", "Redeemed", False),
        ("points_expired", "Expired", False),
        ("points_outstanding", "Outstanding", True),
    ]


def amounts_chart(periods: Rows, span: int, unit: Unit) -> dict[str, Any]:
    """Return the chart of what was earned and what became of it, with its table."""
    columns = _columns(unit)
    earned, redeemed = (unit.written(sum(row[name] for row in periods)) for name, _, _ in columns[:2])
    title = f"{earned} {'earned' if unit.places else f'{unit.name.lower()} earned'}, {redeemed} redeemed"
    return _chart(
        "amounts", title, f"{unit.name} by what became of them", periods, columns, span, unit.written, unit.places
    )


def locations(rows: Rows, currency: str) -> list[dict[str, Any]]:
    """Return the rows of the table by location."""
    return [
        {
            "name": row["name"] or "No location",
            "purchases": points(row["purchases"]),
            "members": points(row["members"]),
            "spending": money(row["spending"], currency),
        }
        for row in rows
    ]


def day_rows(series: Rows, unit: Unit) -> list[list[Any]]:
    """Return every day with every figure of the charts, the oldest first."""
    columns = _columns(unit)
    head = ["Day", "Enrolled", "Joined", "Active participants", "Visits"]
    names = ("enrollments", "joined", "active_participants", "visits")
    rows: list[list[Any]] = [[*head, *(f"{unit.name} {words.lower()}" for _, words, _ in columns)]]
    for row in series:
        given = (_exact(row[name], unit.places) for name, _, _ in columns)
        rows.append([row["day"].isoformat(), *(row[name] for name in names), *given])
    return rows


def figure_rows(known: Mapping[str, Any], unit: Unit) -> list[list[Any]]:
    """Return the key numbers and both rates."""
    issued, redeemed, left = (_exact(amount, unit.places) for amount in amounts(known, unit))
    return [
        ["Figure", "Value"],
        ["Enrolled", known["enrollments"]],
        ["Active participants", known["active_participants"]],
        [f"{unit.name} earned", issued],
        [f"{unit.name} redeemed", redeemed],
        [f"{unit.name} left", left],
        *([f"Redemption rate: {rate['label'].lower()}", rate["value"]] for rate in rates(known, unit)),
    ]


def location_rows(rows: Rows, currency: str) -> list[list[Any]]:
    """Return purchases, members and spending by location."""
    places = exponent(currency)
    return [
        ["Location", "Purchases", "Members", f"Spending {currency}"],
        *(
            [row["name"] or "No location", row["purchases"], row["members"], _exact(row["spending"], places)]
            for row in rows
        ),
    ]


def _chart(
    name: str, title: str, label: str, periods: Rows, columns: Any, span: int, written: Any, places: int
) -> dict[str, Any]:
    return {
        "name": name,
        "title": title,
        "label": f"{label} by {'day' if span <= _DAYS else 'week'}",
        "first_column": "Day" if span <= _DAYS else "Week from",
        "columns": [words for _, words, _ in columns],
        "rows": [
            {"label": _short(row["day"]), "cells": [written(row[column]) for column, _, _ in columns]}
            for row in reversed(periods)
        ],
        "plot": {
            "days": [row["day"].isoformat() for row in periods],
            "places": places,
            "lines": [
                {"label": words, "isLevel": is_level, "values": [row[column] for row in periods]}
                for column, words, is_level in columns
            ],
        },
    }


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"


def _exact(amount: int, places: int) -> int | Decimal:
    return Decimal(amount).scaleb(-places) if places else amount
