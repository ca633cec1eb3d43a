"""Tests: they mirror the source; flows/ go through the running platform."""
