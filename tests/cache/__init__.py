"""Tests of the cache of speech."""
