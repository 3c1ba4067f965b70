"""Which addresses reach the same mailbox: people add a tag after a plus, and one large host ignores dots."""

_IGNORES_DOTS = frozenset({"gmail.com", "googlemail.com"})


def mailbox_of(email: str) -> str:
    """Return the plain form of an address: lower case, without a tag, for Google's hosts without dots."""
    name, _, host = email.strip().lower().rpartition("@")
    name = name.partition("+")[0] or name
    return f"{name.replace('.', '') if host in _IGNORES_DOTS else name}@{host}"
