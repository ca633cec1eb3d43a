"""Creates missing prices of services with their starting values."""

from apps.billing.models import ServicePrice
from apps.billing.prices import STARTING_SERVICE_PRICES


def load_starting_service_prices() -> int:
    """Create missing rows, including those of services added by an upgrade; returns their number."""
    known = set(ServicePrice.objects.values_list("service", flat=True))
    rows = [
        ServicePrice(service=service, unit=unit, millicredits=price)
        for service, (unit, price) in STARTING_SERVICE_PRICES.items()
        if service not in known
    ]
    return len(ServicePrice.objects.bulk_create(rows, ignore_conflicts=True))
