"""Object keys of voices: one folder for each enrolment, below the folder of its tenant."""

import re
from typing import Final

from apps.voices.models import Enrolment

SAMPLES_FOLDER: Final = "/samples/"
"""Part of the keys of recordings."""
_UNFIT = re.compile(r"[^A-Za-z0-9._-]")


def enrolment_folder(enrolment: Enrolment) -> str:
    """`account-12/voices/<32 hex>`: folder of all objects of an enrolment."""
    return f"{_UNFIT.sub('-', enrolment.tenant)}/voices/{enrolment.uuid.hex}"


def sample_key(enrolment: Enrolment, sha256: str) -> str:
    return f"{enrolment_folder(enrolment)}{SAMPLES_FOLDER}{sha256}"


def object_key(enrolment: Enrolment, name: str) -> str:
    return f"{enrolment_folder(enrolment)}/{name}"
