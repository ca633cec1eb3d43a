"""G2P of es fr hi it pt by eSpeak NG, which runs as a separate program."""

import atexit
import contextlib
import importlib.util
import itertools
import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from ctypes.util import find_library
from pathlib import Path

from workers.contract.errors import ENGINE_UNAVAILABLE, INTERNAL_ERROR, WorkError
from workers.text.g2p.base import PAUSE_MARKS, PhonemeWord
from workers.text.interjections import find_sound, shorten_word, sound_phonemes

VOICES = {"es": "es", "fr": "fr", "hi": "hi", "it": "it", "pt": "pt-br"}
"""eSpeak's names of the languages that Kokoro was trained on with it."""

PROGRAM = Path(__file__).with_name("espeak_program.py")
ANSWER_SECONDS = 20.0

FOLDED = (
    ("a^ɪ", "I"),
    ("a^ʊ", "W"),
    ("d^z", "ʣ"),
    ("d^ʒ", "ʤ"),
    ("e^ɪ", "A"),
    ("o^ʊ", "O"),
    ("ə^ʊ", "Q"),
    ("s^s", "S"),
    ("t^s", "ʦ"),
    ("t^ʃ", "ʧ"),
    ("ɔ^ɪ", "Y"),
)
"""Two-letter sounds that Kokoro v1.0 writes as one symbol (misaki, EspeakG2P.e2m)."""

_PIECE = re.compile(rf"[{re.escape(PAUSE_MARKS)}]|[^\s{re.escape(PAUSE_MARKS)}]+")
_QUOTES = "\"'“”‘’«»¡¿()[]"
_SPOKEN = re.compile(r"\w")
_LANGUAGE_FLAG = re.compile(r"\([a-z^-]{2,20}\)")
"""Mark of a word that eSpeak reads in another language, whose letters it ties too: (^e^n)wiːkˈɛnd(^f^r)."""


class EspeakProgram:
    """Child process, started at the first use and restarted if it dies. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def phonemise(self, texts: list[str], *, language: str) -> list[str]:
        """IPA with `^` inside multi-letter phonemes, one string per text. Raises WorkError."""
        request = json.dumps({"language": language, "texts": texts})
        with self._lock:
            for is_last_try in (False, True):
                answer = self._ask(request)
                if answer:
                    break
                if is_last_try:
                    raise WorkError(INTERNAL_ERROR, "the phonemiser ended unexpectedly")
        phonemes = json.loads(answer)["phonemes"]
        if phonemes is None:
            raise WorkError(ENGINE_UNAVAILABLE, f"eSpeak NG has no voice for {language!r} here")
        return list(phonemes)

    def close(self) -> None:
        """End the child process; the next call starts another."""
        with self._lock:
            self._discard()

    def _discard(self) -> None:
        if self._process is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.communicate()
            self._process = None

    def _ask(self, request: str) -> str:
        if self._process is not None and self._process.poll() is not None:
            self._discard()
        if self._process is None:
            library, data = espeak_files()
            self._process = subprocess.Popen(
                [sys.executable, str(PROGRAM), library, data], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
            )
        process = self._process
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a child process without pipes")
        watchdog = threading.Timer(ANSWER_SECONDS, process.kill)  # readline has no time limit of its own
        watchdog.start()
        try:
            process.stdin.write(request + "\n")
            process.stdin.flush()
            return str(process.stdout.readline())
        except BrokenPipeError:
            return ""
        finally:
            watchdog.cancel()


def espeak_files() -> tuple[str, str]:
    """Paths of the library and its data: from the wheel espeakng-loader, otherwise from the system. Raises WorkError naming what to
    install.
    """
    spec = importlib.util.find_spec("espeakng_loader")  # located, not imported: importing it would load GPL code into this process
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent
        for name in ("libespeak-ng.so", "libespeak-ng.dylib", "espeak-ng.dll"):
            if (folder / name).exists():
                return str(folder / name), str(folder / "espeak-ng-data")
    library = find_library("espeak-ng")
    program = shutil.which("espeak-ng")
    if library and program:
        version = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
        data = re.search(r"Data at: (.+)", version)
        if data:
            return library, data.group(1).strip()
    raise WorkError(ENGINE_UNAVAILABLE, "this language needs eSpeak NG: install the package espeakng-loader or the program espeak-ng")


_program = EspeakProgram()
atexit.register(_program.close)


def find_espeak_obstacle(voice: str) -> str:
    """Reason why eSpeak NG cannot phonemise with this voice here, one sentence; empty if it can. Asks its process for a word."""
    try:
        _program.phonemise(["1"], language=voice)
    except WorkError as error:
        return error.message
    return ""


class EspeakG2P:
    """G2P by one eSpeak voice, in the notation of Kokoro v1.0 or as plain IPA."""

    def __init__(self, voice: str, *, spell: Callable[[str], str]) -> None:
        self._voice = voice
        self._spell = spell

    @classmethod
    def for_kokoro(cls, language: str) -> "EspeakG2P":
        """G2P that Kokoro was trained with for one of VOICES' languages."""
        return cls(VOICES[language], spell=fold_phonemes)

    def __call__(self, text: str) -> list[PhonemeWord]:
        pieces = [match for match in _PIECE.finditer(text) if _SPOKEN.search(match.group()) or match.group() in PAUSE_MARKS]
        runs = [(kind, list(run)) for kind, run in itertools.groupby(pieces, key=_kind_of)]
        clauses = [run for kind, run in runs if kind == "words"]
        spoken = iter(self._phonemise([" ".join(self._spelling(piece) for piece in clause) for clause in clauses]))
        words: list[PhonemeWord] = []
        for kind, run in runs:
            if kind == "words":
                words += self._align(next(spoken).split(), run)
            else:
                words += [PhonemeWord(self._sound(piece, kind=kind), piece.start(), piece.end(), is_mark=kind == "mark") for piece in run]
        return words

    def _spelling(self, piece: re.Match[str]) -> str:
        """Spelling of a word that eSpeak reads correctly: no for nooo."""
        return shorten_word(piece.group(), language=self._voice)

    def _sound(self, piece: re.Match[str], *, kind: str) -> str:
        """A mark unchanged, an interjection in phonemes."""
        return piece.group() if kind == "mark" else sound_phonemes(self._voice)[find_sound(_letters(piece))]

    def _phonemise(self, texts: list[str]) -> list[str]:
        if not texts:
            return []
        return [self._spell(phonemes) for phonemes in _program.phonemise(texts, language=self._voice)]

    def _align(self, groups: list[str], pieces: list[re.Match[str]]) -> list[PhonemeWord]:
        """Assign each group of phonemes to a written word: one to one usually, by length where eSpeak merged or split words."""
        if len(groups) != len(pieces):
            alone = self._phonemise([self._spelling(piece) for piece in pieces])
            groups = share_groups(groups, [max(1, len(phonemes)) for phonemes in alone])
        groups = [_stress(group) if is_spelled else group for group, is_spelled in zip(groups, find_spelled(pieces), strict=True)]
        return [PhonemeWord(group, piece.start(), piece.end()) for group, piece in zip(groups, pieces, strict=True)]


