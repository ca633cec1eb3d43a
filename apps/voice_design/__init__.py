"""Voices designed from words: a description becomes a mix of built-in voices and a pace, with an explanation."""
