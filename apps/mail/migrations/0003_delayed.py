from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mail', '0002_email_spelling'),
    ]

    operations = [
        migrations.AddField(
            model_name='outgoingmail',
            name='is_delayed',
            field=models.BooleanField(db_default=False, default=False, help_text='The mail server did not answer when a mail was last tried.'),
        ),
    ]
