"""Result of a job: the outputs of its parts that are kept."""

from apps.jobs.models import Part
from apps.jobs.objects import stored_key
from apps.jobs.results import JobResult, ResultOutput
from workers.contract.messages import Manifest


def result_of_parts(completing: Part, *, manifest: Manifest) -> JobResult:
    """The kept outputs of the job, whose other parts are done: those of the last part by index, then those of the ones before.

    completing: the part that was done last, with its manifest; parts of one stage end in any order.
    """
    if completing.job.part_count == 1:
        return JobResult(tuple(_kept_outputs(completing, manifest=manifest)))
    parts = list(Part.objects.filter(job_id=completing.job_id, outputs__contains=[{"is_kept": True}]).order_by("index"))
    outputs: list[ResultOutput] = []
    for part in (*parts[-1:], *parts[:-1]):
        own = manifest if part.index == completing.index else Manifest.from_dict(part.manifest or {})
        outputs += _kept_outputs(part, manifest=own)
    return JobResult(tuple(outputs))


def _kept_outputs(part: Part, *, manifest: Manifest) -> list[ResultOutput]:
    return [
        ResultOutput(
            spec.name_in_result,
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
