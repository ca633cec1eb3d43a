"""Tests of payments, with the real package `stripe` against tests/stripe_fake."""
