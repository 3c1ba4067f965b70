"""What may go wrong in the business's own terms; the edges turn these into problem answers and form errors."""

from collections.abc import Mapping, Sequence


class DomainError(Exception):
    """The root of every refusal that is the caller's to mend."""


class ValidationErrors(DomainError):
    """Every violation of one input at once: dotted camelCase path -> sentences for an owner (API.md, 422 `errors`)."""

    def __init__(self, errors: Mapping[str, Sequence[str]], code: str = "validation_failed") -> None:
        self.code = code
        self.errors: dict[str, list[str]] = {path: list(messages) for path, messages in errors.items()}
        super().__init__("; ".join(f"{path}: {' '.join(messages)}" for path, messages in self.errors.items()))


class Conflict(DomainError):
    """The request is sound, but the state of things forbids it (409); `code` is snake_case."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(message)


class InvalidTransition(Conflict):
    """RULES 8 knows no way from this status by this action."""

    def __init__(self, message: str) -> None:
        super().__init__("invalid_transition", message)


class NotFound(DomainError):
    """Unknown, deleted or another business's: the three are told apart by nobody (404)."""


class Forbidden(DomainError):
    """The actor is known, the permission is missing (403)."""


class PreconditionFailed(DomainError):
    """The resource has moved on from the version that If-Match named (412)."""
