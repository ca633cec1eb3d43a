from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("uploads", "0002_indexes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="upload",
            name="audio",
            field=models.JSONField(blank=True, help_text="Result of the probe: container, duration, sample rate, channels.", null=True),
        ),
        migrations.AlterField(
            model_name="upload",
            name="content_type",
            field=models.CharField(
                blank=True, help_text="Content type given by the customer; the measured type is in `audio`.", max_length=100
            ),
        ),
        migrations.AlterField(
            model_name="upload",
            name="deleted_at",
            field=models.DateTimeField(blank=True, help_text="Time at which the owner deleted the file.", null=True),
        ),
        migrations.AlterField(
            model_name="upload",
            name="expires_at",
            field=models.DateTimeField(help_text="End of the time in which new requests can refer to the file."),
        ),
        migrations.AlterField(
            model_name="upload",
            name="file_name",
            field=models.CharField(blank=True, help_text="File name given by the customer; only displayed.", max_length=255),
        ),
        migrations.AlterField(
            model_name="upload",
            name="kept_until",
            field=models.DateTimeField(
                help_text="Time of deletion, object and row; later than expires_at if a job may still need the file."
            ),
        ),
        migrations.AlterField(
            model_name="upload",
            name="key",
            field=models.CharField(blank=True, help_text="Storage key of the object, once it is ready.", max_length=300),
        ),
        migrations.AlterField(
            model_name="upload",
            name="tenant",
            field=models.CharField(help_text="Owner of the file: account:12.", max_length=64),
        ),
        migrations.AlterField(
            model_name="upload",
            name="used_at",
            field=models.DateTimeField(blank=True, help_text="Time at which a request last used the file for a job.", null=True),
        ),
    ]
