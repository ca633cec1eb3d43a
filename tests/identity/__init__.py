"""Tests of apps/identity."""
