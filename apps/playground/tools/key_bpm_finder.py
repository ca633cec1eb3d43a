"""Page /key-bpm-finder/."""

from typing import Final

from apps.audio_tools.declaration import LIMITS
from apps.audio_tools.tools.analyze import AnalyzeRequestSerializer
from apps.playground.tools.declaration import Rate, Sample, ToolPage, ToolRequest

KEY_BPM_FINDER: Final = ToolPage(
    slug="key-bpm-finder",
    title="Key and BPM finder",
    lead="Find the key, the tempo and the meter of a song, and the keys that mix well with it.",
    limits=LIMITS,
    scope="audio:process",
    rates=(Rate("audio-analyze", "a minute of audio"),),
    samples=(Sample("song", "A voice over a band, 9 seconds"),),
    has_example=True,
    gives=("Key and scale", "Beats a minute and the time signature", "Its place on the Camelot wheel, and the keys beside it"),
    requests=(
        ToolRequest(
            endpoint="audio/analyze/", service="audio-analyze", serializer=AnalyzeRequestSerializer, is_json=True, action="Analyse"
        ),
    ),
)
