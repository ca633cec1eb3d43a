"""Field of the models that a worker knows and cannot serve."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Worker.missing, filled from its announcement."""

    dependencies: ClassVar = [("catalog", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="worker",
            name="missing",
            field=models.JSONField(blank=True, default=dict, help_text="Ids that it knows and cannot serve, and what is missing."),
        ),
    ]
