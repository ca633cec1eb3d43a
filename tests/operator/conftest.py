"""Users who look at the admin."""

import pytest
from django.test import Client

from apps.accounts.models import User
from tests.factories import UserFactory


@pytest.fixture
def operator() -> User:
    return UserFactory(email="operator@example.com", is_staff=True, is_superuser=True)


@pytest.fixture
def client(operator: User) -> Client:
    client = Client()
    client.force_login(operator)
    return client
