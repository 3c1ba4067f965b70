"""Tags of members, the fields a business keeps of its own, and the note."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, select

from app.core import clock
from app.core.bulk import insert_rows
from app.core.ids import new_id
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import Conflict, NotFound, ValidationErrors
from app.domain.member_file import LONGEST_NOTE, OwnField, own_value
from app.models.member import Member
from app.models.tag import MemberField, MemberTag, Tag
from app.services import audit
from app.services.members import locked_member

LONGEST_TAG = 40
MOST_FIELDS = 20
FIELD_KINDS = ("text", "number", "date", "choice")


def tag_members(member_ids: Collection[UUID], name: str, *, actor: Actor) -> int:
    """Give a tag to members; returns how many did not bear it yet. Makes the tag. Raises ValidationErrors."""
    tag_id = tags_named([checked_tag(name)])[_folded(name)]
    known = select(Member.id).where(Member.id.in_(member_ids), Member.erased_at.is_(None))
    pairs = [(member_id, tag_id) for member_id in session().scalars(known)]
    added = add_tags(pairs)
    for member_id in added:
        audit.record(actor, "member.tagged", ("member", member_id), None, {"tag": name.strip()})
    return len(added)


def untag_members(member_ids: Collection[UUID], name: str, *, actor: Actor) -> int:
    """Take a tag from members by its name; returns how many bore it. Raises ValidationErrors where nobody does."""
    folded = _folded(checked_tag(name))
    tag_id = session().scalar(select(Tag.id).where(Tag.folded == folded))
    if tag_id is None:
        raise ValidationErrors({"tag": [f"Nobody is tagged {name.strip()}"]})
    gone = delete(MemberTag).where(MemberTag.member_id.in_(member_ids), MemberTag.tag_id == tag_id)
    removed = list(session().scalars(gone.returning(MemberTag.member_id)))
    for member_id in sorted(removed):
        audit.record(actor, "member.untagged", ("member", member_id), {"tag": str(tag_id)})
    _forget_unused(tag_id)
    return len(removed)


def untag_member(member_id: UUID, tag_id: UUID, *, actor: Actor) -> None:
    """Take a tag from a member; once taken, again changes nothing. A tag that nobody bears any more goes."""
    locked_member(member_id)
    gone = delete(MemberTag).where(MemberTag.member_id == member_id, MemberTag.tag_id == tag_id)
    if session().scalar(gone.returning(MemberTag.tag_id)) is None:
        return
    audit.record(actor, "member.untagged", ("member", member_id), {"tag": str(tag_id)})
    _forget_unused(tag_id)


def checked_tag(name: str) -> str:
    """A tag's name without outer spaces. Raises ValidationErrors."""
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_TAG or not name.isprintable():
        raise ValidationErrors({"tag": [f"Enter a tag of at most {LONGEST_TAG} characters"]})
    return name


def tags_named(names: Collection[str]) -> dict[str, UUID]:
    """The tags of these names by their folded form, made where there are none yet; two statements."""
    wanted = {_folded(name): name for name in names}
    if not wanted:
        return {}
    rows = [{"id": new_id(), "name": name, "folded": folded} for folded, name in sorted(wanted.items())]
    insert_rows(Tag, rows, on_conflict_do_nothing=True)
    found = session().execute(select(Tag.folded, Tag.id).where(Tag.folded.in_(wanted)))
    return {row.folded: row.id for row in found}


def add_tags(pairs: Sequence[tuple[UUID, UUID]]) -> list[UUID]:
    """Write (member, tag) pairs; returns the members of those that are new; one statement."""
    now = clock.now()
    rows = [{"member_id": member_id, "tag_id": tag_id, "added_at": now} for member_id, tag_id in pairs]
    return [
        row.member_id for row in insert_rows(MemberTag, rows, on_conflict_do_nothing=True, returning=("member_id",))
    ]


def set_note(member_id: UUID, note: str, *, actor: Actor) -> None:
    """Keep a note about a member; the audit log keeps that, not what, since it is personal."""
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise ValidationErrors({"note": [f"A note has at most {LONGEST_NOTE:,} characters"]})
    member = locked_member(member_id)
    if member.note != note:
        member.note = note
        member.version += 1
        audit.record(actor, "member.updated", ("member", member_id), None, {"fields": ["note"]})


def set_own_fields(member_id: UUID, typed: Mapping[str, str], *, actor: Actor) -> None:
    """Set the business's own fields of a member from what was typed by key; blank empties. Raises ValidationErrors."""
    member = locked_member(member_id)
    values: dict[str, Any] = dict(member.attributes)
    errors: dict[str, list[str]] = {}
    for own in own_fields().values():
        text = typed.get(own.key, "").strip()
        values.pop(own.key, None)
        if text:
            try:
                values[own.key] = own_value(own, text)
            except ValueError as error:
                errors[own.key] = [str(error)]
    if errors:
        raise ValidationErrors(errors)
    changed = sorted(key for key in {*values, *member.attributes} if values.get(key) != member.attributes.get(key))
    if changed:
        member.attributes = values
        member.version += 1
        audit.record(actor, "member.updated", ("member", member_id), None, {"fields": changed})


def own_fields() -> dict[str, OwnField]:
    """The business's own fields by key, in their order."""
    rows = session().scalars(select(MemberField).order_by(MemberField.position, MemberField.id))
    return {row.key: OwnField(row.key, row.label, row.kind, tuple(row.choices)) for row in rows}


def add_own_field(label: str, kind: str, choices: Sequence[str], *, actor: Actor) -> str:
    """Keep one more field of members; returns its key, made of the label. Raises ValidationErrors or Conflict."""
    label, known = " ".join(label.split()), own_fields()
    cleaned = list(dict.fromkeys(choice.strip() for choice in choices if choice.strip()))
    errors: dict[str, list[str]] = {}
    if not 0 < len(label) <= LONGEST_TAG:
        errors["label"] = [f"Enter a name of at most {LONGEST_TAG} characters"]
    if kind not in FIELD_KINDS:
        errors["kind"] = ["Choose what is kept: text, a number, a date or a choice"]
    if kind == "choice" and len(cleaned) < 2:
        errors["choices"] = ["Enter at least two choices, one on each line"]
    if errors:
        raise ValidationErrors(errors)
    if len(known) >= MOST_FIELDS:
        raise Conflict("too_many_fields", f"Keep at most {MOST_FIELDS} fields; remove one first")
    key = re.sub(r"\W+", "_", label.casefold()).strip("_")[:40] or "field"
    if key in known:
        raise Conflict("field_exists", f"There is a field {known[key].label} already")
    row = MemberField(id=new_id(), key=key, label=label, kind=kind, choices=cleaned[:50], position=len(known))
    session().add(row)
    audit.record(actor, "member_field.added", ("member_field", row.id), None, {"label": label, "kind": kind})
    return key


def remove_own_field(key: str, *, actor: Actor) -> None:
    """Show a field no more; what members have in it stays in their data. Raises NotFound."""
    row = session().scalars(select(MemberField).where(MemberField.key == key)).one_or_none()
    if row is None:
        raise NotFound("member field")
    audit.record(actor, "member_field.removed", ("member_field", row.id), {"label": row.label, "kind": row.kind})
    session().delete(row)


def _forget_unused(tag_id: UUID) -> None:
    if not session().scalar(select(exists().where(MemberTag.tag_id == tag_id))):
        session().execute(delete(Tag).where(Tag.id == tag_id))


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
