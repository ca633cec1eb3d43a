"""Portuguese text as it is said."""

from workers.text.normalise import normalise

SAID = {
    "what people send": {
        "a II Guerra Mundial, o II Congresso": "a segunda Guerra Mundial, o segundo Congresso",
        "7 - 2 = 5": "sete menos dois igual a cinco",
        "1/2 xícara, 1/2 litro": "meia xícara, meio litro",
        "1½ kg": "um quilograma e meio",
        "2 colheres": "duas colheres",
        "de 2010-2015": "de dois mil e dez a dois mil e quinze",
        "10x sem juros e 2x mais": "dez vezes sem juros e duas vezes mais",
        "N.º 5": "número cinco",
        "CEP 01310-100": "CEP zero um três um zero, um zero zero",
        "das 9h-17h": "das nove horas a dezessete horas",
        "jan. 2024": "janeiro de dois mil e vinte e quatro",
        "Pça. da Sé": "praça da Sé",
        "1 h 30 min": "uma hora e trinta minutos",
        "3 mi": "três milhões",
        "o 1°": "o primeiro",
        "3456-7890": "três quatro cinco seis, sete oito nove zero",
    },
    "numbers": {
        "1.234 casas": "mil duzentas e trinta e quatro casas",
        "21 pessoas": "vinte e uma pessoas",
        "2 mesas": "duas mesas",
        "200 casas": "duzentas casas",
        "1.002 noites": "mil e duas noites",
        "22 homens": "vinte e dois homens",
        "-5,75 graus": "menos cinco vírgula setenta e cinco graus",
        "0,5": "zero vírgula cinco",
        "16": "dezesseis",
    },
    "years": {
        "em 1999": "em mil novecentos e noventa e nove",
    },
    "ordinals": {
        "3º": "terceiro",
        "1ª vez": "primeira vez",
    },
    "percent and ranges": {
        "50%": "cinquenta por cento",
        "10-20": "dez a vinte",
    },
    "money": {
        "R$ 1.234,56": "mil duzentos e trinta e quatro reais e cinquenta e seis centavos",
        "R$ 5,50": "cinco reais e cinquenta centavos",
        "R$ 0,50": "cinquenta centavos",
        "R$ 1 mil": "mil reais",
        "R$ 5 milhões": "cinco milhões de reais",
        "R$ 3,5 mi": "três vírgula cinco milhões de reais",
        "R$ 1.000.000": "um milhão de reais",
        "1 €": "um euro",
        "20 USD": "vinte dólares",
        "21 £": "vinte e uma libras",
    },
    "dates": {
        "31/12/1999": "trinta e um de dezembro de mil novecentos e noventa e nove",
        "1 de maio de 2026": "primeiro de maio de dois mil e vinte e seis",
        "1º de maio": "primeiro de maio",
        "7 de setembro de 1822": "sete de setembro de mil oitocentos e vinte e dois",
        "1999-12-31": "trinta e um de dezembro de mil novecentos e noventa e nove",
    },
    "times": {
        "14:30": "quatorze e trinta",
        "14h30": "quatorze e trinta",
        "às 14h": "às quatorze horas",
        "12:00": "meio-dia",
        "às 12:00": "às doze horas",
        "00:00": "meia-noite",
        "Às 8h30": "Às oito e trinta",
    },
    "phones": {
        "(11) 91234-5678": "um um, nove um dois três quatro, cinco seis sete oito",
        "+55 11 91234-5678": "mais cinco cinco, um um, nove um dois três quatro, cinco seis sete oito",
    },
    "units": {
        "100 km/h": "cem quilômetros por hora",
        "1 h": "uma hora",
        "2 h": "duas horas",
        "20 °C": "vinte graus Celsius",
        "1,5 km": "um vírgula cinco quilômetros",
    },
    "fractions": {
        "1/2": "um meio",
        "3¾": "três e três quartos",
        "2½": "dois e meio",
    },
    "addresses": {
        "joao@exemplo.com": "joao arroba exemplo ponto com",
    },
    "acronyms": {
        "a ONU": "a ONU",
        "FBI": "F B I",
        "o SUS": "o SUS",
        "os EUA": "os É U A",
    },
    "Roman numerals": {
        "o século XXI": "o século vinte e um",
        "D. Pedro II": "dom Pedro segundo",
        "João Paulo II": "João Paulo segundo",
        "capítulo IV": "capítulo quatro",
        "D. João VI": "dom João sexto",
    },
    "abbreviations": {
        "O Sr. Silva e a Dra. Costa": "O senhor Silva e a doutora Costa",
        "p.ex. isto": "por exemplo isto",
        "etc. Fim": "et cetera. Fim",
        "nº 5": "número cinco",
    },
    "signs": {
        "A & B": "A e B",
        "2+2=4": "dois mais dois igual a quatro",
    },
    "emoji": {
        "Boa 🎉": "Boa cone de festa",
    },
}


def test_portuguese_is_said_as_a_native_reader_says_it() -> None:
    cases = [pair for group in SAID.values() for pair in group.items()]
    assert {written: said for written, spoken in cases if (said := normalise(written, language="pt").text) != spoken} == {}
