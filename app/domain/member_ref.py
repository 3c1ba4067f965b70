"""How a purchase or a file names a member: exactly one of five ways."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

KINDS = ("member_id", "phone", "email", "code", "external_id")


@dataclass(frozen=True, slots=True)
class MemberRef:
    """Exactly one field is set, as it was sent; services.members normalises phones and e-mail addresses.

    ``name`` is only used for a member that has to be made and takes no part in who is meant.
    """

    member_id: UUID | None = None
    phone: str | None = None
    email: str | None = None
    code: str | None = None
    external_id: str | None = None
    name: str = ""

    def __post_init__(self) -> None:
        if sum(getattr(self, kind) is not None for kind in KINDS) != 1:
            raise ValueError("A member is named by exactly one of " + ", ".join(KINDS))

    @property
    def kind(self) -> str:
        """Which of KINDS names the member."""
        return next(kind for kind in KINDS if getattr(self, kind) is not None)

    @property
    def value(self) -> str | UUID:
        """What names the member, as it was sent."""
        value: str | UUID = getattr(self, self.kind)
        return value
