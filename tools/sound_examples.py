"""Writes the sounds of the documentation: apps/documentation/static/documentation/sounds/*.mp3.

TTSAI_URL=… TTSAI_KEY=… python -m tools.sound_examples     # a running platform with Kokoro speaks them, in some ten CPU seconds

A sound belongs to the block of SSML above it in docs/guides/ssml.md, which is sent as it stands.
"""

import os
import re
from pathlib import Path
from typing import Final

import httpx

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "apps/documentation/static/documentation/sounds"
GUIDE: Final = ROOT / "docs/guides/ssml.md"
SOUND: Final = re.compile(r"^```xml\n(.*?)^```\n!\[[^\]]*\]\(sounds/([a-z]+)\.mp3\)", re.MULTILINE | re.DOTALL)
OTHERS: Final = {"hello": "Hello! This is my first sentence."}
"""Sounds of other guides."""
KILOBITS: Final = 48
MOST_BYTES: Final = 400_000


def main() -> None:
    """Speak every example."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    texts = {name: text.strip() for text, name in SOUND.findall(GUIDE.read_text("utf-8"))} | OTHERS
    headers = {"Authorization": f"Bearer {os.environ['TTSAI_KEY']}"}
    with httpx.Client(base_url=os.environ["TTSAI_URL"], headers=headers, timeout=170) as client:
        for name, text in texts.items():
            body = {"text": text, "voice": "af_bella", "model": "kokoro", "format": "mp3", "bitrate": KILOBITS, "stream": True}
            answer = client.post("/v1/tts/", json=body)
            if answer.is_error:
                raise SystemExit(f"{name}: {answer.text}")
            (FOLDER / f"{name}.mp3").write_bytes(answer.content)
            print(f"{name}.mp3: {len(answer.content):,} bytes")
    total = sum(path.stat().st_size for path in FOLDER.glob("*.mp3"))
    if total > MOST_BYTES:
        raise SystemExit(f"All sounds together have {total:,} bytes, more than {MOST_BYTES:,}.")


if __name__ == "__main__":
    main()
