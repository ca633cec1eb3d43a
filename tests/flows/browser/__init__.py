"""Journeys of people in a real browser, on the running platforms."""
