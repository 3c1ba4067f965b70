"""What an edit of a live program changes, beside what others have changed since it was begun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.live_edit import CONFIG, Merge, changed_keys, combined, merge
from app.domain.program_changes import Change, changes_between
from app.domain.wizard import Typed
from app.queries.location_names import location_names
from app.queries.program_edits import current_body
from app.services.program_edits import sound_body
from app.web.business.wizard.details_form import PART, details_body, typed_details
from app.web.business.wizard.draft import Draft
from app.web.business.wizard.typed import read_config, write_config

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Three bodies: as the edit began, as it would be published, as the program is now; ``version`` is of now."""

    base: Body
    mine: Body
    theirs: Body
    version: int

    @property
    def merge(self) -> Merge:
        """Return which fields changed here, there, and on both sides."""
        return merge(self.base, self.mine, self.theirs)

    @property
    def is_overtaken(self) -> bool:
        """Say whether somebody else has changed fields since."""
        found = self.merge
        return bool(found.theirs or found.conflicts)

    @property
    def changes(self) -> list[Change]:
        """Return what publishing would change, in words."""
        return changes_between(self.theirs, self.mine, names=self._names())

    def sides(self) -> tuple[list[Change], list[Change]]:
        """Return my changes and theirs, each against the beginning."""
        names = self._names()
        return tuple(changes_between(self.base, side, names=names) for side in (self.mine, self.theirs))  # type: ignore[return-value]

    def body(self) -> dict[str, Any]:
        """Return what to say to publish: whole keys that differ."""
        return changed_keys(self.theirs, self.mine)

    def settled(self, keep_mine: set[str]) -> dict[str, Any]:
        """Return their body with mine where I alone changed it or chose to keep it."""
        return combined(self.mine, self.theirs, keep_mine | set(self.merge.mine))

    def _names(self) -> dict[str, str]:
        return location_names({each for body in (self.base, self.mine, self.theirs) for each in body["locationIds"]})


def compare(draft: Draft) -> Comparison:
    """Compare an edit with its beginning and with now. Raises ValidationErrors where what is typed is not sound."""
    assert draft.edit is not None
    base = draft.edit.base
    theirs, version = current_body(draft.id)
    return Comparison(base, _mine(draft, base), theirs, version)


def typed_parts(draft: Draft, body: Body) -> dict[str, Typed]:
    """Return the texts of both steps that say a body."""
    rules = write_config(draft.fields, body[CONFIG])
    return {draft.rule_type: rules, PART: typed_details({**draft.program, **body})}


def said(changes: Sequence[Change], path: str) -> tuple[str, str]:
    """Return the label of a field and what it became, from the changes of its parts."""
    own = [change for change in changes if change.path == path]
    if own:
        return own[0].label, own[0].after
    inner = [change for change in changes if change.path.startswith(f"{path}.")]
    label = inner[0].label.partition(",")[0].rstrip(" 0123456789") if inner else path
    return label, "; ".join(f"{change.label} {change.after}" for change in inner)


def _mine(draft: Draft, base: Body) -> dict[str, Any]:
    assert draft.edit is not None
    typed = draft.edit.state.typed
    body = dict(base)
    if PART in typed:
        body |= details_body(typed[PART], draft.program)
    if draft.rule_type in typed:
        body[CONFIG] = _config(draft, typed[draft.rule_type], base[CONFIG])
    sound = sound_body(body, sent=changed_keys(base, body))
    return {key: base[key] if body.get(key) == base.get(key) else sound[key] for key in sound}


def _config(draft: Draft, typed: Typed, stored: Body) -> dict[str, Any]:
    """Read the texts; a field that says the same as the stored one stays as it is stored, spelled out or not."""
    same = read_config(draft.fields, write_config(draft.fields, stored))
    read = read_config(draft.fields, typed)
    changed = {key: value for key, value in read.items() if same.get(key) != value or key not in same}
    kept = {key: value for key, value in stored.items() if key in read and key not in changed}
    return {**kept, **changed}
