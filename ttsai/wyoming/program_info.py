"""Description of the platform for clients: recognisers and voices with their languages."""

import time
from typing import Any, Final

from wyoming.info import AsrModel, AsrProgram, Attribution, Info, TtsProgram, TtsVoice

from ttsai.api_client import ApiClient
from workers.contract.tags import spell_tag

KEPT_SECONDS: Final = 60.0
NAME: Final = "speech-platform"


class ProgramInfo:
    """Info event, read from the platform at most once a minute."""

    def __init__(self, api: ApiClient) -> None:
        self._api = api
        self._info: Info | None = None
        self._read_at = 0.0

    async def read(self) -> Info:
        """Current description. Raises ApiError."""
        if self._info is None or time.monotonic() - self._read_at > KEPT_SECONDS:
            models = (await self._api.get("/v1/models/"))["models"]
            voices = (await self._api.get("/v1/voices/", speaks="true"))["voices"]
            self._info, self._read_at = _describe(models, voices=voices, url=self._api.url), time.monotonic()
        return self._info


def _describe(models: list[dict[str, Any]], *, voices: list[dict[str, Any]], url: str) -> Info:
    about: dict[str, Any] = {"attribution": Attribution(name="Speech Platform", url=url), "installed": True, "version": None}
    recognisers = [
        AsrModel(name=model["id"], description=model["name"], languages=[spell_tag(tag) for tag in model["languages"]], **about)
        for model in models
        if model["type"] == "stt" and model["available"] and not model["served_by"]
    ]
    spoken = [
        TtsVoice(
            name=voice["id"], description=f"{voice['name']} ({voice['model']})", languages=[spell_tag(voice["language"] or "en")], **about
        )
        for voice in voices
    ]
    listens = AsrProgram(
        name=NAME,
        description="Speech to text",
        models=recognisers,
        supports_transcript_streaming=True,
        requires_external_vad=True,
        prefers_auto_gain_enabled=False,
        prefers_noise_reduction_enabled=False,
        **about,
    )
    speaks = TtsProgram(name=NAME, description="Text to speech", voices=spoken, supports_synthesize_streaming=True, **about)
    return Info(asr=[listens] if recognisers else [], tts=[speaks] if spoken else [])
