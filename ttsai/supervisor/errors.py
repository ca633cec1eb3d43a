"""Errors that keep an instance from running."""


class InstanceError(Exception):
    """The instance cannot start or go on; the code is for programs, the message one line for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
