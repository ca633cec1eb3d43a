"""Italian text as it is said."""

from workers.text.normalise import normalise

SAID = {
    "what people send": {
        "alle 14.30, ore 9.00-17.00": "alle quattordici e trenta, ore nove a diciassette",
        "versione 14.30": "versione quattordici punto trenta",
        "la II guerra mondiale, la I Repubblica": "la seconda guerra mondiale, la prima Repubblica",
        "7 - 2 = 5": "sette meno due uguale a cinque",
        "1/2 tazza, 1/2 litro": "mezza tazza, mezzo litro",
        "1½ kg": "un chilogrammo e mezzo",
        "3 mln di persone": "tre milioni di persone",
        "il 1°, il 3° della classe": "il primo, il terzo della classe",
        "il sec. XIX": "il secolo diciannovesimo",
        "N. 5": "numero cinque",
        "S. Maria, S. Antonio, S. Andrea e S. Pietro": "santa Maria, sant' Antonio, sant' Andrea e san Pietro",
        "gen. 2024": "gennaio duemilaventiquattro",
        "1 h 30 min": "un'ora e trenta minuti",
        "2x": "due volte",
        "capitoli IV-VI": "capitoli quattro a sei",
        "3° a nord": "tre gradi a nord",
    },
    "numbers": {
        "1.234 case": "milleduecentotrentaquattro case",
        "21 persone": "ventuno persone",
        "1 libro": "un libro",
        "1 zaino": "uno zaino",
        "1 ora fa": "un'ora fa",
        "1 amica": "un'amica",
        "23": "ventitré",
        "-5,75 gradi": "meno cinque virgola settantacinque gradi",
        "0,5": "zero virgola cinque",
        "l'8 marzo": "l'otto marzo",
        "l'11": "l'undici",
        "180": "centottanta",
    },
    "years": {
        "nel 1999": "nel millenovecentonovantanove",
    },
    "ordinals": {
        "3º": "terzo",
        "3ª": "terza",
        "il 3° posto": "il terzo posto",
    },
    "percent and ranges": {
        "50%": "cinquanta per cento",
        "10-20": "dieci a venti",
    },
    "money": {
        "1.234,56 €": "milleduecentotrentaquattro euro e cinquantasei centesimi",
        "3,5 mln €": "tre virgola cinque milioni di euro",
        "1 €": "un euro",
        "1.000.000 €": "un milione di euro",
        "5 €/mese": "cinque euro al mese",
        "3 €/ora": "tre euro all'ora",
        "5 €/kg": "cinque euro al chilogrammo",
        "21 £": "ventuno sterline",
    },
    "dates": {
        "31/12/1999": "trentuno dicembre millenovecentonovantanove",
        "1 maggio 2026": "primo maggio duemilaventisei",
        "1º maggio": "primo maggio",
        "l'1 maggio": "l'uno maggio",
        "8/3/2020": "otto marzo duemilaventi",
        "1999-12-31": "trentuno dicembre millenovecentonovantanove",
    },
    "times": {
        "14:30": "quattordici e trenta",
        "alle 14:30": "alle quattordici e trenta",
        "alle 00:00": "alle zero",
        "00:00": "mezzanotte",
        "12:00": "mezzogiorno",
        "alle 12:00": "alle dodici",
        "all'1:00": "all'una",
        "ore 20:00": "ore venti",
    },
    "phones": {
        "06 1234567": "zero sei, uno due tre quattro cinque sei sette",
        "333 1234567": "tre tre tre, uno due tre quattro cinque sei sette",
    },
    "units": {
        "100 km/h": "cento chilometri all'ora",
        "1 h": "un'ora",
        "20 °C": "venti gradi Celsius",
        "1,5 l": "uno virgola cinque litri",
        "30°": "trenta gradi",
    },
    "fractions": {
        "1/2": "un mezzo",
        "3¾": "tre e tre quarti",
        "2½": "due e mezzo",
    },
    "addresses": {
        "anna@esempio.it": "anna chiocciola esempio punto I T",
    },
    "acronyms": {
        "l'ONU": "l'ONU",
        "FBI": "F B I",
        "il DNA": "il D N A",
    },
    "Roman numerals": {
        "il XXI secolo": "il ventunesimo secolo",
        "Luigi XIV": "Luigi quattordicesimo",
        "Vittorio Emanuele II": "Vittorio Emanuele secondo",
        "capitolo IV": "capitolo quattro",
        "Giovanni XXIII": "Giovanni ventitreesimo",
        "Umberto I": "Umberto primo",
    },
    "abbreviations": {
        "Il Sig. Rossi e la Dott.ssa Bianchi": "Il signor Rossi e la dottoressa Bianchi",
        "ecc. Fine": "eccetera. Fine",
        "n. 5": "numero cinque",
        "pag. 12": "pagina dodici",
    },
    "signs": {
        "A & B": "A e B",
        "2+2=4": "due più due uguale a quattro",
    },
    "emoji": {
        "Bravo 🎉": "Bravo spara coriandoli",
    },
}


def test_italian_is_said_as_a_native_reader_says_it() -> None:
    cases = [pair for group in SAID.values() for pair in group.items()]
    assert {written: said for written, spoken in cases if (said := normalise(written, language="it").text) != spoken} == {}
