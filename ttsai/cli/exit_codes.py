"""Exit codes of the commands, which never change their meaning."""

from typing import Final

import click

REFUSED: Final = 1
"""The platform refused the request, or its work failed."""
USAGE: Final = 2
"""click's code for invalid arguments, and the code for input that cannot be used."""
UNREACHABLE: Final = 3
NOT_ALLOWED: Final = 4
NO_CREDITS: Final = 5
BUSY: Final = 6
SOME_FAILED: Final = 7
INTERRUPTED: Final = 130

EXIT_CODES: Final = (
    "Exit codes: 0 done; 1 refused or failed; 2 invalid arguments or input; 3 the server does not answer; 4 the key is missing, wrong or not "
    "allowed; 5 not enough credits; 6 the server is busy or a limit is reached; 7 some items of a batch failed; 130 interrupted."
)


def exit_code_of(*, status: int, code: str) -> int:
    """Exit code for an error of the platform: its HTTP status (0 without a response) and its public error code."""
    if code == "unreachable":
        return UNREACHABLE
    return {401: NOT_ALLOWED, 403: NOT_ALLOWED, 402: NO_CREDITS, 429: BUSY, 503: BUSY}.get(status, REFUSED)


class CommandError(click.ClickException):
    """Error in one line, with an exit code of its own."""

    def __init__(self, message: str, *, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]  # click reads it from the instance


class InputError(CommandError):
    """Fault of a file or of standard input that the caller gave."""

    def __init__(self, message: str) -> None:
        super().__init__(message, exit_code=USAGE)
