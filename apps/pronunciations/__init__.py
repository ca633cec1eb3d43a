"""Pronunciation dictionaries of accounts."""
