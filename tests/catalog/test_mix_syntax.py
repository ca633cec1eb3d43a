"""Syntax of mixes in place of a voice."""

import pytest

from apps.catalog.mix_syntax import read_mix, voice_names
from apps.core.errors import InvalidRequestError


@pytest.mark.parametrize(
    ("asked", "weights"),
    [
        ("af_bella(2)+af_sky(1)", {"af_bella": 2.0, "af_sky": 1.0}),
        ("af_bella+af_sky", {"af_bella": 1.0, "af_sky": 1.0}),
        (" af_bella ( 0.5 ) + af_sky ", {"af_bella": 0.5, "af_sky": 1.0}),
        ("af_bella(2)", {"af_bella": 2.0}),
        ("af_sky+af_sky(2)", {"af_sky": 3.0}),
    ],
)
def test_mix_is_read_to_weights_by_name(asked: str, weights: dict[str, float]) -> None:
    mix = read_mix(asked)
    assert mix is not None
    assert mix.weights == weights


@pytest.mark.parametrize("asked", ["af_bella", "", "Joanna (Neural)", "a(b)(c)", "voice_0123"])
def test_plain_names_are_no_mixes_and_name_themselves(asked: str) -> None:
    assert read_mix(asked) is None
    assert voice_names(asked) == (asked,)


@pytest.mark.parametrize(
    "asked", ["af_bella+", "+", "a(0)+b", "a(-1)+b", "a(nan)+b", "a(1e3)+b", "a(1001)+b", "a()+b", "a(1)(2)+b", "+".join(["a"] * 21)]
)
def test_invalid_mixes_are_refused_with_what_is_wrong(asked: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        read_mix(asked)
    assert (caught.value.code, caught.value.param) == ("invalid_mix", "voice")
