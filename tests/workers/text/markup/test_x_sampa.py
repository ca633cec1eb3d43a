"""X-SAMPA to IPA."""

import pytest

from workers.text.markup.x_sampa import to_ipa


@pytest.mark.parametrize(
    ("typed", "ipa"),
    [
        ('"tSIk@n', "ˈtʃɪkən"),
        ("r\\EIn", "ɹɛɪn"),
        ('%In@"sEnts', "ˌɪnəˈsɛnts"),
        ("bO~Z_0u:R", "bɔ̃ʒ̥uːʁ"),
        ("J\\aR\\ai k_hat n=", "ɟaʀai kʰat n̩"),
        ("s`z`t`d`n`l`r`", "ʂʐʈɖɳɭɽ"),
        ('b_<a.gE_"', "ɓa.gɛ̈".replace("g", "ɡ")),
        ("a-b", "ab"),
        ("@` {&}", "ɚ æɶʉ"),
    ],
)
def test_each_symbol_becomes_its_ipa(typed: str, ipa: str) -> None:
    assert to_ipa(typed) == ipa


def test_an_unknown_symbol_is_named_in_the_error() -> None:
    with pytest.raises(ValueError, match=r"is not X-SAMPA at 'ʃ' \(character 2\)"):
        to_ipa("tʃ")
