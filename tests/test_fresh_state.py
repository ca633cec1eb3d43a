"""The default rows of tests are those of the command."""

from typing import Any

import pytest
from django.core.management import call_command

from apps.accounts.models import Plan
from apps.billing.models import ServicePrice, TierPrice
from apps.catalog.models import StandIn
from tests.fresh_state import load_defaults

pytestmark = pytest.mark.django_db
MODELS = (Plan, ServicePrice, TierPrice, StandIn)


def take_rows() -> list[list[dict[str, Any]]]:
    """All default rows without ids and times; the tables are empty afterwards."""
    rows = [[{**row, "id": None, "created_at": None} for row in model.objects.order_by("pk").values()] for model in MODELS]
    for model in MODELS:
        model.objects.all().delete()
    return rows


def test_remembered_defaults_equal_the_rows_of_the_command() -> None:
    call_command("load_defaults")
    expected = take_rows()
    load_defaults()
    assert take_rows() == expected
    load_defaults()
    assert take_rows() == expected


def test_defaults_are_added_to_the_rows_of_a_test() -> None:
    load_defaults()
    count = StandIn.objects.count()
    StandIn.objects.filter(pk__in=StandIn.objects.values("pk")[:3]).delete()
    load_defaults()
    assert StandIn.objects.count() == count
