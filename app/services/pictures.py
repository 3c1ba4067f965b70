"""Pictures that a business uploads: made new, kept in the store of files, and shown at an address of their own."""

from __future__ import annotations

import hashlib
import secrets
from uuid import UUID

from app.adapters.images import NotAPicture, reencoded
from app.core import files
from app.core.files import Stored
from app.core.tenancy import current_business_id
from app.core.unit_of_work import after_commit
from app.domain.errors import Conflict, ValidationErrors
from app.domain.picture_crop import Crop
from app.domain.picture_keys import LONGEST_SIDES, is_picture_key, picture_key

_DIGEST_LETTERS = 16


def keep_picture(kind: str, content: bytes, crop: Crop | None = None) -> str:
    """Keep an uploaded picture of the business in scope and return its key.

    ``kind`` is one of domain.picture_keys.LONGEST_SIDES; ``crop`` cuts it to a shape. The key carries the business, a
    digest of what was uploaded, 128 random bits and the size: nobody can guess it, and two uploads never share one, so
    that forgetting the first leaves the second. ValidationErrors under ``picture`` say what to choose instead;
    Conflict ``storage_unavailable`` when the store cannot be reached. A transaction that fails afterwards leaves a file
    behind that nothing points to.
    """
    try:
        made = reencoded(content, longest_side=LONGEST_SIDES[kind], crop=crop)
    except NotAPicture as error:
        raise ValidationErrors({"picture": [str(error)]}) from error
    name = hashlib.sha256(content).hexdigest()[:_DIGEST_LETTERS] + secrets.token_hex(16)
    key = picture_key(current_business_id(), kind, name, (made.width, made.height))
    try:
        files.storage().put(key, made.content, made.content_type)
    except OSError as error:
        raise Conflict("storage_unavailable", "The picture could not be kept. Try again in a minute.") from error
    return key


def picture(key: str) -> Stored | None:
    """Return a kept picture by its key; None where there is none. Anybody who has the key may see it."""
    return files.storage().get(key) if is_picture_key(key) else None


def forget_picture(key: str | None) -> None:
    """Delete a picture of the business in scope once the open transaction is committed; None is nothing to do."""
    if key is None:
        return
    if UUID(key.partition("/")[0]) != current_business_id():
        raise ValueError("The picture belongs to another business")
    after_commit(lambda: files.storage().delete(key))
