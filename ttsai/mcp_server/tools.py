"""Tools of the MCP server."""

from typing import Annotated, Any, Final, Literal

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, TextContent
from pydantic import Field

from ttsai.mcp_server.answers import (
    AudioResult,
    DesignedVoice,
    Segment,
    TranscriptResult,
    TranslationResult,
    VoiceList,
    answer_with_audio,
    audio_fields,
    job_fields,
    voice_of,
)
from ttsai.mcp_server.calls import Connect, calling
from ttsai.mcp_server.local_files import LocalFiles
from ttsai.mcp_server.recordings import open_recording

MOST_VOICES: Final = 200

Format = Literal["mp3", "wav", "flac", "ogg", "opus", "aac", "m4a", "pcm"]
ToolContext = Context[Any, Any]
Source = Annotated[str, Field(description="http(s) URL, data URI, `resource` of an earlier result, or (with `ttsai mcp`) a path.")]
SaveAs = Annotated[str | None, Field(description="New file in an allowed folder, with `ttsai mcp` only.")]
Voice = Annotated[str | None, Field(description="Voice id of list_voices; by default the model's own.")]
Language = Annotated[str | None, Field(description="Language tag such as en or pt-br; detected if omitted.")]


class SpeechTools:
    """The tools, as methods. Every one calls the platform's API with the caller's key, so that its limits and prices apply."""

    def __init__(self, connect: Connect, *, files: LocalFiles | None) -> None:
        self._connect = connect
        self._files = files

    async def speak(
        self,
        context: ToolContext,
        *,
        text: Annotated[str, Field(description="Text to speak, plain or with SSML.")],
        voice: Voice = None,
        model: Annotated[str | None, Field(description="Model id; by default one that speaks the text's language.")] = None,
        language: Language = None,
        format: Format = "mp3",  # noqa: A002 - the name that clients see
        speed: Annotated[float, Field(description="0.5 to 2.0.")] = 1.0,
        save_as: SaveAs = None,
    ) -> Annotated[CallToolResult, AudioResult]:
        """Speak a text and return the audio."""
        self._check_saving(save_as)
        body = {"text": text, "voice": voice, "model": model, "language": language, "format": format, "speed": speed}
        async with calling(self._connect, context) as call:
            result = await call.finish(call.api.post("/v1/tts/", body))
            return await answer_with_audio(call, AudioResult(**audio_fields(result)), save_as=save_as, files=self._files)

    async def transcribe(
        self,
        context: ToolContext,
        *,
        recording: Source,
        language: Language = None,
        model: Annotated[str | None, Field(description="Model id of a recogniser.")] = None,
        timestamps: Annotated[bool, Field(description="Add the times of all words.")] = False,
        diarize: Annotated[bool, Field(description="Tell the speakers apart.")] = False,
    ) -> Annotated[CallToolResult, TranscriptResult]:
        """Transcribe a recording of up to four hours."""
        fields = {"language": language, "model": model, "timestamps": timestamps, "diarize": diarize}
        async with calling(self._connect, context) as call, open_recording(recording, api=call.api, files=self._files) as source:
            result = await call.finish(call.api.post_form("/v1/stt/", {**fields, **source.fields}, file=source.file))
        heard = result["result"]
        transcript = TranscriptResult(
            **job_fields(result),
            text=heard["text"],
            language=heard["language"],
            duration_seconds=heard["duration"],
            segments=[Segment(**{name: segment.get(name) for name in Segment.model_fields}) for segment in heard["segments"]],
        )
        return CallToolResult(content=[TextContent(text=transcript.text)], structured_content=transcript.model_dump(mode="json"))

    async def translate_speech(
        self,
        context: ToolContext,
        *,
        recording: Source,
        target_language: Annotated[str, Field(description="Language tag of the translation, such as en.")],
        source_language: Language = None,
        voice: Voice = None,
        preserve_voice: Annotated[bool, Field(description="Speak with a likeness of the speaker's voice.")] = False,
        format: Format = "mp3",  # noqa: A002
        save_as: SaveAs = None,
    ) -> Annotated[CallToolResult, TranslationResult]:
        """Translate what is said in a recording, and speak the translation."""
        self._check_saving(save_as)
        fields = {
            "target_language": target_language,
            "source_language": source_language,
            "voice": voice,
            "preserve_voice": preserve_voice,
            "format": format,
        }
        async with calling(self._connect, context) as call:
            async with open_recording(recording, api=call.api, files=self._files) as source:
                result = await call.finish(call.api.post_form("/v1/speech-translate/", {**fields, **source.fields}, file=source.file))
            names = ("original_text", "translated_text", "source_language", "target_language")
            made = TranslationResult(**audio_fields(result), **{name: result["result"][name] for name in names})
            return await answer_with_audio(call, made, save_as=save_as, files=self._files, text=made.translated_text)

    async def convert_voice(
        self,
        context: ToolContext,
        *,
        recording: Source,
        voice: Annotated[str, Field(description="Voice id of list_voices.")],
        emotion: Literal["neutral", "happy", "sad", "angry", "excited"] = "neutral",
        speed: Annotated[float, Field(description="0.5 to 2.0.")] = 1.0,
        format: Literal["wav", "mp3", "flac"] = "wav",  # noqa: A002
        save_as: SaveAs = None,
    ) -> Annotated[CallToolResult, AudioResult]:
        """Speak a recording again in another voice, with its words, timing and intonation."""
        fields = {"voice": voice, "emotion": emotion, "speed": speed, "format": format}
        return await self._change(context, "/v1/speech-to-speech/", fields, recording=recording, save_as=save_as)

    async def design_voice(
        self,
        context: ToolContext,
        *,
        description: Annotated[str, Field(description="Gender, age, accent, pitch, pace, warmth and energy in plain words.")],
        language: Language = None,
        variant: Annotated[int, Field(ge=0, description="Another voice of the same description.")] = 0,
        name: Annotated[str | None, Field(description="Keep the voice in the account under this name.")] = None,
    ) -> DesignedVoice:
        """Design a voice from words. Its `voice` and `speed` go into speak; a voice with a name is kept, and spoken by its id. Free of charge."""
        body = {"description": description, "language": language, "variant": variant}
        async with calling(self._connect, context) as call:
            if not name:
                return DesignedVoice(**await call.api.post("/v1/voice-design/", {**body, "preview": False}))
            kept = await call.finish(call.api.post("/v1/voice-design/create/", {**body, "name": name}))
            return DesignedVoice(**kept["design"], voice_id=kept["voice_id"], name=kept["name"])

    async def convert_audio(
        self,
        context: ToolContext,
        *,
        recording: Source,
        format: Format = "mp3",  # noqa: A002
        bitrate: Annotated[int | None, Field(description="kbit/s: 64, 128, 192, 256 or 320.")] = None,
        sample_rate: Annotated[int | None, Field(description="Hz.")] = None,
        channels: Literal["mono", "stereo"] | None = None,
        save_as: SaveAs = None,
    ) -> Annotated[CallToolResult, AudioResult]:
        """Convert a recording to another audio format."""
        fields = {"format": format, "bitrate": bitrate, "sample_rate": sample_rate, "channels": channels}
        return await self._change(context, "/v1/audio/convert/", fields, recording=recording, save_as=save_as)

    async def list_voices(
        self,
        context: ToolContext,
        *,
        language: Annotated[str | None, Field(description="`en` also finds en-gb.")] = None,
        gender: Literal["female", "male", "neutral"] | None = None,
        model: Annotated[str | None, Field(description="Model id.")] = None,
        own: Annotated[bool | None, Field(description="true: only your own voices; false: only built-in ones.")] = None,
        limit: Annotated[int, Field(ge=1, le=MOST_VOICES)] = 50,
    ) -> VoiceList:
        """List the voices that can speak."""
        wanted = {"language": language or "", "gender": gender or "", "model": model or "", "own": "" if own is None else str(own).lower()}
        async with calling(self._connect, context) as call:
            listed = await call.api.get("/v1/voices/", speaks="true", **wanted)
        voices = [voice_of(voice) for voice in listed["voices"][:limit]]
        return VoiceList(voices=voices, total=listed["total"])

    async def _change(
        self, context: ToolContext, path: str, fields: dict[str, Any], *, recording: str, save_as: str | None
    ) -> CallToolResult:
        self._check_saving(save_as)
        async with calling(self._connect, context) as call:
            async with open_recording(recording, api=call.api, files=self._files) as source:
                result = await call.finish(call.api.post_form(path, {**fields, **source.fields}, file=source.file))
            return await answer_with_audio(call, AudioResult(**audio_fields(result)), save_as=save_as, files=self._files)

    def _check_saving(self, save_as: str | None) -> None:
        """Refuse a file name before anything is made. Raises ToolError."""
        if not save_as:
            return
        if self._files is None:
            raise ToolError("This server cannot write files of your machine: leave out save_as, and read the resource.")
        self._files.check_new(save_as)
