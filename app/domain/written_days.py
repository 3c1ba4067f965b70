"""Days of a payload as mails write them."""

from datetime import date


def written_day(day: str) -> str:
    """Write "2027-02-20" as "20 February 2027"."""
    parsed = date.fromisoformat(day)
    return f"{parsed.day} {parsed:%B %Y}"
