"""Comparison signs, powers, units with exponents and chemical formulas."""

from workers.text.normalise import normalise

COMPARISONS = {
    "en": {
        "x>y, x < y and a<b": "x greater than y, x less than y and a less than b",
        "n >= 10, n≤10": "n greater than or equal to ten, n less than or equal to ten",
        "p<0.001; temp > -5; cost > $5": "p less than zero point zero zero one; temp greater than minus five; cost greater than five dollars",
        "a == b, a <> b, +/-5 %": "a equals b, a not equal to b, plus or minus five percent",
        "y =< 3": "y less than or equal to three",
        "takes <3 days": "takes less than three days",
        "I <3 you. Love <3!": "I heart you. Love heart!",
        "a -> b => c": "a to b to c",
        "> a quoted line": "a quoted line",
        "Hi\n> a quoted line": "Hi a quoted line",
        "<user@example.com>": "user at example dot com",
        "vector<int> here": "vector int here",
        "== Heading ==": "Heading",
    },
    "fr": {"x != 3": "x différent de trois", "une dose < 5 mg": "une dose inférieur à cinq milligrammes"},
    "de": {"Alter >= 18": "Alter größer oder gleich achtzehn", "x<5": "x kleiner als fünf"},
    "es": {"edad <= 18": "edad menor o igual que dieciocho"},
    "it": {"età >= 18": "età maggiore o uguale a diciotto"},
    "pt": {"idade >= 18": "idade maior ou igual a dezoito"},
    "zh": {"年龄>=18岁，a != b": "年龄大于等于十八岁，a 不等于 b"},
    "ja": {"年齢>=18歳、<5%": "年齢十八歳以上、五パーセント未満"},
    "hi": {"उम्र >= 18": "उम्र अठारह से ज़्यादा या बराबर"},
}
POWERS = {
    "en": {
        "2×10⁻⁹ s": "two times ten to the power of minus nine seconds",
        "5 kg·m⁻³ and 10 s⁻¹": "five kilograms per cubic meter and ten per second",
        "4.18 J·g⁻¹·K⁻¹": "four point one eight joules per gram per kelvin",
        "9.8 m/s^2, 3 m s^-1": "nine point eight meters per second squared, three meters per second",
        "1.5e-3, 6.02E+23": "one point five times ten to the power of minus three, six point zero two times ten to the power of twenty-three",
        "10^{-3}, x^n, x⁻¹": "ten to the power of minus three, x to the power of n, x to the power of minus one",
        "CO₂, Ca(OH)₂ and Fe2O3": "C O two, C A O H two and F E two O three",
        "Ca²⁺, SO₄²⁻": "C A two plus, S O four two minus",
        "x₁ + x₂": "x one plus x two",
        "McDonald, NaCl, PhD": "McDonald, NaCl, PhD",
    },
    "fr": {"9,8 m·s⁻²": "neuf virgule huit mètres par seconde au carré", "le 2e jour": "le deuxième jour"},
    "de": {"10⁻³": "zehn hoch minus drei"},
    "zh": {"10⁻³": "十的负三次方"},
    "ja": {"10^6": "十の六乗"},
    "hi": {"10⁻³": "दस की घात माइनस तीन"},
}


def test_signs_of_mathematics_are_said_with_their_names() -> None:
    cases = [(code, *pair) for kinds in (COMPARISONS, POWERS) for code, group in kinds.items() for pair in group.items()]
    assert {
        (language, written): said
        for language, written, spoken in cases
        if (said := " ".join(normalise(written, language=language).text.split())) != spoken
    } == {}
