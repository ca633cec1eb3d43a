"""Values that rules parse and languages speak: numbers, dates, times of day."""

from dataclasses import dataclass
from datetime import date as calendar_date

from workers.text.english_spelling import LONGEST_NUMBER_DIGITS


@dataclass(frozen=True, slots=True)
class Number:
    """Number as written, without its separators."""

    digits: str
    """Digits of the integer part, at least one, in ASCII."""
    fraction: str = ""
    """Digits behind the decimal mark."""
    mark: str = ""
    """Decimal mark as written, `.` or `,`."""
    sign: str = ""
    """`-`, `+` or nothing."""

    @property
    def is_counted(self) -> bool:
        """True if it is read as a number: neither too long nor with leading zeros, as a code."""
        return len(self.digits) <= LONGEST_NUMBER_DIGITS and (self.digits[0] != "0" or self.digits == "0")

    @property
    def is_one(self) -> bool:
        """True if exactly one is counted."""
        return self.digits == "1" and not self.fraction

    @property
    def is_below_two(self) -> bool:
        """True if the value is below two, so that French counts in the singular."""
        return self.digits in {"0", "1"}

    @property
    def is_whole(self) -> bool:
        """True if there are no decimals."""
        return not self.fraction


@dataclass(frozen=True, slots=True)
class Date:
    """Date, or the written parts of one; 0 for missing parts."""

    day: int = 0
    month: int = 0
    year: int = 0

    @property
    def exists(self) -> bool:
        """True for a valid calendar day; 29 February is valid if the year is unknown."""
        try:
            calendar_date(self.year or 2000, self.month or 1, self.day or 1)
        except ValueError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """Time of day; `half` is am or pm if written, and `second` is -1 if not written."""

    hour: int
    minute: int = 0
    second: int = -1
    half: str = ""

    @property
    def exists(self) -> bool:
        """True for a valid time; 24:00 is the end of the day."""
        is_hour = 1 <= self.hour <= 12 if self.half else self.hour <= 23 or (self.hour == 24 and self.minute == 0)
        return is_hour and self.minute <= 59 and self.second <= 59

    @property
    def hour_of_day(self) -> int:
        """0 to 23."""
        if not self.half:
            return self.hour % 24
        return self.hour % 12 + (12 if self.half == "pm" else 0)
