"""Record the bonuses that were paid before they were bound to a person and a mailbox, so that nobody gets a second one by another address."""

import os
from collections.abc import Iterator

from django.db import migrations
from django.utils.crypto import salted_hmac

from apps.identity.addresses import mailbox_of

BATCH = 500


def record_claims(apps, schema_editor):
    entries = apps.get_model("billing", "LedgerEntry").objects.filter(kind="bonus")
    accounts = entries.order_by().values_list("account", flat=True).distinct()
    if not accounts.exists():
        return
    if not os.environ.get("TTSAI_SECRET_KEY"):
        raise RuntimeError("Set TTSAI_SECRET_KEY as the platform has it: claims of bonuses are stored as digests with it. Then migrate again.")
    claim, names = apps.get_model("identity", "ClaimedBonus"), set()
    for account in accounts.iterator():
        names.update(_names(apps, account, entries))
        if len(names) >= BATCH:
            _store(claim, names)
            names = set()
    _store(claim, names)


def _names(apps, account, entries) -> Iterator[str]:
    """The owners of the account, their addresses, and the address that got the bonus. The operator who opened an account got none."""
    people, addresses = apps.get_model("accounts", "User"), apps.get_model("account", "EmailAddress")
    owners = people.objects.filter(memberships__account=account, memberships__role="owner")
    for owner in owners:
        yield f"person:{owner.pk}"
        yield mailbox_of(owner.email)
        yield from map(mailbox_of, addresses.objects.filter(user_id=owner.pk, verified=True).values_list("email", flat=True))
    for actor in entries.filter(account=account).values_list("actor", flat=True):
        if "@" in actor and not people.objects.filter(email=actor.lower(), is_staff=True).exists():
            yield mailbox_of(actor)


def _store(claim, names) -> None:
    digests = [salted_hmac("identity.bonus", name, algorithm="sha256").hexdigest() for name in names]
    claim.objects.bulk_create([claim(digest=digest) for digest in digests], ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0001_initial"),
        ("billing", "0008_owed_credits"),
        ("accounts", "0015_suspension_notice"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]
    operations = [migrations.RunPython(record_claims, migrations.RunPython.noop)]
