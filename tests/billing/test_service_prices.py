"""Prices of services that are not priced per character."""

import pytest

from apps.billing.models import ServicePrice
from apps.billing.prices import STARTING_SERVICE_PRICES, duration_price_millicredits, service_price
from apps.billing.services import load_starting_service_prices


@pytest.mark.parametrize(
    ("milliseconds", "price"), [(0, 0), (1, 1), (30, 1), (31, 2), (60_000, 2000), (90_500, 3017), (3_600_000, 120_000)]
)
def test_a_recording_costs_in_proportion_rounded_up_once(milliseconds: int, price: int) -> None:
    assert duration_price_millicredits(milliseconds, millicredits_per_minute=2000) == price


@pytest.mark.django_db
def test_a_new_installation_starts_with_every_price() -> None:
    assert load_starting_service_prices() == len(STARTING_SERVICE_PRICES)
    prices = dict(ServicePrice.objects.values_list("service", "millicredits"))
    assert {service: price for service, price in prices.items() if price} == {
        "transcription": 2000,
        "speech-translation": 5000,
        "voice-convert": 3000,
        "speech-to-speech": 3000,
        "voice-chat": 3000,
        "audio-enhance": 2000,
        "audio-dereverb": 2000,
        "audio-separate": 3000,
        "audio-separate-many": 4000,
        "audio-diarize": 1000,
    }
    assert sorted(service for service, price in prices.items() if not price) == [
        "audio-analyze",
        "audio-convert",
        "audio-normalize",
        "audio-trim-silence",
        "audio-verify",
        "audio-waveform",
        "enrol_voice",
    ]


@pytest.mark.django_db
def test_an_operators_price_stays_and_a_deleted_one_falls_back() -> None:
    load_starting_service_prices()
    ServicePrice.objects.filter(service="transcription").update(millicredits=2500)
    ServicePrice.objects.filter(service="voice-chat").delete()
    assert service_price("transcription") == 2500
    assert service_price("voice-chat") == 3000
    assert load_starting_service_prices() == 1
    assert service_price("transcription") == 2500
