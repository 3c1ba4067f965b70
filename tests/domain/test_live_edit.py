"""Two people change one program: nothing of either is lost without being asked."""

from __future__ import annotations

from app.domain.live_edit import changed_keys, combined, merge, value_at

BASE = {"name": "Card", "endsAt": None, "ruleConfig": {"punchesRequired": 8, "categoryFilter": "tea"}}
MINE = {"name": "My card", "endsAt": None, "ruleConfig": {"punchesRequired": 10}}
THEIRS = {"name": "Card", "endsAt": "2027-01-01", "ruleConfig": {"punchesRequired": 12, "categoryFilter": "tea"}}


def test_fields_are_sorted_by_who_changed_them() -> None:
    found = merge(BASE, MINE, THEIRS)
    assert found.mine == ("name", "ruleConfig.categoryFilter")
    assert found.theirs == ("endsAt",)
    assert found.conflicts == ("ruleConfig.punchesRequired",)


def test_both_saying_the_same_is_no_conflict() -> None:
    found = merge(BASE, THEIRS, THEIRS)
    assert (found.mine, found.theirs, found.conflicts) == ((), (), ())


def test_what_is_kept_of_mine_stands_in_theirs() -> None:
    kept = {"name", "ruleConfig.categoryFilter", "ruleConfig.punchesRequired"}
    assert combined(MINE, THEIRS, kept) == {
        "name": "My card",
        "endsAt": "2027-01-01",
        "ruleConfig": {"punchesRequired": 10},
    }
    assert combined(MINE, THEIRS, set()) == THEIRS


def test_a_put_says_whole_keys_that_differ() -> None:
    assert changed_keys(BASE, THEIRS) == {"endsAt": "2027-01-01", "ruleConfig": THEIRS["ruleConfig"]}
    assert value_at(BASE, "ruleConfig.punchesRequired") == 8
    assert value_at(MINE, "ruleConfig.categoryFilter") is None
