"""Tests of apps/teams."""
