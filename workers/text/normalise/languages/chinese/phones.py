"""Chinese telephone numbers: digit by digit, with one as yāo."""

import re
from typing import Final

MOBILE: Final = re.compile(r"(?<![\d.])1[3-9]\d(?:[ -]?\d{4}){2}(?![\d.]*\d|[元块塊人万萬亿億])")
CALLED: Final = re.compile(r"\d{3,12}(?![\d.,]*\d|-\d|[A-Za-z%％折分次个個元块塊米年月天小秒件页頁题題号號人万萬亿億千百十公斤毫升])")
CALL_BEFORE: Final = re.compile(
    r"(?:[拨撥打]|[拨撥]打|致[电電]|[电電][话話]|热线|熱線|呼叫|手机|手機|专线|專線|号码|號碼)[是为為：:到给給了过過\s]{0,3}$"
)
"""Words that precede a number to call."""
SERVICE: Final = re.compile(
    r"(?<![\d.])(?:1(?:10|19|20|22)|1[0-9]{4}|9[56]\d{3})(?=报警|報警|急救|火警|匪警|救护|救護|热线|熱線|客服|电话|電話|专线)"
)
LOOK_BACK: Final = 8


def say_digits(digits: str) -> str:
    """Digits of a telephone number; other characters are omitted."""
    return "".join("零幺二三四五六七八九"[int(character)] for character in digits if character.isdecimal())


def read_called_number(text: str, position: int) -> tuple[int, str] | None:
    """End and words of a mobile number, a number after "call", or an emergency or service number."""
    match = MOBILE.match(text, position) or SERVICE.match(text, position)
    if match is None and CALL_BEFORE.search(text[max(0, position - LOOK_BACK) : position]):
        match = CALLED.match(text, position)
    return (match.end(), say_digits(match[0])) if match else None
