"""Django's Postgres backend with bounded waits."""
