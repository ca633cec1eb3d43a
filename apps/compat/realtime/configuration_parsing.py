"""Applies `session.update` to a configuration: GA's nested parameters and the beta's flat ones."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from apps.compat.realtime.audio_formats import SAMPLE_RATES
from apps.compat.realtime.configuration import Modality, SessionConfig, SessionKind, Transcription, TurnDetection
from apps.compat.realtime.errors import EventError, invalid_value
from workers.audio.voice_activity import TurnSettings

LONGEST_INSTRUCTIONS: Final = 16_000
LONGEST_NAME: Final = 100
LONGEST_PROMPT: Final = 1000
MOST_ECHOED_BYTES: Final = 32_768
SLOWEST, FASTEST = 0.25, 1.5
BETA_FORMATS: Final = {"pcm16": "audio/pcm", "g711_ulaw": "audio/pcmu", "g711_alaw": "audio/pcma"}
FORMATS: Final = tuple(BETA_FORMATS.values())
PCM_RATE: Final = SAMPLE_RATES["audio/pcm"]
EAGERNESS_SILENCE_MS: Final = {"low": 1200, "medium": 700, "auto": 700, "high": 400}
"""Silence that ends a turn, by the eagerness of semantic_vad."""
ECHOED: Final = ("temperature", "max_output_tokens", "max_response_output_tokens", "tracing", "truncation", "prompt", "reasoning")
CANNOT_CALL: Final = "this server's models call no functions: tools are accepted and never called. Send auto or none."


def update_config(config: SessionConfig, session: Mapping[str, Any], *, root: str = "session") -> SessionConfig:
    """The configuration with the parameters that are present. Raises EventError; then nothing changes."""
    given = _with_audio(session, root=root)
    if "type" in given:
        config = replace(config, kind=_one_of(SessionKind, given["type"], param=f"{root}.type"))
    for name, read in _READERS.items():
        if name in given:
            param, value = given[name] if isinstance(given[name], _Nested) else (f"{root}.{name}", given[name])
            config = read(config, value, param)
    return _echo(config, session, root=root)


class _Nested(tuple[str, Any]):
    """Parameter from within `audio`: its full name and its value."""

    __slots__ = ()


def _with_audio(session: Mapping[str, Any], *, root: str) -> dict[str, Any]:
    """Parameters by their beta names, wherever they stand."""
    given = {name: value for name, value in session.items() if name != "audio"}
    audio = _mapping(session.get("audio"), param=f"{root}.audio")
    for part, names in _AUDIO_NAMES.items():
        values = _mapping(audio.get(part), param=f"{root}.audio.{part}")
        for name, flat in names.items():
            if name in values:
                given[flat] = _Nested((f"{root}.audio.{part}.{name}", values[name]))
    if "output_modalities" in given:
        given["modalities"] = _Nested((f"{root}.output_modalities", given.pop("output_modalities")))
    return given


_AUDIO_NAMES: Final = {
    "input": {
        "format": "input_audio_format",
        "transcription": "input_audio_transcription",
        "turn_detection": "turn_detection",
        "noise_reduction": "input_audio_noise_reduction",
    },
    "output": {"format": "output_audio_format", "voice": "voice", "speed": "speed"},
}


def _read_model(config: SessionConfig, value: Any, param: str) -> SessionConfig:
    return replace(config, model=_text(value, param=param, longest=LONGEST_NAME) or config.model)


def _read_instructions(config: SessionConfig, value: Any, param: str) -> SessionConfig:
    return replace(config, instructions="" if value is None else _text(value, param=param, longest=LONGEST_INSTRUCTIONS))


def _read_modalities(config: SessionConfig, value: Any, param: str) -> SessionConfig:
    if value is None:
        return config
    if not isinstance(value, list) or not value or any(name not in ("audio", "text") for name in value):
        raise invalid_value(param, 'expected ["audio"] or ["text"].')
    return replace(config, modality=Modality.AUDIO if "audio" in value else Modality.TEXT)


def _read_voice(config: SessionConfig, value: Any, param: str) -> SessionConfig:
    if value is None:
        return config
    name = value.get("id") if isinstance(value, dict) else value
    return replace(config, voice=_text(name, param=param, longest=LONGEST_NAME))


def _read_speed(config: SessionConfig, value: Any, param: str) -> SessionConfig:
    return config if value is None else replace(config, speed=_number(value, param=param, least=SLOWEST, most=FASTEST))


def _read_input_format(config: SessionConfig, value: Any, param: str) -> SessionConfig:
    return config if value is None else replace(config, input_format=_format(value, param=param))


def _read_output_format(config: SessionConfig, value: Any, param: str) -> SessionConfig:
    return config if value is None else replace(config, output_format=_format(value, param=param))


def _read_transcription(config: SessionConfig, value: Any, param: str) -> SessionConfig:
    if value is None:
        return replace(config, transcription=None)
    given = _mapping(value, param=param)
    before = config.transcription or Transcription()
    languages = given.get("languages")
    language = given.get("language", languages[0] if isinstance(languages, list) and len(languages) == 1 else None)
    return replace(
        config,
        transcription=Transcription(
            model=_text(given.get("model") or before.model, param=f"{param}.model", longest=LONGEST_NAME),
            language=_text(before.language if language is None else language, param=f"{param}.language", longest=35),
            prompt=_text(given.get("prompt", before.prompt) or "", param=f"{param}.prompt", longest=LONGEST_PROMPT),
        ),
    )


def _read_turn_detection(config: SessionConfig, value: Any, param: str) -> SessionConfig:
    if value is None or value is False:
        return replace(config, turn_detection=None)
    given = _mapping(value, param=param)
    before = config.turn_detection or TurnDetection()
    kind = given.get("type", before.kind)
    if kind not in ("server_vad", "semantic_vad"):
        raise invalid_value(f"{param}.type", "expected server_vad, semantic_vad, or null in place of turn_detection.")
    eagerness = before.eagerness if given.get("eagerness") is None else given["eagerness"]
    if not isinstance(eagerness, str) or eagerness not in EAGERNESS_SILENCE_MS:
        raise invalid_value(f"{param}.eagerness", f"expected one of {', '.join(EAGERNESS_SILENCE_MS)}.")
    settings = _turn_settings(given, before=before.settings, param=param)
    if kind == "semantic_vad":
        settings = TurnSettings(silence_duration_ms=EAGERNESS_SILENCE_MS[eagerness])
    return replace(
        config,
        turn_detection=TurnDetection(
            kind=kind,
            settings=settings,
            eagerness=eagerness,
            has_response=_flag(given.get("create_response"), before.has_response, param=f"{param}.create_response"),
            is_interrupting=_flag(given.get("interrupt_response"), before.is_interrupting, param=f"{param}.interrupt_response"),
        ),
    )


def _turn_settings(given: Mapping[str, Any], *, before: TurnSettings, param: str) -> TurnSettings:
    def number(name: str, *, least: float, most: float) -> float:
        value = given.get(name)
        return float(getattr(before, name)) if value is None else _number(value, param=f"{param}.{name}", least=least, most=most)

    return TurnSettings(
        threshold=number("threshold", least=0.0, most=1.0),
        prefix_padding_ms=round(number("prefix_padding_ms", least=0, most=5000)),
        silence_duration_ms=round(number("silence_duration_ms", least=10, most=10_000)),
    )


def _read_tool_choice(config: SessionConfig, value: Any, param: str) -> SessionConfig:
    check_tool_choice(value, param=param)
    return config


def check_tool_choice(value: Any, *, param: str) -> None:
    """Raise EventError for a choice that demands a function call."""
    if value not in (None, "auto", "none"):
        raise invalid_value(param, CANNOT_CALL)


def _read_include(config: SessionConfig, value: Any, param: str) -> SessionConfig:
    if value:
        raise EventError("This server tells no log probabilities of tokens.", code="not_supported", param=param)
    return config


_READERS: Final[dict[str, Callable[[SessionConfig, Any, str], SessionConfig]]] = {
    "model": _read_model,
    "instructions": _read_instructions,
    "modalities": _read_modalities,
    "voice": _read_voice,
    "speed": _read_speed,
    "input_audio_format": _read_input_format,
    "output_audio_format": _read_output_format,
    "input_audio_transcription": _read_transcription,
    "turn_detection": _read_turn_detection,
    "tool_choice": _read_tool_choice,
    "include": _read_include,
}


def _echo(config: SessionConfig, session: Mapping[str, Any], *, root: str) -> SessionConfig:
    """Keep settings that have no effect here, so that the client sees what it sent."""
    echoed = {**config.echoed, **{name: session[name] for name in ECHOED if name in session}}
    noise = _with_audio(session, root=root).get("input_audio_noise_reduction")
    if noise is not None:
        echoed["input_audio_noise_reduction"] = noise[1] if isinstance(noise, _Nested) else noise
    if len(json.dumps(echoed)) > MOST_ECHOED_BYTES:
        raise EventError(f"The session's settings have more than {MOST_ECHOED_BYTES:,} bytes.", code="event_too_large", param=root)
    return replace(config, echoed=echoed)


def _format(value: Any, *, param: str) -> str:
    """`audio/pcm` for pcm16 and for GA's object."""
    if isinstance(value, dict):
        name, rate = value.get("type"), value.get("rate")
        if name == "audio/pcm" and rate not in (None, PCM_RATE):
            raise invalid_value(f"{param}.rate", f"audio/pcm has {PCM_RATE} Hz.")
    else:
        name = BETA_FORMATS.get(value) if isinstance(value, str) else None
    if name not in FORMATS:
        raise invalid_value(param, f"expected one of {', '.join((*FORMATS, *BETA_FORMATS))}.")
    return str(name)


def _mapping(value: Any, *, param: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise EventError(f"Invalid type for {param!r}: expected an object.", code="invalid_type", param=param)
    return value


def _text(value: Any, *, param: str, longest: int) -> str:
    if not isinstance(value, str):
        raise EventError(f"Invalid type for {param!r}: expected a string.", code="invalid_type", param=param)
    if len(value) > longest:
        raise invalid_value(param, f"{len(value)} characters; at most {longest}.")
    return value


def _number(value: Any, *, param: str, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise EventError(f"Invalid type for {param!r}: expected a number.", code="invalid_type", param=param)
    if not least <= value <= most:
        raise invalid_value(param, f"{value}; expected {least:g} to {most:g}.")
    return float(value)


def _flag(value: Any, before: bool, *, param: str) -> bool:  # noqa: FBT001 - the value as it was
    if value is None:
        return before
    if not isinstance(value, bool):
        raise EventError(f"Invalid type for {param!r}: expected true or false.", code="invalid_type", param=param)
    return value


def _one_of(kinds: type[SessionKind], value: Any, *, param: str) -> SessionKind:
    try:
        return kinds(value)
    except ValueError:
        raise invalid_value(param, f"expected {' or '.join(kinds)}.") from None
