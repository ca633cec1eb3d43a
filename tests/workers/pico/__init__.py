"""Pico's child processes."""
