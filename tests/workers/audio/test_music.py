"""Key, tempo and meter of music, and of sounds that have none."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from workers.audio.music.analysis import analyze
from workers.audio.music.keys import NOTES, PROFILES, Key, find_key
from workers.audio.recordings import USUAL

MUSIC = Path(__file__).parents[2] / "data" / "music"
SPEECH = Path(__file__).parents[2] / "data" / "pocketsphinx" / "librivox-0880.flac"
QUICK = ("As_minor_174_4", "Cs_major_132_3")
NOTHING = {
    "key": None,
    "scale": None,
    "camelot": None,
    "compatible_keys": [],
    "key_confidence": 0.0,
    "bpm": None,
    "time_signature": None,
    "bpm_confidence": 0.0,
}


def facts_of(path: Path) -> dict[str, object]:
    steps = analyze(path, limits=USUAL)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return dict(end.value)


@pytest.mark.parametrize(
    "name",
    [name if name in QUICK else pytest.param(name, marks=pytest.mark.prove) for name in sorted(path.stem for path in MUSIC.glob("*.mp3"))],
)
def test_key_tempo_and_meter_of_a_band_are_found(name: str) -> None:
    note, scale, bpm, meter = name.split("_")
    facts = facts_of(MUSIC / f"{name}.mp3")
    assert (facts["key"], facts["scale"]) == (note.replace("s", "#"), scale.title())
    assert facts["bpm"] == pytest.approx(float(bpm), abs=0.5)
    assert facts["time_signature"] == f"{meter}/4"
    assert (facts["key_confidence"] > 0.7, facts["bpm_confidence"] > 0.5) == (True, True)  # type: ignore[operator]


def test_speech_noise_silence_and_a_single_tone_have_neither_key_nor_tempo(tmp_path: Path) -> None:
    times = np.arange(10 * 8000) / 8000
    sounds = {
        "noise": np.random.default_rng(1).normal(0, 0.1, len(times)),
        "silence": np.zeros(len(times)),
        "tone": 0.3 * np.sin(2 * np.pi * 440 * times),
        "click": np.eye(1, 4000, 10)[0],
    }
    for name, samples in sounds.items():
        soundfile.write(tmp_path / f"{name}.wav", samples, 8000)
    for path in (SPEECH, *(tmp_path / f"{name}.wav" for name in sounds)):
        facts = facts_of(path)
        assert facts.pop("duration") == pytest.approx(soundfile.info(path).duration, abs=0.001)
        assert (path.stem, facts) == (path.stem, NOTHING)


@pytest.mark.parametrize(
    ("note", "scale", "camelot", "compatible"),
    [
        ("C", "Major", "8B", ["C Major", "G Major", "F Major", "A Minor"]),
        ("A", "Minor", "8A", ["A Minor", "E Minor", "D Minor", "C Major"]),
        ("F#", "Major", "2B", ["F# Major", "C# Major", "B Major", "D# Minor"]),
        ("E", "Major", "12B", ["E Major", "B Major", "A Major", "C# Minor"]),
        ("G#", "Minor", "1A", ["G# Minor", "D# Minor", "C# Minor", "B Major"]),
        ("B", "Minor", "10A", ["B Minor", "F# Minor", "E Minor", "D Major"]),
    ],
)
def test_keys_have_their_place_on_the_camelot_wheel(note: str, scale: str, camelot: str, compatible: list[str]) -> None:
    key = Key(note, scale, 1.0)
    assert (key.camelot, key.compatible_keys) == (camelot, compatible)


def test_every_profile_is_recognised_in_every_key() -> None:
    for scale, profile in PROFILES.items():
        for index, note in enumerate(NOTES):
            assert find_key(np.roll(profile, index), tuned=2.5) == Key(note, scale, 1.0)
    assert find_key(PROFILES["Major"], tuned=1.0) is None
    assert find_key(np.zeros(12), tuned=2.5) is None
