from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_limits_by_scope"),
    ]

    operations = [
        migrations.AlterField(
            model_name="account",
            name="status_reason",
            field=models.CharField(blank=True, help_text="Reason for a suspension or closure; not shown to customers.", max_length=300),
        ),
        migrations.AlterField(
            model_name="apikey",
            name="expires_at",
            field=models.DateTimeField(
                blank=True, help_text="End of validity, set by a rotation: the old key is valid until then.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="apikey",
            name="is_limited_apart",
            field=models.BooleanField(
                default=False,
                help_text="On: the key's limits replace those of its account. Off: both apply, so that many keys never allow more than the plan.",
            ),
        ),
        migrations.AlterField(
            model_name="apikey",
            name="requests_per_minute_by_scope",
            field=models.JSONField(
                blank=True,
                db_default={},
                default=dict,
                help_text='Requests per minute by scope, {"tts:generate": 10}, in addition to the limit of all requests.',
            ),
        ),
        migrations.AlterField(
            model_name="apikey",
            name="scopes",
            field=models.JSONField(
                blank=True, default=list, help_text="Scopes of the key (apps/accounts/scopes.py); an empty list allows all."
            ),
        ),
        migrations.AlterField(
            model_name="plan",
            name="characters_per_day",
            field=models.PositiveIntegerField(
                blank=True, help_text="Characters per address and UTC day, for callers without a key.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="plan",
            name="is_default",
            field=models.BooleanField(default=False, help_text="Plan of new accounts."),
        ),
        migrations.AlterField(
            model_name="plan",
            name="max_upload_bytes",
            field=models.PositiveBigIntegerField(
                blank=True, help_text="Largest file of one request, in bytes; empty for each endpoint's own limit.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="plan",
            name="retention_days",
            field=models.PositiveIntegerField(default=30, help_text="Days after which results are deleted."),
        ),
        migrations.AlterField(
            model_name="plan",
            name="weight",
            field=models.PositiveIntegerField(default=1, help_text="Share of the account while all workers are busy."),
        ),
        migrations.AlterField(
            model_name="user",
            name="is_staff",
            field=models.BooleanField(default=False, help_text="Access to the admin."),
        ),
    ]
