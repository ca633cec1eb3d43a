from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('batches', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='batch',
            name='failed_count',
            field=models.PositiveSmallIntegerField(default=0, help_text='Items that were refused, failed or expired.'),
        ),
        migrations.AddField(
            model_name='batch',
            name='cancelled_count',
            field=models.PositiveSmallIntegerField(default=0),
        ),
    ]
