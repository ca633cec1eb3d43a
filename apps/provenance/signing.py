"""Signs a file with content credentials (C2PA), which say that it is synthetic, what made it, and who signed it."""

import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from apps.provenance.certificates import CertificateError, signing_identity
from apps.provenance.policy import SYNTHESISED
from workers.contract.formats import FORMATS
from workers.contract.provenance import CREDENTIAL_FORMATS

LARGEST_BYTES: Final = 64 << 20
"""Largest file that is signed: the library needs up to three times its size in memory. 22 minutes of WAV at 24 kHz, an hour of MP3."""
SOURCE_TYPES: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
"""IPTC's vocabulary of digital source types."""
GENERATOR: Final = "Speech Platform"

_one_at_a_time = threading.Lock()
"""Bounds the memory of a process that signs many files."""


class SigningError(Exception):
    """A file that could not be signed; the message says why."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Statement about a file."""

    model: str
    """Id of the model that made the audio; empty if none did."""
    source_type: str = SYNTHESISED
    """Last segment of IPTC's digital source type."""
    title: str = "speech"

    def to_manifest(self) -> dict[str, Any]:
        """Manifest definition of the C2PA library."""
        action: dict[str, Any] = {"action": "c2pa.created", "digitalSourceType": f"{SOURCE_TYPES}{self.source_type}"}
        if self.model:
            action["softwareAgent"] = {"name": self.model}
        return {
            "claim_generator_info": [{"name": GENERATOR, "version": settings.TTSAI_VERSION}],
            "title": self.title,
            "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}],
        }


def sign_file(source: Path, target: Path, *, audio_format: str, claim: Claim) -> None:
    """Write a signed copy of the source. Nothing is fetched: there is no time stamp. Raises SigningError, OSError for a full disk."""
    import c2pa

    if audio_format not in CREDENTIAL_FORMATS:
        raise SigningError(f"{audio_format} cannot hold content credentials")
    if source.stat().st_size > LARGEST_BYTES:
        raise SigningError(f"the file is larger than {LARGEST_BYTES >> 20} MB")
    try:
        identity = signing_identity()
        info = c2pa.C2paSignerInfo(identity.algorithm.encode(), identity.certificates, identity.key, None)
        with (
            _one_at_a_time,
            c2pa.Signer.from_info(info) as signer,
            c2pa.Builder(json.dumps(claim.to_manifest())) as builder,
            source.open("rb") as unsigned,
            target.open("w+b") as signed,
        ):
            builder.sign(signer, FORMATS[audio_format].content_type, unsigned, signed)
    except CertificateError as error:
        raise SigningError(str(error)) from error
    except c2pa.C2paError as error:
        raise SigningError(str(error)) from error
