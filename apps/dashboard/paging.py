"""Pages of short lists, by number: `?page=2`."""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest

PAGE_SIZE: Final = 25
LAST_PAGE: Final = 400


@dataclass(frozen=True, slots=True)
class NumberedPage:
    items: list[Any]
    number: int
    has_next: bool

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.has_next else None


def read_page(request: HttpRequest, rows: QuerySet[Any]) -> NumberedPage:
    """The page that the request asks for; the first one for an unknown number."""
    given = request.GET.get("page", "")
    number = min(int(given), LAST_PAGE) if given.isascii() and given.isdigit() and len(given) < 5 and int(given) else 1
    start = (number - 1) * PAGE_SIZE
    found = list(rows[start : start + PAGE_SIZE + 1])
    return NumberedPage(found[:PAGE_SIZE], number, len(found) > PAGE_SIZE)
