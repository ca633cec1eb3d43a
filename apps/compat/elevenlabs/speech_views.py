"""Views of POST /v1/text-to-speech/<voice_id> and its variants."""

from django.http.response import HttpResponseBase
from rest_framework.request import Request

from apps.accounts.callers import get_caller
from apps.compat.elevenlabs.names import DEFAULT_MODEL
from apps.compat.elevenlabs.speaking_views import (
    AudioWithTimes,
    LinesWithTimes,
    SpeakingRequest,
    SpeakingView,
    lines_of,
    speaking_operation,
)
from apps.compat.elevenlabs.speech_serializers import TextToSpeechSerializer, TimedAudioSerializer, ignored_settings
from apps.core.fields import validated
from apps.speech.services import SpeechOrder
from apps.voice_profiles.selectors import find_speed

SHAPE = TextToSpeechSerializer()


class TextToSpeechView(SpeakingView):
    """Base view: a text in one voice."""

    def read_body(self, request: Request, **address: str) -> SpeakingRequest:
        body, voice_id = validated(SHAPE, request.data), address["voice_id"]
        speed = (body.get("voice_settings") or {}).get("speed")
        order = SpeechOrder(
            text=body["text"],
            model=body.get("model_id") or DEFAULT_MODEL,
            voice=voice_id,
            speed=speed or find_speed(get_caller(request).required_account, voice_id=voice_id),
            language=body.get("language_code"),
        )
        warnings = SHAPE.warnings_of(body, further=ignored_settings(body))
        return SpeakingRequest(order=order, endpoint=f"elevenlabs-speech:{voice_id}", written=body["text"], warnings=warnings)


class ConvertView(TextToSpeechView):
    @speaking_operation("elevenlabs_speech", "Text to speech", request=TextToSpeechSerializer)
    def post(self, request: Request, voice_id: str) -> HttpResponseBase:
        """ElevenLabs' `convert`. The audio is sent while it is made; if the client disconnects, what was sent is charged. `X-Warning` lists
        settings that are not followed, `character-cost` the characters, `history-item-id` the job.
        """
        return self.speak(request, voice_id=voice_id)


class StreamView(TextToSpeechView):
    @speaking_operation("elevenlabs_speech_stream", "Text to speech, streamed", request=TextToSpeechSerializer)
    def post(self, request: Request, voice_id: str) -> HttpResponseBase:
        """ElevenLabs' `stream`: as `convert`, which streams too."""
        return self.speak(request, voice_id=voice_id)


class TimestampsView(AudioWithTimes, TextToSpeechView):
    @speaking_operation(
        "elevenlabs_speech_timestamps",
        "Text to speech with the times of its characters",
        request=TextToSpeechSerializer,
        responses=TimedAudioSerializer,
    )
    def post(self, request: Request, voice_id: str) -> HttpResponseBase:
        """ElevenLabs' `convert_with_timestamps`. Characters share the time of their word evenly; null where the model times no words."""
        return self.speak(request, voice_id=voice_id)


class StreamTimestampsView(LinesWithTimes, TextToSpeechView):
    @speaking_operation(
        "elevenlabs_speech_stream_timestamps",
        "Text to speech, streamed with the times of its characters",
        request=TextToSpeechSerializer,
        responses=lines_of(TimedAudioSerializer),
    )
    def post(self, request: Request, voice_id: str) -> HttpResponseBase:
        """ElevenLabs' `stream_with_timestamps`: a JSON object a line for each sentence."""
        return self.speak(request, voice_id=voice_id)
