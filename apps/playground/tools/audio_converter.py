"""Page /audio-converter/."""

from typing import Final

from apps.audio_tools.declaration import LIMITS
from apps.audio_tools.tools.convert import ConvertRequestSerializer
from apps.playground.tools.declaration import Rate, Sample, ToolField, ToolPage, ToolRequest

FORMATS: Final = {
    "mp3": "MP3",
    "wav": "WAV",
    "flac": "FLAC",
    "ogg": "Ogg Vorbis",
    "opus": "Opus",
    "aac": "AAC",
    "m4a": "M4A",
    "m4b": "M4B, audiobook",
    "pcm": "PCM, no header",
}
AS_RECORDED: Final = {"": "As the recording"}

AUDIO_CONVERTER: Final = ToolPage(
    slug="audio-converter",
    title="Audio converter",
    lead="Convert a recording to another format, bitrate, sample rate or number of channels. Titles and tags stay.",
    limits=LIMITS,
    scope="audio:process",
    rates=(Rate("audio-convert", "a minute of audio"),),
    samples=(Sample("song", "A voice over a band, 9 seconds"),),
    has_example=True,
    example_fields={"format": "opus", "bitrate": "64"},
    gives=("The file in the format of your choice", "Its size beside the original's"),
    requests=(
        ToolRequest(
            endpoint="audio/convert/",
            service="audio-convert",
            serializer=ConvertRequestSerializer,
            action="Convert",
            result_name="converted",
            fields=(
                ToolField(name="format", label="Format", labels=FORMATS),
                ToolField(name="bitrate", label="Bitrate", labels={"0": "Automatic"}, hint="For MP3, Ogg, Opus, AAC and M4A."),
                ToolField(name="sample_rate", label="Sample rate", labels={"0": "As the recording"}),
                ToolField(name="channels", label="Channels", labels=AS_RECORDED | {"mono": "Mono", "stereo": "Stereo"}),
                ToolField(
                    name="bit_depth", label="Bit depth", labels={"0": "As the recording"}, hint="For WAV and FLAC.", is_advanced=True
                ),
            ),
        ),
    ),
)
