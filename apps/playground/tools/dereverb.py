"""Page /dereverb/."""

from typing import Final

from apps.accounts.models import Plan
from apps.audio_tools.declaration import LIMITS
from apps.audio_tools.tools.dereverb import DereverbRequestSerializer
from apps.playground.tools.audio_enhancer import FORMATS
from apps.playground.tools.choices import find_missing
from apps.playground.tools.declaration import Rate, Sample, ToolField, ToolPage, ToolRequest


def _find_obstacle(plan: Plan) -> str:
    return find_missing("dereverb", plan)


DEREVERB: Final = ToolPage(
    slug="dereverb",
    title="Dereverb",
    lead="Remove the echo of a room from speech. Compare before and after at the same moment.",
    limits=LIMITS,
    scope="audio:process",
    rates=(Rate("audio-dereverb", "a minute of audio"),),
    samples=(Sample("hall", "A sentence in a large hall, 6 seconds"),),
    has_example=True,
    find_obstacle=_find_obstacle,
    gives=("Speech without the room around it", "Waveforms and spectrograms, before and after"),
    requests=(
        ToolRequest(
            endpoint="audio/dereverb/",
            service="audio-dereverb",
            serializer=DereverbRequestSerializer,
            action="Remove echo",
            result_name="dry",
            fields=(
                ToolField(
                    name="type",
                    label="What to remove",
                    labels={"both": "Both", "reverb": "The room's reverberation", "echo": "Distinct echoes"},
                ),
                ToolField(
                    name="intensity", label="Intensity", labels={"1": "1, light", "2": "2", "3": "3, medium", "4": "4", "5": "5, strong"}
                ),
                ToolField(name="format", label="Format", labels=FORMATS, is_advanced=True),
            ),
        ),
    ),
)
