"""The short links on posters: one for a business and one for each location, made once and kept for good."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.core import clock
from app.core.ids import code as new_code
from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.models.business import Business
from app.models.join_link import JoinLink
from app.services.businesses import update_business

CODE_LENGTH = 6
_TRIES = 5


def join_code(location_id: UUID | None = None) -> str:
    """Return the code of the business in scope, or of one of its locations; the first call makes it."""
    business_id = current_business_id()
    mine = select(JoinLink.code).where(
        JoinLink.business_id == business_id, JoinLink.location_id.is_not_distinct_from(location_id)
    )
    for _ in range(_TRIES):
        found = session().scalar(mine)
        if found is not None:
            return found
        row = {"code": new_code(CODE_LENGTH), "business_id": business_id, "location_id": location_id}
        session().execute(insert(JoinLink).values(created_at=clock.now(), **row).on_conflict_do_nothing())
    raise RuntimeError("No free join code was found")


def note_poster(actor: Actor) -> None:
    """Note that the owner has opened a poster, once: it is a task of the setup list."""
    business = session().get_one(Business, current_business_id())
    if "posterOpenedAt" not in business.settings:
        update_business({"settings": {"posterOpenedAt": clock.now().isoformat()}}, actor)
