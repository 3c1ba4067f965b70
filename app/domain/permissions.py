"""What may be done, and which role may do it: the one role map."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.domain.actor import Actor


class Permission(StrEnum):
    """One thing that may be done; every route names one of these or says whom else it is open to (Open)."""

    BUSINESS_VIEW = "business:view"
    BUSINESS_EDIT = "business:edit"
    LOCATION_VIEW = "location:view"
    LOCATION_EDIT = "location:edit"
    STAFF_VIEW = "staff:view"
    STAFF_EDIT = "staff:edit"
    API_KEY_EDIT = "api_key:edit"
    AUDIT_VIEW = "audit:view"
    DASHBOARD_VIEW = "dashboard:view"
    PROGRAM_VIEW = "program:view"
    PROGRAM_EDIT = "program:edit"
    MEMBER_VIEW = "member:view"
    MEMBER_EDIT = "member:edit"
    MEMBER_ERASE = "member:erase"
    MEMBER_IMPORT = "member:import"
    MEMBER_EXPORT = "member:export"
    MEMBER_FIELDS = "member:fields"
    MEMBER_MERGE = "member:merge"
    OPERATION_VIEW = "operation:view"
    PURCHASE_VIEW = "purchase:view"
    PURCHASE_RECORD = "purchase:record"
    PURCHASE_REFUND = "purchase:refund"
    PURCHASE_CORRECT = "purchase:correct"
    PURCHASE_IMPORT = "purchase:import"
    PURCHASE_EXPORT = "purchase:export"
    POINTS_ADJUST = "points:adjust"
    VOUCHER_VIEW = "voucher:view"
    VOUCHER_REDEEM = "voucher:redeem"
    REWARD_VIEW = "reward:view"
    REWARD_EDIT = "reward:edit"
    REDEMPTION_VIEW = "redemption:view"
    REDEMPTION_EDIT = "redemption:edit"
    EVENT_VIEW = "event:view"
    WEBHOOK_EDIT = "webhook:edit"
    TILL_USE = "till:use"
    TILL_EDIT = "till:edit"


class Open(StrEnum):
    """Routes that ask for no permission of a business, each for its own reason."""

    ANYONE = "anyone"
    ANY_ROLE = "any role"
    MEMBER = "member"


class Role(StrEnum):
    """What a person or a key is to a business."""

    OWNER = "owner"
    MANAGER = "manager"
    STAFF = "staff"


_STAFF = frozenset(
    {
        Permission.BUSINESS_VIEW,
        Permission.LOCATION_VIEW,
        Permission.PROGRAM_VIEW,
        Permission.MEMBER_VIEW,
        Permission.MEMBER_EDIT,
        Permission.PURCHASE_VIEW,
        Permission.PURCHASE_RECORD,
        Permission.PURCHASE_REFUND,
        Permission.VOUCHER_VIEW,
        Permission.VOUCHER_REDEEM,
        Permission.REWARD_VIEW,
        Permission.REDEMPTION_VIEW,
        Permission.REDEMPTION_EDIT,
        Permission.TILL_USE,
    }
)
_OWNER = frozenset(Permission)
_MANAGER = _OWNER - {Permission.STAFF_EDIT, Permission.API_KEY_EDIT}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: _OWNER,
    Role.MANAGER: _MANAGER,
    Role.STAFF: _STAFF,
}


def granted(role: Role, only: Iterable[str] | None = None) -> frozenset[Permission]:
    """Return what the role may do, narrowed to `only` where a key carries a list of its own."""
    allowed = ROLE_PERMISSIONS[role]
    return allowed if only is None else allowed & {Permission(name) for name in only}


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody at a door whom we know: in which business, as whom, and what they may do there."""

    business_id: UUID
    actor: Actor
    role: Role
    permissions: frozenset[Permission]
    principal_id: UUID
    session_id: UUID | None = None

    def may(self, permission: Permission | Open) -> bool:
        """Say whether the caller passes a route that names this permission."""
        return isinstance(permission, Open) or permission in self.permissions
