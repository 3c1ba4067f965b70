"""Tests that share processes or a town that is dear to set up stay in one worker of xdist, module by module."""

from pathlib import Path

import pytest

DEAR = ("browser", "docs", "embedded", "faults", "oracle")
"""Folders below tests/ whose modules set up such things."""

_TESTS = Path(__file__).parents[1]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each of their modules a group of its own, unless its tests name one."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None and item.path.relative_to(_TESTS).parts[0] in DEAR:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
