"""A session's configuration as OpenAI's GA and beta events show it."""

from typing import Any

from apps.compat.realtime.configuration import Modality, SessionConfig, SessionKind, Transcription, TurnDetection
from apps.compat.realtime.configuration_parsing import BETA_FORMATS, PCM_RATE

_BETA_NAMES = {name: beta for beta, name in BETA_FORMATS.items()}


def session_shape(config: SessionConfig, *, session_id: str, expires_at: int, is_beta: bool) -> dict[str, Any]:
    """Session object of `session.created` and `session.updated`."""
    if is_beta:
        return _beta_shape(config, session_id=session_id, expires_at=expires_at)
    is_transcription = config.kind is SessionKind.TRANSCRIPTION
    audio: dict[str, Any] = {"input": _input_shape(config)}
    shape: dict[str, Any] = {
        "type": str(config.kind),
        "object": "realtime.transcription_session" if is_transcription else "realtime.session",
        "id": session_id,
        "expires_at": expires_at,
        "audio": audio,
        "include": None,
    }
    if is_transcription:
        return shape
    audio["output"] = {"format": format_shape(config.output_format), "voice": config.voice, "speed": config.speed}
    return shape | {
        "model": config.model,
        "output_modalities": [str(config.modality)],
        "instructions": config.instructions,
        "tools": [],
        "tool_choice": "none",
        "max_output_tokens": config.echoed.get("max_output_tokens", "inf"),
        "tracing": config.echoed.get("tracing"),
        "truncation": config.echoed.get("truncation", "auto"),
        "prompt": config.echoed.get("prompt"),
    }


def format_shape(name: str) -> dict[str, Any]:
    """GA's audio format."""
    return {"type": name, "rate": PCM_RATE} if name == "audio/pcm" else {"type": name}


def _input_shape(config: SessionConfig) -> dict[str, Any]:
    return {
        "format": format_shape(config.input_format),
        "transcription": _transcription_shape(config.transcription),
        "noise_reduction": config.echoed.get("input_audio_noise_reduction"),
        "turn_detection": _turn_detection_shape(config.turn_detection),
    }


def _beta_shape(config: SessionConfig, *, session_id: str, expires_at: int) -> dict[str, Any]:
    is_transcription = config.kind is SessionKind.TRANSCRIPTION
    shape: dict[str, Any] = {
        "id": session_id,
        "object": "realtime.transcription_session" if is_transcription else "realtime.session",
        "expires_at": expires_at,
        "modalities": ["audio", "text"] if config.modality is Modality.AUDIO else ["text"],
        "input_audio_format": _BETA_NAMES[config.input_format],
        "input_audio_transcription": _transcription_shape(config.transcription),
        "input_audio_noise_reduction": config.echoed.get("input_audio_noise_reduction"),
        "turn_detection": _turn_detection_shape(config.turn_detection),
    }
    if is_transcription:
        return shape
    return shape | {
        "model": config.model,
        "instructions": config.instructions,
        "voice": config.voice,
        "speed": config.speed,
        "output_audio_format": _BETA_NAMES[config.output_format],
        "tools": [],
        "tool_choice": "none",
        "temperature": config.echoed.get("temperature", 0.8),
        "max_response_output_tokens": config.echoed.get("max_response_output_tokens", "inf"),
        "tracing": config.echoed.get("tracing"),
    }


def beta_format_name(name: str) -> str:
    """`pcm16` for audio/pcm."""
    return _BETA_NAMES[name]


def _transcription_shape(transcription: Transcription | None) -> dict[str, Any] | None:
    if transcription is None:
        return None
    return {
        "model": transcription.model or None,
        "language": transcription.language or None,
        "prompt": transcription.prompt or None,
    }


def _turn_detection_shape(detection: TurnDetection | None) -> dict[str, Any] | None:
    if detection is None:
        return None
    shape: dict[str, Any] = {"type": detection.kind}
    if detection.kind == "semantic_vad":
        shape["eagerness"] = detection.eagerness
    else:
        settings = detection.settings
        shape |= {
            "threshold": settings.threshold,
            "prefix_padding_ms": settings.prefix_padding_ms,
            "silence_duration_ms": settings.silence_duration_ms,
            "idle_timeout_ms": None,
        }
    return shape | {"create_response": detection.has_response, "interrupt_response": detection.is_interrupting}
