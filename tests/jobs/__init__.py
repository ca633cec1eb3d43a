"""Tests of apps/jobs."""
