import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0017_visitors_tools_of_earlier_rows'),
        ('voices', '0006_exclusive_voices'),
    ]

    operations = [
        migrations.CreateModel(
            name='EnrolmentWebhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('job_uuid', models.UUIDField()),
                ('url', models.CharField(max_length=2048)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.account')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('job_uuid', 'url'), name='an_address_once_for_an_enrolling_job')],
            },
        ),
    ]
