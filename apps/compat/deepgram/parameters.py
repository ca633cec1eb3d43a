"""Parameters in the query of a request, with the messages of their errors."""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from django.http import QueryDict

from apps.core.errors import InvalidRequestError

T = TypeVar("T")

FLAGS: Final = {"true": True, "1": True, "false": False, "0": False, "": False}
LONGEST_VALUE: Final = 500
MOST_VALUES: Final = 200
"""Values of a parameter that may be repeated."""


def invalid_parameter(name: str, message: str) -> InvalidRequestError:
    """Error of a query parameter."""
    return InvalidRequestError(f"Invalid query parameter {name!r}: {message}", code="invalid_request", param=name)


class Parameters:
    """The query of a request. Names that no method asks for are ignored, as Deepgram does."""

    def __init__(self, query: QueryDict) -> None:
        self._query = query

    def __contains__(self, name: str) -> bool:
        return name in self._query

    def text(self, name: str, default: str = "") -> str:
        value = self._query.get(name, default)
        if len(value) > LONGEST_VALUE or "\x00" in value:
            raise invalid_parameter(name, f"at most {LONGEST_VALUE} characters, without NUL.")
        return value.strip() or default

    def texts(self, name: str) -> tuple[str, ...]:
        """All values of a parameter that may be repeated, without empty ones."""
        values = self._query.getlist(name)
        if len(values) > MOST_VALUES or any(len(value) > LONGEST_VALUE or "\x00" in value for value in values):
            raise invalid_parameter(name, f"at most {MOST_VALUES} values of at most {LONGEST_VALUE} characters, without NUL.")
        return tuple(value.strip() for value in values if value.strip())

    def flag(self, name: str) -> bool:
        value = self._query.get(name, "false").strip().casefold()
        if value not in FLAGS:
            raise invalid_parameter(name, f"{value[:40]!r} is neither true nor false.")
        return FLAGS[value]

    def integer(self, name: str, default: int, *, least: int, most: int) -> int:
        return self._number(name, default, read=int, least=least, most=most)

    def number(self, name: str, default: float, *, least: float, most: float) -> float:
        return self._number(name, default, read=float, least=least, most=most)

    def choice(self, name: str, default: str, choices: Iterable[str]) -> str:
        value, known = self.text(name, default).casefold(), tuple(choices)
        if value not in known:
            raise invalid_parameter(name, f"{value[:40]!r}; supported are {', '.join(filter(None, known))}.")
        return value

    def _number(self, name: str, default: T, *, read: Callable[[str], T], least: T, most: T) -> T:
        given = self._query.get(name, "").strip()
        if not given:
            return default
        try:
            value = read(given[:20])
        except ValueError:
            value = None
        if value is None or not least <= value <= most:  # type: ignore[operator]  # NaN is neither
            raise invalid_parameter(name, f"{given[:40]!r} is not a number from {least} to {most}.")
        return value
