"""How a business and its programs are doing (API.md, Programs)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint
from pydantic.alias_generators import to_camel

from app.api.analytics_shapes import AnalyticsQuery, AnalyticsShape, DashboardShape
from app.api.routing import route
from app.core import clock
from app.domain.localtime import local_day
from app.domain.money import format_money
from app.domain.permissions import Permission
from app.queries import businesses
from app.queries import programs as found
from app.queries.overview import overview
from app.queries.program_analytics import program_analytics

bp = Blueprint("analytics", __name__, url_prefix="/loyalty")

_DEFAULT = timedelta(days=29)
_AMOUNTS = ("points_issued", "points_redeemed", "points_expired", "points_outstanding")


@route(bp, "GET", "/dashboard", permission=Permission.DASHBOARD_VIEW, answers={200: DashboardShape})
def read_dashboard() -> dict[str, Any]:
    """Read the key figures of the business."""
    currency = businesses.currency()
    figures = overview(businesses.zone(), clock.now())
    top = [member | {"spent": format_money(member["spent"], currency)} for member in figures["top_members"]]
    counts = {to_camel(name): figures[name] for name in ("tier_distribution", "programs_by_status")}
    return _camel(figures | {"top_members": top}) | counts


@route(
    bp,
    "GET",
    "/programs/<uuid:program_id>/analytics",
    permission=Permission.PROGRAM_VIEW,
    query=AnalyticsQuery,
    answers={200: AnalyticsShape},
)
def read_analytics(program_id: UUID, query: AnalyticsQuery) -> dict[str, Any]:
    """Read the figures of a program, in all and day by day."""
    program = found.program(program_id)
    zone, now, currency = businesses.zone(), clock.now(), businesses.currency()
    last = query.to or local_day(now, zone)
    first = query.from_ or last - _DEFAULT
    figures = program_analytics(program_id, first, last, zone, now)
    is_money = program["ruleType"] == "CASH_BACK"
    series = [
        _amounts(row, currency, is_money=is_money) | {"spending": format_money(row["spending"], currency)}
        for row in figures["series"]
    ]
    named = {"program_id": program_id, "unit": "money" if is_money else "points", "series": series}
    return _camel(_amounts(figures, currency, is_money=is_money) | named)


def _amounts(row: Mapping[str, Any], currency: str, *, is_money: bool) -> dict[str, Any]:
    if not is_money:
        return dict(row)
    return {**row, **{name: format_money(row[name], currency) for name in _AMOUNTS}}


def _camel(value: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of all levels as the API writes them; ids, days and instants stay as they are."""
    return {to_camel("date" if key == "day" else key): _camel_below(each) for key, each in value.items()}


def _camel_below(value: Any) -> Any:
    if isinstance(value, list):
        return [_camel(each) for each in value]
    return _camel(value) if isinstance(value, Mapping) else value
