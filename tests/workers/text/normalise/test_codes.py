"""Codes are read digit by digit, quantities and years are not."""

from workers.text.normalise import normalise

SAID = {
    "en": {
        "482913 is your login code.": "four eight two nine one three is your login code.",
        "Use code 482 913 to sign in.": "Use code four eight two, nine one three to sign in.",
        "ZIP 90210, area code 415": "Zip nine zero two one zero, area code four one five",
        "order number 48213 and tracking number 7391": "order number four eight two one three and tracking number seven three nine one",
        "booking reference AB1234": "booking reference A B one two three four",
        "the card ending in 1984": "the card ending in one nine eight four",
        "the war ending in 1945": "the war ending in nineteen forty-five",
        "The code is 5000 lines long.": "The code is five thousand lines long.",
        "We wrote the code in 2019.": "We wrote the code in twenty nineteen.",
        "an order of 5000 chairs": "an order of five thousand chairs",
        "card number ending 4242": "card number ending four two four two",
        "status_code == 200, ending 5000 jobs": "status code equals two hundred, ending five thousand jobs",
        "PIN: 12": "Pin: twelve",
    },
    "fr": {
        "Votre code de vérification est 4821.": "Votre code de vérification est quatre huit deux un.",
        "code postal 75001": "code postal sept cinq zéro zéro un",
        "Commande n° 48213": "Commande numéro quatre huit deux un trois",
        "le code civil de 1804": "le code civil de mille huit cent quatre",
    },
    "es": {
        "código postal 28013": "código postal dos ocho cero uno tres",
        "tarjeta terminada en 4821": "tarjeta terminada en cuatro ocho dos uno",
        "Pedido nº 48213": "Pedido número cuatro ocho dos uno tres",
        "el código civil de 1889": "el código civil de mil ochocientos ochenta y nueve",
    },
    "it": {"Il PIN è 4821.": "Il PIN è quattro otto due uno.", "CAP 20121": "Cap due zero uno due uno"},
    "pt": {"A senha é 4821.": "A senha é quatro oito dois um.", "CEP 01310-100": "CEP zero um três um zero, um zero zero"},
    "de": {"Ihr Code lautet 4821.": "Ihr Code lautet vier acht zwei eins.", "Bestellnummer 482": "Bestellnummer vier acht zwei"},
    "zh": {"您的验证码是482913。": "您的验证码是四八二九一三。", "尾号4821的卡": "尾号四八二一的卡"},
    "ja": {"暗証番号は4821です。": "暗証番号はヨン ハチ ニ イチです。"},
    "hi": {"आपका कोड 482913 है।": "आपका कोड चार आठ दो नौ एक तीन है।"},
}


def test_a_code_is_read_digit_by_digit_and_a_quantity_is_not() -> None:
    cases = [(code, *pair) for code, group in SAID.items() for pair in group.items()]
    assert {
        (language, written): said for language, written, spoken in cases if (said := normalise(written, language=language).text) != spoken
    } == {}
