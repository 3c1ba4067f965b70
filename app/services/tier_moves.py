"""A member lifted to a tier by hand, with a reason."""

from __future__ import annotations

from uuid import UUID

from app.domain.actor import Actor
from app.domain.errors import Conflict, NotFound, ValidationErrors
from app.domain.tiers import rank
from app.queries.live_versions import newest_versions
from app.services import audit
from app.services.earning import write_work
from app.services.earning_work import loaded_work
from app.services.members import locked_member
from app.services.tiers import lift_to

LONGEST_REASON = 500


def lift_by_hand(member_id: UUID, program_id: UUID, tier: str, reason: str, actor: Actor) -> None:
    """Give a member a higher tier at once: a row of history (``manual_promotion``), an event, and the audit log.

    Where tiers can be lost, it falls at the evaluation like any other. Locks the member. Asked twice it lifts once.
    Raises NotFound (member, program), ValidationErrors, or Conflict ``not_enrolled``, ``tier_not_higher``.
    """
    locked_member(member_id)
    version = newest_versions([program_id]).get(program_id)
    if version is None or version.rule_type != "TIER_BASED":
        raise NotFound("tier program")
    problems = {} if tier in version.terms.names else {"tier": ["Choose a tier"]}
    if not 0 < len(reason) <= LONGEST_REASON:
        problems["reason"] = ["Say why, in at most 500 characters; it stays in the audit log"]
    if problems:
        raise ValidationErrors(problems)
    work = loaded_work([member_id])
    member = work.members[member_id]
    book = member.books.get(program_id)
    if book is None:
        raise Conflict("not_enrolled", "This member does not take part in the program")
    held = book.tier
    if rank(held, version.terms) >= rank(tier, version.terms):
        raise Conflict("tier_not_higher", f"They hold {held} already. Choose a higher tier")
    lift_to(work, member, book, version, tier, reason="manual_promotion", is_historical=False)
    write_work(work)
    audit.record(actor, "member.tier_lifted", ("member", member_id), {"tier": held}, {"tier": tier, "reason": reason})
