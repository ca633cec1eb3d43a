import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0007_named_outputs"),
    ]

    operations = [
        migrations.AlterField(
            model_name="idempotencyrecord",
            name="scope",
            field=models.CharField(help_text="Tenant that the key belongs to.", max_length=64),
        ),
        migrations.AlterField(
            model_name="job",
            name="balance_after_millicredits",
            field=models.BigIntegerField(blank=True, help_text="Balance of the account after this job's reservation.", null=True),
        ),
        migrations.AlterField(
            model_name="job",
            name="charged_millicredits",
            field=models.PositiveBigIntegerField(default=0, help_text="Charged at the end of the job: at most the reserved amount."),
        ),
        migrations.AlterField(
            model_name="job",
            name="concurrency_limit",
            field=models.PositiveIntegerField(help_text="The job starts while fewer jobs of the tenant are running."),
        ),
        migrations.AlterField(
            model_name="job",
            name="has_webhooks",
            field=models.BooleanField(
                default=True, help_text="Off if another event reports the end: items of a batch have the batch's event."
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="is_internal",
            field=models.BooleanField(default=False, help_text="Job of the platform itself: neither listed nor counted against limits."),
        ),
        migrations.AlterField(
            model_name="job",
            name="public_base",
            field=models.TextField(blank=True, help_text="Base URL of the request, for links in webhooks."),
        ),
        migrations.AlterField(
            model_name="job",
            name="reserved_millicredits",
            field=models.PositiveBigIntegerField(default=0, help_text="Subtracted from the balance when the job was accepted."),
        ),
        migrations.AlterField(
            model_name="job",
            name="retention_days",
            field=models.PositiveIntegerField(
                blank=True, help_text="Days from the job's end to expires_at. The result is kept if both are empty.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="tenant",
            field=models.CharField(help_text="Owner of the work: account:12, address:203.0.113.7, platform.", max_length=64),
        ),
        migrations.AlterField(
            model_name="job",
            name="units",
            field=models.PositiveIntegerField(default=0, help_text="Size of the job in the unit of its kind: characters, for speech."),
        ),
        migrations.AlterField(
            model_name="job",
            name="was_watched",
            field=models.BooleanField(
                db_default=False, help_text="The job's events were read while it ran: text in them is charged even if the job fails."
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="webhook_url",
            field=models.CharField(
                blank=True, help_text="URL that receives the job's end event, in addition to the account's endpoints.", max_length=2048
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="weight",
            field=models.PositiveIntegerField(default=1, help_text="Share of the tenant while all workers are busy."),
        ),
        migrations.AlterField(
            model_name="part",
            name="deaths",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, help_text="Number of workers that died while computing the part."
            ),
        ),
        migrations.AlterField(
            model_name="part",
            name="not_before",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(), help_text="Earliest time of the next attempt."
            ),
        ),
        migrations.AlterField(
            model_name="part",
            name="opens_job",
            field=models.BooleanField(default=False, help_text="First part of a job that has not started: its admission starts the job."),
        ),
        migrations.AlterField(
            model_name="part",
            name="outputs",
            field=models.JSONField(default=list, help_text="Declared outputs: name, format, kept or not, optional or not."),
        ),
        migrations.AlterField(
            model_name="part",
            name="stage",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="Stage of the part: it starts when all parts of the previous stage are done."
            ),
        ),
        migrations.AlterField(
            model_name="part",
            name="token",
            field=models.UUIDField(blank=True, help_text="Token of the current attempt.", null=True),
        ),
        migrations.AlterField(
            model_name="part",
            name="weight",
            field=models.PositiveBigIntegerField(
                blank=True, help_text="Weight of the part in the job's price; its units if empty.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="part",
            name="work",
            field=models.JSONField(help_text="Work message. References to outputs of earlier parts are replaced by stored objects."),
        ),
    ]
