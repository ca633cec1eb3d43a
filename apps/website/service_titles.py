"""Services and kinds of job as every page names them: a title, an icon, and the page of the tool that offers them."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ServiceTitle:
    title: str
    icon: str
    tool: str = "/"
    """Path of the tool's page."""


SERVICES: Final = {
    "speech": ServiceTitle("Text to speech", "audio-lines"),
    "transcription": ServiceTitle("Speech to text", "captions", "/speech-to-text/"),
    "speech-translation": ServiceTitle("Speech translation", "languages", "/speech-translation/"),
    "enrol_voice": ServiceTitle("Voice cloning", "mic", "/voice-cloning/"),
    "voice-clone": ServiceTitle("Speech in a cloned voice", "mic", "/voice-cloning/"),
    "voice-convert": ServiceTitle("Voice changer", "replace", "/voice-changer/"),
    "speech-to-speech": ServiceTitle("Speech to speech", "replace", "/voice-changer/"),
    "voice-chat": ServiceTitle("Voice chat", "messages-square", "/voice-chat/"),
    "audio-separate": ServiceTitle("Stem splitter", "split", "/stem-splitter/"),
    "audio-separate-many": ServiceTitle("Stem splitter, more than two stems", "split", "/stem-splitter/"),
    "audio-enhance": ServiceTitle("Audio enhancer", "sparkles", "/audio-enhancer/"),
    "audio-dereverb": ServiceTitle("Dereverb", "waves", "/dereverb/"),
    "audio-analyze": ServiceTitle("Key and BPM finder", "music", "/key-bpm-finder/"),
    "audio-convert": ServiceTitle("Audio converter", "file-audio", "/audio-converter/"),
    "audio-trim-silence": ServiceTitle("Silence removal", "scissors", "/audio-enhancer/"),
    "audio-normalize": ServiceTitle("Even loudness", "sliders-horizontal", "/audio-enhancer/"),
    "audio-waveform": ServiceTitle("Waveform", "activity", "/audio-converter/"),
    "audio-diarize": ServiceTitle("Speaker diarization", "users", "/speech-to-text/"),
    "audio-verify": ServiceTitle("Watermark check", "badge-check", "/audio-converter/"),
    "composition": ServiceTitle("Project render", "folder-open"),
}
"""Titles by the name of the service in the table of prices, or of the kind of job."""


def service_title(name: str) -> ServiceTitle:
    """Title of a service or kind; of one without an entry, its name."""
    return SERVICES.get(name) or ServiceTitle(name.replace("-", " ").replace("_", " ").capitalize(), "file-audio")
