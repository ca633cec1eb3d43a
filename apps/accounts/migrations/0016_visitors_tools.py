from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0015_suspension_notice'),
    ]

    operations = [
        migrations.AddField(
            model_name='anonymoususe',
            name='audio_milliseconds',
            field=models.PositiveBigIntegerField(db_default=0, default=0, help_text='Milliseconds of recordings.'),
        ),
        migrations.AddField(
            model_name='plan',
            name='anonymous_services',
            field=models.JSONField(blank=True, db_default=[], default=list, help_text="Services that visitors of the site's pages use without an account, beside speaking texts; for the plan of callers without a key."),
        ),
        migrations.AddField(
            model_name='plan',
            name='audio_seconds_per_day',
            field=models.PositiveIntegerField(blank=True, help_text='Seconds of recordings per address and UTC day, for visitors without an account; empty for no limit.', null=True),
        ),
    ]
