"""Chinese, Japanese and Hindi: figures as their G2P reads them right."""

import pytest

from workers.text.normalise import normalise

SAID = {
    "zh": {
        "今天是2026年4月26日，下午14点30分。": "今天是二零二六年四月二十六日，下午十四点三十分。",
        "有5个人，花了12.5元，增长5%！": "有五个人，花了十二元五角，增长百分之五！",
        "价格是$3.50": "价格是三美元五十美分",
        "电话13812345678": "电话一三八一二三四五六七八",
        "3.5万人，10-20岁，第3名": "三点五万人，十到二十岁，第三名",
        "速度100km/h，1/2": "速度一百公里每小时，二分之一",
        "１０３００": "一万零三百",
        "FBI 🎉": "FBI 拉炮彩带",
    },
    "ja": {
        "今日は2026年4月1日14時30分です。": "今日は二千二十六年四月一日十四時三十分です。",
        "3人、500円、$5、5%、100km": "三人、五百円、五ドル、五パーセント、百キロメートル",
        "あと10分！": "あとじゅっぷん！",
        "1,234円、３．１４": "千二百三十四円、三点一四",
        "10-20、14:30": "十から二十、十四時三十分",
    },
    "hi": {
        "आज 26/04/2026 है, 14:30 बजे": "आज छब्बीस अप्रैल दो हज़ार छब्बीस है, चौदह बजकर तीस मिनट",
        "₹500, 5%, 10 km, 1,00,000 लोग, १२३": "पाँच सौ रुपये, पाँच प्रतिशत, दस किलोमीटर, एक लाख लोग, एक सौ तेईस",
    },
}


@pytest.mark.parametrize(("language", "written", "spoken"), [(code, *pair) for code, group in SAID.items() for pair in group.items()])
def test_figures_are_said_in_the_language(language: str, written: str, spoken: str) -> None:
    assert normalise(written, language=language).text == spoken
