"""The catalogue of rewards: added, changed, copied from the platform's, and taken off (RULES 5; API.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core import clock
from app.core.ids import new_id
from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.domain.errors import NotFound, PreconditionFailed, ValidationErrors
from app.domain.picture_crop import Crop
from app.domain.reward_body import RewardBody, read_reward
from app.domain.reward_registry import told_value
from app.models.location import Location
from app.models.program import Program
from app.models.reward import HiddenReward, PlatformReward, Reward
from app.queries.currency import currency as business_currency
from app.queries.tiers_held import tier_names
from app.services import audit
from app.services.pictures import forget_picture, keep_picture
from app.services.reward_codes import add_codes, has_codes
from app.services.reward_stock import held_units

_OWN = (
    "program_id",
    "name",
    "description",
    "reward_type",
    "value",
    "points_cost",
    "per_member_limit",
    "tier_exclusive",
    "active",
    "starts_at",
    "ends_at",
    "voucher_expires_after_days",
    "code_kind",
    "shared_code",
    "hide_when_out",
    "delivery_methods",
    "terms",
)
LONGEST_ALT = 200


def add_reward(body: Mapping[str, Any], *, actor: Actor, copied_from: UUID | None = None) -> UUID:
    """Add a reward from the body of POST /rewards; returns its id. Raises ValidationErrors with every violation."""
    now = clock.now()
    read = _read(body, now)
    reward = Reward(id=new_id(), created_at=now, image_alt="", copied_from=copied_from)
    _fill(reward, read, now)
    reward.quantity_available = reward.quantity_remaining = read.quantity_available
    session().add(reward)
    session().flush()
    if read.code_kind == "list":
        add_codes(reward, read.codes or [])
    audit.record(actor, "reward.created", ("reward", reward.id), None, _told(reward))
    return reward.id


def change_reward(reward_id: UUID, body: Mapping[str, Any], *, actor: Actor, if_match: int | None = None) -> None:
    """Change what the body names; what is left out keeps its value. Locks the reward.

    The stock may not go below what redemptions hold. Raises NotFound, PreconditionFailed or ValidationErrors.
    """
    reward = locked_reward(reward_id)
    if if_match is not None and if_match != reward.version:
        raise PreconditionFailed
    now = clock.now()
    judged_at = now if {"endsAt", "active"} & body.keys() else reward.created_at
    read = _read({**_body(reward), **body}, judged_at, since=reward)
    before = _told(reward)
    _check_code_kind(reward, read)
    _fill(reward, read, now)
    _restock(reward, read)
    reward.version += 1
    session().flush()
    if read.code_kind == "list":
        add_codes(reward, read.codes or [])
    audit.record(actor, "reward.changed", ("reward", reward.id), before, _told(reward))


def remove_reward(reward_id: UUID, *, actor: Actor) -> None:
    """Take a reward off the catalogue for good; what was redeemed stays and goes on. Raises NotFound."""
    reward = locked_reward(reward_id)
    reward.deleted_at, reward.active = clock.now(), False
    reward.version += 1
    forget_picture(reward.image_key)
    reward.image_key = None
    audit.record(actor, "reward.removed", ("reward", reward.id), {"name": reward.name}, None)


def set_reward_picture(
    reward_id: UUID,
    content: bytes,
    alt: str,
    *,
    actor: Actor,
    crop: Crop | None = None,
    if_match: int | None = None,
) -> None:
    """Give a reward a picture, cut to 4 by 3, and the words that stand for it; the one before is forgotten.

    Raises NotFound, PreconditionFailed, or ValidationErrors on ``picture`` and ``imageAlt``.
    """
    reward = locked_reward(reward_id)
    if if_match is not None and if_match != reward.version:
        raise PreconditionFailed
    alt = alt.strip()
    if not 0 < len(alt) <= LONGEST_ALT:
        raise ValidationErrors(
            {
                "imageAlt": [
                    f"Say what the picture shows, in at most {LONGEST_ALT} characters, for people who cannot see it"
                ]
            }
        )
    before = reward.image_key
    reward.image_key, reward.image_alt = keep_picture("reward", content, crop or Crop()), alt
    reward.version += 1
    forget_picture(before)
    audit.record(actor, "reward.picture_changed", ("reward", reward.id), None, {"imageAlt": alt})


def remove_reward_picture(reward_id: UUID, *, actor: Actor) -> None:
    """Take the picture away. Raises NotFound."""
    reward = locked_reward(reward_id)
    if reward.image_key is not None:
        forget_picture(reward.image_key)
        reward.image_key = None
        reward.version += 1
        audit.record(actor, "reward.picture_removed", ("reward", reward.id))


def copy_platform_reward(platform_reward_id: UUID, *, actor: Actor) -> UUID:
    """Make the business's own reward out of a suggestion of the platform, switched off until they have looked."""
    found = session().get(PlatformReward, platform_reward_id)
    if found is None or not found.active:
        raise NotFound("reward")
    body = {
        "name": found.name,
        "description": found.description,
        "rewardType": found.reward_type,
        "value": told_value(found.value, business_currency()),
        "pointsCost": found.points_cost,
        "terms": found.terms,
        "active": False,
    }
    return add_reward(body, actor=actor, copied_from=found.id)


