"""Writes workers/text/cldr.toml from CLDR, as Babel holds it. Usage: `python -m tools.cldr`.

The workers and the platform read the file: Babel itself would add 36 MB to each image and 13 MB to each process.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel import Locale

FILE: Final = Path(__file__).resolve().parents[1] / "workers" / "text" / "cldr.toml"
OTHERS_FILE: Final = FILE.with_name("other_languages.toml")
SPOKEN: Final = ("de", "en", "es", "fr", "hi", "it", "ja", "pt")
"""Languages whose normalisation says names of months."""
NAMED: Final = [
    "af",
    "am",
    "ar",
    "as",
    "az",
    "ba",
    "be",
    "bg",
    "bo",
    "br",
    "bs",
    "ca",
    "cs",
    "cy",
    "da",
    "de",
    "el",
    "en",
    "eo",
    "es",
    "et",
    "eu",
    "fa",
    "fi",
    "fo",
    "fr",
    "ga",
    "gl",
    "gu",
    "ha",
    "haw",
    "he",
    "hi",
    "hr",
    "ht",
    "hu",
    "hy",
    "id",
    "is",
    "it",
    "ja",
    "jv",
    "ka",
    "kk",
    "km",
    "kn",
    "ko",
    "la",
    "lb",
    "ln",
    "lo",
    "lt",
    "lv",
    "mg",
    "mk",
    "ml",
    "mn",
    "mr",
    "ms",
    "mt",
    "my",
    "nb",
    "ne",
    "nl",
    "nn",
    "no",
    "oc",
    "pa",
    "pl",
    "ps",
    "pt",
    "ro",
    "ru",
    "sa",
    "sd",
    "si",
    "sk",
    "sl",
    "sn",
    "so",
    "sq",
    "sr",
    "su",
    "sv",
    "sw",
    "ta",
    "te",
    "tg",
    "th",
    "tk",
    "tl",
    "tr",
    "tt",
    "uk",
    "ur",
    "uz",
    "vi",
    "xh",
    "yi",
    "yo",
    "yue",
    "zh",
    "zu",
]
"""Languages with an English name; workers/text/cldr.py adds those that CLDR calls otherwise."""


def render() -> str:
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Names from CLDR, written by `python -m tools.cldr`."
    yield ""
    yield "# January first."
    yield "[months]"
    for code in SPOKEN:
        months = Locale(code).months["format"]["wide"]
        yield f"{code} = {_quote([months[month] for month in range(1, 13)])}"
    yield ""
    yield "# English names of languages by primary tag."
    yield "[languages]"
    names = Locale("en").languages
    for code in NAMED:
        yield f"{code} = {_quote(names[code])}"


def render_others() -> str:
    return "\n".join(_other_lines()) + "\n"


def _other_lines() -> Iterator[str]:
    yield "# English names from CLDR of the languages that cldr.toml leaves out, written by `python -m tools.cldr`."
    names = Locale("en").languages
    for code in sorted({*names} - {*NAMED}):
        if code.isalpha():
            yield f"{code} = {_quote(names[code])}"


def _quote(value: str | list[str]) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    FILE.write_text(render(), encoding="utf-8")
    OTHERS_FILE.write_text(render_others(), encoding="utf-8")
