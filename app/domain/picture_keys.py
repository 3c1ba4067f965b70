"""The keys of kept pictures: whose, of what kind, which, and how large, so that a page leaves the right room for it."""

import re
from uuid import UUID

LONGEST_SIDES = {"logo": 640, "reward": 1280, "badge": 512}
"""The kinds of pictures there are, and how many pixels wide or high each may be."""

_KEY = re.compile(
    rf"[0-9a-f-]{{36}}/(?:{'|'.join(LONGEST_SIDES)})/[0-9a-f]{{48}}-(?P<width>\d{{1,4}})x(?P<height>\d{{1,4}})\.webp"
)


def picture_key(business_id: UUID, kind: str, name: str, size: tuple[int, int]) -> str:
    """Return the key of a picture; `name` is 48 hexadecimal digits, `size` width and height in pixels."""
    return f"{business_id}/{kind}/{name}-{size[0]}x{size[1]}.webp"


def is_picture_key(key: str) -> bool:
    """Say whether a text has the form of a picture's key."""
    return _KEY.fullmatch(key) is not None


def picture_size(key: str) -> tuple[int, int]:
    """Return width and height in pixels of the picture with this key; ValueError for another text."""
    found = _KEY.fullmatch(key)
    if found is None:
        raise ValueError(f"not the key of a picture: {key!r}")
    return int(found["width"]), int(found["height"])
