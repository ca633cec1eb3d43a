"""Language codes of transcripts: ElevenLabs tells ISO 639-3, and accepts it beside ISO 639-1."""

from typing import Final

_CODES: Final = (
    "af:afr am:amh ar:ara as:asm az:aze ba:bak be:bel bg:bul bn:ben bo:bod br:bre bs:bos ca:cat cs:ces cy:cym da:dan de:deu el:ell en:eng es:spa "
    "et:est eu:eus fa:fas fi:fin fo:fao fr:fra gl:glg gu:guj ha:hau haw:haw he:heb hi:hin hr:hrv ht:hat hu:hun hy:hye id:ind is:isl it:ita ja:jpn "
    "jw:jav ka:kat kk:kaz km:khm kn:kan ko:kor la:lat lb:ltz ln:lin lo:lao lt:lit lv:lav mg:mlg mi:mri mk:mkd ml:mal mn:mon mr:mar ms:msa mt:mlt "
    "my:mya ne:nep nl:nld nn:nno no:nor oc:oci pa:pan pl:pol ps:pus pt:por ro:ron ru:rus sa:san sd:snd si:sin sk:slk sl:slv sn:sna so:som sq:sqi "
    "sr:srp su:sun sv:swe sw:swa ta:tam te:tel tg:tgk th:tha tk:tuk tl:tgl tr:tur tt:tat uk:ukr ur:urd uz:uzb vi:vie yi:yid yo:yor yue:yue zh:zho"
)
LONG_CODES: Final = dict(pair.split(":") for pair in _CODES.split())
SHORT_CODES: Final = {long: short for short, long in LONG_CODES.items()} | {"fil": "tl", "cmn": "zh", "jav": "jw"}


def long_code(tag: str) -> str:
    """`eng` for `en`; an unknown tag unchanged."""
    return LONG_CODES.get(tag, tag)


def short_code(code: str) -> str:
    """`en` for `eng`; anything else unchanged."""
    return SHORT_CODES.get(code.casefold(), code)
