"""Rows of say-as in each language of Kokoro, in a sentence of that language. German: test_german.py."""

from workers.text.say_as import say_as

ROWS = {
    "cardinal": "1234",
    "ordinal": "21",
    "date": "1999-12-31",
    "time": "14:30",
    "telephone": "+1-555-867-5309",
    "currency": "$1,234.56",
    "spell-out": "KLM",
}
"""Examples of each say-as type. Spelled letters form no word in any language, or the recogniser would write the same for both; NASA is in
test_spelled.py.
"""

MISREADINGS = {
    "cardinal": (("digits", "1234"), ("cardinal", "4321"), ("time", "12:34")),
    "ordinal": (("cardinal", "21"), ("ordinal", "12"), ("digits", "21")),
    "date": (("digits", "19991231"), ("date", "1989-11-13"), ("date", "1999-03-05")),
    "time": (("cardinal", "1430"), ("time", "4:13"), ("digits", "1430")),
    "telephone": (("cardinal", "15558675309"), ("telephone", "+1-444-321-1200"), ("telephone", "+7-900-867-1309")),
    "currency": (("digits", "123456"), ("currency", "€1,234.56"), ("currency", "$4,321.65")),
    "spell-out": (("characters", "NSA"), ("characters", "XYZ"), ("characters", "KL")),
}
"""Transcripts that a wrong reading would produce."""

VOICES = {
    "en": "af_heart",
    "es": "ef_dora",
    "fr": "ff_siwis",
    "it": "if_sara",
    "pt": "pf_dora",
    "hi": "hf_alpha",
    "ja": "jf_alpha",
    "zh": "zf_xiaoxiao",
}

SENTENCES = {
    "en": {
        "cardinal": "The town has {} houses.", "ordinal": "She came in as the {}.", "date": "The letter is from {}.", "time": "The train leaves at {}.",
        "telephone": "Please call {}.", "currency": "The bill is {}.", "spell-out": "He wrote {} on the wall.",
    },
    "es": {
        "cardinal": "El pueblo tiene {} vecinos.", "ordinal": "Ella vive en el {} piso.", "date": "La carta es del {}.", "time": "El tren sale a las {}.",
        "telephone": "El número de teléfono es {}.", "currency": "La cuenta es de {}.", "spell-out": "Escribió {} en la pared.",
    },
    "fr": {
        "cardinal": "Le village compte {} maisons.", "ordinal": "C'est le {} étage.", "date": "La lettre date du {}.", "time": "Le train part à {}.",
        "telephone": "Le numéro de téléphone est {}.", "currency": "La facture s'élève à {}.", "spell-out": "Il a écrit {} sur le mur.",
    },
    "it": {
        "cardinal": "Il paese ha {} abitanti.", "ordinal": "Lui è arrivato {}.", "date": "La lettera è del {}.", "time": "Il treno parte alle {}.",
        "telephone": "Il numero di telefono è {}.", "currency": "Il conto è di {}.", "spell-out": "Ha scritto {} sul muro.",
    },
    "pt": {
        "cardinal": "A cidade tem {} prédios.", "ordinal": "Este é o {} andar.", "date": "A carta é de {}.", "time": "O trem sai às {}.",
        "telephone": "O número de telefone é {}.", "currency": "A conta é de {}.", "spell-out": "Ele escreveu {} na parede.",
    },
    "hi": {
        "cardinal": "गाँव में {} घर हैं।", "ordinal": "यह {} दिन है।", "date": "यह पत्र {} का है।", "time": "ट्रेन {} पर चलती है।",
        "telephone": "फ़ोन नंबर है {}।", "currency": "बिल {} का है।", "spell-out": "उसने दीवार पर {} लिखा।",
    },
    "ja": {
        "cardinal": "この町には家が{}あります。", "ordinal": "彼女は{}です。", "date": "手紙の日付は{}です。", "time": "電車は{}に出ます。",
        "telephone": "電話番号は{}です。", "currency": "値段は{}です。", "spell-out": "壁に{}と書きました。",
    },
    "zh": {
        "cardinal": "这个村子有{}座房子。", "ordinal": "她是{}名。", "date": "这封信的日期是{}。", "time": "火车{}开。",
        "telephone": "电话号码是{}。", "currency": "账单是{}。", "spell-out": "他在墙上写了{}。",
    },
}  # fmt: skip


def markup(row: str, *, language: str) -> str:
    """The sentence with its element."""
    return SENTENCES[language][row].format(f'<say-as interpret-as="{row}">{ROWS[row]}</say-as>')


def spoken_form(row: str, *, language: str) -> str:
    """The sentence in words."""
    return SENTENCES[language][row].format(say_as(ROWS[row], interpret_as=row, language=language))


def misreadings(row: str, *, language: str) -> list[str]:
    """The sentence with a wrong reading of the element."""
    said = (say_as(text, interpret_as=kind, language=language) for kind, text in MISREADINGS[row])
    return [SENTENCES[language][row].format(words) for words in said]
