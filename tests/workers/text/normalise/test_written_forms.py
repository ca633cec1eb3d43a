"""Units, feet and inches, temperatures, times, streets, telephones and durations beside ordinary text, which must not change."""

from workers.text.normalise import normalise

SAID = {
    "en": {
        "units beside a noun": {
            "a 2.5kg dumbbell": "a two point five kilogram dumbbell",
            "the new 65W USB charger": "the new sixty-five watt U S B charger",
            "my 16 GB laptop": "my sixteen gigabyte laptop",
            "two 5 kg bags": "two five kilogram bags",
            "a 10-ft pole and a 5-km-long road": "a ten foot pole and a five kilometer long road",
            "a 90° angle": "a ninety degree angle",
            "a 60 mph zone": "a sixty mile per hour zone",
            "a 5-10 kg bag": "a five to ten kilogram bag",
            "a 15min walk": "a fifteen minute walk",
            "a 40 cm long gap": "a forty centimeter long gap",
            "Use a 10ft pole, a 4GB card.": "Use a ten foot pole, a four gigabyte card.",
            "it weighs 5kg and falls": "it weighs five kilograms and falls",
            "The gap is 40 cm long.": "The gap is forty centimeters long.",
            "He ran 5km yesterday.": "He ran five kilometers yesterday.",
            "Add 200g flour and 500ml water.": "Add two hundred grams flour and five hundred milliliters water.",
            "a 5 kg and a 10 kg": "a five kilograms and a ten kilograms",
            "It's 3 km away.": "It's three kilometers away.",
        },
        "units": {
            "500 KWH, 3 KM, 10 Kg, 80 Mph": "five hundred kilowatt hours, three kilometers, ten kilograms, eighty miles per hour",
            "100 sq ft, 12 fl oz, 12 fl. oz. of milk": "one hundred square feet, twelve fluid ounces, twelve fluid ounces of milk",
            "120 mmHg, 1013 hPa, 250 cc, 72 bpm": (
                "one hundred twenty millimeters of mercury, one thousand thirteen hectopascals, "
                "two hundred fifty cubic centimeters, seventy-two beats per minute"
            ),
            "300 Mbit/s, 10 MB/s, 1 MiB": "three hundred megabits per second, ten megabytes per second, one mebibyte",
            "5 nmi, 800 lm, 10 IU": "five nautical miles, eight hundred lumens, ten international units",
            "at 5 am, 3 in the box, 10 A": "at five AM, three in the box, ten A",
            "I have 5 cats and 3 pots": "I have five cats and three pots",
        },
        "feet and inches": {
            "She is 5′4″.": "She is five feet four inches.",
            "a 6'2 man, 5ft 10in": "a six foot two inch man, five feet ten inches",
            'an 8.5" x 11" sheet': "an eight point five inch by eleven inch sheet",
            'It is 8.5"x11".': "It is eight point five inches by eleven inches.",
            "a 10' ladder is 10' long": "a ten foot ladder is ten feet long",
            "5in wide, 6 in. deep": "five inches wide, six inches deep",
            "a 2x4 board": "a two by four board",
            "40° 26' 46\" N": "forty degrees twenty-six minutes forty-six seconds N",
            'He said "I am 27" and left.': 'He said "I am twenty-seven" and left.',
            '"5", "6" and “7”': '"five", "six" and “seven”',
            "'I am 6' he said": "'I am six' he said",
            "the '90s": "the 'nineties",
        },
        "temperatures": {
            "Bake at 350F for 20 minutes.": "Bake at three hundred fifty degrees Fahrenheit for twenty minutes.",
            "Preheat the oven to 375 F.": "Preheat the oven to three hundred seventy-five degrees Fahrenheit.",
            "350F (180C)": "three hundred fifty degrees Fahrenheit (one hundred eighty degrees Celsius)",
            "It's 25C outside, -40F up north.": "It's twenty-five degrees Celsius outside, minus forty degrees Fahrenheit up north.",
            "Cook at 180-190C.": "Cook at one hundred eighty to one hundred ninety degrees Celsius.",
            "seat 14F, Apt 4C, the 14C bus": "seat fourteen F, Apt four C, the fourteen C bus",
            "a Cessna 150F, vitamin C": "a Cessna one hundred fifty F, vitamin C",
        },
        "times": {
            "It ended at 3 p.m. The crowd left.": "It ended at three PM. The crowd left.",
            "At 5 p.m. Pacific Time, call.": "At five PM Pacific Time, call.",
            "due 9 a.m. Jan. 5": "due nine AM January fifth",
            "It opened at 9 a.m. Monday was hot.": "It opened at nine AM. Monday was hot.",
            "UTC-5, GMT+2, UTC+05:30": "U T C minus five, G M T plus two, U T C plus five thirty",
        },
        "durations": {
            "1h15, 45m30s, 2d 4h": "one hour fifteen minutes, forty-five minutes thirty seconds, two days four hours",
            "a 90s timer, wait 90s": "a ninety second timer, wait ninety seconds",
            "in the 90s, 80s music, mid-90s, his 20s": "in the nineties, eighties music, mid-nineties, his twenties",
            "24/7 and 9/11": "twenty-four seven and nine eleven",
            "#1 and #hashtag": "number one and hashtag hashtag",
        },
        "blood pressure": {
            "a blood pressure of 118/76 mmHg": "a blood pressure of one hundred eighteen over seventy-six millimeters of mercury",
            "His BP was 140/90.": "His B P was one hundred forty over ninety.",
            "50/50 and 4.5/5": "fifty fifty and four point five out of five",
        },
        "extensions": {
            "(415) 555-2671 ext. 4521": "four one five, five five five, two six seven one extension four five two one",
            "555-1234x7": "five five five, one two three four extension seven",
            "ext 45, a box of 5 x 12": "extension forty-five, a box of five times twelve",
        },
        "streets": {
            "123 Main St in town": "one hundred twenty-three Main Street in town",
            "St. Mary's St. is long.": "Saint Mary's Street is long.",
            "42nd St. NW, 12 Oak Ct., Mulholland Dr.": "forty-second Street N W, twelve Oak Court, Mulholland Drive.",
            "Mount St. Helens and Lake St. Clair": "Mount Saint Helens and Lake Saint Clair",
            "the 1st St. Patrick's Day": "the first Saint Patrick's Day",
            "Ask Dr Smith or Dr. Jones.": "Ask Doctor Smith or Doctor Jones.",
            "Court and Place": "Court and Place",
        },
        "ampersands": {"Q&A with R&D at AT&T": "Q and A with R and D at A T and T"},
    },
    "es": {
        "forms": {
            "350 kwh y 16 GiB": "trescientos cincuenta kilovatios hora y dieciséis gibibytes",
            "2h30m a 190C": "dos horas y treinta minutos a ciento noventa grados Celsius",
            "presión 120/80": "presión ciento veinte sobre ochenta",
            "UTC-5": "U T C menos cinco",
            "una bolsa de 5kg": "una bolsa de cinco kilogramos",
        },
    },
    "fr": {
        "forms": {
            "350 kwh et 16 Gio": "trois cent cinquante kilowattheures et seize gibioctets",
            "Four à 180C": "Four à cent quatre-vingts degrés Celsius",
            "tension 12/8": "tension douze sur huit",
            'un écran de 27"': "un écran de vingt-sept pouces",
        },
    },
    "de": {
        "forms": {
            "ein 5-kg-Sack": "ein fünf Kilogramm Sack",
            "350 kwh, 150 PS, 3000 U/min": "dreihundertfünfzig Kilowattstunden, einhundertfünfzig Pferdestärken, dreitausend Umdrehungen pro Minute",
            "Blutdruck 120/80": "Blutdruck einhundertzwanzig zu achtzig",
            "2h30m": "zwei Stunden dreißig Minuten",
        },
    },
    "it": {"forms": {"350 kwh, 80 MPH": "trecentocinquanta chilowattora, ottanta miglia all'ora", "pressione 120/80": "pressione centoventi su ottanta"}},
    "pt": {"forms": {"16 GiB e 72 bpm": "dezesseis gibibytes e setenta e dois batimentos por minuto", "pressão 12/8": "pressão doze por oito"}},
    "zh": {
        "telephones": {
            "拨打120, 119火警, 打110": "拨打幺二零, 幺幺九火警, 打幺幺零",
            "手机138 0013 8000": "手机幺三八零零幺三八零零零",
            "电话010-12345678": "电话零幺零, 幺二三四五六七八",
            "110米, 手机3000元, 打120分": "一百一十米, 手机三千元, 打一百二十分",
            "16 GiB和5kg的米": "十六吉二进制字节和五公斤的米",
        },
    },
    "ja": {"telephones": {"110番、119番": "ひゃくとおばん、ひゃくじゅうきゅうばん", "350kwhと16 GiB": "三百五十キロワット時と十六ギビバイト"}},
}  # fmt: skip


def test_written_form_is_said_in_words() -> None:
    cases = [(code, *pair) for code, groups in SAID.items() for group in groups.values() for pair in group.items()]
    assert {
        (language, written): said for language, written, spoken in cases if (said := normalise(written, language=language).text) != spoken
    } == {}
