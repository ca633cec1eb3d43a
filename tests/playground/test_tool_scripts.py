"""Pure functions of the tools' scripts, run by Node.js: subtitles, texts, the Camelot wheel, advice about recordings."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from apps.playground import tools
from workers.audio.music.keys import NOTES, Key

NODE = shutil.which("node")
SCRIPTS = Path(tools.__file__).parents[1] / "static/playground/js/tools"

pytestmark = pytest.mark.skipif(NODE is None, reason="Node.js is not installed")


@pytest.fixture(autouse=True)
def _platform() -> None:
    """None: the functions need no database."""


def run(script: str, names: str, expression: str, given: Any = None) -> Any:
    """Value of an expression over functions of a script, without its imports, which are for a browser."""
    assert NODE is not None
    source = re.sub(r"^import .*$", "", (SCRIPTS / f"{script}.js").read_text(), flags=re.MULTILINE)
    program = f"{source}\nconst given = {json.dumps(given)};\nconsole.log(JSON.stringify({expression}));"
    assert all(name in source for name in names.split())
    done = subprocess.run([NODE, "--input-type=module", "-"], input=program, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


VTT = "WEBVTT\n\n00:00:00.400 --> 00:00:02.000\n<v SPEAKER_00>Salt &amp; pepper.\n\n1\n01:00:05.250 --> 01:00:07.500 line:80%\n<v SPEAKER_01>Two\nlines.</v>\n"


def test_cues_of_a_subtitle_file_keep_times_speakers_and_lines() -> None:
    assert run("transcript_files", "parseSubtitles", "parseSubtitles(given)", VTT) == [
        {"start": 0.4, "end": 2, "speaker": "SPEAKER_00", "text": "Salt & pepper."},
        {"start": 3605.25, "end": 3607.5, "speaker": "SPEAKER_01", "text": "Two\nlines."},
    ]


def test_saved_subtitles_have_the_names_of_the_speakers() -> None:
    expression = (
        "['srt', 'vtt'].map((format) => subtitlesText(parseSubtitles(given), (one) => one === 'SPEAKER_00' ? 'Ann' : 'B & C', format))"
    )
    srt, vtt = run("transcript_files", "parseSubtitles subtitlesText", expression, VTT)
    assert srt == ("1\n00:00:00,400 --> 00:00:02,000\nAnn: Salt & pepper.\n\n2\n01:00:05,250 --> 01:00:07,500\nB & C: Two\nlines.\n")
    assert vtt == (
        "WEBVTT\n\n00:00:00.400 --> 00:00:02.000\n<v Ann>Salt &amp; pepper.</v>\n\n"
        "01:00:05.250 --> 01:00:07.500\n<v B &amp; C>Two\nlines.</v>\n"
    )


def test_saved_text_has_a_paragraph_for_each_turn() -> None:
    segments = [{"speaker": "A", "text": "One."}, {"speaker": "A", "text": "Two."}, {"speaker": "B", "text": "Three."}]
    assert run("transcript_files", "plainText", "plainText(given, (one) => one)", segments) == "A: One. Two.\n\nB: Three.\n"
    assert run("transcript_files", "plainText", "plainText([{text: 'One.'}, {text: 'Two.'}], String)") == "One. Two.\n"


def test_neighbours_on_the_wheel_are_the_keys_that_the_api_calls_compatible() -> None:
    keys = [Key(note, scale, confidence=1.0) for note in NOTES for scale in ("Major", "Minor")]
    names = {key.camelot: f"{key.note} {key.scale}" for key in keys}
    found = run("camelot", "neighboursOf", "given.map((place) => neighboursOf(place))", [key.camelot for key in keys])
    assert len(names) == 24
    for key, neighbours in zip(keys, found, strict=True):
        assert {names[one] for one in neighbours} == set(key.compatible_keys), key


@pytest.mark.parametrize(
    ("levels", "seconds", "advice"),
    [
        ([(0.0, 0.0)], 12, "Nothing was heard"),
        ([(0.008, 0.02)] * 5, 12, "It is quiet"),
        ([(0.3, 1.0)] * 5, 12, "It is too loud"),
        ([(0.1, 0.4)] * 5, 4, "It has 4 seconds"),
        ([(0.1, 0.4)] * 5, 40, "More than 30 seconds"),
        ([(0.1, 0.4)] * 5, 12, None),
    ],
)
def test_recordings_are_advised_by_level_clipping_and_length(levels: list[tuple[float, float]], seconds: int, advice: str | None) -> None:
    expression = (
        "((checks) => (given.levels.forEach(([rms, peak]) => checks.add({rms, peak})), "
        "checks.advise(given.seconds, {shortest: 10, longest: 30})))(new RecordingChecks())"
    )
    reported = run("recording_checks", "RecordingChecks", expression, {"levels": levels, "seconds": seconds})
    assert [line.startswith(advice) for line in reported] == [True] if advice else reported == []
