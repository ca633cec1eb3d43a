from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pronunciations", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="pronunciation",
            name="language",
            field=models.CharField(blank=True, help_text="Language of the rule; empty for all languages.", max_length=35),
        ),
    ]
