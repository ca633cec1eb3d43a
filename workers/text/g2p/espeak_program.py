"""eSpeak NG as a separate program: one JSON request per line in, one JSON response per line out.

eSpeak NG is GPL-3, so it is loaded here, in a child process, and never in a worker (arm's length over a pipe).
"""

import ctypes
import json
import os
import sys
from pathlib import Path

AUDIO_OUTPUT_RETRIEVAL = 1
CHARS_UTF8 = 1
PHONEMES_IPA_WITH_TIE = 0x02 | 0x80 | (ord("^") << 8)
"""speak_lib.h, espeak_TextToPhonemes: bit 1 IPA, bit 7 tie between the letters of one phoneme, bits 8-23 the tie."""
ESPEAK_OK = 0


def open_library(library: str, data: str) -> ctypes.CDLL:
    """Load and initialise the library; the process changes to the folder of its data. Raises OSError.

    eSpeak NG stores the path of its data in 160 bytes, and an installation may lie deeper: a relative path is always short enough.
    """
    espeak = ctypes.CDLL(str(Path(library).resolve()))
    espeak.espeak_TextToPhonemes.restype = ctypes.c_char_p
    espeak.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int]
    folder = Path(data).parent if Path(data).name == "espeak-ng-data" else Path(data)
    os.chdir(folder)
    if espeak.espeak_Initialize(AUDIO_OUTPUT_RETRIEVAL, 0, b".", 0) < 0:
        raise OSError(f"eSpeak NG finds no data in {folder}")
    return espeak


def phonemise(espeak: ctypes.CDLL, text: str) -> str:
    """Phonemise all clauses of the text to IPA, separated by spaces."""
    position = ctypes.c_char_p(text.encode())
    clauses = []
    while position.value:
        clauses.append((espeak.espeak_TextToPhonemes(ctypes.byref(position), CHARS_UTF8, PHONEMES_IPA_WITH_TIE) or b"").decode())
    return " ".join(clause for clause in clauses if clause)


def main() -> None:
    """Serve until standard input ends, which it does when the worker is gone."""
    espeak = open_library(sys.argv[1], sys.argv[2])
    for line in sys.stdin:
        request = json.loads(line)
        is_known = espeak.espeak_SetVoiceByName(request["language"].encode()) == ESPEAK_OK
        answer = [phonemise(espeak, text) for text in request["texts"]] if is_known else None
        print(json.dumps({"phonemes": answer}), flush=True)


if __name__ == "__main__":
    main()
