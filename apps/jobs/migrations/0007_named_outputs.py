"""Parts declare named outputs, results list them, and work messages refer to them by typed references.

Rows of the shape before are rewritten: parts that wait or run, so that they can still be done; results, so that they can still be downloaded.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.db import migrations, models

BATCH = 500


def rewrite_rows(apps: Any, _schema_editor: Any) -> None:
    _rewrite_parts(apps.get_model("jobs", "Part"))
    _rewrite_results(apps.get_model("jobs", "Job"))


def _rewrite_parts(part_model: Any) -> None:
    rows = part_model.objects.order_by("job_id", "index").select_related("job").iterator(chunk_size=BATCH)
    changed: list[Any] = []
    for _, group in groupby(rows, key=lambda part: part.job_id):
        parts = {part.index: part for part in group}
        for part in parts.values():
            part.outputs = list(_outputs(part))
        for part in parts.values():
            part.work = _with_references(part.work, parts=parts)
            part.manifest = _with_outputs(part)
        changed += parts.values()
        if len(changed) >= BATCH:
            part_model.objects.bulk_update(changed, ["outputs", "work", "manifest"], batch_size=BATCH)
            changed = []
    part_model.objects.bulk_update(changed, ["outputs", "work", "manifest"], batch_size=BATCH)


def _outputs(part: Any) -> Iterator[dict[str, Any]]:
    """The main output, then the one that was called its timings. File names are those that a part that is done has stored."""
    audio_format = part.work.get("format", "json")
    is_kept = part.is_kept or part.index == part.job.part_count - 1
    yield {"name": _main_name(audio_format), "format": audio_format, "is_kept": is_kept, "is_optional": False}
    if part.kind in {"speak", "join"}:
        yield {"name": "timings", "format": "json", "is_kept": is_kept, "is_optional": True}
    if part.kind == "prepare":
        yield {"name": "timings" if part.state == "done" else "survey", "format": "json", "is_kept": False, "is_optional": False}


def _main_name(audio_format: str) -> str:
    return "document" if audio_format == "json" else "audio"


def _with_references(work: Any, *, parts: dict[int, Any]) -> Any:
    if isinstance(work, dict):
        if work.keys() == {"$key"}:
            return {"key": work["$key"], "kind": "stored_object"}
        if work.keys() == {"$output"}:
            return _part_output(work["$output"], number=0, parts=parts)
        if work.keys() == {"$timings"}:
            return _part_output(work["$timings"], number=1, parts=parts)
        return {name: _with_references(value, parts=parts) for name, value in work.items()}
    if isinstance(work, list):
        return [_with_references(item, parts=parts) for item in work]
    return work


def _part_output(index: int, *, number: int, parts: dict[int, Any]) -> dict[str, Any] | None:
    outputs = parts[index].outputs
    return {"index": index, "name": outputs[number]["name"], "kind": "part_output"} if number < len(outputs) else None


def _with_outputs(part: Any) -> Any:
    """The manifest of a part that is done with its outputs listed."""
    manifest = part.manifest
    if not manifest or "output_bytes" not in manifest:
        return manifest
    names = [output["name"] for output in part.outputs][: 2 if manifest.pop("has_timings", False) else 1]
    facts = {
        "bytes": manifest.pop("output_bytes"),
        "sha256": manifest.pop("output_sha256", ""),
        "audio_seconds": manifest.pop("audio_seconds", 0.0),
        "sample_rate": manifest.pop("sample_rate", 0),
    }
    unknown = {"bytes": 0, "sha256": "", "audio_seconds": 0.0, "sample_rate": 0}
    manifest["outputs"] = [{"name": name, "media_type": "", **(unknown if number else facts)} for number, name in enumerate(names)]
    return manifest


def _rewrite_results(job_model: Any) -> None:
    changed: list[Any] = []
    for job in job_model.objects.filter(result__has_key="key").only("result").iterator(chunk_size=BATCH):
        job.result = {"outputs": list(_result_outputs(job.result))}
        changed.append(job)
        if len(changed) >= BATCH:
            job_model.objects.bulk_update(changed, ["result"])
            changed = []
    job_model.objects.bulk_update(changed, ["result"])


def _result_outputs(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    facts = {name: result[name] for name in ("key", "format", "bytes", "sha256", "audio_seconds", "sample_rate")}
    yield {"name": _main_name(result["format"]), **facts}
    if result.get("timings_key"):
        yield {"name": "timings", "key": result["timings_key"], "format": "json"}
    if result.get("document_key") not in {None, result["key"]}:
        yield {"name": "document", "key": result["document_key"], "format": "json"}


class Migration(migrations.Migration):
    dependencies = [("jobs", "0006_indexes")]

    operations = [
        migrations.AddField(
            model_name="part",
            name="outputs",
            field=models.JSONField(default=list, help_text="Declarations of its outputs: name, format, kept or not, optional or not."),
        ),
        migrations.RunPython(rewrite_rows, migrations.RunPython.noop),
        migrations.RemoveField(model_name="part", name="is_kept"),
        migrations.AlterField(
            model_name="part",
            name="work",
            field=models.JSONField(help_text="A work message; it refers to outputs of earlier parts, then to stored objects."),
        ),
    ]
