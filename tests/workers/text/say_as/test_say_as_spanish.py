"""Every row of say-as in Spanish."""

from workers.text.say_as import say_as

ROWS = {
    "cardinal": {
        "1234": "mil doscientos treinta y cuatro",
        "1,234": "uno coma dos tres cuatro",
        "0": "cero",
        "21": "veintiuno",
        "100": "cien",
        "1000000": "un millón",
        "-5": "menos cinco",
        "2026": "dos mil veintiséis",
        "1.234,5": "mil doscientos treinta y cuatro coma cinco",
    },
    "ordinal": {
        "1": "primero",
        "2": "segundo",
        "3": "tercero",
        "21": "vigésimo primero",
        "100": "centésimo",
    },
    "date": {
        "1999-12-31": "treinta y uno de diciembre de mil novecientos noventa y nueve",
        "2026-04-26": "veintiséis de abril de dos mil veintiséis",
        "2026-05-01": "primero de mayo de dos mil veintiséis",
        "12/31/1999": "treinta y uno de diciembre de mil novecientos noventa y nueve",
        "05/06/2020": "cinco de junio de dos mil veinte",
    },
    "time": {
        "14:30": "catorce y treinta",
        "9:05": "nueve y cinco",
        "9:00": "nueve en punto",
        "1:00": "una en punto",
        "00:00": "doce de la noche",
        "12:00": "doce del mediodía",
        "2:30 PM": "dos y treinta de la tarde",
        "14:30:15": "catorce horas, treinta minutos y quince segundos",
    },
    "telephone": {
        "+1-555-867-5309": "más uno, cinco cinco cinco, ocho seis siete, cinco tres cero nueve",
        "555 1234": "cinco cinco cinco, uno dos tres cuatro",
    },
    "currency": {
        "$1,234.56": "mil doscientos treinta y cuatro dólares con cincuenta y seis centavos",
        "€1": "un euro",
        "1.234,56 €": "mil doscientos treinta y cuatro euros con cincuenta y seis céntimos",
        "£2.01": "dos libras con un penique",
        "¥500": "quinientos yenes",
        "EUR 20": "veinte euros",
        "20 USD": "veinte dólares",
        "$0.99": "noventa y nueve centavos",
        "$1000000": "un millón de dólares",
        "21 GBP": "veintiuna libras",
    },
    "spell-out": {
        "NASA": "N A S A",
        "Ab3": "A B tres",
        "Ñandú": "eñe A N D U con acento",
        "YW": "i griega uve doble",
    },
    "characters": {
        "a@b.c": "A arroba B punto C",
    },
    "fraction": {
        "1/2": "un medio",
        "3/4": "tres cuartos",
        "2 1/2": "dos y medio",
    },
    "unit": {
        "10 km/h": "diez kilómetros por hora",
        "1 kg": "un kilogramo",
        "21 h": "veintiuna horas",
    },
    "digits": {
        "0042": "cero cero cuatro dos",
    },
}


ALL = [(kind, written, spoken) for kind, row in ROWS.items() for written, spoken in row.items()]


def test_spanish_numbers_and_dates_match_a_native_reading() -> None:
    assert {
        (interpret_as, written): said
        for interpret_as, written, spoken in ALL
        if (said := say_as(written, interpret_as=interpret_as, language="es")) != spoken
    } == {}
