from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("batches", "0004_items_have_jobs"),
    ]

    operations = [
        migrations.AlterField(
            model_name="batch",
            name="ended_count",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="Ended items of any outcome; incremented in the transaction of each job's end."
            ),
        ),
        migrations.AlterField(
            model_name="batch",
            name="joined_by",
            field=models.CharField(
                blank=True,
                help_text="Digest of the body while the batch is active: an identical request with the same key returns this batch.",
                max_length=64,
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="batch",
            name="public_base",
            field=models.TextField(blank=True, help_text="Base URL of the request, for links in the webhook."),
        ),
    ]
