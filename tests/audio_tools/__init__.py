"""Tests of apps/audio_tools."""
