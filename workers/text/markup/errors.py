"""Markup errors: the reason and the position."""

from typing import Self


class MarkupError(ValueError):
    """Malformed markup. Lines and columns count from 1, columns in code points."""

    def __init__(self, message: str, *, line: int, column: int) -> None:
        super().__init__(f"line {line}, column {column}: {message}")
        self.message = message
        self.line = line
        self.column = column

    @classmethod
    def at(cls, source: str, offset: int, message: str) -> Self:
        """Error at an offset of the text as sent."""
        line, column = line_and_column(source, offset)
        return cls(message, line=line, column=column)


class MarkupOffsetError(Exception):
    """Error with only an offset, which the parser turns into a MarkupError."""

    def __init__(self, message: str, *, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


def line_and_column(source: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset: both from 1, the column in code points."""
    line_start = source.rfind("\n", 0, offset) + 1
    return source.count("\n", 0, line_start) + 1, offset - line_start + 1
