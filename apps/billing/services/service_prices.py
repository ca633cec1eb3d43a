"""Prices of services are rows too; one that is missing is written with what a new installation starts with."""

from apps.billing.models import ServicePrice
from apps.billing.prices import STARTING_SERVICE_PRICES


def load_starting_service_prices() -> int:
    """Create the rows that are missing, also those of services that an upgrade brought; how many."""
    known = set(ServicePrice.objects.values_list("service", flat=True))
    rows = [
        ServicePrice(service=service, unit=unit, millicredits=price)
        for service, (unit, price) in STARTING_SERVICE_PRICES.items()
        if service not in known
    ]
    return len(ServicePrice.objects.bulk_create(rows, ignore_conflicts=True))
