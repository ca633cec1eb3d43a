"""Kinds of job as people read them: a title, an icon, and the page of the tool that makes such jobs."""

from dataclasses import dataclass
from typing import Final

from apps.jobs.kinds import job_kinds


@dataclass(frozen=True, slots=True)
class KindTitle:
    title: str
    icon: str
    tool: str = "/"
    """Path of the tool's page."""


_TITLES: Final = {
    "speech": KindTitle("Speech", "audio-lines"),
    "voice-clone": KindTitle("Speech with a cloned voice", "mic", "/voice-cloning/"),
    "enrol_voice": KindTitle("Voice enrolment", "mic", "/voice-cloning/"),
    "transcription": KindTitle("Transcription", "captions", "/speech-to-text/"),
    "speech-translation": KindTitle("Speech translation", "languages", "/speech-translation/"),
    "voice-chat": KindTitle("Conversation turn", "messages-square", "/voice-chat/"),
    "voice-convert": KindTitle("Voice change", "replace", "/voice-changer/"),
    "speech-to-speech": KindTitle("Speech to speech", "replace", "/voice-changer/"),
    "composition": KindTitle("Project render", "folder-open"),
    "audio-convert": KindTitle("Audio conversion", "file-audio", "/audio-converter/"),
    "audio-trim-silence": KindTitle("Silence trimming", "scissors", "/audio-enhancer/"),
    "audio-normalize": KindTitle("Loudness", "sliders-horizontal", "/audio-enhancer/"),
    "audio-enhance": KindTitle("Enhancement", "sparkles", "/audio-enhancer/"),
    "audio-dereverb": KindTitle("Dereverberation", "waves", "/dereverb/"),
    "audio-separate": KindTitle("Stem separation", "split", "/stem-splitter/"),
    "audio-waveform": KindTitle("Waveform", "activity", "/audio-converter/"),
    "audio-analyze": KindTitle("Key and tempo", "music", "/key-bpm-finder/"),
    "audio-diarize": KindTitle("Speaker diarization", "users", "/speech-to-text/"),
    "audio-verify": KindTitle("Provenance check", "badge-check", "/audio-converter/"),
}


def kind_title(name: str) -> KindTitle:
    """Title of a kind; of one without an entry, its name."""
    return _TITLES.get(name) or KindTitle(name.replace("-", " ").replace("_", " ").capitalize(), "file-audio")


def kind_choices() -> list[tuple[str, str]]:
    """Names and titles of the kinds that accounts have jobs of, by title."""
    public = (kind.name for kind in job_kinds().values() if not kind.is_internal)
    return sorted(((name, kind_title(name).title) for name in public), key=lambda choice: choice[1])
