"""Variants of the faults found in the trial."""

from workers.text.normalise import normalise

READINGS = [
    ("en", "Settings > General", "Settings , General"),
    ("en", "Go to Settings > Wi-Fi & Network > Advanced.", "Go to Settings , Wi-Fi and Network , Advanced."),
    ("es", "ajustes > General", "ajustes , General"),
    ("zh", "设置 > 通用", "设置 ， 通用"),
    ("ja", "設定 > 一般", "設定 、 一般"),
    ("hi", "सेटिंग्स > सामान्य", "सेटिंग्स , सामान्य"),
    ("en", "if Width > 5", "if Width greater than five"),
    ("en", "revenue > costs", "revenue greater than costs"),
    ("en", "20C-30C", "twenty to thirty degrees Celsius"),
    ("en", "68F - 72F today", "sixty-eight to seventy-two degrees Fahrenheit today"),
    ("en", "seats 12C-14C", "seats twelve C-fourteen C"),
    ("en", "5'-6' tall", "five to six feet tall"),
    ("en", "5'6\"-5'10\"", "five feet six inches to five feet ten inches"),
    ("en", '8"-10" pots', "eight to ten inches pots"),
    ("en", "5¢-10¢", "five to ten cents"),
    ("en", "p<.001", "p less than zero point zero zero one"),
    ("en", "x<$5", "x less than five dollars"),
    ("en", ">= 18 years", "greater than or equal to eighteen years"),
    ("en", "f(x) = 2x + 1", "f(x) equals two x plus one"),
    ("en", "it's 2x faster", "it's two times faster"),
    ("en", "We left at 5 PM. 5 more came.", "We left at five PM. five more came."),
    ("en", "at 5 p.m. 5 March was cold.", "at five PM the fifth of March was cold."),
    ("en", "Elm Rd. 5 Park Pl.", "Elm Road. five Park Place."),
    ("en", "Pacific Hwy. 101", "Pacific Highway one hundred one"),
    ("en", "Smith Inc. 5 people", "Smith Incorporated. five people"),
    ("en", "approx. 5", "approximately five"),
    ("en", "1999/2000", "nineteen ninety-nine two thousand"),
    ("en", "a score of 7/10", "a score of seven out of ten"),
    ("en", "7/10 of it", "seven tenths of it"),
    ("en", "TIM", "Tim"),
    ("en", "BOB AND TIM WENT HOME", "Bob and Tim went home"),
    ("en", "GO TO THE ER NOW", "Go to the E R now"),
    ("es", "ESTA AQUI", "Está aquí"),
    ("es", "ESTA CASA", "Esta casa"),
    ("es", "EL NUMERO DE TELEFONO ESTA MAL", "El número de teléfono está mal"),
    ("fr", "IL A ETE LA", "Il a été la"),
    ("fr", "LE COEUR DE LA SOEUR", "Le cœur de la sœur"),
    ("pt", "VOCE ESTA BEM", "Você está bem"),
    ("pt", "ESTA PORTA", "Esta porta"),
    ("en", "HELLO WORLD", "Hello world"),
    ("en", "THE CROWD SANG FOR THE FIFTH TIME", "The crowd sang for the fifth time"),
    ("en", "CAD 25 million", "twenty-five million Canadian dollars"),
    ("en", "CAD software", "CAD software"),
    ("en", "INR 1,50,000", "one hundred fifty thousand rupees"),
    ("en", "y = 3x² - 4x + 7", "y equals three x squared minus four x plus seven"),
    ("en", "July 4-6", "July fourth to sixth"),
    ("en", "May 1st-3rd", "May first to third"),
    ("en", "May 3-4 people come", "May three to four people come"),
    ("en", "the 5th-7th grade", "the fifth to seventh grade"),
    ("en", "FY2023", "F Y twenty twenty-three"),
    ("en", "The min. and max.", "The minimum and maximum."),
    ("en", "Ste. 200", "Suite two hundred"),
    ("en", '1/4"-1/2"', "one quarter inch to one half inch"),
    ("en", "Jan. 5. 6 people came.", "January fifth. six people came."),
    ("en", "It weighs 5 lbs. 3 of them do.", "It weighs five pounds. three of them do."),
    ("en", "5 lbs. 3 oz. of it", "five pounds three ounces of it"),
    ("en", "x > 0 && y < 10", "x greater than zero and y less than ten"),
    ("es", "3 1/2 tazas", "tres tazas y media"),
    ("fr", "3 1/2 tasses", "trois tasses et demie"),
    ("it", "NON SO PIU COSA FARE", "Non so più cosa fare"),
]


def test_a_variant_of_a_trial_fault_is_read_right() -> None:
    assert {
        (language, written): said
        for language, written, spoken in READINGS
        if (said := normalise(written, language=language).text) != spoken
    } == {}
