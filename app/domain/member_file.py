"""A file of members: which column means what, and one row of it as the member that it says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from app.domain.body import parsed
from app.domain.errors import ValidationErrors
from app.domain.member_body import MemberChanges

DayOrder = Literal["day first", "month first"]

FIELDS: Mapping[str, str] = {
    "name": "Name",
    "first_name": "First name",
    "last_name": "Last name",
    "phone": "Phone",
    "email": "E-mail",
    "birthday": "Birthday",
    "external_id": "External id",
    "code": "Member number",
    "tags": "Tags",
    "note": "Note",
    "points": "Points",
}
"""Field → the header of our own files; a business's own fields are ``field:<key>``."""
OWN = "field:"
KEYS = ("code", "external_id", "phone", "email")
"""What tells members apart, in the order in which a row is matched."""
MOST_POINTS = 1_000_000
LONGEST_NOTE = 2_000
MOST_TAGS = 20

_KNOWN_HEADERS: Mapping[str, Sequence[str]] = {
    "name": ("name", "full name", "customer", "customer name", "member", "member name"),
    "first_name": ("first name", "given name"),
    "last_name": ("last name", "family name", "surname"),
    "phone": ("phone", "phone number", "mobile", "mobile phone", "default address phone", "telephone"),
    "email": ("email", "e mail", "email address", "customer email", "e mail address"),
    "birthday": ("birthday", "date of birth", "birth date", "birthdate", "dob"),
    "external_id": ("external id", "customer id", "reference id", "square customer id", "shopify id", "id"),
    "code": ("member number", "member code", "code"),
    "tags": ("tags", "groups", "labels"),
    "note": ("note", "notes", "memo"),
    "points": ("points", "points balance", "balance", "loyalty points", "point balance", "stars"),
}
_FIRST_EXCEL_DAY = date(1899, 12, 30)
_LAST_EXCEL_DAY = 73_050
_DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_POINTS = re.compile(r"[+-]?(\d+|\d{1,3}([ ,\u00a0]\d{3})+)([.,]0+)?")
_NUMBER = re.compile(r"[+-]?(?=(\.?\d){1,15}$)(\d+(\.\d+)?|\.\d+)", re.ASCII)
_LETTERS_OF = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class OwnField:
    """A field that the business keeps of its members."""

    key: str
    label: str
    kind: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileTerms:
    """How to read one file: ``columns`` is field → place; ``context`` is that of domain.member_body."""

    columns: Mapping[str, int]
    context: Mapping[str, Any]
    day_order: DayOrder = "day first"
    own_fields: Mapping[str, OwnField] = field(default_factory=dict)


@dataclass(slots=True)
class MemberRow:
    """What a row says; what its cells leave blank is absent from ``values`` and ``own``."""

    values: dict[str, Any] = field(default_factory=dict)
    code: str | None = None
    tags: list[str] = field(default_factory=list)
    own: dict[str, Any] = field(default_factory=dict)
    points: int | None = None
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> dict[str, str]:
        """The keys by which the member may be known."""
        found = {**self.values, "code": self.code}
        return {name: str(found[name]) for name in KEYS if found.get(name)}

    @property
    def problem(self) -> str:
        """Everything that is wrong, in one text."""
        return " ".join(f"{message}." for message in dict.fromkeys(self.problems.values()))


def guessed_columns(header: Sequence[str], own_fields: Mapping[str, OwnField]) -> dict[str, int]:
    """Field → place, by the names of the columns; knows the exports of Shopify, Square and Smile, and our own."""
    known = {name: field for field, names in _KNOWN_HEADERS.items() for name in names}
    known |= {_folded(own.label): OWN + key for key, own in own_fields.items()}
    found: dict[str, int] = {}
    for place, name in enumerate(header):
        meant = known.get(_folded(name))
        if meant and meant not in found:
            found[meant] = place
    return found


def columns_problem(columns: Mapping[str, int]) -> str | None:
    """What is missing to read a file by these columns."""
    if not any(key in columns for key in KEYS):
        return "Choose the column of the phone, the e-mail, the external id or the member number"
    if len(set(columns.values())) < len(columns):
        return "Choose each column once"
    return None


def day_order_of(cells: Sequence[str], country: str | None) -> DayOrder:
    """Whether 03/08 is 3 August: as the column itself shows, else as the country writes."""
    days = [match for cell in cells if (match := _DAY.fullmatch(cell.strip()))]
    if any(int(match[1]) > 12 for match in days):
        return "day first"
    return "month first" if country == "US" or any(int(match[2]) > 12 for match in days) else "day first"


