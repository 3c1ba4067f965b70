"""Somebody typed so many wrong PINs at a till that it is locked for that person: the owners hear of it."""

from app.domain.message_kind import Payload

EVENT = None


def source_key(payload: Payload) -> str:
    """One mail for each row of wrong PINs, however much longer it grows."""
    return f"{payload['deviceId']} {payload['staffId']} {payload['since']}"


def words(payload: Payload) -> dict[str, str]:
    """Whose PIN it was, and at which till."""
    return {"who": str(payload.get("staffName") or "somebody"), "till": str(payload.get("deviceName") or "a till")}
