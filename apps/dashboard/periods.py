"""Periods of the usage page: the picker's usual ones, and days given by hand."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

USUAL_DAYS: Final = (7, 30, 90, 365)


@dataclass(frozen=True, slots=True)
class PeriodChoice:
    title: str
    first: date
    last: date


def today() -> date:
    """Current day in UTC, as usage counts days."""
    return datetime.now(UTC).date()


def period_choices() -> list[PeriodChoice]:
    """Choices of the picker: the current month, and the last days."""
    last = today()
    days = [PeriodChoice(f"Last {count} days", last - timedelta(days=count - 1), last) for count in USUAL_DAYS]
    return [PeriodChoice("This month", last.replace(day=1), last), *days]
