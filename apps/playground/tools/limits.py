"""Limits and prices that a page states: those that the API applies to this visitor."""

from dataclasses import dataclass

from apps.accounts.models import Plan
from apps.billing.prices import STARTING_SERVICE_PRICES, service_prices
from apps.catalog.selectors import list_models
from apps.playground.tools.declaration import Rate, ToolPage
from apps.uploads.services import SourceLimits
from apps.website.words import format_bytes
from workers.audio.probe import SUPPORTED_FORMATS
from workers.contract.time_units import HOUR_SECONDS


@dataclass(frozen=True, slots=True)
class StatedRate:
    """Price of a unit, in millicredits."""

    millicredits: int
    unit: str
    note: str
    is_by_minute: bool


@dataclass(frozen=True, slots=True)
class StatedLimits:
    """Limits and price of a page."""

    max_bytes: int
    max_seconds: float
    min_seconds: float
    formats: str
    rates: tuple[StatedRate, ...]

    @property
    def size(self) -> str:
        """The largest file in words."""
        return format_bytes(self.max_bytes)

    @property
    def length(self) -> str:
        """The longest recording in words."""
        if self.max_seconds >= HOUR_SECONDS:
            return f"{self.max_seconds / HOUR_SECONDS:.3g} hours"
        return f"{self.max_seconds / 60:.3g} minutes"

    @property
    def minute_millicredits(self) -> int:
        """Price of a minute by the first rate; 0 if it is free or by another unit."""
        return next((rate.millicredits for rate in self.rates if rate.is_by_minute), 0)


def state_limits(page: ToolPage, plan: Plan) -> StatedLimits:
    return limits_of(page.limits, plan, rates=state_rates(page.rates))


def limits_of(limits: SourceLimits, plan: Plan, *, rates: tuple[StatedRate, ...] = ()) -> StatedLimits:
    probe = limits.for_plan(plan)
    return StatedLimits(
        max_bytes=probe.max_bytes,
        max_seconds=probe.max_audio_seconds,
        min_seconds=probe.min_audio_seconds,
        formats=SUPPORTED_FORMATS,
        rates=rates,
    )


def state_rates(rates: tuple[Rate, ...]) -> tuple[StatedRate, ...]:
    """Prices of services, and of models by 1,000 characters."""
    services = service_prices([rate.service for rate in rates if rate.service in STARTING_SERVICE_PRICES])
    models = {engine.id: engine.millicredits_per_1k for engine in list_models()}
    stated = []
    for rate in rates:
        millicredits = services.get(rate.service, models.get(rate.service))
        if millicredits is not None:
            stated.append(StatedRate(millicredits, rate.unit, rate.note, is_by_minute="minute" in rate.unit))
    return tuple(stated)
