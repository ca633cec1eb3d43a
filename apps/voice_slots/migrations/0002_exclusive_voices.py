"""Voices of slots are marked as theirs."""

from typing import Any

from django.db import migrations


def mark_voices_of_slots(apps: Any, _: Any) -> None:
    """Mark the voices that slots have now."""
    apps.get_model("voices", "Voice").objects.filter(slots__isnull=False).update(is_exclusive=True)


class Migration(migrations.Migration):
    dependencies = [
        ("voice_slots", "0001_initial"),
        ("voices", "0006_exclusive_voices"),
    ]

    operations = [migrations.RunPython(mark_voices_of_slots, migrations.RunPython.noop)]
