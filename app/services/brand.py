"""What a business looks like: its logo, and the colour that the logo suggests."""

from __future__ import annotations

from app.adapters.images import main_colour
from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.domain.actor import Actor
from app.models.business import Business
from app.services import audit
from app.services.pictures import forget_picture, keep_picture, picture


def change_logo(content: bytes, actor: Actor) -> None:
    """Keep an uploaded picture as the logo and forget the earlier one. Raises what `pictures.keep_picture` raises."""
    _set_logo(keep_picture("logo", content), actor)


def remove_logo(actor: Actor) -> None:
    """Go back to the initials of the business."""
    if _business().logo_key is not None:
        _set_logo(None, actor)


def suggested_colour() -> str | None:
    """Return the colour that most of the logo has, `#rrggbb`, greys left out; None without a logo or a colour."""
    key = _business().logo_key
    stored = picture(key) if key else None
    return main_colour(stored.content) if stored else None


def _set_logo(key: str | None, actor: Actor) -> None:
    business = _business()
    before = {"logo": business.logo_key}
    forget_picture(business.logo_key)
    business.logo_key = key
    audit.record(actor, "business.changed", ("business", business.id), before, {"logo": key})


def _business() -> Business:
    return session().get_one(Business, current_business_id())
