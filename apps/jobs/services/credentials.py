"""Content credentials of results: signed by the platform, which holds the key, when a worker has stored an output that is kept.

The signed copy lies beside the output under a name of its own, so that an outcome that arrives twice never finds a changed file.
"""

import contextlib
import hashlib
import logging
import tempfile
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from apps.core.storage import StorageAwayError, get_storage
from apps.jobs.kinds import RenditionParams, origin_kind_name, params_of
from apps.jobs.models import Job, Part
from apps.jobs.objects import output_key, stored_key
from apps.jobs.params import JobParams
from apps.provenance.policy import source_type_of
from apps.provenance.signing import Claim, SigningError, sign_file
from workers.contract.formats import extension_of
from workers.contract.messages import Manifest, PartOutcome
from workers.contract.outputs import OutputSpec, StoredOutput
from workers.contract.provenance import CREDENTIAL_FORMATS

logger = logging.getLogger(__name__)

COPY_BYTES = 1 << 20


def sign_outputs(outcome: PartOutcome, *, part: Part) -> PartOutcome:
    """The outcome with signed copies of the kept audio, where the job wants them. A file that cannot be signed stays as it is."""
    if outcome.manifest is None or outcome.status != "completed" or not JobParams.from_row(part.job.params).has_credentials:
        return outcome
    specs = {spec.name: spec for spec in part.output_specs if spec.is_kept and spec.format in CREDENTIAL_FORMATS}
    outputs = [_sign(output, spec=specs[output.name], part=part) if output.name in specs else output for output in outcome.manifest.outputs]
    return replace(outcome, manifest=replace(outcome.manifest, outputs=tuple(outputs)))


def discard_unsigned(manifest: Manifest, *, part: Part) -> None:
    """Delete the last part's outputs whose signed copies belong to the result; those of earlier parts may be read by others."""
    _delete([output_key(part, output.name) for output in manifest.outputs if output.signed_name])


def discard_signed(outcome: PartOutcome, *, part: Part) -> None:
    """Delete signed copies that belong to no result."""
    outputs = outcome.manifest.outputs if outcome.manifest else ()
    _delete([stored_key(part, output) for output in outputs if output.signed_name])


def _sign(output: StoredOutput, *, spec: OutputSpec, part: Part) -> StoredOutput:
    signed_name = f"{output.name}-{uuid4().hex}.{extension_of(spec.format)}"
    scratch = Path(settings.TTSAI_HOME) / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="signing-") as folder:
        signed = Path(folder) / "signed"
        try:
            sign_file(_fetch(part, output, folder=Path(folder)), signed, audio_format=spec.format, claim=_claim(part.job))
        except SigningError as error:
            logger.error("result_not_signed job=%s output=%s: %s", part.job_id.hex, output.name, error)  # noqa: TRY400 - it says enough
            return output
        made = replace(output, bytes=signed.stat().st_size, sha256=_digest(signed), signed_name=signed_name)
        get_storage().put_file(stored_key(part, made), signed, content_type=spec.media_type)
    return made


def _claim(job: Job) -> Claim:
    params = params_of(job)
    engine = params.source_engine if isinstance(params, RenditionParams) else job.engine_id
    kind = origin_kind_name(job.kind, params)
    return Claim(engine, source_type=source_type_of(kind), title=kind)


def _fetch(part: Part, output: StoredOutput, *, folder: Path) -> Path:
    """Path of the stored output, copied from a remote store."""
    key = output_key(part, output.name)
    local = get_storage().local_path(key)
    if local is not None:
        return local
    path = folder / "unsigned"
    with contextlib.closing(get_storage().open_stream(key)) as stream, path.open("wb") as file:
        while block := stream.read(COPY_BYTES):
            file.write(block)
    return path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _delete(keys: list[str]) -> None:
    with contextlib.suppress(StorageAwayError):  # they are deleted with the result
        for key in keys:
            get_storage().delete(key)