def read_row(cells: Sequence[str], terms: FileTerms) -> MemberRow:
    """One row; what cannot be read stands in ``problems`` under its field."""
    said = {name: cells[place].strip() for name, place in terms.columns.items() if cells[place].strip()}
    row = MemberRow(code=said.get("code", "").upper() or None)
    _read_own(row, said, terms)
    _read_points(row, said)
    _read_tags(row, said)
    _read_values(row, said, terms)
    if not row.keys and not row.problems:
        row.problems["phone"] = "The row names nobody: it has no phone, e-mail, external id or member number"
    return row


def read_day(text: str, order: DayOrder) -> date:
    """A day as ISO, 31.12.1990, 12/31/1990, or the number that Excel gives it. Raises ValueError."""
    if text.isdecimal() and int(text) <= _LAST_EXCEL_DAY:
        return _FIRST_EXCEL_DAY + timedelta(days=int(text))
    if match := _DAY.fullmatch(text):
        first, second, year = (int(part) for part in match.groups())
        month, day = (second, first) if order == "day first" else (first, second)
        return date(year, month, day)
    return date.fromisoformat(text.partition("T")[0].partition(" ")[0])


def own_value(own: OwnField, text: str, order: DayOrder = "day first") -> str | int | float:
    """A value of an own field as it is kept. Raises ValueError whose text says what to enter."""
    if own.kind == "number":
        return _number(own, text)
    if own.kind == "date":
        try:
            return read_day(text, order).isoformat()
        except ValueError as error:
            raise ValueError(f"{own.label}: enter a day such as 1990-12-25") from error
    if own.kind == "choice":
        meant = {choice.casefold(): choice for choice in own.choices}.get(text.casefold())
        if meant is None:
            raise ValueError(f"{own.label} is one of {', '.join(own.choices)}")
        return meant
    return text[:500]


def _number(own: OwnField, text: str) -> int | float:
    """A number that comes back from JSON as it was written: of at most 15 digits."""
    if not _NUMBER.fullmatch(text.replace(",", ".")):
        raise ValueError(f"{own.label} is a number such as 12 or 4.5, of at most 15 digits")
    number = Decimal(text.replace(",", "."))
    return int(number) if number == number.to_integral_value() else float(number)


def _read_own(row: MemberRow, said: Mapping[str, str], terms: FileTerms) -> None:
    for name, text in said.items():
        own = terms.own_fields.get(name.removeprefix(OWN)) if name.startswith(OWN) else None
        if own is None:
            continue
        try:
            row.own[own.key] = own_value(own, text, terms.day_order)
        except ValueError as error:
            row.problems[name] = str(error)


def _read_points(row: MemberRow, said: Mapping[str, str]) -> None:
    text = said.get("points")
    if text is None:
        return
    if not _POINTS.fullmatch(text):
        row.problems["points"] = "Points are whole numbers"
        return
    digits = re.sub(r"[.,]0+$", "", text) if not re.fullmatch(r"[+-]?\d{1,3}([ ,\u00a0]\d{3})+", text) else text
    points = int(re.sub(r"[ ,\u00a0]", "", digits))
    if abs(points) > MOST_POINTS:
        row.problems["points"] = f"Points are at most {MOST_POINTS:,}"
    else:
        row.points = points


def _read_tags(row: MemberRow, said: Mapping[str, str]) -> None:
    names = [" ".join(name.split())[:40] for name in re.split(r"[,;|]", said.get("tags", ""))]
    row.tags = list({name.casefold(): name for name in names if name}.values())[:MOST_TAGS]


def _read_values(row: MemberRow, said: Mapping[str, str], terms: FileTerms) -> None:
    name = said.get("name") or " ".join(part for part in (said.get("first_name"), said.get("last_name")) if part)
    body: dict[str, Any] = {"name": name} if name else {}
    body |= {"phone": said["phone"]} if "phone" in said else {}
    body |= {"email": said["email"]} if "email" in said else {}
    body |= {"externalId": said["external_id"]} if "external_id" in said else {}
    if "birthday" in said:
        try:
            body["birthday"] = read_day(said["birthday"], terms.day_order)
        except ValueError:
            row.problems["birthday"] = "Enter a birthday such as 1990-12-25"
    try:
        row.values = parsed(MemberChanges, body, terms.context).model_dump(exclude_unset=True)
    except ValidationErrors as error:
        row.problems |= {_FIELD_OF.get(path, path): messages[0] for path, messages in error.errors.items()}
    if "note" in said:
        row.values["note"] = said["note"][:LONGEST_NOTE]


_FIELD_OF = {"externalId": "external_id"}


def _folded(name: str) -> str:
    return _LETTERS_OF.sub(" ", name.casefold()).strip()
