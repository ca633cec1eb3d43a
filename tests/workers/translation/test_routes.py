"""Translation routes through an intermediate language."""

from hypothesis import given
from hypothesis import strategies as st

from workers.translation.routes import find_routes, group_targets

TAGS = st.sampled_from(["en", "es", "fr", "de", "it"])


def test_the_language_between_is_english_where_it_can_be() -> None:
    routes = find_routes([("fr", "de"), ("fr", "en"), ("de", "it"), ("en", "it"), ("en", "es")])
    assert routes["fr", "it"] == (("fr", "en"), ("en", "it"))
    assert routes["fr", "es"] == (("fr", "en"), ("en", "es"))
    assert group_targets(routes) == {"de": ("it",), "en": ("es", "it"), "fr": ("de", "en", "es", "it")}


@given(st.sets(st.tuples(TAGS, TAGS).filter(lambda pair: pair[0] != pair[1])))
def test_routes_chain_at_most_two_pairs_and_every_pair_is_a_route(pairs: set[tuple[str, str]]) -> None:
    routes = find_routes(pairs)
    assert {pair for pair, route in routes.items() if route == (pair,)} == pairs
    for (source, target), route in routes.items():
        assert source != target
        assert set(route) <= pairs
        assert (route[0][0], route[-1][1]) == (source, target)
        assert len(route) == 1 or (len(route) == 2 and route[0][1] == route[1][0])
