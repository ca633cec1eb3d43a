"""Weights: what files an engine needs, where they come from, whether they are whole."""
