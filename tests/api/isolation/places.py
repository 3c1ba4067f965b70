"""Two towns side by side, with a row of everything in each, and a digest of all rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import select

from app.core import clock
from app.core.ids import new_id
from app.core.unit_of_work import session, unit_of_work
from app.models.dead_letter import DeadLetter
from app.models.enrollment import Enrollment
from app.models.invitation import Invitation
from app.models.ledger import LedgerEntry
from app.models.purchase import Purchase
from app.models.till_item import TillItem
from app.models.user_session import UserSession
from app.services.member_tags import add_own_field, tag_members, tags_named
from app.services.merging import merge_members
from tests.browser.town import Town, settled_town
from tests.factories.businesses import Shop, hire
from tests.factories.programs import owner_of
from tests.factories.trade import join, sell
from tests.support.databases import Database, plain_url

Parts = Mapping[str, UUID | str]


@dataclass
class Place:
    """A town and an id of its own for every part of an address."""

    town: Town
    parts: dict[str, UUID | str]

    @property
    def shop(self) -> Shop:
        """The business."""
        return self.town.shop

    def of(self, endpoint: str) -> dict[str, UUID | str]:
        """Return the parts for one address."""
        return {**self.parts, **self.town.own_parts.get(endpoint, {})}


def settled(shop: Shop, word: str) -> Place:
    """Let everything happen, called by the word, then what only the walk through all ids needs."""
    town = settled_town(shop, word)
    parts, boss = dict(town.parts), owner_of(shop)
    giver, sam = join(shop, f"Twice {word}"), hire(shop, f"Sam {word}".replace(" ", "."), "manager")
    rich = parts["saver_id"] = join(shop, f"Rich {word}")
    sell(shop, rich, "9000.00")
    with unit_of_work(shop.id):
        tag_members([UUID(str(parts["member_id"]))], word, actor=boss)
        parts["tag_id"] = next(iter(tags_named([word]).values()))
        parts["key"] = add_own_field(f"Size {word}", "text", [], actor=boss)
        parts["merge_id"] = merge_members(giver, UUID(str(parts["member_id"])), actor=boss)
        parts["letter_id"] = session().scalars(select(DeadLetter.id).limit(1)).one()
        parts["entry_id"] = session().scalars(select(LedgerEntry.id).limit(1)).one()
        parts["invitation_id"] = session().scalars(select(Invitation.id).limit(1)).one()
        parts["purchase_id"] = session().scalars(select(Purchase.id).limit(1)).one()
        parts["item_id"] = _conflict(UUID(str(parts["device_id"])))
        parts["session_id"] = session().scalars(select(UserSession.id).where(UserSession.user_id == sam.user_id)).one()
        earned = Enrollment.member_id == rich, Enrollment.unit == "points"
        parts["points_id"] = session().scalars(select(Enrollment.program_id).where(*earned).limit(1)).one()
    parts["actor_id"] = sam.user_id
    parts["code"] = town.own_parts["till_redeem.voucher"]["code"]
    parts["challenge_id"] = town.own_parts["portal_entry.enter"]["challenge_id"]
    return Place(town, parts)


def _conflict(device_id: UUID) -> UUID:
    """Something that a till sent and that waits for the owner."""
    now, item_id = clock.now(), new_id()
    session().add(
        TillItem(
            id=item_id,
            device_id=device_id,
            kind="sale",
            payload={},
            occurred_at=now,
            received_at=now,
            outcome="conflict",
            reason="test",
        )
    )
    return item_id


def rows_of(database: Database, business_id: UUID | None = None) -> dict[str, str]:
    """A digest of all rows of every table, or of one business's, past all that the product guards; one statement."""
    tables: LiteralString = (
        "SELECT c.relname, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'business_id')"
        " FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1"
    )
    digest: LiteralString = "SELECT {}, md5(coalesce(string_agg(r::text, '|' ORDER BY r::text), '')) FROM {} r"
    with psycopg.connect(plain_url(database.url("postgres")), autocommit=True) as connection:
        parts = []
        for name, has_business in connection.execute(tables).fetchall():
            if business_id is not None and not has_business:
                continue
            part = sql.SQL(digest).format(sql.Literal(name), sql.Identifier(name))
            where = sql.SQL(" WHERE business_id = {}").format(sql.Literal(business_id))
            parts.append(part + where if business_id is not None else part)
        return dict(connection.execute(sql.SQL(" UNION ALL ").join(parts)).fetchall())
