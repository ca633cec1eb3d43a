from django.db import migrations

CONVERTERS = ['kokoro-convert', 'world']


def name_converters(apps, schema_editor):
    """Models that convert voices serve these names from now on."""
    for row in apps.get_model('catalog', 'StandIn').objects.filter(model_id__in=['openvoice', 'chatterbox', 'knn-vc']):
        missing = [name for name in CONVERTERS if name not in row.candidates]
        row.candidates = [*row.candidates, *missing]
        row.save(update_fields=['candidates'])


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0006_cloning_stand_ins'),
    ]

    operations = [migrations.RunPython(name_converters, migrations.RunPython.noop)]
