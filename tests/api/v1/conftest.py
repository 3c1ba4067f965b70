"""The cast as callers of the API."""

from __future__ import annotations

import pytest

from tests.api.v1.caller import ApiCaller
from tests.factories.businesses import Shop, hire


@pytest.fixture
def alma(cafe: Shop) -> ApiCaller:
    """Alma owns Café Alma."""
    return ApiCaller(cafe.owner)


@pytest.fixture
def ben(cafe: Shop) -> ApiCaller:
    """Ben works the till of Café Alma."""
    return ApiCaller(hire(cafe, "Ben", "staff"))


@pytest.fixture
def dora(florist: Shop) -> ApiCaller:
    """Dora owns another business."""
    return ApiCaller(florist.owner)
