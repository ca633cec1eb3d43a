from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0004_full_language_tags"),
    ]

    operations = [
        migrations.AlterField(
            model_name="engine",
            name="millicredits_per_1k",
            field=models.PositiveIntegerField(
                blank=True, help_text="Millicredits for 1,000 characters; the tier's price if empty.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="standin",
            name="kind",
            field=models.CharField(default="tts", help_text="Type of the models that may serve it: tts, stt, …", max_length=30),
        ),
        migrations.AlterField(
            model_name="standin",
            name="max_characters",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Maximum characters of a text under this name; empty for the limits of the plan and the model.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="standin",
            name="model_id",
            field=models.CharField(help_text="Documented id, as in requests.", max_length=100, unique=True, verbose_name="model"),
        ),
        migrations.AlterField(
            model_name="standin",
            name="note",
            field=models.CharField(
                blank=True, help_text="Limitation of the stand-in, returned as a warning with each response.", max_length=300
            ),
        ),
        migrations.AlterField(
            model_name="voice",
            name="preview_job_uuid",
            field=models.UUIDField(blank=True, help_text="Internal job that created the preview.", null=True),
        ),
        migrations.AlterField(
            model_name="voice",
            name="preview_version",
            field=models.CharField(blank=True, help_text="Version of the model in the preview.", max_length=100),
        ),
        migrations.AlterField(
            model_name="worker",
            name="announced_sent_at",
            field=models.FloatField(default=0.0, help_text="Time of the latest announcement by the worker's clock."),
        ),
        migrations.AlterField(
            model_name="worker",
            name="boot",
            field=models.CharField(help_text="Identifier of the worker's start. Parts of an earlier start are lost.", max_length=64),
        ),
        migrations.AlterField(
            model_name="worker",
            name="engines",
            field=models.JSONField(blank=True, default=list, help_text="Ids of engines that the worker can serve."),
        ),
        migrations.AlterField(
            model_name="worker",
            name="last_sent_at",
            field=models.FloatField(
                default=0.0, help_text="Time of the latest message by the worker's clock, which detects messages out of order."
            ),
        ),
        migrations.AlterField(
            model_name="worker",
            name="loaded",
            field=models.JSONField(blank=True, default=list, help_text="Ids of engines whose weights are in memory."),
        ),
        migrations.AlterField(
            model_name="worker",
            name="missing",
            field=models.JSONField(
                blank=True, default=dict, help_text="Ids of engines that the worker cannot serve, with what is missing."
            ),
        ),
        migrations.AlterField(
            model_name="workerqueue",
            name="hard_slots",
            field=models.PositiveIntegerField(default=0, help_text="Maximum number of parts in flight for a tenant that has none yet."),
        ),
        migrations.AlterField(
            model_name="workerqueue",
            name="reserved_slots",
            field=models.PositiveIntegerField(default=0, help_text="Slots reserved for the lane `live`."),
        ),
        migrations.AlterField(
            model_name="workerqueue",
            name="slots",
            field=models.PositiveIntegerField(help_text="Maximum number of parts in flight while several tenants share the queue."),
        ),
    ]
