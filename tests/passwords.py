"""Password hashing for tests."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2 at its lowest cost: a millisecond instead of 100."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
