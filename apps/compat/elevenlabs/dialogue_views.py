"""Views of POST /v1/text-to-dialogue and its variants: turns of several voices, spoken as one text."""

import contextlib
from collections.abc import Iterator, Sequence

from django.http.response import HttpResponseBase
from rest_framework.request import Request

from apps.compat.elevenlabs.alignment import Turn
from apps.compat.elevenlabs.dialogue_serializers import DEFAULT_DIALOGUE_MODEL, DialogueSerializer, TimedDialogueSerializer
from apps.compat.elevenlabs.speaking_views import (
    AudioWithTimes,
    LinesWithTimes,
    SpeakingRequest,
    SpeakingView,
    lines_of,
    speaking_operation,
)
from apps.core.errors import ApplicationError, InvalidRequestError
from apps.core.fields import validated
from apps.speech.services import SpeechOrder
from apps.speech.text_preparation import UnknownMarkupVoiceError
from apps.streaming.answers import StreamedAnswer

SHAPE = DialogueSerializer()


class DialogueView(SpeakingView):
    """Base view: turns of several voices."""

    def read_body(self, request: Request, **address: str) -> SpeakingRequest:  # noqa: ARG002 - the address has no fields
        body = validated(SHAPE, request.data)
        turns = [Turn(one["voice_id"], one["text"]) for one in body["inputs"]]
        order = SpeechOrder(
            text=dialogue_text(turns),
            text_param="inputs",
            model=body.get("model_id") or DEFAULT_DIALOGUE_MODEL,
            voice=turns[0].voice_id,
            language=body.get("language_code"),
        )
        written = "".join(turn.text for turn in turns)
        return SpeakingRequest(order=order, endpoint="elevenlabs-dialogue", written=written, turns=turns, warnings=SHAPE.warnings_of(body))

    def accept(self, request: Request, body: SpeakingRequest, *, order: SpeechOrder) -> StreamedAnswer:
        with _naming_turns(body.turns):
            return super().accept(request, body, order=order)


class DialogueConvertView(DialogueView):
    @speaking_operation("elevenlabs_dialogue", "Dialogue to speech", request=DialogueSerializer)
    def post(self, request: Request) -> HttpResponseBase:
        """ElevenLabs' `text_to_dialogue.convert`. The audio is sent while it is made; if the client disconnects, what was sent is charged."""
        return self.speak(request)


class DialogueStreamView(DialogueView):
    @speaking_operation("elevenlabs_dialogue_stream", "Dialogue to speech, streamed", request=DialogueSerializer)
    def post(self, request: Request) -> HttpResponseBase:
        """ElevenLabs' `text_to_dialogue.stream`: as `convert`, which streams too."""
        return self.speak(request)


class DialogueTimestampsView(AudioWithTimes, DialogueView):
    @speaking_operation(
        "elevenlabs_dialogue_timestamps",
        "Dialogue to speech with the times of its characters",
        request=DialogueSerializer,
        responses=TimedDialogueSerializer,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """ElevenLabs' `text_to_dialogue.convert_with_timestamps`. `voice_segments` tells who speaks which characters when."""
        return self.speak(request)


class DialogueStreamTimestampsView(LinesWithTimes, DialogueView):
    @speaking_operation(
        "elevenlabs_dialogue_stream_timestamps",
        "Dialogue to speech, streamed with the times of its characters",
        request=DialogueSerializer,
        responses=lines_of(TimedDialogueSerializer),
    )
    def post(self, request: Request) -> HttpResponseBase:
        """ElevenLabs' `text_to_dialogue.stream_with_timestamps`: a JSON object a line for each sentence."""
        return self.speak(request)


def dialogue_text(turns: Sequence[Turn]) -> str:
    """The turns as one text with switches of the voice, each of which ends a sentence."""
    return "".join(f"[voice:{turn.voice_id}]{turn.text}" for turn in turns)


@contextlib.contextmanager
def _naming_turns(turns: Sequence[Turn]) -> Iterator[None]:
    """Let errors about a voice name the turn, whose voice is markup only here."""
    try:
        yield
    except UnknownMarkupVoiceError as error:
        number = next((number for number, turn in enumerate(turns) if turn.voice_id.strip() == error.voice.strip()), 0)
        message = f"Unknown voice {error.voice[:100]!r}. GET /v1/voices lists all."
        raise InvalidRequestError(message, code="unknown_voice", param=f"inputs[{number}].voice_id") from error
    except ApplicationError as error:
        if error.param == "voice":
            error.param = "inputs[0].voice_id" if error.code == "unknown_voice" else "inputs"
        raise
