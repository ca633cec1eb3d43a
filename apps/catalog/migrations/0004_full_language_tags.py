"""Voices keep their region in `language`, no longer as one of the tags."""

from typing import Any

from django.db import migrations


def move_regions(apps: Any, schema_editor: Any) -> None:
    """`en` with the tag `en-gb` becomes `en-gb`."""
    changed = []
    for voice in apps.get_model("catalog", "Voice").objects.all():
        full = next((tag for tag in voice.tags if tag.startswith(f"{voice.language}-")), voice.language)
        tags = [tag for tag in voice.tags if tag != full]
        if (full, tags) != (voice.language, voice.tags):
            voice.language, voice.tags = full, tags
            changed.append(voice)
    apps.get_model("catalog", "Voice").objects.bulk_update(changed, ["language", "tags"])


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_stand_ins")]

    operations = [migrations.RunPython(move_regions, migrations.RunPython.noop)]
