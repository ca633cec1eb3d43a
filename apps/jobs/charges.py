"""The price of a job that ends before it is complete: the share of the work that was made. No I/O.

Each part of a job has a weight, its share of the job's price. A part that is done counts fully, one that runs as far as its worker told.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil


@dataclass(frozen=True, slots=True)
class PartProgress:
    """Progress of one part, and its weight in the job's price."""

    weight: int
    """Its share of the job's price, against the weights of the other parts."""
    units: int
    """The size of its work: characters or milliseconds. 0 where nobody knows it."""
    units_done: int = 0
    is_done: bool = False

    @property
    def share(self) -> Fraction:
        """From 0 to 1."""
        if self.is_done:
            return Fraction(1)
        return Fraction(min(self.units_done, self.units), self.units) if self.units else Fraction(0)


def share_made(parts: Iterable[PartProgress]) -> Fraction:
    """The share of the job's work that is made, from 0 to 1; 0 for a job whose parts all weigh nothing."""
    made, whole = Fraction(0), 0
    for part in parts:
        made += part.weight * part.share
        whole += part.weight
    return made / whole if whole else Fraction(0)


def charge_of_made(reserved_millicredits: int, *, parts: Iterable[PartProgress]) -> int:
    """Millicredits for what is made, rounded up once: never above the reservation."""
    return ceil(reserved_millicredits * share_made(parts))
