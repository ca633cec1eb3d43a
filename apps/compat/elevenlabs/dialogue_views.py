"""Views of POST /v1/text-to-dialogue and its variants: turns of several voices, spoken as one text."""

import contextlib
from collections.abc import Iterator, Sequence

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request

from apps.compat.elevenlabs.alignment import Turn
from apps.compat.elevenlabs.dialogue_serializers import (
    DEFAULT_DIALOGUE_MODEL,
    DialogueSerializer,
    TimedDialogueSerializer,
    ignored_dialogue_fields,
)
from apps.compat.elevenlabs.names import VOICES
from apps.compat.elevenlabs.output_formats import DEFAULT_FORMAT, read_output_format, stored_format
from apps.compat.elevenlabs.speech_views import PARAMETERS, SPOKEN, SpeakingView, cache_of, json_headers
from apps.compat.elevenlabs.timed_audio import write_lines, write_object
from apps.core.errors import ApplicationError, InvalidRequestError
from apps.core.fields import validated
from apps.speech.services import SpeechOrder
from apps.speech.text_preparation import UnknownMarkupVoiceError
from apps.streaming.answers import AudioForm, StreamedAnswer

SHAPE = DialogueSerializer()


class DialogueView(SpeakingView):
    """Base view: turns in, audio out."""

    def speak(self, request: Request) -> HttpResponseBase:
        """Accept the job, and answer while it is made."""
        form = read_output_format(request.query_params.get("output_format") or DEFAULT_FORMAT)
        body = validated(SHAPE, request.data)
        turns = [Turn(one["voice_id"], one["text"]) for one in body["inputs"]]
        order = SpeechOrder(
            text=dialogue_text(turns),
            text_param="inputs",
            model=body.get("model_id") or DEFAULT_DIALOGUE_MODEL,
            voice=turns[0].voice_id,
            dialect_voices=VOICES,
            format=stored_format(form),
            language=body.get("language_code"),
            has_timestamps=self.has_words,
            has_listener=True,
            is_streamed=True,
            cache=cache_of(request),
        )
        endpoint = f"elevenlabs-dialogue:{self.has_words}"
        with _naming_turns(turns):
            answer = self.answer_order(request, order=order, endpoint=endpoint, warnings=ignored_dialogue_fields(body))
        return self.answer(answer, turns=turns, form=form)

    def answer(self, answer: StreamedAnswer, *, turns: Sequence[Turn], form: AudioForm) -> HttpResponseBase:  # noqa: ARG002 - for subclasses
        return answer.audio(form)


class DialogueConvertView(DialogueView):
    @extend_schema(
        operation_id="elevenlabs_dialogue",
        tags=["elevenlabs"],
        summary="Dialogue to speech",
        parameters=PARAMETERS,
        request=DialogueSerializer,
        responses={(200, "audio/*"): SPOKEN},
    )
    def post(self, request: Request) -> HttpResponseBase:
        """ElevenLabs' `text_to_dialogue.convert`. The audio is sent while it is made; if the client disconnects, what was sent is charged."""
        return self.speak(request)


class DialogueStreamView(DialogueView):
    @extend_schema(
        operation_id="elevenlabs_dialogue_stream",
        tags=["elevenlabs"],
        summary="Dialogue to speech, streamed",
        parameters=PARAMETERS,
        request=DialogueSerializer,
        responses={(200, "audio/*"): SPOKEN},
    )
    def post(self, request: Request) -> HttpResponseBase:
        """ElevenLabs' `text_to_dialogue.stream`: as `convert`, which streams too."""
        return self.speak(request)


class DialogueTimestampsView(DialogueView):
    has_words = True

    @extend_schema(
        operation_id="elevenlabs_dialogue_timestamps",
        tags=["elevenlabs"],
        summary="Dialogue to speech with the times of its characters",
        parameters=PARAMETERS,
        request=DialogueSerializer,
        responses=TimedDialogueSerializer,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """ElevenLabs' `text_to_dialogue.convert_with_timestamps`. `voice_segments` tells who speaks which characters when."""
        return self.speak(request)

    def answer(self, answer: StreamedAnswer, *, turns: Sequence[Turn], form: AudioForm) -> HttpResponseBase:
        write = write_object(_characters(turns), form=form, turns=turns)
        return answer.body(write, headers=json_headers(answer, "application/json"))


class DialogueStreamTimestampsView(DialogueView):
    has_words = True

    @extend_schema(
        operation_id="elevenlabs_dialogue_stream_timestamps",
        tags=["elevenlabs"],
        summary="Dialogue to speech, streamed with the times of its characters",
        parameters=PARAMETERS,
        request=DialogueSerializer,
        responses={(200, "application/x-ndjson"): OpenApiResponse(TimedDialogueSerializer, description="One object a line.")},
    )
    def post(self, request: Request) -> HttpResponseBase:
        """ElevenLabs' `text_to_dialogue.stream_with_timestamps`: a JSON object a line for each sentence."""
        return self.speak(request)

    def answer(self, answer: StreamedAnswer, *, turns: Sequence[Turn], form: AudioForm) -> HttpResponseBase:
        write = write_lines(_characters(turns), form=form, turns=turns)
        return answer.body(write, headers=json_headers(answer, "application/x-ndjson"))


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


def _characters(turns: Sequence[Turn]) -> str:
    return "".join(turn.text for turn in turns)
