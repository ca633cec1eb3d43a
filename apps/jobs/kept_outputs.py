"""Result of a job: the outputs of its parts that are kept."""

from apps.jobs.models import Part
from apps.jobs.objects import stored_key
from apps.jobs.results import JobResult, ResultOutput
from workers.contract.messages import Manifest


def result_of_parts(last: Part, *, manifest: Manifest) -> JobResult:
    """The kept outputs of the job: those of the last part, whose manifest this is, then those of earlier parts."""
    outputs = _kept_outputs(last, manifest=manifest)
    if last.index:
        for part in Part.objects.filter(job_id=last.job_id, index__lt=last.index, outputs__contains=[{"is_kept": True}]).order_by("index"):
            outputs += _kept_outputs(part, manifest=Manifest.from_dict(part.manifest or {}))
    return JobResult(tuple(outputs))


def _kept_outputs(part: Part, *, manifest: Manifest) -> list[ResultOutput]:
    return [
        ResultOutput(
            spec.name,
            key=stored_key(part, stored),
            format=spec.format,
            bytes=stored.bytes,
            sha256=stored.sha256,
            audio_seconds=stored.audio_seconds,
            sample_rate=stored.sample_rate,
            is_signed=bool(stored.signed_name),
        )
        for spec in part.output_specs
        if spec.is_kept and (stored := manifest.find_output(spec.name)) is not None
    ]
