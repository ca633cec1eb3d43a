"""German text as it is said."""

from workers.text.normalise import normalise

SAID = {
    "what people send": {
        "um 1 Uhr": "um ein Uhr",
        "der II. Weltkrieg, im II. Quartal": "der zweite Weltkrieg, im zweiten Quartal",
        "am 5. Bitte kommt pünktlich": "am fünften. Bitte kommt pünktlich",
        "der Termin ist am 12.": "der Termin ist am zwölften.",
        "am 12. Mai und am 3. Tag": "am zwölften Mai und am dritten Tag",
        "Karl V. starb": "Karl der Fünfte starb",
        "die Bewertung 4,5/5": "die Bewertung vier Komma fünf von fünf",
        "7 - 2 = 5, 10 : 2 = 5": "sieben minus zwei gleich fünf, zehn geteilt durch zwei gleich fünf",
        "1/2 Tasse, 1/2 Liter, 1/2 Pfund": "eine halbe Tasse, ein halber Liter, ein halbes Pfund",
        "die 90er Jahre, in den 1990ern": "die neunziger Jahre, in den neunzehnhundertneunzigern",
        "das XXI. Jahrhundert": "das einundzwanzigste Jahrhundert",
        "1,- € und 5,– Euro": "ein Euro und fünf Euro",
        "1 000 000 €": "eine Million Euro",
        "1. FC Köln": "erster F C Köln",
        "nach 1 Stunde, vor 1 Jahr": "nach einer Stunde, vor einem Jahr",
        "Mo., 5. Mai": "Montag, fünfter Mai",
        "2x täglich": "zwei mal täglich",
        "Jan. 2024": "Januar zweitausendvierundzwanzig",
        "Bd. II": "Band zwei",
        "der DAX": "der DAX",
        "5 Mio Menschen": "fünf Millionen Menschen",
    },
    "numbers": {
        "1.234 Häuser": "eintausendzweihundertvierunddreißig Häuser",
        "1 Buch": "ein Buch",
        "1 Frau": "eine Frau",
        "1 Million": "eine Million",
        "-5,75 Grad": "minus fünf Komma sieben fünf Grad",
        "21 Leute": "einundzwanzig Leute",
        "0,5": "null Komma fünf",
        "es war 1": "es war eins",
    },
    "years": {
        "im Jahr 1999": "im Jahr neunzehnhundertneunundneunzig",
        "2026": "zweitausendsechsundzwanzig",
        "1871 Menschen": "eintausendachthunderteinundsiebzig Menschen",
        "seit 1871": "seit achtzehnhunderteinundsiebzig",
    },
    "ordinals": {
        "der 2. Weltkrieg": "der zweite Weltkrieg",
        "am 3. Mai": "am dritten Mai",
        "das 21. Jahrhundert": "das einundzwanzigste Jahrhundert",
        "im 19. Jahrhundert": "im neunzehnten Jahrhundert",
        "zum 50. Mal": "zum fünfzigsten Mal",
        "ein 2. Versuch": "ein zweiter Versuch",
        "2. Platz": "zweiter Platz",
        "Es waren 3. Dann ging er": "Es waren drei. Dann ging er",
    },
    "percent and ranges": {
        "50 %": "fünfzig Prozent",
        "10-20": "zehn bis zwanzig",
        "3:1": "drei zu eins",
        "8-10 Uhr": "acht bis zehn Uhr",
    },
    "money": {
        "1.234,56 €": "eintausendzweihundertvierunddreißig Euro und sechsundfünfzig Cent",
        "3,5 Mio. €": "drei Komma fünf Millionen Euro",
        "1 €": "ein Euro",
        "20 USD": "zwanzig Dollar",
        "1 Mio. Euro": "eine Million Euro",
        "21 £": "einundzwanzig Pfund",
    },
    "dates": {
        "31.12.1999": "einunddreißigster Dezember neunzehnhundertneunundneunzig",
        "am 31.12.1999": "am einunddreißigsten Dezember neunzehnhundertneunundneunzig",
        "vom 24.12. bis heute": "vom vierundzwanzigsten Dezember bis heute",
        "1. Mai 2026": "erster Mai zweitausendsechsundzwanzig",
        "der 1. Mai": "der erste Mai",
        "24. Dez. 2020": "vierundzwanzigster Dezember zweitausendzwanzig",
        "1999-12-31": "einunddreißigster Dezember neunzehnhundertneunundneunzig",
    },
    "times": {
        "14:30 Uhr": "vierzehn Uhr dreißig",
        "14.30 Uhr": "vierzehn Uhr dreißig",
        "1:00 Uhr": "ein Uhr",
        "8 Uhr": "acht Uhr",
        "0:00": "null Uhr",
        "14:30": "vierzehn Uhr dreißig",
    },
    "phones": {
        "030 123456": "null drei null, eins zwei drei vier fünf sechs",
        "030/123456": "null drei null, eins zwei drei vier fünf sechs",
        "+49 30 123456": "plus vier neun, drei null, eins zwei drei vier fünf sechs",
    },
    "units": {
        "100 km/h": "einhundert Kilometer pro Stunde",
        "1 h": "eine Stunde",
        "1 km": "ein Kilometer",
        "20 °C": "zwanzig Grad Celsius",
        "1,5 l": "eins Komma fünf Liter",
        "2 t": "zwei Tonnen",
    },
    "fractions": {
        "1/2": "ein halb",
        "3/4": "drei Viertel",
        "2½": "zweieinhalb",
        "1½": "eineinhalb",
    },
    "addresses": {
        "max@beispiel.de": "max ät beispiel Punkt D E",
    },
    "acronyms": {
        "die USA": "die U S A",
        "der ADAC": "der A D A C",
        "ein LKW": "ein L K W",
        "die NATO": "die NATO",
    },
    "Roman numerals": {
        "Heinrich VIII. und": "Heinrich der Achte und",
        "Ludwig XIV.": "Ludwig der Vierzehnte.",
        "im XXI. Jahrhundert": "im einundzwanzigsten Jahrhundert",
        "Elisabeth II.": "Elisabeth die Zweite.",
        "Kapitel IV": "Kapitel vier",
    },
    "abbreviations": {
        "Dr. Müller": "Doktor Müller",
        "z.B. hier": "zum Beispiel hier",
        "z. B. hier": "zum Beispiel hier",
        "usw. Das war": "und so weiter. Das war",
        "Hr. Maier": "Herr Maier",
        "Nr. 5": "Nummer fünf",
        "ca. 5 kg": "circa fünf Kilogramm",
        "S. 12": "Seite zwölf",
    },
    "signs": {
        "Müller & Sohn": "Müller und Sohn",
        "2+2=4": "zwei plus zwei gleich vier",
        "§ 5": "Paragraf fünf",
    },
    "emoji": {
        "Super 🎉": "Super konfettibombe",
    },
}


def test_german_is_said_as_a_native_reader_says_it() -> None:
    cases = [pair for group in SAID.values() for pair in group.items()]
    assert {written: said for written, spoken in cases if (said := normalise(written, language="de").text) != spoken} == {}
