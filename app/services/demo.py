"""The demo business: Kava & Co with its people and programs, and how the real purchases are brought up to today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.core import clock, serial
from app.core.ids import new_id
from app.core.unit_of_work import platform_session, unit_of_work
from app.domain.actor import Actor
from app.domain.errors import Conflict
from app.domain.localtime import local_day, to_instant
from app.domain.purchase_file import FileTerms
from app.queries.businesses import business, open_business_id
from app.queries.staff import staff_page
from app.services.businesses import create_business, create_location, update_business
from app.services.programs import create_program
from app.services.purchase_files import PurchaseFile
from app.services.staff import add_staff, update_staff

PURCHASES = "coffee_purchases.csv"
PROGRAMS = "demo_programs.json"
BUSINESS = "demo_business.json"
COLUMNS = {
    "order_id": "order_id",
    "occurred_at": "occurred_at_local",
    "member": "card",
    "amount": "amount",
    "item": "item",
}
_PROGRAMS_START = datetime(2024, 3, 1)  # noqa: DTZ001 - wall time, as the purchases are
_WEEK = 7
_INITIALS = "ABCDHIKLMNOPRSTVYZ"


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """What somebody types to look at the demo."""

    role: str
    name: str
    email: str
    password: str
    pin: str | None = None


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo business of this installation; ``shift_days`` is how far its purchases are moved."""

    id: UUID
    shift_days: int
    is_complete: bool


def demo_logins(folder: Path) -> list[DemoLogin]:
    """The fixed log-ins of the demo, which are no secret."""
    told = _told(folder)
    owner, till, password = told["owner"], told["till"], told["password"]
    return [
        DemoLogin("owner", owner["name"], owner["email"], password),
        DemoLogin("till", till["name"], till["email"], password, till["pin"]),
    ]


def found_demo(folder: Path) -> Demo:
    """Find the demo business or found it whole, in one transaction; ``folder`` holds the demo's three files.

    Raises Conflict ``demo_in_the_way`` when its address belongs to somebody else.
    """
    told = _told(folder)
    with platform_session():
        known = open_business_id(told["slug"])
        settings = business(known)["settings"] if known else {}
    if known is None:
        return _found(folder, told)
    if "demo" not in settings:
        raise Conflict("demo_in_the_way", f"The address {told['slug']} belongs to a business that is not the demo")
    return Demo(known, settings["demo"]["shiftDays"], settings["demo"]["isComplete"])


def demo_terms(folder: Path, demo: Demo, file: PurchaseFile) -> FileTerms:
    """How the demo's purchases are read: moved to today, their cards given first names."""
    told = _told(folder)
    names: list[str] = told["firstNames"]
    return FileTerms(
        COLUMNS,
        source="machine",
        currency=told["currency"],
        zone=ZoneInfo(told["timezone"]),
        now=clock.now(),
        shift_days=demo.shift_days,
        has_decimal_comma=file.delimiter == ";",
        name_of=lambda card: _name(card, names),
    )


def complete_demo(demo: Demo) -> None:
    """Remember that everything is there, so that the next start has nothing to do."""
    with unit_of_work(demo.id):
        update_business({"settings": _marked(demo.shift_days, is_complete=True)}, _actor(None))


def shift_days(last_sale: date, today: date) -> int:
    """Whole weeks, in days, that put the last sale into the seven days before today."""
    return ((today - timedelta(days=1)) - last_sale).days // _WEEK * _WEEK


def _found(folder: Path, told: Mapping[str, Any]) -> Demo:
    zone = ZoneInfo(told["timezone"])
    shift = shift_days(_last_sale(folder), local_day(clock.now(), zone))
    business_id = new_id()
    with unit_of_work(business_id):
        # Founded under its address; the name with the ampersand follows.
        owner = told["owner"]
        name, password = str(told["slug"]).capitalize(), told["password"]
        _, owner_id = create_business(
            name, owner["email"], password, told["timezone"], told["currency"], told["industry"]
        )
        actor = _actor(owner_id, owner["name"])
        [membership] = staff_page(None, 1).rows
        update_staff(membership["id"], {"name": owner["name"]}, actor)
        dress = {"name": told["name"], "brand_color": told["brandColor"], "settings": _marked(shift, is_complete=False)}
        update_business(dress, actor)
        till = told["till"]
        add_staff(till["name"], till["email"], "staff", password, till["pin"], actor)
        for place in told["locations"]:
            create_location({"name": place}, actor)
        starts_at = to_instant(_PROGRAMS_START + timedelta(days=shift), zone)
        for body in _program_bodies(folder, told["programs"], starts_at):
            create_program(body, actor=actor)
    return Demo(business_id, shift, is_complete=False)


def _program_bodies(folder: Path, words: Mapping[str, Any], starts_at: datetime) -> list[dict[str, Any]]:
    programs = serial.loads((folder / PROGRAMS).read_bytes())["programs"]
    return [
        {key: value for key, value in program.items() if key != "key"}
        | words[program["key"]]
        | {"startsAt": starts_at.isoformat(), "isActive": True}
        for program in programs
    ]


def _last_sale(folder: Path) -> date:
    file = PurchaseFile(folder / PURCHASES)
    place = file.header.index(COLUMNS["occurred_at"])
    return max(datetime.fromisoformat(cells[place]).date() for _, cells in file.rows())


def _name(card: str, names: list[str]) -> str:
    """A first name and an initial, always the same for a card."""
    number = sum(ord(letter) * place for place, letter in enumerate(card, start=1))
    return f"{names[number % len(names)]} {_INITIALS[number // len(names) % len(_INITIALS)]}."


def _marked(shift: int, *, is_complete: bool) -> dict[str, Any]:
    return {"demo": {"shiftDays": shift, "isComplete": is_complete}}


def _actor(user_id: UUID | None, name: str = "demo") -> Actor:
    return Actor("user", user_id, name) if user_id else Actor("system", None, name)


def _told(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = serial.loads((folder / BUSINESS).read_bytes())
    return told
