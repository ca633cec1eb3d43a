from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0004_low_balance"),
    ]

    operations = [
        migrations.AlterField(
            model_name="balance",
            name="low_threshold_millicredits",
            field=models.PositiveBigIntegerField(
                blank=True, help_text="Threshold of the event credits.low; empty for TTSAI_LOW_CREDITS.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="balance",
            name="was_told_low",
            field=models.BooleanField(
                default=False, help_text="The event credits.low was sent since the balance was last at or above the threshold."
            ),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="actor",
            field=models.CharField(
                blank=True, help_text="Email address of the person, or name of the program, that made the entry.", max_length=200
            ),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="amount_millicredits",
            field=models.BigIntegerField(help_text="Signed amount added to the balance."),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="external_ref",
            field=models.CharField(blank=True, help_text="Id of the payment or invoice.", max_length=200, null=True, unique=True),
        ),
        migrations.AlterField(
            model_name="serviceprice",
            name="millicredits",
            field=models.PositiveIntegerField(help_text="Price of one unit; 1000 is one credit."),
        ),
    ]
