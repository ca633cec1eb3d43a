"""Errors of requests to the platform."""

from typing import Self

import httpx


class ApiError(Exception):
    """A refused or failed request. `message` is what the platform said; `code` is its public error code."""

    def __init__(self, code: str, message: str, *, status: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status

    @classmethod
    def of_response(cls, response: httpx.Response) -> Self:
        """Error of a response that was read. Bodies that are not ours, such as a proxy's, get the code `bad_answer`."""
        try:
            error = response.json()["error"]
            return cls(str(error["code"]), str(error["message"]), status=response.status_code)
        except (ValueError, KeyError, TypeError):
            return cls("bad_answer", f"{response.request.url} answered {response.status_code}.", status=response.status_code)
