"""Engines, one module each: a model behind the protocol of base.py."""
