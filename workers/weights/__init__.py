"""Weights: the files that engines need, their sources and their verification."""
