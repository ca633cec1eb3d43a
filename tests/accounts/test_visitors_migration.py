"""Migration 0017: the row of an earlier version opens the tools of the site, unless the operator has chosen otherwise."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps as current

from apps.accounts.defaults import FREE_SPEAKERS, STARTING_PLANS, VISITORS_MODELS, VISITORS_SERVICES
from apps.accounts.models import Plan
from apps.accounts.selectors import ANONYMOUS_PLAN
from tests.factories import AnonymousPlanFactory

pytestmark = pytest.mark.django_db

MIGRATION = import_module("apps.accounts.migrations.0017_visitors_tools_of_earlier_rows")
NEW = STARTING_PLANS[ANONYMOUS_PLAN]
FIELDS = ("anonymous_services", "audio_seconds_per_day", "max_upload_bytes", "allowed_models")
BEFORE_TOOLS: dict[str, Any] = {
    "anonymous_services": [],
    "audio_seconds_per_day": None,
    "max_upload_bytes": None,
    "allowed_models": [*FREE_SPEAKERS],
}
BEFORE_CLONING: dict[str, Any] = {
    "anonymous_services": [*VISITORS_SERVICES[:-1]],
    "allowed_models": [*FREE_SPEAKERS, *VISITORS_MODELS[:-1]],
}


def migrated(**values: Any) -> Plan:
    """The row with these values of an earlier version, after the migration's function."""
    AnonymousPlanFactory()
    Plan.objects.filter(slug=ANONYMOUS_PLAN).update(**values)
    MIGRATION.fill_row(current, None)
    return Plan.objects.get(slug=ANONYMOUS_PLAN)


@pytest.mark.parametrize("earlier", [BEFORE_TOOLS, BEFORE_CLONING], ids=["before the tools", "before cloning"])
def test_a_row_as_it_was_installed_becomes_that_of_a_new_installation(earlier: dict[str, Any]) -> None:
    plan = migrated(**earlier)
    assert {name: getattr(plan, name) for name in FIELDS} == {name: NEW[name] for name in FIELDS}


@pytest.mark.parametrize(
    "chosen",
    [
        {"anonymous_services": []},
        {"anonymous_services": ["transcription"], "audio_seconds_per_day": 60},
        {**BEFORE_CLONING, "anonymous_services": ["audio-convert"]},
    ],
    ids=["closed", "one tool", "another tool"],
)
def test_services_that_the_operator_has_chosen_stay_as_they_are(chosen: dict[str, Any]) -> None:
    plan = migrated(**chosen)
    assert {name: getattr(plan, name) for name in chosen} == chosen


def test_models_and_sizes_that_the_operator_has_chosen_stay_and_limit_the_services() -> None:
    plan = migrated(**{**BEFORE_TOOLS, "allowed_models": ["piper", "whisper"], "max_upload_bytes": 1_000})
    assert (plan.allowed_models, plan.max_upload_bytes) == (["piper", "whisper"], 1_000)
    assert plan.anonymous_services == [
        "transcription", "speech-to-speech", "audio-convert", "audio-trim-silence", "audio-normalize", "audio-analyze",
    ]  # fmt: skip


def test_an_empty_list_of_models_still_allows_all_and_opens_every_service() -> None:
    plan = migrated(**{**BEFORE_TOOLS, "allowed_models": [], "excluded_models": ["kokoro-clone"]})
    assert (plan.allowed_models, plan.anonymous_services) == ([], [*VISITORS_SERVICES[:-1]])


def test_an_installation_without_the_row_is_left_alone() -> None:
    Plan.objects.filter(slug=ANONYMOUS_PLAN).delete()
    MIGRATION.fill_row(current, None)
    assert not Plan.objects.filter(slug=ANONYMOUS_PLAN).exists()
