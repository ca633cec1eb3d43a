"""A row in every table that the admin shows."""

from datetime import date

from django.contrib.auth.models import Group

from apps.accounts.models import AnonymousUse
from apps.billing.models import TierPrice
from tests.factories import AccountFactory, MembershipFactory, make_key


def make_one_of_everything() -> None:
    """At least one row of each registered table."""
    account = AccountFactory(credits=5)
    MembershipFactory(account=account)
    make_key(account)
    AnonymousUse.objects.create(block="2001:db8:1:2::/64", day=date(2026, 11, 21), characters=5)
    TierPrice.objects.get_or_create(tier="standard", defaults={"millicredits_per_1k_characters": 2000})
    Group.objects.create(name="Support")
