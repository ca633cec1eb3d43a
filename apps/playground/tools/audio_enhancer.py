"""Page /audio-enhancer/."""

from typing import Final

from apps.accounts.models import Plan
from apps.audio_tools.declaration import LIMITS
from apps.audio_tools.engines import find_super_resolution
from apps.audio_tools.tools.enhance import EnhanceRequestSerializer
from apps.playground.tools.choices import find_missing
from apps.playground.tools.declaration import Rate, Sample, ToolField, ToolPage, ToolRequest, Visitor

FORMATS: Final = {"": "As the recording", "wav": "WAV", "mp3": "MP3", "flac": "FLAC"}


def _find_obstacle(plan: Plan) -> str:
    return find_missing("enhance", plan)


def _has_super_resolution(visitor: Visitor) -> bool:  # noqa: ARG001 - the protocol
    return find_super_resolution() is not None


AUDIO_ENHANCER: Final = ToolPage(
    slug="audio-enhancer",
    title="Audio enhancer",
    lead="Take the noise out of speech and make it clear. Compare before and after at the same moment.",
    limits=LIMITS,
    scope="audio:process",
    rates=(Rate("audio-enhance", "a minute of audio"),),
    samples=(Sample("noisy", "Speech beside a fan, 5 seconds"),),
    has_example=True,
    find_obstacle=_find_obstacle,
    gives=("Cleaner speech at the recording's own quality", "Waveforms and spectrograms, before and after"),
    requests=(
        ToolRequest(
            endpoint="audio/enhance/",
            service="audio-enhance",
            serializer=EnhanceRequestSerializer,
            action="Enhance",
            result_name="enhanced",
            fields=(
                ToolField(name="denoise", label="Remove noise"),
                ToolField(name="strength", label="Strength", labels={"1": "Light, 12 dB", "2": "Medium, 24 dB", "3": "Strong, all of it"}),
                ToolField(
                    name="enhance_clarity", label="Make speech clearer", hint="High-pass, equaliser, de-esser, loudness of -16 LUFS."
                ),
                ToolField(name="super_resolution", label="Extend the bandwidth", is_offered=_has_super_resolution),
                ToolField(name="format", label="Format", labels=FORMATS, is_advanced=True),
            ),
        ),
    ),
)
