"""Markup and the cutting of long texts: pure, used by the platform before anything is queued."""
