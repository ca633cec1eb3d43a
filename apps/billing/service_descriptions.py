"""Services that are charged, for people: the work that each price belongs to."""

from typing import Final

DESCRIPTIONS: Final[dict[str, str]] = {
    "transcription": "Speech to text: POST /v1/stt/, transcripts of other APIs, realtime sessions",
    "speech-translation": "Speech translation: POST /v1/speech-translate/",
    "voice-chat": "A turn of a voice conversation: POST /v1/voice-chat/",
    "audio-convert": "Audio converter: POST /v1/audio/convert/",
    "audio-trim-silence": "Silence trimmer: POST /v1/audio/trim-silence/",
    "audio-normalize": "Loudness: POST /v1/audio/normalize/",
    "audio-enhance": "Enhancer: POST /v1/audio/enhance/",
    "audio-dereverb": "Echo remover: POST /v1/audio/dereverb/",
    "audio-separate": "Stem splitter, two stems: POST /v1/audio/separate/",
    "audio-separate-many": "Stem splitter, more than two stems: POST /v1/audio/separate/",
    "audio-waveform": "Waveform: POST /v1/audio/waveform/",
    "audio-analyze": "Key and tempo: POST /v1/audio/analyze/",
    "audio-diarize": "Speakers of a recording: POST /v1/audio/diarize/",
    "enrol_voice": "A voice cloned from recordings: POST /v1/voice-clone/, /v1/voice-embed/",
    "voice-convert": "Voice changer: POST /v1/voice-convert/",
    "speech-to-speech": "Speech in another voice: POST /v1/speech-to-speech/",
    "audio-verify": "Provenance check: POST /v1/audio/verify/",
}
"""Description by service; a row without one is charged by no service."""
