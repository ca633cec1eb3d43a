"""Mandarin: words by jieba, pinyin by pypinyin, phonemes by misaki (all Apache-2.0 or MIT)."""

import logging
import os
import re
import stat
import tempfile
import warnings
from pathlib import Path
from typing import Any

from workers.text.g2p.base import PAUSE_MARKS, PhonemeWord, explain_import

MARKS = {"、": ",", "，": ",", "。": ".", "．": ".", "！": "!", "：": ":", "；": ";", "？": "?", "—": "—", "…": "…"}
_HAN = re.compile(r"[\u3400-\u9fff]+")
_SYLLABIC_MARK = chr(815)


def own_cache_folder() -> str | None:
    """Folder for jieba's parsed dictionary that belongs to this user, below TTSAI_HOME if that is set; None if it cannot be created.

    Jieba itself uses one name in the shared temporary folder: it reads files of other users there, and cannot replace them.
    """
    home = os.environ.get("TTSAI_HOME")
    folder = Path(home).resolve() / "tmp" / "jieba" if home else Path(tempfile.gettempdir(), f"ttsai-jieba-{os.getuid()}")
    try:
        folder.mkdir(mode=0o700, parents=bool(home), exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    is_own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
    return str(folder) if is_own else tempfile.mkdtemp(prefix="ttsai-jieba-")


class ChineseG2P:
    def __init__(self, foreign: Any = None) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # jieba's regular expressions are written for an older Python
                import jieba
                from misaki.zh import ZHG2P
        except Exception as error:  # the import of a library that does not fit the others may raise anything
            raise explain_import(error, language="Chinese") from error
        jieba.setLogLevel(logging.WARNING)
        jieba.dt.tmp_dir = own_cache_folder()
        self._cut = jieba.tokenize
        self._phonemes = ZHG2P.word2ipa
        self._foreign = foreign

    def __call__(self, text: str) -> list[PhonemeWord]:
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
