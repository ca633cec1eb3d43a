from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("webhooks", "0002_disabled_at"),
    ]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="attempts",
            field=models.JSONField(blank=True, default=list, help_text="Time, status and response or error of each attempt."),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="body",
            field=models.TextField(help_text="Exact text that is signed and sent."),
        ),
        migrations.AlterField(
            model_name="endpoint",
            name="events",
            field=models.JSONField(blank=True, default=list, help_text="Subscribed events; empty for all."),
        ),
        migrations.AlterField(
            model_name="endpoint",
            name="previous_secret_until",
            field=models.DateTimeField(blank=True, help_text="Both secrets sign deliveries until this time.", null=True),
        ),
    ]
