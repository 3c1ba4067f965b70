"""Sweeps away pictures that nothing points to: their transaction failed after the file was kept."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app.core import clock, files
from app.core.tenancy import current_business_id
from app.core.unit_of_work import session
from app.domain.picture_keys import LONGEST_SIDES, is_picture_key
from app.models.business import Business
from app.models.reward import Reward

LEFT_ALONE_FOR = timedelta(days=1)
"""A transaction that is still open may yet point to a younger file."""


def sweep_pictures() -> int:
    """Delete the pictures of the business in scope that neither it nor a reward shows; returns how many.

    What is pointed to is read after the files are listed, so that a picture which is kept meanwhile is never at risk.
    May run twice and at once. Raises OSError where the store cannot be reached.
    """
    store, business_id = files.storage(), current_business_id()
    before = clock.now() - LEFT_ALONE_FOR
    old = [
        key
        for kind in LONGEST_SIDES
        for key, kept_at in store.kept_below(f"{business_id}/{kind}")
        if kept_at < before and is_picture_key(key)
    ]
    if not old:
        return 0
    shown = set(session().scalars(select(Reward.image_key).where(Reward.image_key.in_(old))))
    shown.add(session().scalar(select(Business.logo_key).where(Business.id == business_id)))
    strays = [key for key in old if key not in shown]
    for key in strays:
        store.delete(key)
    return len(strays)
