"""Language pairs in a translator's announcement."""

from workers.contract.engines import Directions, EngineSpec


def spec(*directions: Directions, languages: tuple[str, ...] = ()) -> EngineSpec:
    announced = EngineSpec("t", "T", "1", kind="translate", languages=languages, directions=directions)
    return EngineSpec.from_dict(announced.to_dict())


def test_pairs_are_read_by_their_source() -> None:
    pairs = spec(Directions("en", ("es", "fr")), Directions("es", ("en",)))
    assert pairs.sources() == ("en", "es")
    assert (pairs.targets_from("en"), pairs.targets_from("fr")) == (("es", "fr"), ())


def test_a_star_is_any_of_the_engines_languages_and_never_itself() -> None:
    every = spec(Directions("*", ("en", "de")), languages=("de", "en", "fr"))
    assert every.sources() == ("de", "en", "fr")
    assert (every.targets_from("en"), every.targets_from("fr"), every.targets_from("ja")) == (("de",), ("de", "en"), ())


def test_a_spec_without_directions_has_no_sources_or_targets() -> None:
    assert (spec().sources(), spec().targets_from("en")) == ((), ())
