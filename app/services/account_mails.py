"""Mails about an account, and the new password that one of them leads to."""

from __future__ import annotations

from sqlalchemy import select

from app.core import clock
from app.core.account_links import Purpose, read_account_link, user_of_token
from app.core.ids import new_id
from app.core.passwords import hash_password
from app.core.unit_of_work import session
from app.models.user import UserAccount
from app.queries.accounts import Mailbox
from app.services.messages import Recipient, write_message
from app.services.sessions import end_sessions_of


def mail_password_link(mailbox: Mailbox) -> None:
    """Mail a link that sets a new password, good for an hour and once; in the scope of the mailbox's business."""
    write_message("password_link", Recipient(user_id=mailbox.user_id), str(new_id()), {"link": Purpose.RESET})


def mail_account_exists(mailbox: Mailbox) -> None:
    """Tell the owner of an account that somebody signed up with its address; in the scope of the mailbox's business."""
    write_message("account_exists", Recipient(user_id=mailbox.user_id), str(new_id()), {"link": Purpose.RESET})


def reset_password(token: str, new: str) -> bool:
    """Set a new password by a mailed link; every session of the person ends. False when the link is good no more.

    Locks the account, and the link is sealed under the old password: of two that use it at once, one does.
    """
    wanted = select(UserAccount).where(UserAccount.id == user_of_token(token), UserAccount.disabled_at.is_(None))
    account = session().scalars(wanted.with_for_update()).first()
    if account is None or not read_account_link(token, Purpose.RESET, account.password_hash, clock.now()):
        return False
    account.password_hash = hash_password(new)
    end_sessions_of(account.id, "password reset")
    return True
