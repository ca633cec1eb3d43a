"""Tests of apps/status."""
