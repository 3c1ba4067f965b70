"""The catalogue of rewards: own ones, and the platform's as read-only (API.md, Rewards)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint

from app.api.pagination import PageOf, page_answer
from app.api.reward_shapes import ImageQuery, RewardShape, RewardsQuery, reward_answer
from app.api.routing import File, Raw, route
from app.domain.permissions import Caller, Permission
from app.domain.reward_body import RewardBody
from app.queries import rewards as found
from app.services import rewards

bp = Blueprint("rewards", __name__, url_prefix="/rewards")
_ONE = "/<uuid:reward_id>"
_PICTURE = File(("image/png", "image/jpeg", "image/webp"), "cake.png", "The picture, up to 5 MB")


@route(bp, "GET", "", permission=Permission.REWARD_VIEW, query=RewardsQuery, answers={200: PageOf[RewardShape]})
def list_rewards(query: RewardsQuery) -> dict[str, Any]:
    """List rewards: own ones, the newest first, then the platform's."""
    page = page_answer(found.rewards_page(query.page, query.page_size, active=query.active))
    return {**page, "data": [reward_answer(reward) for reward in page["data"]]}


@route(bp, "POST", "", permission=Permission.REWARD_EDIT, body=Raw(RewardBody), answers={201: RewardShape})
def add_reward(body: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """Add a reward."""
    return reward_answer(found.reward(rewards.add_reward(body, actor=caller.actor)))


@route(bp, "GET", _ONE, permission=Permission.REWARD_VIEW, answers={200: RewardShape})
def read_reward(reward_id: UUID) -> dict[str, Any]:
    """Read one reward."""
    return reward_answer(found.reward(reward_id))


@route(bp, "PUT", _ONE, permission=Permission.REWARD_EDIT, body=Raw(RewardBody), answers={200: RewardShape})
def change_reward(reward_id: UUID, body: dict[str, Any], caller: Caller, if_match: int | None) -> dict[str, Any]:
    """Change what the body names."""
    rewards.change_reward(reward_id, body, actor=caller.actor, if_match=if_match)
    return reward_answer(found.reward(reward_id))


@route(bp, "DELETE", _ONE, permission=Permission.REWARD_EDIT, answers={204: None})
def remove_reward(reward_id: UUID, caller: Caller) -> None:
    """Take a reward off the catalogue; what was redeemed stays."""
    rewards.remove_reward(reward_id, actor=caller.actor)


@route(
    bp,
    "PUT",
    f"{_ONE}/image",
    permission=Permission.REWARD_EDIT,
    body=_PICTURE,
    query=ImageQuery,
    answers={200: RewardShape},
)
def set_reward_image(
    reward_id: UUID, body: bytes, query: ImageQuery, caller: Caller, if_match: int | None
) -> dict[str, Any]:
    """Give a reward a picture: the file as the body, the words for it as ``alt``."""
    rewards.set_reward_picture(reward_id, body, query.alt, actor=caller.actor, if_match=if_match)
    return reward_answer(found.reward(reward_id))
