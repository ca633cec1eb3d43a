"""Every row of say-as in Portuguese."""

from workers.text.say_as import say_as

ROWS = {
    "cardinal": {
        "1234": "mil duzentos e trinta e quatro",
        "1,234": "um vírgula dois três quatro",
        "0": "zero",
        "21": "vinte e um",
        "100": "cem",
        "1000000": "um milhão",
        "-5": "menos cinco",
        "2026": "dois mil e vinte e seis",
        "200": "duzentos",
        "1100": "mil e cem",
    },
    "ordinal": {
        "1": "primeiro",
        "2": "segundo",
        "3": "terceiro",
        "21": "vigésimo primeiro",
        "100": "centésimo",
    },
    "date": {
        "1999-12-31": "trinta e um de dezembro de mil novecentos e noventa e nove",
        "2026-04-26": "vinte e seis de abril de dois mil e vinte e seis",
        "2026-05-01": "primeiro de maio de dois mil e vinte e seis",
        "12/31/1999": "trinta e um de dezembro de mil novecentos e noventa e nove",
        "05/06/2020": "cinco de junho de dois mil e vinte",
    },
    "time": {
        "14:30": "quatorze e trinta",
        "9:05": "nove e cinco",
        "9:00": "nove horas",
        "1:00": "uma hora",
        "00:00": "meia-noite",
        "12:00": "meio-dia",
        "2:30 PM": "duas e trinta da tarde",
        "14:30:15": "quatorze horas, trinta minutos e quinze segundos",
    },
    "telephone": {
        "+1-555-867-5309": "mais um, cinco cinco cinco, oito seis sete, cinco três zero nove",
        "555 1234": "cinco cinco cinco, um dois três quatro",
    },
    "currency": {
        "$1,234.56": "mil duzentos e trinta e quatro dólares e cinquenta e seis centavos",
        "€1": "um euro",
        "1.234,56 €": "mil duzentos e trinta e quatro euros e cinquenta e seis centavos",
        "£2.01": "duas libras e um pêni",
        "¥500": "quinhentos ienes",
        "EUR 20": "vinte euros",
        "20 USD": "vinte dólares",
        "$0.99": "noventa e nove centavos",
        "$1000000": "um milhão de dólares",
        "21 GBP": "vinte e uma libras",
        "R$ 1.234,56": "mil duzentos e trinta e quatro reais e cinquenta e seis centavos",
        "R$ 1": "um real",
    },
    "spell-out": {
        "NASA": "N A S A",
        "Ab3": "A B três",
        "ção": "C cedilha A com til Ó",
    },
    "characters": {
        "a@b.c": "A arroba B ponto C",
    },
    "fraction": {
        "1/2": "um meio",
        "3/4": "três quartos",
        "2 1/2": "dois e meio",
    },
    "unit": {
        "10 km/h": "dez quilômetros por hora",
        "1 kg": "um quilograma",
        "21 h": "vinte e uma horas",
    },
    "digits": {
        "0042": "zero zero quatro dois",
    },
}


ALL = [(kind, written, spoken) for kind, row in ROWS.items() for written, spoken in row.items()]


def test_portuguese_numbers_and_dates_match_a_native_reading() -> None:
    assert {
        (interpret_as, written): said
        for interpret_as, written, spoken in ALL
        if (said := say_as(written, interpret_as=interpret_as, language="pt")) != spoken
    } == {}
