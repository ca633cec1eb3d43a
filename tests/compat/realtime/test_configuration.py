"""`session.update`: GA's and the beta's parameters, applied to one configuration and shown in both shapes."""

from typing import Any

import pytest

from apps.compat.realtime.configuration import Modality, SessionConfig, SessionKind, initial_config
from apps.compat.realtime.configuration_parsing import update_config
from apps.compat.realtime.configuration_shapes import session_shape
from apps.compat.realtime.errors import EventError

GA: dict[str, Any] = {
    "type": "realtime",
    "output_modalities": ["text"],
    "instructions": "Be brief.",
    "audio": {
        "input": {
            "format": {"type": "audio/pcmu"},
            "transcription": {"model": "whisper-1", "language": "de", "prompt": "Names: Ada"},
            "turn_detection": {"type": "server_vad", "threshold": 0.4, "silence_duration_ms": 300, "create_response": False},
        },
        "output": {"format": {"type": "audio/pcma"}, "voice": "marin", "speed": 1.25},
    },
}
BETA: dict[str, Any] = {
    "modalities": ["text"],
    "instructions": "Be brief.",
    "input_audio_format": "g711_ulaw",
    "input_audio_transcription": {"model": "whisper-1", "language": "de", "prompt": "Names: Ada"},
    "turn_detection": {"type": "server_vad", "threshold": 0.4, "silence_duration_ms": 300, "create_response": False},
    "output_audio_format": "g711_alaw",
    "voice": "marin",
    "speed": 1.25,
}


def test_ga_and_beta_parameters_give_the_same_configuration() -> None:
    config = update_config(SessionConfig(), GA)
    assert config == update_config(SessionConfig(), BETA)
    assert (config.modality, config.voice, config.speed) == (Modality.TEXT, "marin", 1.25)
    assert (config.input_format, config.output_format) == ("audio/pcmu", "audio/pcma")
    assert config.turn_detection is not None
    assert config.turn_detection.settings.silence_duration_ms == 300
    assert config.turn_detection.settings.prefix_padding_ms == 300
    assert not config.turn_detection.has_response
    assert config.turn_detection.is_interrupting


def test_session_shapes_show_the_effective_configuration() -> None:
    config = update_config(SessionConfig(), GA | {"temperature": 0.7, "tools": [{"type": "function", "name": "f"}]})
    shown = session_shape(config, session_id="sess_1", expires_at=7, is_beta=False)
    assert shown["audio"]["output"] == {"format": {"type": "audio/pcma"}, "voice": "marin", "speed": 1.25}
    assert shown["audio"]["input"]["transcription"] == {"model": "whisper-1", "language": "de", "prompt": "Names: Ada"}
    assert (shown["tools"], shown["tool_choice"], shown["output_modalities"]) == ([], "none", ["text"])
    beta = session_shape(config, session_id="sess_1", expires_at=7, is_beta=True)
    assert (beta["input_audio_format"], beta["output_audio_format"]) == ("g711_ulaw", "g711_alaw")
    assert (beta["temperature"], beta["voice"], beta["modalities"]) == (0.7, "marin", ["text"])


def test_update_keeps_what_it_does_not_name_and_null_turns_detection_off() -> None:
    config = update_config(update_config(SessionConfig(), GA), {"audio": {"input": {"turn_detection": None}}})
    assert config.turn_detection is None
    assert config.transcription is not None
    assert config.voice == "marin"
    assert update_config(config, {"turn_detection": False}).turn_detection is None
    assert update_config(config, {"input_audio_transcription": None}).transcription is None
    again = update_config(config, {"turn_detection": {"type": "semantic_vad", "eagerness": "high"}})
    assert again.turn_detection is not None
    assert (again.turn_detection.kind, again.turn_detection.settings.silence_duration_ms) == ("semantic_vad", 400)


def test_transcription_session_shows_only_its_input() -> None:
    config = initial_config(SessionKind.TRANSCRIPTION, model="gpt-4o-transcribe")
    shown = session_shape(config, session_id="sess_1", expires_at=7, is_beta=False)
    assert (shown["type"], shown["object"]) == ("transcription", "realtime.transcription_session")
    assert set(shown["audio"]) == {"input"}
    assert shown["audio"]["input"]["transcription"]["model"] == "gpt-4o-transcribe"


@pytest.mark.parametrize(
    ("session", "param", "code"),
    [
        ({"type": "video"}, "session.type", "invalid_value"),
        ({"output_modalities": ["video"]}, "session.output_modalities", "invalid_value"),
        ({"output_modalities": []}, "session.output_modalities", "invalid_value"),
        ({"instructions": 7}, "session.instructions", "invalid_type"),
        ({"instructions": "x" * 16_001}, "session.instructions", "invalid_value"),
        ({"audio": 7}, "session.audio", "invalid_type"),
        ({"audio": {"input": []}}, "session.audio.input", "invalid_type"),
        ({"audio": {"input": {"format": "mp3"}}}, "session.audio.input.format", "invalid_value"),
        ({"audio": {"input": {"format": {"type": "audio/pcm", "rate": 16000}}}}, "session.audio.input.format.rate", "invalid_value"),
        ({"audio": {"input": {"turn_detection": {"type": "magic"}}}}, "session.audio.input.turn_detection.type", "invalid_value"),
        ({"turn_detection": {"threshold": 2}}, "session.turn_detection.threshold", "invalid_value"),
        ({"turn_detection": {"silence_duration_ms": "1"}}, "session.turn_detection.silence_duration_ms", "invalid_type"),
        ({"turn_detection": {"create_response": 1}}, "session.turn_detection.create_response", "invalid_type"),
        ({"turn_detection": {"eagerness": []}}, "session.turn_detection.eagerness", "invalid_value"),
        ({"audio": {"output": {"voice": 7}}}, "session.audio.output.voice", "invalid_type"),
        ({"audio": {"output": {"speed": 9}}}, "session.audio.output.speed", "invalid_value"),
        ({"speed": True}, "session.speed", "invalid_type"),
        ({"input_audio_format": []}, "session.input_audio_format", "invalid_value"),
        ({"input_audio_transcription": {"prompt": 7}}, "session.input_audio_transcription.prompt", "invalid_type"),
        ({"tool_choice": "required"}, "session.tool_choice", "invalid_value"),
        ({"include": ["item.input_audio_transcription.logprobs"]}, "session.include", "not_supported"),
        ({"prompt": {"variables": "x" * 40_000}}, "session", "event_too_large"),
    ],
)
def test_invalid_session_parameter_is_refused_by_its_full_name(session: dict[str, Any], param: str, code: str) -> None:
    with pytest.raises(EventError) as refused:
        update_config(SessionConfig(), session)
    assert (refused.value.param, refused.value.code) == (param, code)