def hide_platform_reward(platform_reward_id: UUID, is_hidden: bool, *, actor: Actor) -> None:
    """Hide a suggestion of the platform from this business, or show it again. Raises NotFound."""
    if session().get(PlatformReward, platform_reward_id) is None:
        raise NotFound("reward")
    row = session().get(HiddenReward, (current_business_id(), platform_reward_id))
    if is_hidden and row is None:
        session().add(HiddenReward(platform_reward_id=platform_reward_id))
    elif not is_hidden and row is not None:
        session().delete(row)
    else:
        return
    action = "reward.hidden" if is_hidden else "reward.shown"
    audit.record(actor, action, ("platform_reward", platform_reward_id))


def locked_reward(reward_id: UUID) -> Reward:
    """The reward under its row lock, or NotFound."""
    found = select(Reward).where(Reward.id == reward_id, Reward.deleted_at.is_(None)).with_for_update()
    reward = session().scalars(found.execution_options(populate_existing=True)).one_or_none()
    if reward is None:
        raise NotFound("reward")
    return reward


def _read(body: Mapping[str, Any], now: datetime, since: Reward | None = None) -> RewardBody:
    """The body with what only the books know: program, locations and tiers there are."""
    read = read_reward(body, business_currency(), now)
    found: dict[str, list[str]] = {}
    if read.program_id is not None and not _is_points(read.program_id):
        found["programId"] = ["Choose a program with points"]
    if read.location_ids and not _are_locations(read.location_ids):
        found["locationIds"] = ["Choose among your own locations"]
    names = tier_names() if read.tier_exclusive else []
    is_kept = since is not None and since.tier_exclusive == read.tier_exclusive
    if read.tier_exclusive and read.tier_exclusive not in names and not is_kept:
        told = f"one of {', '.join(names)}" if names else "a tier of a tier program; there is none yet"
        found["tierExclusive"] = [f"Choose {told}"]
    if found:
        raise ValidationErrors(found)
    return read


def _is_points(program_id: UUID) -> bool:
    wanted = select(Program.id).where(
        Program.id == program_id, Program.rule_type == "POINTS_BASED", Program.deleted_at.is_(None)
    )
    return session().scalar(wanted) is not None


def _are_locations(ids: Sequence[UUID]) -> bool:
    found = session().scalars(select(Location.id).where(Location.id.in_(ids)))
    return set(found) == set(ids)


def _fill(reward: Reward, read: RewardBody, now: datetime) -> None:
    for name in _OWN:
        setattr(reward, name, getattr(read, name) or None if name == "tier_exclusive" else getattr(read, name))
    reward.location_ids = [str(each) for each in read.location_ids]
    reward.valid_hours = read.valid_hours.kept
    reward.updated_at = now


def _check_code_kind(reward: Reward, read: RewardBody) -> None:
    """Units and codes are counted apart: who has taken one keeps a reward on its side."""
    kinds = {reward.code_kind, read.code_kind}
    if len(kinds) > 1 and "list" in kinds and (held_units(reward.id) or has_codes(reward)):
        raise ValidationErrors({"codeKind": ["Members have this reward already: copy it to use other codes"]})


def _restock(reward: Reward, read: RewardBody) -> None:
    if read.code_kind == "list":
        return
    if read.quantity_available is None:
        reward.quantity_available = reward.quantity_remaining = None
        return
    held = held_units(reward.id)
    if read.quantity_available < held:
        raise ValidationErrors({"quantityAvailable": [f"{held:,} are taken already: enter {held:,} or more"]})
    reward.quantity_available = read.quantity_available
    reward.quantity_remaining = read.quantity_available - held


def _body(reward: Reward) -> dict[str, Any]:
    """The reward as the body of a PUT that changes nothing."""
    instants = {name: value.isoformat() if value else None for name, value in _instants(reward)}
    return {
        "programId": str(reward.program_id) if reward.program_id else None,
        "name": reward.name,
        "description": reward.description,
        "rewardType": reward.reward_type,
        "value": told_value(reward.value, business_currency()),
        "pointsCost": reward.points_cost,
        "quantityAvailable": reward.quantity_available,
        "perMemberLimit": reward.per_member_limit,
        "tierExclusive": reward.tier_exclusive,
        "active": reward.active,
        "voucherExpiresAfterDays": reward.voucher_expires_after_days,
        "codeKind": reward.code_kind,
        "sharedCode": reward.shared_code,
        "locationIds": list(reward.location_ids),
        "validHours": reward.valid_hours,
        "hideWhenOut": reward.hide_when_out,
        "deliveryMethods": list(reward.delivery_methods),
        "terms": reward.terms,
        **instants,
    }


def _instants(reward: Reward) -> tuple[tuple[str, datetime | None], ...]:
    return (("startsAt", reward.starts_at), ("endsAt", reward.ends_at))


def _told(reward: Reward) -> dict[str, Any]:
    """What the audit log keeps: everything but the code, which is worth something."""
    told = _body(reward)
    del told["sharedCode"]
    value = told["value"] or {}
    return {
        **told,
        "value": {name: str(each) if name in ("percent", "amount") else each for name, each in value.items()},
    }
