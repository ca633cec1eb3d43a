"""Languages of Whisper's tokens (openai/whisper, tokenizer.py): all sizes know 99, large-v3 and turbo Cantonese too."""

import tomllib
from pathlib import Path
from typing import Final

MULTILINGUAL: Final[tuple[str, ...]] = tuple(tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))["multilingual"])
WITH_CANTONESE: Final = (*MULTILINGUAL, "yue")
