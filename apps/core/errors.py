"""Errors that services raise: a public code, a sentence for the customer, a status, the parameter at fault."""

from typing import Any


class ApplicationError(Exception):
    """An expected failure. The exception handler turns it into each API's own shape."""

    status = 400
    type = "invalid_request_error"
    code = "invalid_request"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        status: int | None = None,
        headers: dict[str, str] | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.param = param
        self.status = status or self.status
        self.headers = headers or {}
        self.extra = extra or {}
        """Keys that stand beside `error` in the body, credits_remaining for instance."""


class InvalidRequestError(ApplicationError):
    """The request cannot be understood or asks for what is not there."""


class UnknownModelError(ApplicationError):
    """No such model, or not for this caller."""

    code = "unknown_model"

    def __init__(self, model: str, *, missing: str = "", reason: str = "") -> None:
        """`missing`: for a model that is known and not installed, what would help; `reason`: why a known model does not fit."""
        if missing:
            super().__init__(f"unknown model: {model[:100]!r} is not installed here. {missing}", param="model", code="model_not_installed")
        else:
            hint = reason or "GET /v1/models/ lists what there is."
            super().__init__(f"unknown model: {model[:100]!r}. {hint}", param="model")


class AuthenticationFailedError(ApplicationError):
    """The key is missing, wrong, expired or revoked."""

    status = 401
    type = "authentication_error"
    code = "invalid_api_key"


class PermissionDeniedError(ApplicationError):
    """The key is good and does not open this."""

    status = 403
    type = "authentication_error"
    code = "permission_denied"


class InsufficientCreditsError(ApplicationError):
    """The balance does not cover the price."""

    status = 402
    type = "insufficient_credits"
    code = "insufficient_credits"


class NotFoundError(ApplicationError):
    """No such object, or not the caller's."""

    status = 404
    type = "not_found"
    code = "not_found"


class GoneError(ApplicationError):
    """It was there; its retention has passed."""

    status = 410
    type = "not_found"
    code = "expired"


class ConflictError(ApplicationError):
    """The request contradicts an earlier one."""

    status = 409
    code = "conflict"


class TooManyRequestsError(ApplicationError):
    """Over a limit: requests a minute, jobs at once, characters a day."""

    status = 429
    type = "rate_limit_error"
    code = "rate_limit_exceeded"


class UnavailableError(ApplicationError):
    """Ours: a server that the platform needs is away."""

    status = 503
    type = "server_error"
    code = "unavailable"


class StorageFullError(UnavailableError):
    """Ours: our disk takes no more."""

    code = "insufficient_storage"


class GatewayTimeoutError(ApplicationError):
    """The job goes on, but longer than this answer may wait."""

    status = 504
    type = "server_error"
    code = "timeout"
