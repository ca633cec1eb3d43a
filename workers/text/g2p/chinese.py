"""Mandarin: words by jieba, pinyin by pypinyin, phonemes by misaki (all Apache-2.0 or MIT)."""

import logging
import re
import warnings
from typing import Any

from workers.text.g2p.base import PAUSE_MARKS, PhonemeWord, explain_import

MARKS = {"、": ",", "，": ",", "。": ".", "．": ".", "！": "!", "：": ":", "；": ";", "？": "?", "—": "—", "…": "…"}
_HAN = re.compile(r"[\u3400-\u9fff]+")
_SYLLABIC_MARK = chr(815)


class ChineseG2P:
    """Mandarin G2P. Words in Latin letters are left to `foreign`, English mostly."""

    def __init__(self, foreign: Any = None) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # jieba's regular expressions are written for an older Python
                import jieba
                from misaki.zh import ZHG2P
        except Exception as error:  # the import of a library that does not fit the others may raise anything
            raise explain_import(error, language="Chinese") from error
        jieba.setLogLevel(logging.WARNING)
        self._cut = jieba.tokenize
        self._phonemes = ZHG2P.word2ipa
        self._foreign = foreign

    def __call__(self, text: str) -> list[PhonemeWord]:
        """All words and marks of the text, in order."""
        words: list[PhonemeWord] = []
        for token, start, end in self._cut(text):
            mark = MARKS.get(token, token)
            if mark in PAUSE_MARKS:
                words.append(PhonemeWord(mark, start, end, is_mark=True))
            elif _HAN.fullmatch(token):
                words.append(PhonemeWord(self._phonemes(token).replace(_SYLLABIC_MARK, ""), start, end))
            elif token.strip() and self._foreign is not None:
                words += [PhonemeWord(w.phonemes, w.start + start, w.end + start, w.is_mark) for w in self._foreign(token)]
        return words
