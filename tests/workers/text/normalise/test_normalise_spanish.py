"""Spanish text as it is said."""

import pytest

from workers.text.normalise import normalise

SAID = {
    "what people send": {
        "C/ Sol, 5": "calle Sol, cinco",
        "visita empresa.es/ayuda": "visita empresa punto E S barra ayuda",
        "la II Guerra Mundial": "la segunda Guerra Mundial",
        "nota 4,5/5": "nota cuatro coma cinco de cinco",
        "7 - 2 = 5": "siete menos dos igual a cinco",
        "1/2 taza, 1/2 litro, 1/2 de todo": "media taza, medio litro, un medio de todo",
        "1½ kg y 2 1/2 h": "un kilogramo y medio y dos horas y media",
        "3 mill. de euros": "tres millones de euros",
        "el vol. II y el s. XIX": "el volumen dos y el siglo diecinueve",
        "ss. XVI-XVII": "siglos dieciséis a diecisiete",
        "ene. 2024 y sept. de 2023": "enero de dos mil veinticuatro y septiembre de dos mil veintitrés",
        "91 123 45 67": "nueve uno, uno dos tres, cuatro cinco, seis siete",
        "D.ª María": "doña María",
        "1 h 30 min": "una hora y treinta minutos",
        "2x más rápido": "dos veces más rápido",
        "101 dálmatas y 21 razones": "ciento un dálmatas y veintiuna razones",
        "el 3° de la clase": "el tercero de la clase",
        "9 h-17 h": "nueve horas a diecisiete horas",
        "4x100 m": "cuatro por cien metros",
        "10^6": "diez elevado a seis",
    },
    "numbers": {
        "1.234 casas": "mil doscientas treinta y cuatro casas",
        "21 personas": "veintiuna personas",
        "21 libros": "veintiún libros",
        "1 mesa": "una mesa",
        "el 21": "el veintiuno",
        "-5,75 grados": "menos cinco coma setenta y cinco grados",
        "0,5": "cero coma cinco",
        "1.001 noches": "mil una noches",
        "31 mujeres": "treinta y una mujeres",
        "20 mil personas": "veinte mil personas",
        "100 000 soldados": "cien mil soldados",
        "3.14": "tres punto catorce",
    },
    "years": {
        "en 1999": "en mil novecientos noventa y nueve",
        "en 1492": "en mil cuatrocientos noventa y dos",
    },
    "ordinals": {
        "3º": "tercero",
        "la 3.ª": "la tercera",
        "1er piso": "primer piso",
        "2.º B": "segundo B",
        "3er": "tercer",
    },
    "percent and ranges": {
        "50 %": "cincuenta por ciento",
        "10-20": "diez a veinte",
        "21 %": "veintiuno por ciento",
    },
    "money": {
        "1.234,56 €": "mil doscientos treinta y cuatro euros con cincuenta y seis céntimos",
        "$3,5M": "tres coma cinco millones de dólares",
        "£5": "cinco libras",
        "21 £": "veintiuna libras",
        "1.000.000 €": "un millón de euros",
        "1 €": "un euro",
        "3,5 M€": "tres coma cinco millones de euros",
        "20 USD": "veinte dólares",
        "US$ 50": "cincuenta dólares",
        "$1,234.56": "mil doscientos treinta y cuatro dólares con cincuenta y seis centavos",
    },
    "dates": {
        "31/12/1999": "treinta y uno de diciembre de mil novecientos noventa y nueve",
        "1 de mayo de 2026": "primero de mayo de dos mil veintiséis",
        "31.12.1999": "treinta y uno de diciembre de mil novecientos noventa y nueve",
        "el 5 de mayo de 1862": "el cinco de mayo de mil ochocientos sesenta y dos",
        "12-10-1492": "doce de octubre de mil cuatrocientos noventa y dos",
        "1999-12-31": "treinta y uno de diciembre de mil novecientos noventa y nueve",
    },
    "times": {
        "14:30": "catorce y treinta",
        "2 p. m.": "dos de la tarde.",
        "3:15 p.m.": "tres y quince de la tarde.",
        "a las 00:00": "a las doce de la noche",
        "a las 14:30 h": "a las catorce y treinta",
        "8:00-20:00": "ocho en punto a veinte horas",
    },
    "phones": {
        "+34 912 345 678": "más tres cuatro, nueve uno dos, tres cuatro cinco, seis siete ocho",
        "612 345 678": "seis uno dos, tres cuatro cinco, seis siete ocho",
        "555-1234": "cinco cinco cinco, uno dos tres cuatro",
    },
    "units": {
        "100 km/h": "cien kilómetros por hora",
        "1 h": "una hora",
        "21 h": "veintiuna horas",
        "2 t": "dos toneladas",
        "20 °C": "veinte grados Celsius",
        "-2 °C": "menos dos grados Celsius",
        "1,5 l": "uno coma cinco litros",
        "3°": "tres grados",
        "el 3° día": "el tercero día",
    },
    "fractions": {
        "1/2": "un medio",
        "3¾": "tres y tres cuartos",
        "2½": "dos y medio",
    },
    "addresses": {
        "juan@correo.es": "juan arroba correo punto E S",
        "https://ejemplo.com/a": "ejemplo punto com barra a",
    },
    "acronyms": {
        "la ONU": "la ONU",
        "FBI": "F B I",
        "el IVA": "el IVA",
        "la WWF": "la uve doble uve doble F",
        "EE. UU.": "Estados Unidos.",
        "NO ES VERDAD": "No es verdad",
    },
    "Roman numerals": {
        "el siglo XXI": "el siglo veintiuno",
        "los siglos XIX y XX": "los siglos diecinueve y veinte",
        "Carlos V": "Carlos quinto",
        "Alfonso XIII": "Alfonso trece",
        "Isabel II": "Isabel segunda",
        "Juan Carlos I": "Juan Carlos primero",
        "capítulo IV": "capítulo cuatro",
        "Benedicto XVI": "Benedicto dieciséis",
    },
    "abbreviations": {
        "El Sr. López y la Dra. Ruiz": "El señor López y la doctora Ruiz",
        "p.ej. esto": "por ejemplo esto",
        "perros, etc. Fin": "perros, etcétera. Fin",
        "Av. Libertador": "avenida Libertador",
        "n.º 5": "número cinco",
        "pág. 12": "página doce",
    },
    "signs": {
        "Pérez & Hijos": "Pérez e Hijos",
        "2+2=4": "dos más dos igual a cuatro",
        "§ 5": "sección cinco",
        "5 €/mes": "cinco euros por mes",
    },
    "emoji": {
        "¡Bien!🎉": "¡Bien! cañón de confeti",
    },
}


@pytest.mark.parametrize(("written", "spoken"), [pair for group in SAID.values() for pair in group.items()])
def test_spanish_is_said_as_a_native_reader_says_it(written: str, spoken: str) -> None:
    assert normalise(written, language="es").text == spoken
