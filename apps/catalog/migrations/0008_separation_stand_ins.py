"""Stand-ins for separators, in rows of versions that could not separate."""

from typing import Any

from django.db import migrations

CANDIDATES = {"demucs": ["spleeter", "*"], "spleeter": ["demucs", "*"]}


def name_candidates(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - Django's signature
    rows = apps.get_model("catalog", "StandIn").objects
    for model_id, candidates in CANDIDATES.items():
        rows.filter(model_id=model_id, kind="separate", candidates=[]).update(candidates=candidates)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_conversion_stand_ins")]

    operations = [migrations.RunPython(name_candidates, migrations.RunPython.noop)]
