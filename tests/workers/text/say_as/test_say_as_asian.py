"""Every row of say-as in Chinese, Japanese and Hindi."""

import pytest

from workers.text.say_as import SayAsError, say_as

ROWS = {
    "cardinal": {"1234": ("一千二百三十四", "千二百三十四", "एक हज़ार दो सौ चौंतीस"), "100000": ("十万", "十万", "एक लाख")},
    "ordinal": {"21": ("第二十一", "二十一番目", "इक्कीसवाँ")},
    "date": {"1999-12-31": ("一九九九年十二月三十一日", "千九百九十九年十二月三十一日", "इकतीस दिसंबर उन्नीस सौ निन्यानवे")},
    "time": {"14:30": ("十四点三十分", "十四時三十分", "चौदह बजकर तीस मिनट")},
    "telephone": {"555-8675": ("五五五, 八六七五", "ゴ ゴ ゴ, ハチ ロク ナナ ゴ", "पाँच पाँच पाँच, आठ छह सात पाँच")},
    "currency": {
        "$1,234.56": ("一千二百三十四美元五十六美分", "千二百三十四ドル五十六セント", "एक हज़ार दो सौ चौंतीस डॉलर और छप्पन सेंट"),
        "¥500": ("五百元", "五百円", "पाँच सौ येन"),
    },
    "spell-out": {"NASA": ("N A S A", "エヌ エー エス エー", "एन ए एस ए")},
    "fraction": {"3/4": ("四分之三", "四分の三", "तीन चौथाई")},
    "unit": {"10 km/h": ("十公里每小时", "十キロメートル毎時", "दस किलोमीटर प्रति घंटा")},
}
ALL = [
    (language, kind, written, spoken)
    for kind, row in ROWS.items()
    for written, forms in row.items()
    for language, spoken in zip(("zh", "ja", "hi"), forms, strict=True)
]


def test_each_language_says_it_its_own_way() -> None:
    assert {
        (language, interpret_as, written): said
        for language, interpret_as, written, spoken in ALL
        if (said := say_as(written, interpret_as=interpret_as, language=language)) != spoken
    } == {}


def test_say_as_accepts_the_languages_own_notation() -> None:
    cases = [
        ("zh", "date", "1999年12月31日", "一九九九年十二月三十一日"),
        ("zh", "date", "12月31号", "十二月三十一日"),
        ("ja", "date", "1999年12月31日", "千九百九十九年十二月三十一日"),
        ("ja", "time", "14時30分", "十四時三十分"),
        ("zh", "time", "14点30分", "十四点三十分"),
        ("hi", "date", "31 दिसंबर 1999", "इकतीस दिसंबर उन्नीस सौ निन्यानवे"),
    ]
    assert {
        (language, interpret_as, written): said
        for language, interpret_as, written, spoken in cases
        if (said := say_as(written, interpret_as=interpret_as, language=language)) != spoken
    } == {}


@pytest.mark.parametrize("written", ["13月1日", "1月32日", "年月日"])
def test_a_date_that_does_not_exist_is_refused_in_chinese_too(written: str) -> None:
    with pytest.raises(SayAsError):
        say_as(written, interpret_as="date", language="zh")
