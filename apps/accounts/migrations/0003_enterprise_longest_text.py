from django.db import migrations


def raise_limit(apps, schema_editor):
    """The starting row of earlier versions gave the largest plan a shorter text than the plans below it."""
    apps.get_model('accounts', 'Plan').objects.filter(slug='enterprise', max_characters=50_000).update(max_characters=1_000_000)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_plan_max_upload_bytes'),
    ]

    operations = [
        migrations.RunPython(raise_limit, migrations.RunPython.noop),
    ]
