"""Errors of requests to the platform."""

from typing import Self

import httpx


class ApiError(Exception):
    """A refused or failed request. `message` is what the platform said; `code` is its public error code."""

    def __init__(self, code: str, message: str, *, status: int = 0, retry_after: float | None = None, request_id: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.retry_after = retry_after
        """Seconds after which the platform expects the request again; None if it did not say."""
        self.request_id = request_id

    @classmethod
    def of_response(cls, response: httpx.Response) -> Self:
        """Error of a response that was read. Bodies that are not ours, such as a proxy's, get the code `bad_answer`."""
        seconds = _seconds(response.headers.get("retry-after", ""))
        try:
            error = response.json()["error"]
            request_id = str(error.get("request_id") or "")
            code, message = str(error["code"]), str(error["message"])
            return cls(code, message, status=response.status_code, retry_after=seconds, request_id=request_id)
        except (ValueError, KeyError, TypeError, AttributeError):
            message = f"{response.request.url} answered {response.status_code}."
            return cls("bad_answer", message, status=response.status_code, retry_after=seconds)


def _seconds(header: str) -> float | None:
    """Seconds of Retry-After; its other form, a date, is not one of the platform's."""
    return float(header) if header.isascii() and header.isdigit() and len(header) < 10 else None
