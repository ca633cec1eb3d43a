"""Tests of apps/account_pages."""
