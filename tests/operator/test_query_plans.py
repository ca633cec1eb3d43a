"""Lists, charts and periodic work of the operator read by an index, however many rows there are."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import Account, User
from apps.jobs.models import Job
from apps.payments.models import Payment
from apps.webhooks.models import Delivery
from tests.factories import AccountFactory, make_key

pytestmark = pytest.mark.django_db
ROWS = 4000

PAYMENTS = """
INSERT INTO payments_payment (account_id, kind, reference, stripe_payment_intent, stripe_invoice, description, currency, amount_minor,
    granted_millicredits, refunded_minor, disputed_minor, reversed_millicredits, reversal_count, paid_at)
SELECT %(account)s, 'pack', 'pi_' || n, 'pi_' || n, '', 'Pack', 'usd', 500, 1000, 0, 0, 0, 0, now() - n * interval '1 hour'
FROM generate_series(1, %(rows)s) AS n
"""
DELIVERIES = """
INSERT INTO webhooks_delivery (uuid, account_id, url, event, body, state, attempt_count, attempts, created_at)
SELECT gen_random_uuid(), %(account)s, 'https://example.com/', 'job.completed', '', 'delivered', 1, '[]', now() - n * interval '1 minute'
FROM generate_series(1, %(rows)s) AS n
"""
ACCOUNTS = """
INSERT INTO accounts_account (name, plan_id, status, status_reason, created_at)
SELECT 'A', (SELECT plan_id FROM accounts_account WHERE id = %(account)s), 'active', '', now() - n * interval '1 hour'
FROM generate_series(1, %(rows)s) AS n
"""
PEOPLE = """
INSERT INTO accounts_user (password, last_login, is_superuser, email, name, is_active, is_staff, created_at)
SELECT '', CASE WHEN n %% 100 = 0 THEN NULL ELSE now() END, false, n || '@example.com', '', true, false, now() - n * interval '1 hour'
FROM generate_series(1, %(rows)s) AS n
"""


def lately(**age: float) -> Any:
    return timezone.now() - timedelta(**age)


@pytest.mark.parametrize(
    ("table", "rows", "query", "index"),
    [
        ("payments_payment", PAYMENTS, lambda: Payment.objects.filter(paid_at__gte=lately(days=14)), "payments_by_time"),
        ("payments_payment", PAYMENTS, lambda: Payment.objects.order_by("-paid_at", "-id")[:100], "payments_by_time"),
        ("webhooks_delivery", DELIVERIES, lambda: Delivery.objects.order_by("-created_at", "-uuid")[:100], "deliveries_by_time"),
        ("accounts_account", ACCOUNTS, lambda: Account.objects.filter(created_at__gt=lately(hours=24)).order_by(), "accounts_by_time"),
        (
            "accounts_user",
            PEOPLE,
            lambda: User.objects.filter(last_login=None, is_staff=False, created_at__lt=lately(days=150)).order_by(),
            "people_never_logged_in",
        ),
    ],
    ids=["chart of money", "list of payments", "list of deliveries", "new accounts", "people to forget"],
)
def test_lists_and_charts_of_the_admin_read_by_an_index_of_time(
    table: str, rows: str, query: Callable[[], QuerySet[Any]], index: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(rows, {"account": AccountFactory().pk, "rows": ROWS})
        cursor.execute(f"ANALYZE {table}")
    plan = query().explain()
    assert index in plan
    assert "Seq Scan" not in plan


def test_deleting_a_key_looks_for_its_jobs_by_an_index() -> None:
    key, _ = make_key()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "jobs_of_a_key" in Job.objects.filter(api_key=key).explain()
