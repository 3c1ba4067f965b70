"""What the wizard remembers of a draft: texts that are not part of the program yet, and the furthest open step."""

from datetime import UTC, datetime

from app.domain.wizard import DETAILS, REVIEW, RULES, WizardState

AT = datetime(2026, 5, 4, 12, tzinfo=UTC)


def test_a_draft_that_was_made_elsewhere_has_every_step_open() -> None:
    assert WizardState.from_json(None) == WizardState(REVIEW, {}, None)


def test_what_was_typed_comes_back_as_it_was() -> None:
    state = WizardState(RULES).keeping("PUNCH_CARD", {"punchesRequired": "ten"}, AT)
    assert WizardState.from_json(state.as_json()) == state
    assert WizardState.from_json(WizardState(RULES).as_json()) == WizardState(RULES)


def test_a_finished_part_opens_the_next_step_and_closes_none() -> None:
    typed = {"PUNCH_CARD": {"punchesRequired": "10"}, "details": {"name": "Card"}}
    done = WizardState(RULES, typed).done_with("PUNCH_CARD", RULES, AT)
    assert (done.reached, done.typed, done.saved_at) == (DETAILS, {"details": {"name": "Card"}}, AT)
    assert WizardState(REVIEW, typed).done_with("PUNCH_CARD", RULES, AT).reached == REVIEW
