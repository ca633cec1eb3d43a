"""Marks the balances of accounts that owe credits."""

from django.db import migrations

MARK = """
UPDATE billing_balance SET has_debt = true
WHERE EXISTS (SELECT 1 FROM payments_creditdebt WHERE account_id = billing_balance.account_id AND settled_at IS NULL)
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial"), ("billing", "0008_owed_credits")]
    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop)]
