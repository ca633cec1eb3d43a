"""Prices of what is not paid by the character."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One row for each service."""

    dependencies: ClassVar = [("billing", "0002_append_only")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="ServicePrice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("service", models.SlugField(unique=True)),
                ("unit", models.CharField(choices=[("minute", "minute of audio"), ("turn", "turn")], max_length=10)),
                ("millicredits", models.PositiveIntegerField(help_text="For one unit; 1000 is one credit.")),
            ],
            options={"verbose_name": "price of a service", "verbose_name_plural": "prices of services", "ordering": ["service"]},
        ),
    ]
