"""Manifests of workers: every field is validated before it reaches a row, since a worker may be old, broken or hostile."""

import json
import math
import re
from typing import Any, Final

from apps.core.storage import get_storage
from apps.jobs.models import Part
from apps.jobs.objects import MANIFEST, part_folder
from workers.contract.messages import Manifest
from workers.contract.outputs import OutputSpec, StoredOutput

LARGEST_MANIFEST: Final = 1 << 20
LARGEST_NUMBER: Final = 1 << 53
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class InvalidManifestError(ValueError):
    """The manifest is not one that the worker of this attempt can have written."""


def read_manifest(part: Part) -> Manifest:
    """Manifest beside the output of the part's attempt. Raises MissingObjectError, InvalidManifestError, StorageAwayError."""
    key = f"{part_folder(part)}/{MANIFEST}"
    stored = get_storage().stat(key)
    if stored is not None and stored.bytes > LARGEST_MANIFEST:
        raise InvalidManifestError(f"it has {stored.bytes} bytes")
    data = get_storage().read_bytes(key)
    try:
        manifest = Manifest.from_dict(json.loads(data))
    except (ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError) as error:
        raise InvalidManifestError(f"it cannot be read ({type(error).__name__})") from error
    check_manifest(manifest, part=part)
    return manifest


def check_manifest(manifest: Manifest, *, part: Part) -> None:
    """Raise InvalidManifestError unless the manifest belongs to the part's current attempt and each field is valid."""
    if (manifest.job, manifest.token) != (part.job_id.hex, part.token.hex if part.token else "") or not _is_whole(manifest.part):
        raise InvalidManifestError("it is of another attempt")
    if manifest.part != part.index:
        raise InvalidManifestError("it is of another part")
    faults = [
        name
        for name, is_good in {
            "units_done": _is_whole(manifest.units_done),
            "is_notice": isinstance(manifest.is_notice, bool),
            "details": _is_storable(manifest.details),
        }.items()
        if not is_good
    ]
    if faults:
        raise InvalidManifestError(f"it has no good {', '.join(faults)}")
    _check_outputs(manifest.outputs, specs=part.output_specs)


def _check_outputs(outputs: tuple[StoredOutput, ...], *, specs: tuple[OutputSpec, ...]) -> None:
    """Raises InvalidManifestError unless each output is one that the part declares, once, and none is missing that is not optional."""
    declared = {spec.name: spec for spec in specs}
    for output in outputs:
        spec = declared.pop(output.name, None) if isinstance(output.name, str) else None
        if spec is None:
            raise InvalidManifestError("it lists an output twice, or one that the part does not declare")
        faults = [
            name
            for name, is_good in {
                "media_type": output.media_type == spec.media_type,
                "bytes": _is_whole(output.bytes),
                "sha256": isinstance(output.sha256, str) and _SHA256.fullmatch(output.sha256) is not None,
                "audio_seconds": _is_length(output.audio_seconds),
                "sample_rate": _is_whole(output.sample_rate),
            }.items()
            if not is_good
        ]
        if faults:
            raise InvalidManifestError(f"its output {output.name} has no good {', '.join(faults)}")
    missing = [name for name, spec in declared.items() if not spec.is_optional]
    if missing:
        raise InvalidManifestError(f"it lacks the output {', '.join(missing)}")


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < LARGEST_NUMBER


def _is_length(value: Any) -> bool:
    return isinstance(value, float) and math.isfinite(value) and 0 <= value < LARGEST_NUMBER


def _is_storable(value: Any) -> bool:
    """True if the value is a dict that Postgres can store as JSON (no NaN, NUL or lone surrogate), no longer than LARGEST_MANIFEST."""
    if not isinstance(value, dict):
        return False
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (ValueError, TypeError, RecursionError):
        return False
    return "\\u0000" not in text and len(text) <= LARGEST_MANIFEST
