"""What may be said about a member, and how a purchase may name one."""

from datetime import date
from typing import Any

import pytest

from app.domain.body import parsed
from app.domain.errors import ValidationErrors
from app.domain.member_body import LARGEST_METADATA, LONGEST_VALUE, MemberChanges, NewMember
from app.domain.member_ref import MemberRef


def e164(text: str) -> str:
    if text == "bad":
        raise ValueError("no phone")
    return f"+{text}"


CONTEXT = {"e164": e164, "today": date(2026, 5, 4)}


def refused(**fields: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationErrors) as caught:
        parsed(NewMember, {"name": "Cleo", **fields}, CONTEXT)
    return caught.value.errors


def test_texts_are_trimmed_and_blank_keys_are_none() -> None:
    member = parsed(NewMember, {"name": " Cleo ", "email": " C@X.com ", "phone": " ", "externalId": ""}, CONTEXT)
    assert (member.name, member.email, member.phone, member.external_id) == ("Cleo", "c@x.com", None, None)
    sent = {"name": "Cleo", "email": " ", "phone": "38", "birthday": None, "metadata": {"dog": "Rex", "age": 3}}
    assert parsed(NewMember, sent, CONTEXT).phone == "+38"
    assert parsed(NewMember, {"name": "Cleo", "phone": None}, CONTEXT).phone is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "a\u0007b"),
        ("phone", "bad"),
        ("email", "nobody"),
        ("email", f"{'x' * 250}@x.com"),
        ("birthday", 19900101),
        ("birthday", "1899-12-31"),
        ("birthday", "2026-05-05"),
        ("metadata", {str(number): 1 for number in range(LARGEST_METADATA + 1)}),
        ("metadata", {"k" * 41: 1}),
        ("metadata", {"k": "x" * (LONGEST_VALUE + 1)}),
        ("metadata", {"k": {}}),
    ],
)
def test_nonsense_is_refused_under_its_field(field: str, value: Any) -> None:
    assert list(refused(**{field: value})) == [field]


def test_a_change_names_what_it_changes_alone() -> None:
    changes = parsed(MemberChanges, {"birthday": "1990-02-28"}, CONTEXT)
    assert changes.model_dump(exclude_unset=True) == {"birthday": date(1990, 2, 28)}
    assert parsed(MemberChanges, {"phone": "38", "birthday": "2999-01-01"}).phone == "38", "without a context, as it is"


def test_a_member_is_named_by_exactly_one_way() -> None:
    assert (MemberRef(code="A").kind, MemberRef(code="A").value) == ("code", "A")
    with pytest.raises(ValueError, match="exactly one"):
        MemberRef()
    with pytest.raises(ValueError, match="exactly one"):
        MemberRef(code="A", email="a@x.com")
