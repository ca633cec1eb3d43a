from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("webhooks", "0004_indexes_by_time"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="method",
            field=models.CharField(db_default="POST", default="POST", max_length=4),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="body",
            field=models.TextField(
                help_text="Exact text that is signed and sent; of an event in TTSAI_DELIVERY_BODIES, what its text is written from."
            ),
        ),
    ]
