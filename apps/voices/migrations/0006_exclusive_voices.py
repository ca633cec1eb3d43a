from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('voices', '0005_indexes_by_time'),
    ]

    operations = [
        migrations.AddField(
            model_name='voice',
            name='is_exclusive',
            field=models.BooleanField(db_default=False, default=False, help_text='On: the voice of a slot. No other request is given it, and no likeness speaks in its place.'),
        ),
    ]
