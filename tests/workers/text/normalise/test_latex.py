"""LaTeX is said as mathematics, dollars as money."""

from workers.text.normalise import normalise

SAID = {
    "en": {
        "Solve $x^2 + y^2 = z^2$.": "Solve x squared plus y squared equals z squared.",
        r"$$\frac{1}{2}$$ or \(\alpha + \beta\)": "one half or alpha plus beta",
        r"\sqrt{2} and \frac{a+b}{c}": "square root of two and a plus b over c",
        r"$x_1$, $90^\circ$, $n$": "x sub one, ninety degrees, n",
        r"$\sum_{i=1}^{n} i^2$": "sum from i equals one to n i squared",
        r"$a \leq b$ and $10^{-3}$": "a less than or equal to b and ten to the power of minus three",
        "$5 and $10, $5-$10": "five dollars and ten dollars, five to ten dollars",
        "$100k or $200k": "one hundred thousand dollars or two hundred thousand dollars",
    },
    "fr": {r"$x^2$ et \frac{3}{4}, 5 $ et 10 $": "x au carré et trois quarts, cinq dollars et dix dollars"},
    "de": {r"\sqrt{x}": "Wurzel aus x"},
    "es": {r"$\alpha$ y $5": "alfa y cinco dólares"},
    "zh": {r"$x^2 + y^2$": "x平方加y平方"},
    "ja": {"$x^3$": "xの三乗"},
}


def test_latex_is_said_as_mathematics_and_dollars_as_money() -> None:
    cases = [(code, *pair) for code, group in SAID.items() for pair in group.items()]
    assert {
        (language, written): said for language, written, spoken in cases if (said := normalise(written, language=language).text) != spoken
    } == {}


def test_a_backslash_in_a_path_or_before_an_unknown_command_is_no_mathematics() -> None:
    cases = [(r"C:\beta\sum", "C:beta sum"), (r"a\b", "a b"), (r"\begin", "begin")]
    assert {written: said for written, spoken in cases if (said := normalise(written, language="en").text) != spoken} == {}
