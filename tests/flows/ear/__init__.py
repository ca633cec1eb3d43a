"""Tests that judge speech by transcribing it."""
