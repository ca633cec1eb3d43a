"""A program of its own, as eSpeak NG is GPL: says standard input into a WAV file. `python espeak_voice.py <language> <file>`."""

import ctypes
import sys
import wave
from typing import Any

import espeakng_loader

SYNCHRONOUS = 2
UTF8 = 1
RATE, WORDS_PER_MINUTE = 1, 140
"""The library's number of the parameter, and its value: slower than its 175, which whisper base understands worse."""

Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def speak(text: str, *, language: str, path: str) -> None:
    """Mono WAV at the library's own rate. Raises ValueError for a language that it does not know."""
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    sample_rate = library.espeak_Initialize(SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
    samples = bytearray()

    def keep(made: Any, count: int, _events: int) -> int:
        if made and count:
            samples.extend(ctypes.string_at(made, 2 * count))
        return 0

    callback = Callback(keep)
    library.espeak_SetSynthCallback(callback)
    if library.espeak_SetVoiceByName(language.encode()):
        raise ValueError(f"no voice for {language!r}")
    library.espeak_SetParameter(RATE, WORDS_PER_MINUTE, 0)
    written = text.encode() + b"\0"
    library.espeak_Synth.argtypes = [
        ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p,
    ]  # fmt: skip
    library.espeak_Synth(written, len(written), 0, 1, 0, UTF8, None, None)
    library.espeak_Synchronize()
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes(bytes(samples))


if __name__ == "__main__":
    speak(sys.stdin.read(), language=sys.argv[1], path=sys.argv[2])
