from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='plan',
            name='max_upload_bytes',
            field=models.PositiveBigIntegerField(blank=True, help_text='The largest file of one request, in bytes; empty for what each endpoint takes.', null=True),
        ),
    ]
