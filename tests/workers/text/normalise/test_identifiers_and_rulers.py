"""Identifiers of computers are spelled; Roman numerals behind rulers' names are ranks."""

from workers.text.normalise import normalise

IDENTIFIERS = {
    "en": {
        "0x1F": "zero X one F",
        "#ff8800 and #fff": "hash F F eight eight zero zero and hash F F F",
        "#facade, #5": "hashtag facade, number five",
        "550e8400-e29b-41d4-a716-446655440000": (
            "five five zero E eight four zero zero, E two nine B, four one D four, A seven one six, four four six six five five four four"
            " zero zero zero zero"
        ),
        "commit 9fceb02": "commit nine F C E B zero two",
        "00:1A:2B:3C:4D:5E": "zero zero, one A, two B, three C, four D, five E",
        "10.0.0.1:8080": "ten dot zero dot zero dot one colon eight thousand eighty",
        "fe80::1": "F E eight zero colon colon one",
        "decade, dead-beef, 12:30:45": "decade, dead-beef, twelve thirty and forty-five seconds",
        "v1.2.3": "v one point two point three",
    },
    "fr": {"192.168.1.1": "cent quatre-vingt-douze point cent soixante-huit point un point un"},
    "zh": {"颜色#ff8800": "颜色井号 F F 八八零零"},
}
RULERS = {
    "en": {
        "King Abdullah II": "King Abdullah the second",
        "Queen Margrethe II and Malcolm X": "Queen Margrethe the second and Malcolm X",
        "King Baudouin I": "King Baudouin the first",
        "Episode V, Super Bowl LVIII": "Episode five, Super Bowl fifty-eight",
        "So Henry I saw": "So Henry I saw",
    },
    "fr": {"le roi Juan Carlos Ier": "le roi Juan Carlos premier", "Louis XIV": "Louis quatorze"},
    "es": {"Mohamed VI llegó": "Mohamed sexto llegó"},
    "it": {"Papa Giovanni XXIII": "Papa Giovanni ventitreesimo"},
    "pt": {"Dom Pedro II": "Dom Pedro segundo"},
    "de": {"Königin Margrethe II. kam": "Königin Margrethe die Zweite kam"},
}


def test_identifiers_are_spelled_and_rulers_are_ranked() -> None:
    cases = [(code, *pair) for kind in (IDENTIFIERS, RULERS) for code, group in kind.items() for pair in group.items()]
    assert {
        (language, written): said for language, written, spoken in cases if (said := normalise(written, language=language).text) != spoken
    } == {}
