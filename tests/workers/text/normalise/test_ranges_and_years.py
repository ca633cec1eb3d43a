"""Ranges whose unit stands twice, years, thousands with plain spaces, mixed numbers and money without its zero."""

from workers.text.normalise import normalise

RANGES = {
    "en": {
        "5 kg - 10 kg, 10°C–15°C": "five to ten kilograms, ten to fifteen degrees Celsius",
        "$500k-$1.5M": "five hundred thousand to one point five million dollars",
        "$1.50-$2.00": "one dollar and fifty cents to two dollars",
        "5%-10% or €5–€10": "five to ten percent or five to ten euros",
        "500g-1kg": "five hundred grams to one kilogram",
        "5M-10M users": "five to ten million users",
        "10 kg - 4 kg = 6 kg": "ten kilograms - four kilograms equals six kilograms",
        "$5-off": "five dollars-off",
        "$20-30k, €5–10m": "twenty to thirty thousand dollars, five to ten million euros",
    },
    "fr": {"5 €-10 €": "cinq à dix euros", "5kg-10kg": "cinq à dix kilogrammes"},
    "es": {"1lb-2lb": "una a dos libras", "5%-10%": "cinco a diez por ciento"},
    "it": {"5€-10€": "cinque a dieci euro"},
    "pt": {"R$5-R$10": "cinco a dez reais"},
    "de": {"1kg-2kg": "ein bis zwei Kilogramm", "5 Mio. € – 10 Mio. €": "fünf bis zehn Millionen Euro"},
    "zh": {"5%-10%": "百分之五到百分之十", "5kg-10kg": "五到十公斤"},
    "ja": {"10°C〜15°C": "十から十五度"},
    "hi": {"₹5-₹10": "पाँच से दस रुपये"},
}
YEARS = {
    "en": {
        "(b. 1485), Mozart (1756–91)": "(b. fourteen eighty-five), Mozart (seventeen fifty-six to ninety-one)",
        "between 1450 and 1485": "between fourteen fifty and fourteen eighty-five",
        "the 1666 fire, the 1450s, 1066 AD": "the sixteen sixty-six fire, the fourteen fifties, ten sixty-six A D",
        "Built 1884 by Eiffel.": "Built eighteen eighty-four by Eiffel.",
        "We built 1200 houses.": "We built one thousand two hundred houses.",
        "1200-1500 people": "one thousand two hundred to one thousand five hundred people",
        "the 1200 people": "the one thousand two hundred people",
        "pages 1200-1300": "pages one thousand two hundred to one thousand three hundred",
    },
    "de": {
        "Goethe (1749-1832)": "Goethe (siebzehnhundertneunundvierzig bis achtzehnhundertzweiunddreißig)",
        "Er wurde 1485 geboren.": "Er wurde vierzehnhundertfünfundachtzig geboren.",
        "1485 Menschen": "eintausendvierhundertfünfundachtzig Menschen",
    },
    "hi": {"(1564-1616)": "(पंद्रह सौ चौंसठ से सोलह सौ सोलह)"},
    "zh": {"(1564-1616)": "(一五六四到一六一六)"},
}
THOUSANDS = {
    "en": {
        "12 500 km": "twelve thousand five hundred kilometers",
        "$10 000": "ten thousand dollars",
        "5 100 metre races": "five one hundred metre races",
        "100 200 300": "one hundred two hundred three hundred",
        "in 2020 300 people": "in twenty twenty three hundred people",
        "1 234.5 kg": "one thousand two hundred thirty-four point five kilograms",
    },
    "es": {"1 234 567 personas": "un millón doscientas treinta y cuatro mil quinientas sesenta y siete personas"},
    "it": {"10 000 km": "diecimila chilometri"},
    "pt": {"10 000 km": "dez mil quilômetros"},
}
FRACTIONS = {
    "en": {
        "2-3/4 inches": "two and three quarters inches",
        "1-½ cups": "one and a half cups",
        "10-20/30": "ten to twenty out of thirty",
        "$.50 and -$.75": "fifty cents and minus seventy-five cents",
        ".5kg, .25%": "zero point five kilograms, zero point two five percent",
    },
    "de": {"1-1/2 Tassen": "eineinhalb Tassen"},
}


def test_adjacent_numbers_are_spoken_by_their_meaning() -> None:
    cases = [(code, *pair) for kind in (RANGES, YEARS, THOUSANDS, FRACTIONS) for code, group in kind.items() for pair in group.items()]
    assert {
        (language, written): said for language, written, spoken in cases if (said := normalise(written, language=language).text) != spoken
    } == {}
