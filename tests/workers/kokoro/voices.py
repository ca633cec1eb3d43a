"""Voice files of stock voices."""

from workers.kokoro.voice_file import KokoroVoice


def stock_voice_file(voice: str) -> KokoroVoice:
    """File that sounds like a stock voice. Raises ValueError for an unknown one."""
    return KokoroVoice({voice: 1.0}, {voice: 1.0})
