"""Tests of apps/catalog."""
