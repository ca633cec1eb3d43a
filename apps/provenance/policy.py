"""Decisions about a caller's results: watermark and content credentials, by the plan or by the operator's settings."""

from django.conf import settings

from apps.accounts.models import Plan
from workers.contract.provenance import CREDENTIAL_FORMATS, WATERMARK_MODES

SYNTHESISED = "trainedAlgorithmicMedia"
SOURCE_TYPES = {
    **dict.fromkeys(("voice-convert", "speech-to-speech"), "compositeWithTrainedAlgorithmicMedia"),
    **dict.fromkeys(("audio-enhance", "audio-dereverb", "audio-separate"), "algorithmicallyEnhanced"),
}
"""IPTC's digital source types by kind of job; other audio is synthesised."""
TOOLS = "audio-"
"""Prefix of the kinds of audio tools, which return a recording of the customer's own: to call that synthetic would be false."""


def watermark_of(plan: Plan) -> str:
    """Speech to watermark, as messages carry it: empty for none."""
    mode = plan.watermark or settings.TTSAI_WATERMARK
    return mode if mode in WATERMARK_MODES[1:] else ""


def has_credentials(plan: Plan) -> bool:
    """True if results carry content credentials."""
    return settings.TTSAI_C2PA if plan.content_credentials is None else plan.content_credentials


def source_type_of(kind: str) -> str:
    """Digital source type of the audio that a kind of job makes; empty for a recording, which is not signed."""
    return SOURCE_TYPES.get(kind) or ("" if kind.startswith(TOOLS) else SYNTHESISED)


def is_synthetic(kind: str) -> bool:
    """True if a model speaks in the audio that a kind of job makes; False for recordings of people, however they were changed."""
    return not kind.startswith(TOOLS)


def credential_warnings(output_format: str) -> tuple[str, ...]:
    """Warning about a format of audio that cannot hold content credentials."""
    if output_format in CREDENTIAL_FORMATS:
        return ()
    return (f"format: {output_format} cannot hold content credentials; {', '.join(CREDENTIAL_FORMATS)} can.",)
