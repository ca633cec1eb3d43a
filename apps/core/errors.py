"""Errors that services raise: public code, message, HTTP status, and the parameter at fault."""

from typing import Any


class ApplicationError(Exception):
    """Expected failure; the exception handler renders it in each API's own format."""

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
        """Further keys beside `error` in the body, such as credits_remaining."""


class InvalidRequestError(ApplicationError):
    """The request is malformed or refers to something that does not exist."""


class UnknownModelError(ApplicationError):
    """The model is unknown, or not available to this caller."""

    code = "unknown_model"

    def __init__(self, model: str, *, missing: str = "", reason: str = "") -> None:
        """`missing`: what would make a known model available; `reason`: why a known model does not fit."""
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
    """The key is valid but lacks the permission."""

    status = 403
    type = "authentication_error"
    code = "permission_denied"


class InsufficientCreditsError(ApplicationError):
    """The balance does not cover the price."""

    status = 402
    type = "insufficient_credits"
    code = "insufficient_credits"


class KeyCapReachedError(InsufficientCreditsError):
    """The key's own cap of spending in a month is reached, whatever the account has."""

    code = "key_cap_reached"


class NotFoundError(ApplicationError):
    """The object does not exist or belongs to another account."""

    status = 404
    type = "not_found"
    code = "not_found"


class GoneError(ApplicationError):
    """The object existed; its retention has ended."""

    status = 410
    type = "not_found"
    code = "expired"


class ConflictError(ApplicationError):
    """The request contradicts an earlier one."""

    status = 409
    code = "conflict"


class TooManyRequestsError(ApplicationError):
    """A limit is exceeded: requests per minute, concurrent jobs, characters per day."""

    status = 429
    type = "rate_limit_error"
    code = "rate_limit_exceeded"


class UnavailableError(ApplicationError):
    """Server error: a server that the platform needs is unavailable."""

    status = 503
    type = "server_error"
    code = "unavailable"


class StorageFullError(UnavailableError):
    code = "insufficient_storage"


class GatewayTimeoutError(ApplicationError):
    """The job continues but exceeds the time that this response may wait."""

    status = 504
    type = "server_error"
    code = "timeout"
