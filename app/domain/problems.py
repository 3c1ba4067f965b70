"""Every code that an error of the API may carry: its status, what it means, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meaning:
    """`status` is HTTP's; `means` and `remedy` are whole sentences for whoever writes the calling program."""

    status: int
    means: str
    remedy: str


_READ_AGAIN = "Read it again, decide anew, and send the change for the version that you have read."
_ASK_OWNER = "Ask the owner for a role or key that may do this."
_ONCE = "Nothing more is to be done: the first request has had its effect."

PROBLEMS: dict[str, Meaning] = {
    # The request itself
    "malformed_request": Meaning(400, "The request could not be read.", "Check its method, headers and length."),
    "malformed_json": Meaning(
        400,
        "The body is not JSON as RFC 8259 has it, or a key is there twice, or a number is NaN.",
        "Send one JSON object in UTF-8; the detail names the place.",
    ),
    "invalid_query": Meaning(
        400,
        "A parameter of the address is unknown, is there twice, or has a value that it cannot have.",
        "Leave out what the reference does not name; take cursors as the page before gave them.",
    ),
    "invalid_idempotency_key": Meaning(
        400, "The Idempotency-Key is empty or longer than 128 characters.", "Send 1 to 128 visible characters."
    ),
    "unauthorized": Meaning(
        401,
        "There is no access token or API key, or it is over, revoked or not ours.",
        "Sign in again, refresh the token, or take a key that is in use.",
    ),
    "wrong_credentials": Meaning(401, "E-mail and password do not go together.", "Check both and try again."),
    "forbidden": Meaning(403, "Your role or key does not allow this.", _ASK_OWNER),
    "not_found": Meaning(
        404,
        "There is nothing under this id in your business. What others have looks the same from outside.",
        "Check the id; what was deleted is gone from the API.",
    ),
    "method_not_allowed": Meaning(405, "This address does not take that method.", "The Allow header names those."),
    "version_moved": Meaning(412, "It has been changed since the version that If-Match names.", _READ_AGAIN),
    "too_large": Meaning(413, "The body is larger than is taken.", "Send less at once: lists may be cut in pieces."),
    "unsupported_media_type": Meaning(
        415,
        "The body is not marked as what the call takes: JSON, or for files their own type.",
        "Send JSON with Content-Type: application/json; the detail names the types of a file.",
    ),
    "validation_failed": Meaning(
        422,
        "Some fields have values that they cannot have; `errors` lists all of them by their place in the body.",
        "Mend every field that is named, then send the request again.",
    ),
    "idempotency_key_reused": Meaning(
        422,
        "This Idempotency-Key has been used with another body in the last 30 days.",
        "Make a new key for a new request; repeat a key only with the very same body.",
    ),
    "request_in_progress": Meaning(
        409,
        "The first request with this Idempotency-Key is still running.",
        "Wait a second and send it again: you get the first one's answer.",
    ),
    "rate_limited": Meaning(
        429, "There were too many requests for this minute.", "Wait as many seconds as Retry-After says."
    ),
    "refused": Meaning(400, "The server refused the request before it was read.", "Check it against the reference."),
    "internal": Meaning(
        500,
        "Something went wrong on our side; nothing was changed.",
        "Try again later, and tell us the requestId if it stays so.",
    ),
    "read_only": Meaning(
        503, "The database takes no changes at the moment; reading works.", "Send it again after Retry-After."
    ),
    "busy": Meaning(503, "The system is busy.", "Send it again after Retry-After."),
    "tries_closed": Meaning(
        503,
        "Tries cannot be counted at the moment, so nobody can sign in or up. Tokens and keys go on working.",
        "Send it again after Retry-After.",
    ),
    # What is there already
    "email_taken": Meaning(409, "An account has this e-mail already.", "Sign in with it instead."),
    "member_exists": Meaning(
        409,
        "A member of the business has this e-mail, phone or external id already; the detail names them.",
        "Use that member, or merge the two.",
    ),
    "order_id_reused": Meaning(
        409,
        "A purchase of this source has this order id already, with other content.",
        "Give each sale an order id of its own; the same sale sent twice is answered with the first.",
    ),
    "adjustment_key_reused": Meaning(409, "This key has made another adjustment.", "Make a key for each adjustment."),
    "request_key_reused": Meaning(409, "This key has made another request.", "Make a key for each request."),
    # States that forbid it
    "invalid_transition": Meaning(
        409,
        "From the state that it is in there is no such step.",
        "Read it again: somebody may have moved it on in the meantime.",
    ),
    "not_a_draft": Meaning(409, "Only drafts may be changed this way.", "Change the live program instead."),
    "program_ended": Meaning(409, "The program has ended.", "Duplicate it and start the copy."),
    "program_not_open": Meaning(409, "Nobody can join the program now.", "Wait until it is active."),
    "rule_type_fixed": Meaning(
        409,
        "The rule type cannot change once a program has been active.",
        "Duplicate the program, or create one of the other type.",
    ),
    "not_refundable": Meaning(
        409, "The purchase cannot be refunded as it stands.", "Refund only what was completed and not yet given back."
    ),
    "not_movable": Meaning(409, "The purchase cannot go to another member.", "The detail says why."),
    "insufficient_points": Meaning(
        409, "The member has fewer points than that.", "Show the balance and offer what it is enough for."
    ),
    "out_of_stock": Meaning(409, "None of this reward is left.", "Offer another, or add stock."),
    "tier_required": Meaning(409, "This reward is for another tier.", "The detail names the tier."),
    "limit_reached": Meaning(409, "The member has had this reward as often as one may.", "Offer another."),
    "not_available": Meaning(409, "The reward is not offered now.", "Check its dates and whether it is switched on."),
    "program_required": Meaning(
        422, "More than one program could pay for this reward.", "Name one of them as programId."
    ),
    "already_redeemed": Meaning(409, "The voucher has been redeemed.", _ONCE),
    "expired": Meaning(409, "The voucher is past its time.", "Issue a new one if you wish to be kind."),
    "revoked": Meaning(
        409, "The voucher was taken back, since the purchase behind it was.", "Look at the member's timeline."
    ),
    "outside_valid_hours": Meaning(
        409, "The reward is handed over at certain hours alone.", "Come back in the hours that the detail names."
    ),
    "location_not_participating": Meaning(
        409, "The program of this voucher does not run at this location.", "Redeem it where the program runs."
    ),
    "member_not_found": Meaning(
        422, "Nobody in the business fits what `member` says.", "Send createMember, or ask the customer again."
    ),
    "currency_fixed": Meaning(
        409, "The currency stays once there are purchases.", "Open another business for another currency."
    ),
    "last_owner": Meaning(409, "A business keeps at least one owner.", "Make somebody else an owner first."),
    "too_many_endpoints": Meaning(409, "A business has at most 20 webhook endpoints.", "Remove one first."),
    "endpoint_disabled": Meaning(409, "The webhook endpoint is disabled.", "Enable it first."),
    "too_many_events": Meaning(409, "The span has too many events for one replay.", "Replay it in shorter pieces."),
    "still_counting": Meaning(409, "A purchase of the member is still being counted.", "Send it again in a second."),
    "open_redemptions": Meaning(
        409,
        "A member who is to be merged has a redemption that is neither fulfilled nor cancelled.",
        "Fulfil or cancel it first.",
    ),
    "cannot_undo": Meaning(
        409, "Only an import that has run can be undone, for 30 days.", "Wait until it is over, or adjust by hand."
    ),
    "operation_finished": Meaning(409, "The work is over already.", _ONCE),
}
