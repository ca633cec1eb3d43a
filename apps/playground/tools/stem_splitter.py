"""Page /stem-splitter/."""

from typing import Any, Final

from apps.accounts.models import Plan
from apps.audio_tools.declaration import LIMITS
from apps.audio_tools.tools.separate import MANY_STEMS_PRICE, SeparateRequestSerializer
from apps.playground.tools.choices import find_missing, list_installed, model_options
from apps.playground.tools.declaration import Option, Rate, Sample, ToolField, ToolPage, ToolRequest, Visitor
from workers.contract.audio_processing import STEM_NAMES

SEPARATORS: Final = "separate"
DEFAULT_MODEL: Final = str(SeparateRequestSerializer().fields["model"].default)


def _stems(visitor: Visitor) -> list[Option]:
    """The numbers of stems that an installed model makes."""
    made = {number for engine in list_installed(SEPARATORS, visitor.plan) for number in engine.spec.stems}
    return [Option(str(number), f"{number}: {', '.join(names)}") for number, names in STEM_NAMES.items() if number in made]


def _models(visitor: Visitor) -> list[Option]:
    return model_options(SEPARATORS, visitor, default=DEFAULT_MODEL)


def _find_obstacle(plan: Plan) -> str:
    return find_missing(SEPARATORS, plan)


def _details(visitor: Visitor) -> dict[str, Any]:
    made = {option.value for option in _stems(visitor)}
    return {"missing_stems": [number for number in STEM_NAMES if str(number) not in made]}


STEM_SPLITTER: Final = ToolPage(
    slug="stem-splitter",
    title="Stem splitter",
    lead="Take a song apart into vocals and instruments, and mix them anew in your browser.",
    limits=LIMITS,
    scope="audio:process",
    rates=(Rate("audio-separate", "a minute, two stems"), Rate(MANY_STEMS_PRICE, "a minute, more stems")),
    samples=(Sample("song", "A voice over a band, 9 seconds"),),
    has_example=True,
    example_fields={"format": "mp3"},
    find_obstacle=_find_obstacle,
    details=_details,
    gives=("A mixer: mute, solo and volume for each stem, in sync", "Each stem as a file, and all of them as a ZIP archive"),
    requests=(
        ToolRequest(
            endpoint="audio/separate/",
            service="audio-separate",
            serializer=SeparateRequestSerializer,
            action="Split",
            result_name="stems.zip",
            fields=(
                ToolField(name="stems", label="Stems", options=_stems),
                ToolField(name="format", label="Format of the stems", labels={"wav": "WAV", "mp3": "MP3", "flac": "FLAC"}),
                ToolField(name="model", label="Model", options=_models, is_advanced=True),
            ),
        ),
    ),
)
