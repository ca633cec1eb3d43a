"""Tests of apps/mail."""
