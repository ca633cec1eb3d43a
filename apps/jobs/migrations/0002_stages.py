"""Parts have stages, and outputs that are kept."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Parts of a later stage read the outputs of earlier ones."""

    dependencies: ClassVar = [("jobs", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="part",
            name="stage",
            field=models.PositiveSmallIntegerField(default=0, help_text="It begins once all parts of the stage before are done."),
        ),
        migrations.AddField(
            model_name="part",
            name="is_kept",
            field=models.BooleanField(default=False, help_text="Its output belongs to the result, beside the last part's."),
        ),
        # Joins that were accepted before: theirs is the second stage.
        migrations.RunSQL("UPDATE jobs_part SET stage = 1 WHERE kind = 'join'", reverse_sql=migrations.RunSQL.noop),
    ]
