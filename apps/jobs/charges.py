"""Charge of a job that ends early: the share of the work that is done. No I/O.

Each part has a weight, its share of the job's price. A finished part counts fully, a running one as far as its worker reported.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil


@dataclass(frozen=True, slots=True)
class PartProgress:
    """Progress of one part, with its weight in the job's price."""

    weight: int
    """Share of the job's price relative to the other parts' weights."""
    units: int
    """Size of its work in characters or milliseconds; 0 if unknown."""
    units_done: int = 0
    is_done: bool = False

    def limited_to(self, units: int) -> "PartProgress":
        """The same part with at most so many units done."""
        made = self.units if self.is_done else self.units_done
        return replace(self, units_done=min(made, units), is_done=self.is_done and units >= self.units)

    @property
    def share(self) -> Fraction:
        """Share of the work, from 0 to 1."""
        if self.is_done:
            return Fraction(1)
        return Fraction(min(self.units_done, self.units), self.units) if self.units else Fraction(0)


def completed_share(parts: Iterable[PartProgress]) -> Fraction:
    """Share of the job's work that is done, from 0 to 1; 0 if all parts have weight 0."""
    made, whole = Fraction(0), 0
    for part in parts:
        made += part.weight * part.share
        whole += part.weight
    return made / whole if whole else Fraction(0)


def charge_for_completed_work(reserved_millicredits: int, *, parts: Iterable[PartProgress]) -> int:
    """Millicredits for the work that is done, rounded up once, at most the reservation."""
    return ceil(reserved_millicredits * completed_share(parts))
