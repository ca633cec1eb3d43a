"""Tests of apps/batches."""
