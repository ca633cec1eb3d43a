"""Django's Postgres backend with an end to every wait."""
