"""Django's command line against the running platform, as docs/operators.md has it."""

import psycopg

from tests.flows.running import RunningPlatform


def test_superuser_is_created_in_the_running_instance(platform: RunningPlatform) -> None:
    assert "Superuser created" in platform.manage("createsuperuser", "--noinput", "--email", "first.operator@example.com")
    with psycopg.connect(platform.instance()["database_url"]) as database:
        found = database.execute("SELECT is_superuser FROM accounts_user WHERE email = 'first.operator@example.com'").fetchall()
    assert found == [(True,)]
