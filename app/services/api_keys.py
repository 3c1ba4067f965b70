"""API keys: shown once when made, kept as a hash, ended at once when revoked."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select, update

from app.core import cache, clock
from app.core.ids import new_id, token
from app.core.passwords import digest
from app.core.tenancy import current_business_id
from app.core.unit_of_work import after_commit, session
from app.domain.actor import Actor
from app.domain.errors import NotFound, ValidationErrors
from app.domain.permissions import Role, granted
from app.models.api_key import ApiKey
from app.queries.callers import KEY_PREFIX, key_cache_name
from app.services import audit

_HINT_LENGTH = 4


def create_api_key(name: str, role: str, permissions: Sequence[str] | None, actor: Actor) -> tuple[UUID, str]:
    """Return the id and the key itself, which nobody can see again; `permissions` narrow what the role may do."""
    _check_permissions(role, permissions)
    business_id = current_business_id()
    key = f"{KEY_PREFIX}{base64.urlsafe_b64encode(business_id.bytes).decode().rstrip('=')}_{token()}"
    row = ApiKey(
        id=new_id(),
        business_id=business_id,
        name=name,
        key_hash=digest(key),
        hint=key[-_HINT_LENGTH:],
        role=role,
        permissions=None if permissions is None else sorted(set(permissions)),
        created_at=clock.now(),
        created_by=actor.id,
    )
    session().add(row)
    after = {"name": name, "role": role, "permissions": row.permissions}
    audit.record(actor, "api_key.created", ("api_key", row.id), after=after)
    return row.id, key


def revoke_api_key(key_id: UUID, actor: Actor) -> None:
    """End a key; NotFound when it is unknown, another business's or ended already."""
    business_id = current_business_id()
    row = (
        session()
        .scalars(
            select(ApiKey).where(ApiKey.id == key_id, ApiKey.business_id == business_id, ApiKey.revoked_at.is_(None))
        )
        .first()
    )
    if row is None:
        raise NotFound
    row.revoked_at = clock.now()
    remembered = key_cache_name(row.key_hash)
    after_commit(lambda: cache.delete(business_id, remembered))
    audit.record(actor, "api_key.revoked", ("api_key", row.id), before={"name": row.name})


def note_key_used(key_id: UUID) -> None:
    """Note that a key is in use, to the minute."""
    now = clock.now()
    is_stale = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < now - timedelta(minutes=1))
    session().execute(update(ApiKey).where(ApiKey.id == key_id, is_stale).values(last_used_at=now))


def _check_permissions(role: str, permissions: Sequence[str] | None) -> None:
    """Refuse names that the role does not have: a list narrows, it never widens."""
    allowed = {permission.value for permission in granted(Role(role))}
    wrong = [name for name in permissions or () if name not in allowed]
    if wrong:
        sentences = [f"{name} is not something that the role {role} may do" for name in wrong]
        raise ValidationErrors({"permissions": sentences})