def _kind_of(piece: re.Match[str]) -> str:
    """Kind of a piece: "mark", "sound" (an interjection such as shh) or "words"."""
    if piece.group() in PAUSE_MARKS:
        return "mark"
    return "sound" if find_sound(_letters(piece)) else "words"


def _letters(piece: re.Match[str]) -> str:
    return piece.group().strip(_QUOTES)


def find_spelled(pieces: list[re.Match[str]]) -> list[bool]:
    """Mark words of a clause that are capital letters beside others: "N A S A"."""
    is_letter = [False, *(len(piece.group()) == 1 and piece.group().isupper() for piece in pieces), False]
    return [is_letter[at] and (is_letter[at - 1] or is_letter[at + 1]) for at in range(1, len(is_letter) - 1)]


def _stress(phonemes: str) -> str:
    """Add stress to a letter's name: eSpeak reads A, E, O and Y as unstressed words, which are hardly audible."""
    return phonemes if "ˈ" in phonemes else f"ˈ{phonemes}"


def plain_ipa(phonemes: str) -> str:
    """eSpeak's IPA without ties and language flags, as Piper's voices were trained."""
    return _LANGUAGE_FLAG.sub("", phonemes).replace("^", "")


def fold_phonemes(phonemes: str) -> str:
    """eSpeak's IPA in Kokoro v1.0's notation (misaki, EspeakG2P)."""
    phonemes = _LANGUAGE_FLAG.sub("", phonemes)
    for spelled, symbol in FOLDED:
        phonemes = phonemes.replace(spelled, symbol)
    return phonemes.replace("^", "").replace("-", "")


def share_groups(groups: list[str], expected_lengths: list[int]) -> list[str]:
    """Distribute phoneme groups to words, in order, by the words' expected lengths: each group goes where its middle lies."""
    total, expected_total = sum(map(len, groups)) or 1, sum(expected_lengths)
    ends = [end / expected_total for end in itertools.accumulate(expected_lengths)]
    shared: list[list[str]] = [[] for _ in expected_lengths]
    position, word = 0.0, 0
    for group in groups:
        middle = (position + len(group) / 2) / total
        while word < len(ends) - 1 and middle > ends[word]:
            word += 1
        shared[word].append(group)
        position += len(group)
    return [" ".join(groups) for groups in shared]
