"""Stand-ins of a new installation: every model id in the APIs' documents. Afterwards the rows apply."""

import tomllib
from pathlib import Path
from typing import Any, Final

from apps.catalog.elevenlabs_voices import SPEAKERS_OF_PREMADE
from apps.catalog.selectors import ANY_MODEL

_VOICES: Final = tomllib.loads(Path(__file__).with_name("stand_in_voices.toml").read_text("utf-8"))
OPENAI_VOICES: Final[dict[str, str]] = _VOICES["openai"]
"""OpenAI's voices and the Kokoro voices that replace them."""
OPENAI_CHARACTERS: Final = 4096
"""Longest input that OpenAI accepts."""

DEEPGRAM_LISTENERS: Final = ("nova-3", "nova-2", "nova", "enhanced", "base")
"""Families of Deepgram's recognisers; apps/compat/deepgram/names.py finds the family of a name such as nova-2-meeting."""
AURA_VOICES: Final[dict[str, str]] = {
    **{
        f"{family}-{name}-en": voice
        for voice, names in _VOICES["aura_english"].items()
        for name in names.split()
        for family in ("aura", "aura-2")
    },
    **{f"aura-2-{name}-{names[:2]}": voice for voice, names in _VOICES["aura_others"].items() for name in names.split()[1:]},
}
"""Deepgram's voices, which are its models, and the Kokoro voices that replace them."""

SPEAKERS: Final = ["kokoro", "hibari", "piper", ANY_MODEL]
LIGHT_SPEAKERS: Final = ["piper", "kokoro", "hibari", ANY_MODEL]
CONVERTERS: Final = ["kokoro-convert", "world"]
LISTENERS: Final = ["whisper", "sensevoice", ANY_MODEL]
CLONING: Final[dict[str, Any]] = {"candidates": SPEAKERS, "has_cloning": True}
"""Documented models that clone voices: a built-in voice is spoken by a speaker, a voice of the account by the model that cloned it."""


def _openai_speech(*names: str) -> dict[str, dict[str, Any]]:
    row = {"candidates": SPEAKERS, "voices": OPENAI_VOICES, "max_characters": OPENAI_CHARACTERS}
    return {name: {"name": f"OpenAI {name}", **row} for name in names}


def _openai_transcription(*names: str) -> dict[str, dict[str, Any]]:
    return {name: {"name": f"OpenAI {name}", "kind": "stt", "candidates": LISTENERS} for name in names}


def _elevenlabs_speech(**longest_texts: int) -> dict[str, dict[str, Any]]:
    row = {"candidates": SPEAKERS, "voices": SPEAKERS_OF_PREMADE}
    return {name: {"name": f"ElevenLabs {name}", **row, "max_characters": longest} for name, longest in longest_texts.items()}


STARTING_STAND_INS: Final[dict[str, dict[str, Any]]] = {
    "piper": {"name": "Piper", "tier": "free", "candidates": ["vits", "kokoro", "hibari", ANY_MODEL]},
    "vits": {"name": "VITS", "tier": "free", "candidates": LIGHT_SPEAKERS},
    "melotts": {"name": "MeloTTS", "tier": "free", "candidates": SPEAKERS},
    "kokoro": {"name": "Kokoro", "tier": "standard", "candidates": ["hibari", "piper", ANY_MODEL]},
    "cosyvoice": {"name": "CosyVoice", "tier": "standard", **CLONING},
    "cosyvoice2": {"name": "CosyVoice 2", "tier": "standard", **CLONING},
    "openvoice": {"name": "OpenVoice", "tier": "standard", **CLONING, "candidates": [*SPEAKERS, *CONVERTERS]},
    "gpt-sovits": {"name": "GPT-SoVITS", "tier": "standard", **CLONING},
    "glm-tts": {"name": "GLM-TTS", "tier": "standard", **CLONING},
    "spark": {"name": "Spark TTS", "tier": "standard", **CLONING},
    "indextts2": {"name": "IndexTTS 2", "tier": "standard", **CLONING},
    "qwen3-tts": {"name": "Qwen3 TTS", "tier": "standard", **CLONING},
    "tortoise": {"name": "Tortoise", "tier": "premium", **CLONING},
    "chatterbox": {"name": "Chatterbox", "tier": "premium", **CLONING, "candidates": [*SPEAKERS, *CONVERTERS]},
    "f5": {"name": "F5-TTS", "tier": "standard", **CLONING},
    "pocket-tts": {"name": "Pocket TTS", "tier": "standard", **CLONING},
    "whisper": {"name": "Whisper", "kind": "stt", "tier": "standard", "candidates": ["sensevoice", ANY_MODEL]},
    "faster-whisper": {"name": "Faster Whisper", "kind": "stt", "candidates": LISTENERS},
    "whisper-base": {"name": "Whisper base", "kind": "stt", "candidates": LISTENERS},
    "sensevoice": {"name": "SenseVoice", "kind": "stt", "tier": "standard", "candidates": ["whisper", ANY_MODEL]},
    "knn-vc": {"name": "kNN-VC", "kind": "voice-convert", "tier": "standard", "candidates": [*CONVERTERS, ANY_MODEL]},
    "demucs": {"name": "Demucs", "kind": "separate", "tier": "standard", "candidates": ["spleeter", ANY_MODEL]},
    "spleeter": {"name": "Spleeter", "kind": "separate", "tier": "standard", "candidates": ["demucs", ANY_MODEL]},
    **_openai_speech("tts-1", "tts-1-hd", "tts-1-1106", "tts-1-hd-1106", "gpt-4o-mini-tts", "gpt-4o-mini-tts-2025-12-15"),
    **_openai_transcription(
        "whisper-1",
        "gpt-transcribe",
        "gpt-4o-transcribe",
        "gpt-4o-mini-transcribe",
        "gpt-4o-mini-transcribe-2025-12-15",
        "gpt-4o-transcribe-diarize",
    ),
    **_elevenlabs_speech(
        eleven_multilingual_v2=10_000,
        eleven_flash_v2_5=40_000,
        eleven_turbo_v2_5=40_000,
        eleven_v3=5_000,
        eleven_v3_conversational=5_000,
        eleven_flash_v2=30_000,
        eleven_turbo_v2=30_000,
        eleven_multilingual_v1=10_000,
        eleven_monolingual_v1=10_000,
    ),
    **{
        name: {"name": f"ElevenLabs {name}", "kind": "stt", "candidates": LISTENERS}
        for name in ("scribe_v1", "scribe_v1_experimental", "scribe_v2")
    },
    **{
        name: {"name": f"ElevenLabs {name}", "kind": "voice-convert", "candidates": [*CONVERTERS, ANY_MODEL]}
        for name in ("eleven_multilingual_sts_v2", "eleven_english_sts_v2")
    },
    **{name: {"name": f"Deepgram {name}", "kind": "stt", "candidates": LISTENERS} for name in DEEPGRAM_LISTENERS},
    **{name: {"name": f"Deepgram {name}", "candidates": SPEAKERS, "voices": AURA_VOICES} for name in ("aura", "aura-2")},
}
"""Rows by documented id. Those without candidates belong to endpoints that this server lacks, and are reported as not installed."""
