"""Writes the sounds of the documentation: apps/documentation/static/documentation/sounds/*.mp3.

python -m tools.sound_examples     # some ten CPU seconds; needs the weights kokoro

A sound belongs to the block of SSML above it in docs/guides/ssml.md, which is read and spoken by the worker's own code.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from workers.audio.encoding import FileEncoder
from workers.audio.joins import Joiner
from workers.contract.messages import SpeakWork
from workers.contract.voices import VoiceRef
from workers.engines.kokoro import KokoroEngine
from workers.tasks.cached_sentences import sentence_text
from workers.text.markup.parse import parse_markup
from workers.text.script import write_script

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "apps/documentation/static/documentation/sounds"
GUIDE: Final = ROOT / "docs/guides/ssml.md"
SOUND: Final = re.compile(r"^```xml\n(.*?)^```\n!\[[^\]]*\]\(sounds/([a-z]+)\.mp3\)", re.MULTILINE | re.DOTALL)
OTHERS: Final = {"hello": "Hello! This is my first sentence."}
"""Sounds of other guides."""
SPEAKER: Final = "af_bella"
SPANISH: Final = "ef_dora"
"""Speaks what is marked as Spanish, as the platform chooses it."""
BITS_PER_SECOND: Final = 48_000
MOST_BYTES: Final = 400_000


def read_work(text: str, *, voices: Mapping[str, VoiceRef]) -> SpeakWork:
    """Work as the platform sends it for this text."""
    document = parse_markup(text)
    named = (*document.voices, SPANISH)
    segments = tuple(replace(one, voice_index=named.index(one.voice) + 1) if one.voice else one for one in document.segments)
    return SpeakWork(
        engine="kokoro",
        voice=voices[SPEAKER],
        text=document.written,
        language="en-us",
        segments=segments,
        voices=tuple(voices[name] for name in named),
    )


def speak(work: SpeakWork, *, engine: KokoroEngine, path: Path) -> None:
    """Write the audio of the work."""
    script = write_script(work, engine=engine)
    rate = engine.spec.sample_rate
    joiner = Joiner(rate, speed=work.speed, pause_before=script.pause_before)
    with FileEncoder(path, "mp3", input_rate=rate, sample_rate=rate, bitrate=BITS_PER_SECOND) as file:
        for utterance in script.utterances:
            settings = utterance.settings
            spoken = engine.speak(
                sentence_text(utterance),
                voice=settings.voice,
                language=settings.language,
                speed=engine.spec.clamp_speed(settings.rate),
                phonemes=utterance.given_phonemes,
            )
            file.write(joiner.feed(spoken, pause_after=utterance.pause_after, gain_decibels=settings.gain_decibels).samples)
        file.write(joiner.finish(is_last=True))
        file.finish()


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    engine = KokoroEngine()
    engine.load()
    voices = {voice.id: VoiceRef(voice.id, voice.language, voice.gender, "kokoro") for voice in engine.spec.voices}
    texts = {name: text.strip() for text, name in SOUND.findall(GUIDE.read_text("utf-8"))} | OTHERS
    for name, text in texts.items():
        speak(read_work(text, voices=voices), engine=engine, path=FOLDER / f"{name}.mp3")
        print(f"{name}.mp3: {(FOLDER / f'{name}.mp3').stat().st_size:,} bytes")
    total = sum(path.stat().st_size for path in FOLDER.glob("*.mp3"))
    if total > MOST_BYTES:
        raise SystemExit(f"All sounds together have {total:,} bytes, more than {MOST_BYTES:,}.")


if __name__ == "__main__":
    main()
