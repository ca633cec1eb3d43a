"""One file an engine: a model behind the protocol of base.py."""
