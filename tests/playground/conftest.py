"""Fresh platform with an announced worker, and people who look at its pages."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from django.test import Client

from apps.accounts.models import Membership, Role
from tests.factories import AccountFactory, MembershipFactory
from tests.factories_jobs import announce
from tests.fresh_state import fresh_state
from tests.workers.recognition.clips import RATE, clip


@pytest.fixture(autouse=True)
def _platform(db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    with fresh_state(settings, tmp_path):
        announce()
        yield


@pytest.fixture
def microphone(tmp_path: Path) -> Path:
    """Recording that a fake microphone repeats: a sentence and a second of silence."""
    path = tmp_path / "speech.wav"
    soundfile.write(path, np.concatenate([clip("cards-005"), np.zeros(RATE, np.float32)]), RATE, subtype="PCM_16")
    return path


@pytest.fixture
def owner() -> Membership:
    """Owner of an account with 1,000 credits."""
    return MembershipFactory(account=AccountFactory(credits=1000), role=Role.OWNER)


@pytest.fixture
def visitor() -> Client:
    """Browser without a session."""
    return Client()


@pytest.fixture
def browser_of_owner(owner: Membership) -> Client:
    """Browser in which the owner is logged in."""
    client = Client()
    client.force_login(owner.user)
    return client
