"""The gates before a rule looks at a purchase, in the order of RULES 2; the first that fails names its code."""

from datetime import datetime

from app.domain.program import ProgramVersion
from app.domain.purchase import Purchase
from app.domain.rule_type import Miss
from app.domain.standing import MemberFacts, Standing

# An inactive member becomes active by the purchase; these two do not earn.
BARRED = frozenset({"suspended", "expired"})

_ZERO = Miss("zero_amount")
_BARRED = Miss("member_not_active")
_ELSEWHERE = Miss("location_not_participating")
_NOT_TARGETED = Miss("segment_not_targeted")
_NOT_ENROLLED = Miss("not_enrolled")
_CLOSED = Miss("outside_recurrence")


def first_failing(
    purchase: Purchase, version: ProgramVersion, member: MemberFacts, standing: Standing, local: datetime
) -> Miss | None:
    """The miss of the first gate that fails; None when the purchase comes through. `version` is live already."""
    return (
        of_purchase(purchase, member)
        or _of_place_and_time(purchase, version, local)
        or _of_person(version, member, standing)
    )


def of_purchase(purchase: Purchase, member: MemberFacts) -> Miss | None:
    """The gates that no program decides: something was bought, by somebody who may earn."""
    if not (purchase.amount_minor > 0 or (purchase.kind == "punch" and purchase.count > 0)):
        return _ZERO
    return _BARRED if member.status in BARRED else None


def of_enrollment(version: ProgramVersion, standing: Standing) -> Miss | None:
    """The member is in the program, or the program takes everyone in."""
    return None if version.auto_enroll or standing.enrolled else _NOT_ENROLLED


def _of_place_and_time(purchase: Purchase, version: ProgramVersion, local: datetime) -> Miss | None:
    if version.location_ids and purchase.location_id not in version.location_ids:
        return _ELSEWHERE
    if version.blackout_dates and local.date() in version.blackout_dates:
        return Miss("blackout_date", {"date": local.date().isoformat()})
    if version.recurrence is not None and not version.recurrence.is_open(purchase.occurred_at):
        return _CLOSED
    return None


def _of_person(version: ProgramVersion, member: MemberFacts, standing: Standing) -> Miss | None:
    if version.segments and version.segments.isdisjoint(member.segments):
        return _NOT_TARGETED
    return of_enrollment(version, standing)
