"""Rules for text that is spoken differently from its spelling, one module per kind. A rule reads the text at a position, in linear time."""
