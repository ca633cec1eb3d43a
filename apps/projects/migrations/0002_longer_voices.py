from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='line',
            name='voice',
            field=models.CharField(blank=True, help_text='Id of a voice, or a mix.', max_length=1000),
        ),
    ]
