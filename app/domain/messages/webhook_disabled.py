"""A webhook endpoint was taken out of use by itself: the owners hear of it."""

from app.domain.message_kind import Payload

EVENT = None


def source_key(payload: Payload) -> str:
    """One mail for each time that it happens: the endpoint's version has moved in between."""
    return f"{payload['endpointId']} {payload['version']}"


def words(payload: Payload) -> dict[str, str]:
    """Where it was sent to, and why it is not any more."""
    return {"url": str(payload["url"]), "reason": str(payload["reason"])}
