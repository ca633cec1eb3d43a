"""Language tags: parsed in one module, lower case with hyphens."""

import pytest

from workers.contract.engines import VoiceSpec
from workers.contract.tags import covers_tag, is_same_language, is_tag, normalise_tag, primary_tag, region_of, requested_tag, spell_tag


@pytest.mark.parametrize(
    ("tag", "normalised", "primary", "region"),
    [
        ("en", "en", "en", ""),
        (" en_GB ", "en-gb", "en", "gb"),
        ("zh-Hans-CN", "zh-hans-cn", "zh", "cn"),
        ("es-419", "es-419", "es", "419"),
        ("en-x-gb", "en-x-gb", "en", ""),
        ("en-GB-x-rp", "en-gb-x-rp", "en", "gb"),
        ("", "", "", ""),
    ],
)
def test_tag_in_any_spelling_has_one_normal_form_primary_tag_and_region(tag: str, normalised: str, primary: str, region: str) -> None:
    assert (normalise_tag(tag), primary_tag(tag), region_of(tag)) == (normalised, primary, region)


@pytest.mark.parametrize(("tag", "is_valid"), [("en", True), ("en-gb", True), ("en-x-rp", True), ("e", False), ("en-", False), ("klingon!", False), ("EN", False), ("en" + "-a1" * 12, False)])  # fmt: skip
def test_is_tag_accepts_normalised_tags_of_at_most_35_characters(tag: str, is_valid: bool) -> None:
    assert is_tag(tag) is is_valid


@pytest.mark.parametrize(("tag", "requested"), [(None, ""), ("", ""), ("auto", ""), (" AUTO ", ""), ("de_AT", "de-at")])
def test_requested_tag_is_empty_where_detection_is_asked_for(tag: str | None, requested: str) -> None:
    assert requested_tag(tag) == requested


def test_general_tag_covers_its_regions_and_not_the_reverse() -> None:
    assert covers_tag("en", "en-gb")
    assert covers_tag("", "en-gb")
    assert not covers_tag("en-gb", "en")
    assert not covers_tag("e", "en")
    assert is_same_language("en-GB", "en_us")


@pytest.mark.parametrize(
    ("language", "tags", "full", "others"),
    [
        ("en", ("warm", "en-gb"), "en-gb", ("warm",)),
        ("es", ("es",), "es", ()),
        ("en-us", ("en-us", "warm"), "en-us", ("warm",)),
        ("de", (), "de", ()),
        ("", ("warm",), "", ("warm",)),
    ],
)
def test_voice_announced_by_an_earlier_worker_takes_its_region_from_its_tags(
    language: str, tags: tuple[str, ...], full: str, others: tuple[str, ...]
) -> None:
    voice = VoiceSpec("one", "One", language, tags=tags).with_full_tag()
    assert (voice.language, voice.tags) == (full, others)


@pytest.mark.parametrize(
    ("tag", "spelled"),
    [
        ("de", "de"),
        ("en_us", "en-US"),
        ("PT-br", "pt-BR"),
        ("es-419", "es-419"),
        ("zh-hans-cn", "zh-Hans-CN"),
        ("en-gb-x-us", "en-GB-x-us"),
    ],
)
def test_tag_for_display_has_the_capitals_of_the_standard(tag: str, spelled: str) -> None:
    assert spell_tag(tag) == spelled
