"""Markup parser and text splitter: pure, used by the platform before anything is queued."""
