"""Prices: exactly in proportion, rounded up once, shown as a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.billing import prices
from apps.billing.models import TierPrice
from apps.billing.prices import characters_price_millicredits, tier_price
from apps.billing.services import load_starting_tier_prices


@pytest.mark.parametrize(
    ("characters", "per_1k", "price"),
    [(34, 2000, 68), (1000, 1000, 1000), (15_000, 4000, 60_000), (0, 2000, 0), (1, 1000, 1), (1, 1500, 2), (333, 1001, 334), (1, 1, 1)],
)
def test_a_text_costs_in_proportion_rounded_up_once(characters: int, per_1k: int, price: int) -> None:
    assert characters_price_millicredits(characters, millicredits_per_1k=per_1k) == price


@given(characters=st.integers(0, 2_000_000), per_1k=st.integers(0, 10_000))
def test_the_price_is_the_smallest_whole_number_that_covers_the_text(characters: int, per_1k: int) -> None:
    price = characters_price_millicredits(characters, millicredits_per_1k=per_1k)
    assert price * 1000 >= characters * per_1k > (price - 1) * 1000


@pytest.mark.parametrize(("millicredits", "shown"), [(68, 0.068), (14_999_932, 14999.932), (60_000, 60), (0, 0), (-1500, -1.5)])
def test_credits_are_shown_as_a_number_whole_where_it_is_whole(millicredits: int, shown: float) -> None:
    assert prices.credits(millicredits) == shown
    assert isinstance(prices.credits(millicredits), int) == (millicredits % 1000 == 0)


@pytest.mark.django_db
def test_a_new_installation_has_the_three_prices_and_keeps_the_operators() -> None:
    assert load_starting_tier_prices() == 3
    TierPrice.objects.filter(tier="standard").update(millicredits_per_1k_characters=2500)
    TierPrice.objects.filter(tier="free").delete()
    assert load_starting_tier_prices() == 1  # a tier without a row would silently cost what the dearest does
    assert load_starting_tier_prices() == 0
    assert tier_price("free") == 1000
    assert tier_price("standard") == 2500
    assert tier_price("premium") == 4000


@pytest.mark.django_db
def test_a_tier_without_a_price_costs_what_the_dearest_does() -> None:
    assert tier_price("unheard-of") == 4000
    TierPrice.objects.create(tier="gold", millicredits_per_1k_characters=9000)
    assert tier_price("unheard-of") == 9000
