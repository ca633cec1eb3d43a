"""Analysis of a whole recording."""

from pathlib import Path
from typing import Any

from workers.audio.music.chroma import ChromaMeter
from workers.audio.music.frames import SAMPLE_RATE, Samples
from workers.audio.music.keys import Key, find_key
from workers.audio.music.onsets import OnsetMeter
from workers.audio.music.rhythm import Tempo, find_beats, find_meter, find_tempo, refine_tempo
from workers.audio.probe import ProbeLimits
from workers.audio.recordings import stream_recording
from workers.audio.rewriting import Steps, pass_over


def analyze(source: Path, *, limits: ProbeLimits) -> Steps[dict[str, Any]]:
    """Facts in the API's shape; facts that cannot be found are None. Raises WorkError (bad_audio)."""
    chroma, onsets = ChromaMeter(), OnsetMeter()

    def measure(block: Samples) -> None:
        chroma.feed(block[:, 0])
        onsets.feed(block[:, 0])

    with stream_recording(source, sample_rate=SAMPLE_RATE, channels=1, limits=limits) as recording:
        yield from pass_over(recording, measure)
        seconds = recording.seconds
    pitch_classes, tuned = chroma.fold()
    tempo, meter = find_tempo(onsets.strengths), None
    if tempo:
        beats = find_beats(onsets.strengths, bpm=tempo.bpm)
        tempo = refine_tempo(tempo, beats=beats)
        meter = find_meter(beats, low_strengths=onsets.low_strengths, pitch_classes=chroma.frames)
    return {**_key_facts(find_key(pitch_classes, tuned=tuned)), **_tempo_facts(tempo, meter=meter), "duration": round(seconds, 3)}


def _key_facts(key: Key | None) -> dict[str, Any]:
    return {
        "key": key.note if key else None,
        "scale": key.scale if key else None,
        "camelot": key.camelot if key else None,
        "compatible_keys": key.compatible_keys if key else [],
        "key_confidence": key.confidence if key else 0.0,
    }


def _tempo_facts(tempo: Tempo | None, *, meter: int | None) -> dict[str, Any]:
    return {
        "bpm": round(tempo.bpm, 1) if tempo else None,
        "time_signature": f"{meter}/4" if meter else None,
        "bpm_confidence": tempo.confidence if tempo else 0.0,
    }
